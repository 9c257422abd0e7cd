async fn chain(client: &Client) -> Result<Output, Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("chain", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<Result<Output, Error>>();
                }
                (match (client.get_item().table_name("t")) {
                    __r => {
                        ::autoxray::__rt::call::open(
                                if false {
                                    use ::autoxray::__rt::call::probe::fallbacks::*;
                                    ::autoxray::__rt::call::dead();
                                    ::core::option::Option::Some({
                                        let __q = &__r;
                                        ::autoxray::__rt::call::probe::seen(
                                                __q,
                                                ::autoxray::__rt::call::probe::Given(__q.as_input())
                                                    .__autoxray_taken()
                                                    .build(),
                                            )
                                            .__autoxray_verdict()
                                    })
                                } else {
                                    ::core::option::Option::None
                                },
                                __r,
                            )
                            .customize()
                            .interceptor(::autoxray::__rt::call::interceptor())
                    }
                })
                    .send()
                    .await
            },
            |__o| __o.failure(),
        )
        .await
}
async fn place(request: Request) -> Result<Output, Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("place", "input.rs", 0u32) },
            async move {
                let _ = &request;
                if false {
                    return ::autoxray::__rt::typed::<Result<Output, Error>>();
                }
                (match ::autoxray::__rt::call::choose(
                    if false {
                        use ::autoxray::__rt::call::probe::fallbacks::*;
                        ::autoxray::__rt::call::dead();
                        ::core::option::Option::Some({
                            let __q = &request;
                            ::autoxray::__rt::call::probe::seen(
                                    __q,
                                    ::autoxray::__rt::call::probe::Given(__q.as_input())
                                        .__autoxray_taken()
                                        .build(),
                                )
                                .__autoxray_verdict()
                        })
                    } else {
                        ::core::option::Option::None
                    },
                ) {
                    ::autoxray::__rt::call::Choice::Untouched(__t) => {
                        let __t = __t.start();
                        __t.give(request.send())
                    }
                    ::autoxray::__rt::call::Choice::Ours(__t) => {
                        let __t = __t.start();
                        __t.give(
                            __t
                                .open(request)
                                .customize()
                                .interceptor(::autoxray::__rt::call::interceptor())
                                .send(),
                        )
                    }
                })
                    .await
            },
            |__o| __o.failure(),
        )
        .await
}
async fn customized(client: &Client) -> Result<Output, Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("customized", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<Result<Output, Error>>();
                }
                (match (client.get_item().customize().mutate_request(change)) {
                    __r => {
                        ::autoxray::__rt::call::open(
                                if false {
                                    use ::autoxray::__rt::call::probe::fallbacks::*;
                                    ::autoxray::__rt::call::dead();
                                    ::core::option::Option::Some({
                                        ::autoxray::__rt::call::probe::changed(
                                                &__r,
                                                __r.mutate_request(::autoxray::__rt::call::unchanged),
                                            )
                                            .__autoxray_verdict()
                                    })
                                } else {
                                    ::core::option::Option::None
                                },
                                __r,
                            )
                            .interceptor(::autoxray::__rt::call::interceptor())
                    }
                })
                    .send()
                    .await
            },
            |__o| __o.failure(),
        )
        .await
}
async fn left(request: Request) -> Result<Output, Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("left", "input.rs", 0u32) },
            async move {
                let _ = &request;
                if false {
                    return ::autoxray::__rt::typed::<Result<Output, Error>>();
                }
                request.send().await
            },
            |__o| __o.failure(),
        )
        .await
}
fn captured(request: Request) -> impl Fn() -> Output {
    let __guard = ::autoxray::__rt::enter(const {
        &::autoxray::__rt::Site::new("captured", "input.rs", 0u32)
    });
    move || request.send()
}
fn arguments(sender: Sender<u8>) {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("arguments", "input.rs", 0u32) },
        move || -> () {
            let _ = &sender;
            {
                sender.send(1);
                sender.send::<u8>();
                fn nested(x: X) {
                    x.send();
                }
                let _ = [(match ::autoxray::__rt::call::choose(
                    if false {
                        use ::autoxray::__rt::call::probe::fallbacks::*;
                        ::autoxray::__rt::call::dead();
                        ::core::option::Option::Some({
                            let __q = &x;
                            ::autoxray::__rt::call::probe::seen(
                                    __q,
                                    ::autoxray::__rt::call::probe::Given(__q.as_input())
                                        .__autoxray_taken()
                                        .build(),
                                )
                                .__autoxray_verdict()
                        })
                    } else {
                        ::core::option::Option::None
                    },
                ) {
                    ::autoxray::__rt::call::Choice::Untouched(__t) => {
                        let __t = __t.start();
                        __t.give(x.send())
                    }
                    ::autoxray::__rt::call::Choice::Ours(__t) => {
                        let __t = __t.start();
                        __t.give(
                            __t
                                .open(x)
                                .customize()
                                .interceptor(::autoxray::__rt::call::interceptor())
                                .send(),
                        )
                    }
                }); { y.send() }];
            }
        },
        |_| ::core::option::Option::None,
    )
}
