use std::future::Future;
use std::pin::Pin;
type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
fn in_its_box(to: &str) -> BoxFuture<'_, Result<usize, String>> {
    let n = to.len();
    Box::pin(
        ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("in_its_box", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<Result<usize, String>>();
                }
                if n > 3 {
                    return Err(String::from(to));
                }
                Ok(n)
            },
            |__o| __o.failure(),
        ),
    )
}
fn values_in_its_box(to: String) -> Pin<Box<dyn Future<Output = usize>>> {
    ::std::boxed::Box::pin(
        ::autoxray::__rt::future(
            const {
                &::autoxray::__rt::Site::new("values_in_its_box", "input.rs", 0u32)
            },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<usize>();
                }
                ::autoxray::__rt::values(|__v| {
                    __v.slot("n", &(to.len())).annotate();
                });
                to.len()
            },
            |_| ::core::option::Option::None,
        ),
    )
}
fn in_a_box(to: String) -> Pin<Box<dyn Future<Output = usize>>> {
    ::std::boxed::Box::pin(
        ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("in_a_box", "input.rs", 0u32) },
            ::autoxray::__rt::prepared(
                ::autoxray::__rt::pending(|__v| {
                    __v.slot("to", &(to)).annotate();
                }),
                ::autoxray::__rt::call(move || -> Pin<Box<dyn Future<Output = usize>>> {
                    let _ = &to;
                    if to.is_empty() {
                        return Box::pin(async { 0 });
                    }
                    Box::pin(async move { to.len() })
                }),
            ),
            |__o: ::autoxray::__rt::Probe<'_, usize>| __o.failure(),
        ),
    )
}
