async fn execute(client: &reqwest::Client, request: Request) -> Result<(), Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("execute", "input.rs", 0u32) },
            async move {
                let _ = &request;
                if false {
                    return ::autoxray::__rt::typed::<Result<(), Error>>();
                }
                {
                    (match ::autoxray::__rt::call::choose(
                        if false {
                            use ::autoxray::__rt::call::probe::fallbacks::*;
                            ::autoxray::__rt::call::dead();
                            ::core::option::Option::Some({
                                ::autoxray::__rt::call::probe::seen(&client, ())
                                    .__autoxray_executes()
                            })
                        } else {
                            ::core::option::Option::None
                        },
                    ) {
                        ::autoxray::__rt::call::Choice::Untouched(__t) => {
                            let __t = __t.start();
                            __t.give(client.execute(request))
                        }
                        ::autoxray::__rt::call::Choice::Ours(__t) => {
                            let __t = __t.start();
                            __t.give(__t.execute(&client, request))
                        }
                    })
                        .await?;
                    (match (client.get("u").build()?) {
                        __a => {
                            (match ::autoxray::__rt::call::choose(
                                if false {
                                    use ::autoxray::__rt::call::probe::fallbacks::*;
                                    ::autoxray::__rt::call::dead();
                                    ::core::option::Option::Some({
                                        ::autoxray::__rt::call::probe::seen(&client, ())
                                            .__autoxray_executes()
                                    })
                                } else {
                                    ::core::option::Option::None
                                },
                            ) {
                                ::autoxray::__rt::call::Choice::Untouched(__t) => {
                                    let __t = __t.start();
                                    __t.give(client.execute(__a))
                                }
                                ::autoxray::__rt::call::Choice::Ours(__t) => {
                                    let __t = __t.start();
                                    __t.give(__t.execute(&client, __a))
                                }
                            })
                        }
                    })
                        .await?;
                    client.execute(make(|x| x)).await
                }
            },
            |__o| __o.failure(),
        )
        .await
}
async fn get(url: &str) -> Result<Response, Error> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("get", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<Result<Response, Error>>();
                }
                {
                    (match ::autoxray::__rt::call::choose(
                        if false {
                            use ::autoxray::__rt::call::probe::fallbacks::*;
                            ::autoxray::__rt::call::dead();
                            ::core::option::Option::Some({
                                ::autoxray::__rt::call::probe::got(reqwest::get(url))
                                    .__autoxray_verdict()
                            })
                        } else {
                            ::core::option::Option::None
                        },
                    ) {
                        ::autoxray::__rt::call::Choice::Untouched(__t) => {
                            let __t = __t.start();
                            __t.give(reqwest::get(url))
                        }
                        ::autoxray::__rt::call::Choice::Ours(__t) => {
                            let __t = __t.start();
                            __t.give(__t.get(url))
                        }
                    })
                        .await?;
                    (match (format!("{url}/")) {
                        __a => {
                            (match ::autoxray::__rt::call::choose(
                                if false {
                                    use ::autoxray::__rt::call::probe::fallbacks::*;
                                    ::autoxray::__rt::call::dead();
                                    ::core::option::Option::Some({
                                        ::autoxray::__rt::call::probe::got(
                                                reqwest::blocking::get(__a),
                                            )
                                            .__autoxray_blocking()
                                    })
                                } else {
                                    ::core::option::Option::None
                                },
                            ) {
                                ::autoxray::__rt::call::Choice::Untouched(__t) => {
                                    let __t = __t.start();
                                    __t.give(reqwest::blocking::get(__a))
                                }
                                ::autoxray::__rt::call::Choice::Ours(__t) => {
                                    let __t = __t.start();
                                    __t.give(__t.get(__a))
                                }
                            })
                        }
                    })
                }
            },
            |__o| __o.failure(),
        )
        .await
}
fn clients(config: &SdkConfig, conf: Config) {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("clients", "input.rs", 0u32) },
        move || -> () {
            let _ = &conf;
            {
                let a = (match aws_sdk_dynamodb::Client::new(config) {
                    __c => {
                        use ::autoxray::__rt::call::{
                            FromConf as _, Rebuild as _, Tied as _,
                        };
                        let __s = ::autoxray::__rt::call::same(&__c);
                        if __s.is_generated() {
                            ::autoxray::__rt::call::open(
                                    if false {
                                        use ::autoxray::__rt::call::probe::fallbacks::*;
                                        ::autoxray::__rt::call::dead();
                                        ::core::option::Option::Some({
                                            let __q = ::autoxray::__rt::call::open(
                                                ::core::option::Option::Some(
                                                    ::autoxray::__rt::call::probe::seen(&config, ())
                                                        .__autoxray_verdict(),
                                                ),
                                                __c,
                                            );
                                            let __q = &__q;
                                            ::autoxray::__rt::call::probe::config(
                                                    &::autoxray::__rt::call::probe::Given(__q.config())
                                                        .__autoxray_taken(),
                                                )
                                                .__autoxray_verdict()
                                        })
                                    } else {
                                        ::core::option::Option::None
                                    },
                                    __c,
                                )
                                .config()
                                .to_builder()
                                .interceptor(::autoxray::__rt::call::interceptor())
                                .build()
                                .__autoxray_rebuild(|__v| {
                                    ::autoxray::__rt::call::tie(
                                            aws_sdk_dynamodb::Client::from_conf(__v),
                                            __s,
                                        )
                                        .__autoxray_tied()
                                })
                        } else {
                            __c
                        }
                    }
                });
                let b = DdbClient::from_conf(conf);
                let c = DdbClient::from_conf(Config::builder().build());
                let d = DdbClient::new(&load().await);
                let e = reqwest::Client::new();
                let f = FooClient::new(3);
                let g = FooClient::new(&url)?;
            }
        },
        |_| ::core::option::Option::None,
    )
}
fn spawns(set: &mut JoinSet<()>, future: F) {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("spawns", "input.rs", 0u32) },
        move || -> () {
            let _ = &future;
            {
                tokio::spawn(::autoxray::__rt::call::task(async {}));
                std::thread::spawn(::autoxray::__rt::call::job(|| work()));
                set.spawn(
                    ::autoxray::__rt::call::arg(
                        if false {
                            use ::autoxray::__rt::call::probe::fallbacks::*;
                            ::autoxray::__rt::call::dead();
                            ::core::option::Option::Some({
                                ::autoxray::__rt::call::probe::seen(&set, ())
                                    .__autoxray_spawns()
                            })
                        } else {
                            ::core::option::Option::None
                        },
                        async { request.send().await },
                    ),
                );
                (match ::autoxray::__rt::call::choose(
                    if false {
                        use ::autoxray::__rt::call::probe::fallbacks::*;
                        ::autoxray::__rt::call::dead();
                        ::core::option::Option::Some({
                            ::autoxray::__rt::call::probe::seen(&set, ())
                                .__autoxray_spawns()
                        })
                    } else {
                        ::core::option::Option::None
                    },
                ) {
                    ::autoxray::__rt::call::Choice::Untouched(__t) => {
                        let __t = __t.start();
                        __t.give(set.spawn(future))
                    }
                    ::autoxray::__rt::call::Choice::Ours(__t) => {
                        let __t = __t.start();
                        __t.give(set.spawn(__t.task(future)))
                    }
                });
                thread::spawn(work);
            }
        },
        |_| ::core::option::Option::None,
    )
}
async fn macros(request: Request) {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("macros", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<()>();
                }
                {
                    tokio::join!(
                        (match (client.get()) { __r => ::autoxray::__rt::call::open(if
                        false { use ::autoxray::__rt::call::probe::fallbacks:: *;
                        ::autoxray::__rt::call::dead(); ::core::option::Option::Some({
                        let __q = & __r; ::autoxray::__rt::call::probe::seen(__q,
                        ::autoxray::__rt::call::probe::Given(__q.as_input())
                        .__autoxray_taken().build()).__autoxray_verdict() }) } else {
                        ::core::option::Option::None }, __r).customize()
                        .interceptor(::autoxray::__rt::call::interceptor()) }).send(),
                        other()
                    );
                    tokio::select! {
                        biased; a = (match (client.get()) { __r =>
                        ::autoxray::__rt::call::open(if false { use
                        ::autoxray::__rt::call::probe::fallbacks:: *;
                        ::autoxray::__rt::call::dead(); ::core::option::Option::Some({
                        let __q = & __r; ::autoxray::__rt::call::probe::seen(__q,
                        ::autoxray::__rt::call::probe::Given(__q.as_input())
                        .__autoxray_taken().build()).__autoxray_verdict() }) } else {
                        ::core::option::Option::None }, __r).customize()
                        .interceptor(::autoxray::__rt::call::interceptor()) }).send(), if
                        ready => a ?, Some(b) = other() => { (match
                        ::autoxray::__rt::call::choose(if false { use
                        ::autoxray::__rt::call::probe::fallbacks:: *;
                        ::autoxray::__rt::call::dead(); ::core::option::Option::Some({
                        let __q = & b; ::autoxray::__rt::call::probe::seen(__q,
                        ::autoxray::__rt::call::probe::Given(__q.as_input())
                        .__autoxray_taken().build()).__autoxray_verdict() }) } else {
                        ::core::option::Option::None }) {
                        ::autoxray::__rt::call::Choice::Untouched(__t) => { let __t = __t
                        .start(); __t.give(b.send()) }
                        ::autoxray::__rt::call::Choice::Ours(__t) => { let __t = __t
                        .start(); __t.give(__t.open(b).customize()
                        .interceptor(::autoxray::__rt::call::interceptor()).send()) } }).
                        await } else => {}
                    }
                    unknown!(client.get().send());
                    assert!(client.get().send());
                }
            },
            |_| ::core::option::Option::None,
        )
        .await
}
