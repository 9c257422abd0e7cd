async fn handler(event: LambdaEvent<Order>) -> Result<Answer, Error> {
    let __invocation = ::autoxray::__rt::lambda::Look::new(&event)
        .__autoxray_begin(const {
            &::autoxray::__rt::Site::new("## handler", "input.rs", 0u32)
        });
    let (__r, __invocation): (Result<Answer, Error>, _) = __invocation
        .trace(async move {
            {
                let event = event;
                if false {
                    return ::autoxray::__rt::typed::<Result<Answer, Error>>();
                }
                {
                    let order = event.payload;
                    Ok(order.place().await?)
                }
            }
        })
        .await;
    ::autoxray::__rt::lambda::outcome(&__invocation, &__r, |__o| __o.failure());
    ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
    {
        use ::autoxray::__rt::lambda::fallbacks::*;
        ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
    }
}
async fn unpacked(
    client: &Client,
    argument1: LambdaEvent<Order>,
    table: String,
) -> Result<Answer, Error> {
    let __invocation = ::autoxray::__rt::lambda::Look::new(&argument1)
        .__autoxray_begin(const {
            &::autoxray::__rt::Site::new("orders", "input.rs", 0u32)
        })
        .without_causes();
    let (__r, __invocation): (Result<Answer, Error>, _) = __invocation
        .trace(async move {
            {
                let argument1 = argument1;
                let LambdaEvent { payload, context } = argument1;
                let table = table;
                if false {
                    return ::autoxray::__rt::typed::<Result<Answer, Error>>();
                }
                ::autoxray::__rt::values(|__v| {
                    __v.slot("id", &(payload.id)).annotate();
                    __v.metadata("payload", &(payload));
                });
                client.put(&table, payload, context.deadline).await
            }
        })
        .await;
    ::autoxray::__rt::lambda::outcome(&__invocation, &__r, |__o| __o.failure());
    ::autoxray::__rt::lambda::response(
        &__invocation,
        const { &::autoxray::__rt::Site::new("orders", "input.rs", 0u32) },
        &__r,
    );
    ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
    {
        use ::autoxray::__rt::lambda::fallbacks::*;
        ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
    }
}
pub async fn http(request: lambda_http::Request) -> Result<impl IntoResponse, Error> {
    let __invocation = ::autoxray::__rt::lambda::Look::new(&request)
        .__autoxray_begin(const {
            &::autoxray::__rt::Site::new("## http", "input.rs", 0u32)
        });
    let (__r, __invocation): (Result<_, Error>, _) = __invocation
        .trace(async move {
            {
                let mut request = request;
                if false {
                    return ::autoxray::__rt::typed::<Result<_, Error>>();
                }
                {
                    request.body_mut().clear();
                    Ok("done")
                }
            }
        })
        .await;
    ::autoxray::__rt::lambda::outcome(&__invocation, &__r, |__o| __o.failure());
    ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
    {
        use ::autoxray::__rt::lambda::fallbacks::*;
        ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
    }
}
async fn alias(client: &Client, event: Event) {
    let __invocation = ::autoxray::__rt::lambda::Look::new(&event)
        .__autoxray_begin(const {
            &::autoxray::__rt::Site::new("## alias", "input.rs", 0u32)
        });
    let (__r, __invocation): ((), _) = __invocation
        .trace(async move {
            {
                let event = event;
                if false {
                    return ::autoxray::__rt::typed::<()>();
                }
            }
        })
        .await;
    ::autoxray::__rt::lambda::outcome(
        &__invocation,
        &__r,
        |_| ::core::option::Option::None,
    );
    ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
    {
        use ::autoxray::__rt::lambda::fallbacks::*;
        ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
    }
}
async fn ignored(_argument0: LambdaEvent<Value>) -> Result<(), Error> {
    let __invocation = ::autoxray::__rt::lambda::Look::new(&_argument0)
        .__autoxray_begin(const {
            &::autoxray::__rt::Site::new("## ignored", "input.rs", 0u32)
        });
    let (__r, __invocation): (Result<(), Error>, _) = __invocation
        .trace(async move {
            {
                let _argument0 = _argument0;
                if false {
                    return ::autoxray::__rt::typed::<Result<(), Error>>();
                }
                Ok(())
            }
        })
        .await;
    ::autoxray::__rt::lambda::outcome(&__invocation, &__r, |__o| __o.failure());
    ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
    {
        use ::autoxray::__rt::lambda::fallbacks::*;
        ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
    }
}
impl App {
    async fn handle<T: DeserializeOwned>(
        &self,
        event: LambdaEvent<T>,
    ) -> Result<T, Error> {
        let __invocation = ::autoxray::__rt::lambda::Look::new(&event)
            .__autoxray_begin(const {
                &::autoxray::__rt::Site::new("## handle", "input.rs", 0u32)
            });
        let (__r, __invocation): (Result<T, Error>, _) = __invocation
            .trace(async move {
                {
                    let event = event;
                    if false {
                        return ::autoxray::__rt::typed::<Result<T, Error>>();
                    }
                    {
                        self.check(&event)?;
                        Ok(event.payload)
                    }
                }
            })
            .await;
        ::autoxray::__rt::lambda::outcome(&__invocation, &__r, |__o| __o.failure());
        ::autoxray::__rt::lambda::Told::new(&__r).__autoxray_records(&__invocation);
        {
            use ::autoxray::__rt::lambda::fallbacks::*;
            ::autoxray::__rt::lambda::Answer::new(__r, __invocation).__autoxray_close()
        }
    }
}
