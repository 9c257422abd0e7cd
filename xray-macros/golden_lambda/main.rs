use autoxray::traced_lambda;

#[traced_lambda]
#[tokio::main]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handler)).await
}

#[traced_lambda(name = "orders", capture_error = false)]
fn main() -> Result<(), Error> {
    let body = async {
        let client = connect().await;
        let service = service_fn(|event| handler(event, &client));
        lambda_runtime::Runtime::new(service).run().await?;
        lambda_http::run_with_streaming_response(service_fn(|request| async { stream(request).await })).await
    };
    return runtime().block_on(body);
}

#[traced_lambda]
fn main() {
    run(5);
    run(|x| x + 1);
    run(Default::default());
    run::<Service>(Service);
}
