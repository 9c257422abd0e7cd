struct Store;
impl Store {
    const N: usize = { 3 };
    /// Documented.
    pub fn get(&self, n: usize) -> usize {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("get", "input.rs", 0u32).remote() },
            move || -> usize { n },
            |_| ::core::option::Option::None,
        )
    }
    fn skipped(&self) {}
    #[traced(name = "own")]
    fn own(&self) {}
    const fn at_compile_time() -> usize {
        Self::N
    }
    fn nested(&self) -> usize {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("nested", "input.rs", 0u32).remote() },
            move || -> usize {
                fn inner() -> usize {
                    1
                }
                inner()
            },
            |_| ::core::option::Option::None,
        )
    }
}
trait Visit {
    type Out;
    fn declared(&self) -> Self::Out;
    fn provided(&self) -> Self::Out {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("provided", "input.rs", 0u32) },
            move || -> Self::Out { self.declared() },
            |__o| __o.failure(),
        )
    }
}
mod jobs {
    #![allow(dead_code)]
    use std::fmt;
    static LIMIT: usize = 3;
    struct Job {
        n: usize,
    }
    impl fmt::Display for Job {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            ::autoxray::__rt::sync(
                const { &::autoxray::__rt::Site::new("fmt", "input.rs", 0u32) },
                move || -> fmt::Result { write!(f, "{}", self.n) },
                |__o| __o.failure(),
            )
        }
    }
    impl Job {
        fn untouched(&self) {}
    }
    macro_rules! made {
        () => {
            fn never_traced() {}
        };
    }
    made!();
    mod inner {
        pub(super) async fn run() {
            ::autoxray::__rt::future(
                    const { &::autoxray::__rt::Site::new("run", "input.rs", 0u32) },
                    async move {
                        if false {
                            return ::autoxray::__rt::typed::<()>();
                        }
                    },
                    |_| ::core::option::Option::None,
                )
                .await
        }
    }
    unsafe extern "C" {
        fn abs(n: i32) -> i32;
    }
}
