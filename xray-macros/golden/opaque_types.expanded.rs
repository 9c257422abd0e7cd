fn numbers(to: u32) -> Result<impl Iterator<Item = u32> + use<>, String> {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("numbers", "input.rs", 0u32) },
        move || -> Result<_, String> {
            if to == 0 {
                return Err(String::from("none"));
            }
            Ok(0..to)
        },
        |__o| __o.failure(),
    )
}
async fn later(to: u32) -> impl Iterator<Item = u32> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("later", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<_>();
                }
                0..to
            },
            |__o| __o.failure(),
        )
        .await
}
fn future(to: String) -> impl Future<Output = usize> {
    ::autoxray::__rt::future(
        const { &::autoxray::__rt::Site::new("future", "input.rs", 0u32) },
        async move {
            if false {
                return ::autoxray::__rt::typed::<usize>();
            }
            to.len()
        },
        |_| ::core::option::Option::None,
    )
}
fn future_with_values(
    to: String,
) -> impl Future<Output = Result<usize, std::fmt::Error>> + Send {
    ::autoxray::__rt::future(
        const { &::autoxray::__rt::Site::new("future_with_values", "input.rs", 0u32) },
        ::autoxray::__rt::prepared(
            ::autoxray::__rt::pending(|__v| {
                __v.slot("to", &(to)).annotate();
            }),
            ::autoxray::__rt::call(move || -> _ {
                let _ = &to;
                std::future::ready(Ok(to.len()))
            }),
        ),
        |__o: ::autoxray::__rt::Probe<'_, Result<usize, std::fmt::Error>>| __o.failure(),
    )
}
