#[track_caller]
fn first(of: &[u8]) -> u8 {
    #![allow(clippy::indexing_slicing)]
    let __guard = ::autoxray::__rt::enter(const {
        &::autoxray::__rt::Site::new("first", "input.rs", 0u32)
    });
    ::autoxray::__rt::values(|__v| {
        __v.slot("n", &(of.len())).annotate();
    });
    {
        let first = of[0];
        first
    }
}
fn returned_closure<'a>(of: &'a str) -> impl Fn(&str) -> bool + 'a {
    let __guard = ::autoxray::__rt::enter(const {
        &::autoxray::__rt::Site::new("returned_closure", "input.rs", 0u32)
    });
    move |text| text.starts_with(of)
}
fn never(message: String) -> ! {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("never", "input.rs", 0u32) },
        move || -> ! {
            let _ = &message;
            panic!("{message}")
        },
        |_| ::core::option::Option::None,
    )
}
