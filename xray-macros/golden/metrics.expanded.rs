use ::autoxray::business_metric;
async fn place(order: Order) -> Result<Receipt, String> {
    ::autoxray::__rt::measured_future(
            {
                #[business_metric(__expanded)]
                const _: () = ();
                (
                    ::autoxray::__rt::business(
                        {
                            static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::counter(
                                "OrdersPlaced",
                                [],
                            );
                            &__METRIC
                        },
                        ::autoxray::__rt::When::Ok,
                        |__d| {
                            __d.one();
                        },
                        |
                            _: &mut ::autoxray::__rt::Draft<0usize>,
                            __o: ::autoxray::__rt::Returned<'_, Result<Receipt, String>>|
                        __o.ok().is_some(),
                    ),
                    (
                        ::autoxray::__rt::business(
                            {
                                static __METRIC: ::autoxray::__rt::Metric<1usize> = ::autoxray::__rt::Metric::new(
                                    "Revenue",
                                    ::autoxray::__rt::Unit::None,
                                    ["country"],
                                );
                                &__METRIC
                            },
                            ::autoxray::__rt::When::Ok,
                            |__d| {
                                __d.dimension(0usize, &(order.country)).put();
                            },
                            move |
                                __d: &mut ::autoxray::__rt::Draft<1usize>,
                                __o: ::autoxray::__rt::Returned<
                                    '_,
                                    Result<Receipt, String>,
                                >|
                            match __o.ok() {
                                ::core::option::Option::Some(ret) => {
                                    __d.value(&(ret.total));
                                    true
                                }
                                ::core::option::Option::None => false,
                            },
                        ),
                        (),
                    ),
                )
            },
            async move {
                let _ = &order;
                if false {
                    return ::autoxray::__rt::typed::<Result<Receipt, String>>();
                }
                {
                    let Order { country, cents } = order;
                    drop(country);
                    Ok(Receipt {
                        total: f64::from(cents) / 100.0,
                    })
                }
            },
        )
        .await
}
fn publish(body: Vec<u8>, kind: &'static str) -> usize {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("publish", "input.rs", 0u32) },
        ::autoxray::__rt::measured(
            {
                #[business_metric(__expanded)]
                const _: () = ();
                let body = &body;
                (
                    ::autoxray::__rt::sla("publish", 1500000u64),
                    (
                        ::autoxray::__rt::business(
                            {
                                static __METRIC: ::autoxray::__rt::Metric<2usize> = ::autoxray::__rt::Metric::new(
                                        "Bytes",
                                        ::autoxray::__rt::Unit::BytesPerSecond,
                                        ["kind", "plan"],
                                    )
                                    .sets(&[&["kind", "plan"], &["kind"], &[]])
                                    .high_resolution();
                                &__METRIC
                            },
                            ::autoxray::__rt::When::Ok,
                            |__d| {
                                __d.dimension(0usize, &(kind)).put();
                                __d.dimension(1usize, &("gold")).put();
                                __d.value(&(body.len()));
                            },
                            |
                                _: &mut ::autoxray::__rt::Draft<2usize>,
                                __o: ::autoxray::__rt::Returned<'_, usize>|
                            __o.ok().is_some(),
                        ),
                        (),
                    ),
                )
            },
            move || -> usize {
                {
                    let mut body = body;
                    {
                        body.push(kind.len() as u8);
                        body.len()
                    }
                }
            },
        ),
        |_| ::core::option::Option::None,
    )
}
fn parse(
    _text: String,
    (name, _): (String, u32),
    count: u32,
) -> Result<u32, std::num::ParseIntError> {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("parse", "input.rs", 0u32) },
        ::autoxray::__rt::measured(
            (
                ::autoxray::__rt::business(
                    {
                        static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::new(
                            "Failures",
                            ::autoxray::__rt::Unit::Seconds,
                            [],
                        );
                        &__METRIC
                    },
                    ::autoxray::__rt::When::Err,
                    |__d| {
                        __d.time();
                    },
                    |
                        _: &mut ::autoxray::__rt::Draft<0usize>,
                        __o: ::autoxray::__rt::Returned<
                            '_,
                            Result<u32, std::num::ParseIntError>,
                        >|
                    __o.err().is_some(),
                ),
                (),
            ),
            move || -> Result<u32, std::num::ParseIntError> {
                {
                    let mut count = count;
                    let _ = &name;
                    {
                        count += 1;
                        name.parse::<u32>().map(|number| number + count)
                    }
                }
            },
        ),
        |__o| __o.failure(),
    )
}
fn parts((name, count): (String, u32)) -> String {
    ::autoxray::__rt::measured(
        (
            ::autoxray::__rt::business(
                {
                    static __METRIC: ::autoxray::__rt::Metric<2usize> = ::autoxray::__rt::Metric::new(
                        "Parts",
                        ::autoxray::__rt::Unit::None,
                        ["first", "count"],
                    );
                    &__METRIC
                },
                ::autoxray::__rt::When::Always,
                |__d| {
                    __d.dimension(0usize, &(name)).put();
                    __d.dimension(1usize, &(count)).put();
                    __d.value(&(name.len()));
                },
                |
                    _: &mut ::autoxray::__rt::Draft<2usize>,
                    __o: ::autoxray::__rt::Returned<'_, String>|
                __o.all().is_some(),
            ),
            (),
        ),
        move || -> String {
            let _ = (&count, &name);
            {
                let whole = name;
                format!("{whole}{count}")
            }
        },
    )()
}
fn boxed(name: String) -> std::pin::Pin<Box<dyn Future<Output = usize> + Send>> {
    let __measures = (
        ::autoxray::__rt::business(
            {
                static __METRIC: ::autoxray::__rt::Metric<1usize> = ::autoxray::__rt::Metric::counter(
                    "Boxed",
                    ["name"],
                );
                &__METRIC
            },
            ::autoxray::__rt::When::Ok,
            |__d| {
                __d.dimension(0usize, &(name)).put();
                __d.one();
            },
            |
                _: &mut ::autoxray::__rt::Draft<1usize>,
                __o: ::autoxray::__rt::Returned<'_, usize>|
            __o.ok().is_some(),
        ),
        (),
    );
    Box::pin(
        ::autoxray::__rt::measured_future(
            __measures,
            async move {
                if false {
                    return ::autoxray::__rt::typed::<usize>();
                }
                name.len()
            },
        ),
    )
}
fn opaque(name: String) -> impl Future<Output = usize> {
    let __measures = (
        ::autoxray::__rt::business(
            {
                static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::new(
                    "Opaque",
                    ::autoxray::__rt::Unit::None,
                    [],
                );
                &__METRIC
            },
            ::autoxray::__rt::When::Ok,
            |__d| {},
            move |
                __d: &mut ::autoxray::__rt::Draft<0usize>,
                __o: ::autoxray::__rt::Returned<'_, usize>|
            match __o.ok() {
                ::core::option::Option::Some(ret) => {
                    __d.value(&(*ret));
                    true
                }
                ::core::option::Option::None => false,
            },
        ),
        (),
    );
    let length = name.len();
    ::autoxray::__rt::measured_future(
        __measures,
        async move {
            if false {
                return ::autoxray::__rt::typed::<usize>();
            }
            length
        },
    )
}
#[track_caller]
fn caller(name: String) -> u32 {
    let __guard = ::autoxray::__rt::enter(const {
        &::autoxray::__rt::Site::new("caller", "input.rs", 0u32)
    });
    let __measures = ::autoxray::__rt::kept({
        #[business_metric(__expanded)]
        const _: () = ();
        (
            ::autoxray::__rt::business(
                {
                    static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::counter(
                        "Called",
                        [],
                    );
                    &__METRIC
                },
                ::autoxray::__rt::When::Always,
                |__d| {
                    __d.one();
                },
                |
                    _: &mut ::autoxray::__rt::Draft<0usize>,
                    __o: ::autoxray::__rt::Returned<'_, ()>|
                __o.all().is_some(),
            ),
            (),
        )
    });
    {
        drop(name);
        std::panic::Location::caller().line()
    }
}
struct Shop;
impl Shop {
    fn sell(&self, item: &Item) -> f64 {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("sell", "input.rs", 0u32) },
            ::autoxray::__rt::measured(
                {
                    #[business_metric(__expanded)]
                    const _: () = ();
                    (
                        ::autoxray::__rt::business(
                            {
                                static __METRIC: ::autoxray::__rt::Metric<1usize> = ::autoxray::__rt::Metric::new(
                                    "Sold",
                                    ::autoxray::__rt::Unit::None,
                                    ["item"],
                                );
                                &__METRIC
                            },
                            ::autoxray::__rt::When::Ok,
                            |__d| {
                                __d.dimension(0usize, &(item.name)).put();
                            },
                            move |
                                __d: &mut ::autoxray::__rt::Draft<1usize>,
                                __o: ::autoxray::__rt::Returned<'_, f64>|
                            match __o.ok() {
                                ::core::option::Option::Some(ret) => {
                                    __d.value(&(ret + self.tax()));
                                    true
                                }
                                ::core::option::Option::None => false,
                            },
                        ),
                        (),
                    )
                },
                move || -> f64 { item.price },
            ),
            |_| ::core::option::Option::None,
        )
    }
    fn tax(&self) -> f64 {
        ::autoxray::__rt::sync(
            const { &::autoxray::__rt::Site::new("tax", "input.rs", 0u32) },
            ::autoxray::__rt::measured(
                {
                    #[business_metric(__expanded)]
                    const _: () = ();
                    (
                        ::autoxray::__rt::business(
                            {
                                static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::new(
                                    "Tax",
                                    ::autoxray::__rt::Unit::None,
                                    [],
                                );
                                &__METRIC
                            },
                            ::autoxray::__rt::When::Always,
                            |__d| {
                                __d.value(&(self.rate()));
                            },
                            |
                                _: &mut ::autoxray::__rt::Draft<0usize>,
                                __o: ::autoxray::__rt::Returned<'_, f64>|
                            __o.all().is_some(),
                        ),
                        (),
                    )
                },
                move || -> f64 { self.rate() * 2.0 },
            ),
            |_| ::core::option::Option::None,
        )
    }
    const fn rate(&self) -> f64 {
        0.25
    }
}
struct Order {
    country: String,
    cents: u32,
}
struct Receipt {
    total: f64,
}
struct Item {
    name: String,
    price: f64,
}
async fn hidden() -> impl std::fmt::Display {
    ::autoxray::__rt::measured_future(
            (
                ::autoxray::__rt::business(
                    {
                        static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::counter(
                            "Hidden",
                            [],
                        );
                        &__METRIC
                    },
                    ::autoxray::__rt::When::Ok,
                    |__d| {
                        __d.one();
                    },
                    |
                        _: &mut ::autoxray::__rt::Draft<0usize>,
                        __o: ::autoxray::__rt::Returned<'_, _>|
                    __o.all().is_some(),
                ),
                (),
            ),
            async move {
                if false {
                    return ::autoxray::__rt::typed::<_>();
                }
                1
            },
        )
        .await
}
fn hidden_inside() -> impl Future<Output = impl std::fmt::Display> {
    let __measures = (
        ::autoxray::__rt::business(
            {
                static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::counter(
                    "HiddenErrors",
                    [],
                );
                &__METRIC
            },
            ::autoxray::__rt::When::Err,
            |__d| {
                __d.one();
            },
            |
                _: &mut ::autoxray::__rt::Draft<0usize>,
                __o: ::autoxray::__rt::Returned<'_, _>|
            __o.none().is_some(),
        ),
        (),
    );
    ::autoxray::__rt::measured_future(
        __measures,
        async {
            if false {
                return ::autoxray::__rt::typed::<_>();
            }
            1
        },
    )
}
fn partly() -> Option<impl Fn(u32) -> u32> {
    let __measures = ::autoxray::__rt::kept((
        ::autoxray::__rt::business(
            {
                static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::counter(
                    "Partly",
                    [],
                );
                &__METRIC
            },
            ::autoxray::__rt::When::Always,
            |__d| {
                __d.one();
            },
            |
                _: &mut ::autoxray::__rt::Draft<0usize>,
                __o: ::autoxray::__rt::Returned<'_, ()>|
            __o.all().is_some(),
        ),
        (),
    ));
    Some(|number| number + 1)
}
fn commas() {
    ::autoxray::__rt::measured(
        (
            ::autoxray::__rt::business(
                {
                    static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::new(
                        "Commas",
                        ::autoxray::__rt::Unit::Count,
                        [],
                    );
                    &__METRIC
                },
                ::autoxray::__rt::When::Ok,
                |__d| {
                    __d.value(&(std::collections::HashMap::<u8, u8>::new().len()));
                },
                |
                    _: &mut ::autoxray::__rt::Draft<0usize>,
                    __o: ::autoxray::__rt::Returned<'_, ()>|
                __o.ok().is_some(),
            ),
            (),
        ),
        move || -> () {},
    )()
}
fn captured(retries: String, item: &Retried) -> String {
    ::autoxray::__rt::measured(
        (
            ::autoxray::__rt::business(
                {
                    static __METRIC: ::autoxray::__rt::Metric<2usize> = ::autoxray::__rt::Metric::counter(
                        "Captured",
                        ["reason", "field"],
                    );
                    &__METRIC
                },
                ::autoxray::__rt::When::Ok,
                |__d| {
                    __d.dimension(0usize, &(format!("{retries} {{ret}}"))).put();
                    __d.dimension(1usize, &(item.ret)).put();
                    __d.one();
                },
                |
                    _: &mut ::autoxray::__rt::Draft<2usize>,
                    __o: ::autoxray::__rt::Returned<'_, String>|
                __o.ok().is_some(),
            ),
            (),
        ),
        move || -> String {
            let _ = &retries;
            format!("{retries}{}", item.ret)
        },
    )()
}
fn after(count: usize, text: String) -> String {
    ::autoxray::__rt::measured(
        {
            let count = count;
            let text = &text;
            (
                ::autoxray::__rt::business(
                    {
                        static __METRIC: ::autoxray::__rt::Metric<0usize> = ::autoxray::__rt::Metric::new(
                            "After",
                            ::autoxray::__rt::Unit::None,
                            [],
                        );
                        &__METRIC
                    },
                    ::autoxray::__rt::When::Ok,
                    |__d| {},
                    move |
                        __d: &mut ::autoxray::__rt::Draft<0usize>,
                        __o: ::autoxray::__rt::Returned<'_, String>|
                    match __o.ok() {
                        ::core::option::Option::Some(ret) => {
                            __d.value(&(ret.len() + count + text.len()));
                            true
                        }
                        ::core::option::Option::None => false,
                    },
                ),
                (),
            )
        },
        move || -> String {
            {
                let mut count = count;
                {
                    count += 1;
                    format!("{count}")
                }
            }
        },
    )()
}
impl Retried {
    #[::autoxray::traced(namespace = "remote")]
    #[cfg_attr(all(), business_metric(name = "Conditional"))]
    fn conditional(&self) -> u8 {
        self.ret
    }
}
struct Retried {
    ret: u8,
}
