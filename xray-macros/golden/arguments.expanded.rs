struct D;
struct Pair {
    a: D,
    b: D,
}
fn first_unused(a: D, b: D) {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("first_unused", "input.rs", 0u32) },
        move || -> () {
            let _ = &b;
            {
                drop(b);
            }
        },
        |_| ::core::option::Option::None,
    )
}
fn later_unused(a: D, b: D, c: D) {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("later_unused", "input.rs", 0u32) },
        move || -> () {
            {
                let mut b = b;
                let c = c;
                let _ = &a;
                {
                    let _ = (&a, &c);
                }
            }
        },
        |_| ::core::option::Option::None,
    )
}
fn patterns(
    (a, b): (D, D),
    _argument1: D,
    argument2: Pair,
    &n: &u8,
    [x,
    y,
    ]: [u8; 2],
) -> u8 {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("patterns", "input.rs", 0u32) },
        move || -> u8 {
            {
                let _argument1 = _argument1;
                let argument2 = argument2;
                let Pair { a: c, .. } = argument2;
                let _ = (&b, &a);
                {
                    let _ = (&a, &b, &c);
                    n + x + y
                }
            }
        },
        |_| ::core::option::Option::None,
    )
}
async fn patterns_in_async((a, _): (D, D), b: Pair, _c: D) {
    ::autoxray::__rt::future(
            const {
                &::autoxray::__rt::Site::new("patterns_in_async", "input.rs", 0u32)
            },
            async move {
                {
                    let _c = _c;
                    let _ = (&b, &a);
                    if false {
                        return ::autoxray::__rt::typed::<()>();
                    }
                    {
                        drop(a);
                        drop(b.b);
                    }
                }
            },
            |_| ::core::option::Option::None,
        )
        .await
}
impl Pair {
    fn by_value(self, other: D) -> D {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("by_value", "input.rs", 0u32) },
            move || -> D {
                let _ = (&other, &self);
                {
                    drop(other);
                    self.a
                }
            },
            |__o| __o.failure(),
        )
    }
    fn by_mut(&mut self, other: D) -> &mut D {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("by_mut", "input.rs", 0u32) },
            move || -> &mut D {
                let _ = &other;
                {
                    self.a = other;
                    &mut self.a
                }
            },
            |_| ::core::option::Option::None,
        )
    }
    async fn in_arc(self: std::sync::Arc<Self>, self_: std::pin::Pin<&mut Self>) {
        ::autoxray::__rt::future(
                const { &::autoxray::__rt::Site::new("in_arc", "input.rs", 0u32) },
                async move {
                    {
                        let mut self_ = self_;
                        let _ = &self;
                        if false {
                            return ::autoxray::__rt::typed::<()>();
                        }
                        {
                            self_.as_mut();
                            let _ = &self.b;
                        }
                    }
                },
                |_| ::core::option::Option::None,
            )
            .await
    }
}
