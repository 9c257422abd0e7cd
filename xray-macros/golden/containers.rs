use autoxray::traced;

struct Store;

#[traced(namespace = "remote")]
impl Store {
    const N: usize = { 3 };

    /// Documented.
    pub fn get(&self, n: usize) -> usize {
        n
    }

    #[traced(skip)]
    fn skipped(&self) {}

    #[traced(name = "own")]
    fn own(&self) {}

    const fn at_compile_time() -> usize {
        Self::N
    }

    fn nested(&self) -> usize {
        fn inner() -> usize {
            1
        }
        inner()
    }
}

#[traced]
trait Visit {
    type Out;
    fn declared(&self) -> Self::Out;
    fn provided(&self) -> Self::Out {
        self.declared()
    }
}

#[traced]
mod jobs {
    #![allow(dead_code)]
    use std::fmt;

    static LIMIT: usize = 3;

    struct Job {
        n: usize,
    }

    impl fmt::Display for Job {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.n)
        }
    }

    #[traced(skip)]
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
        pub(super) async fn run() {}
    }

    unsafe extern "C" {
        fn abs(n: i32) -> i32;
    }
}
