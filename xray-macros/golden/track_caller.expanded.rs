#[track_caller]
fn first(of: &[u8]) -> u8 {
    #![allow(clippy::indexing_slicing)]
    let __guard = ::autoxray::__rt::enter(const {
        &::autoxray::__rt::Site::new("first", "input.rs", 0u32)
    });
    ::autoxray::__rt::values(|__v| {
        __v.annotate("n", ::autoxray::__rt::value!(of.len()));
    });
    {
        let first = of[0];
        first
    }
}
fn never(message: String) -> ! {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("never", "input.rs", 0u32) },
        move || -> ! {
            let _ = &message;
            panic!("{message}")
        },
        |__o| ::autoxray::__rt::outcome!(__o),
    )
}
