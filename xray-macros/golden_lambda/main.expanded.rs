#[tokio::main]
async fn main() -> Result<(), Error> {
    ::autoxray::__rt::lambda::start();
    lambda_runtime::run(
            match (service_fn(handler)) {
                __a => {
                    use ::autoxray::__rt::lambda::fallbacks::*;
                    let __s = (&&&&&::autoxray::__rt::lambda::Wrap::new(
                        __a,
                        const {
                            &::autoxray::__rt::Site::new("## handler", "input.rs", 0u32)
                        },
                        true,
                    ))
                        .__autoxray_handler();
                    let __s = (&&&&&::autoxray::__rt::lambda::Errors::new(__s))
                        .__autoxray_errors();
                    (&&&&&::autoxray::__rt::lambda::Answers::new(__s))
                        .__autoxray_answers()
                }
            },
        )
        .await
}
fn main() -> Result<(), Error> {
    ::autoxray::__rt::lambda::start();
    let body = async {
        let client = connect().await;
        let service = service_fn(|event| handler(event, &client));
        lambda_runtime::Runtime::new(
                match (service) {
                    __a => {
                        use ::autoxray::__rt::lambda::fallbacks::*;
                        let __s = (&&&&&::autoxray::__rt::lambda::Wrap::new(
                            __a,
                            const {
                                &::autoxray::__rt::Site::new("orders", "input.rs", 0u32)
                            },
                            false,
                        ))
                            .__autoxray_handler();
                        let __s = (&&&&&::autoxray::__rt::lambda::Errors::new(__s))
                            .__autoxray_errors();
                        (&&&&&::autoxray::__rt::lambda::Answers::new(__s))
                            .__autoxray_answers()
                    }
                },
            )
            .run()
            .await?;
        lambda_http::run_with_streaming_response(
                match (service_fn(|request| async { stream(request).await })) {
                    __a => {
                        use ::autoxray::__rt::lambda::fallbacks::*;
                        let __s = (&&&&&::autoxray::__rt::lambda::Wrap::new(
                            __a,
                            const {
                                &::autoxray::__rt::Site::new("orders", "input.rs", 0u32)
                            },
                            false,
                        ))
                            .__autoxray_streaming_handler();
                        let __s = (&&&&&::autoxray::__rt::lambda::Errors::new(__s))
                            .__autoxray_errors();
                        (&&&&&::autoxray::__rt::lambda::Answers::new(__s))
                            .__autoxray_answers()
                    }
                },
            )
            .await
    };
    return runtime().block_on(body);
}
fn main() {
    ::autoxray::__rt::lambda::start();
    run(5);
    run(|x| x + 1);
    run(Default::default());
    run::<Service>(Service);
}
