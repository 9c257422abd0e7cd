async fn place(order: Order, key: &str) -> Result<u32, String> {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("place", "input.rs", 0u32) },
            async move {
                let _ = &order;
                if false {
                    return ::autoxray::__rt::typed::<Result<u32, String>>();
                }
                {
                    let price = order.price().await?;
                    if key.is_empty() {
                        return Err(String::from(key));
                    }
                    Ok(price)
                }
            },
            |__o| __o.failure(),
        )
        .await
}
pub(crate) async unsafe fn nothing() {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("nothing", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<()>();
                }
            },
            |_| ::core::option::Option::None,
        )
        .await
}
async fn inner_attribute() -> u8 {
    #![allow(unused_variables)]
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("inner_attribute", "input.rs", 0u32) },
            async move {
                if false {
                    return ::autoxray::__rt::typed::<u8>();
                }
                {
                    let x = 1;
                    2
                }
            },
            |_| ::core::option::Option::None,
        )
        .await
}
struct Order(u32);
impl Order {
    async fn price(&self) -> Result<u32, String> {
        Ok(self.0)
    }
}
