fn place(user_id: &str, order: Order, r#type: u8) -> u32 {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("place", "input.rs", 0u32) },
        move || -> u32 {
            let _ = &order;
            ::autoxray::__rt::values(|__v| {
                __v.annotate("user_id", ::autoxray::__rt::value!(user_id));
                __v.annotate("order.id", ::autoxray::__rt::value!(order.id));
                __v.annotate("type", ::autoxray::__rt::value!(r#type));
                __v.metadata("order", &(order));
                __v.metadata("size", &(order.id + 1));
            });
            {
                let _ = (user_id, r#type);
                order.id
            }
        },
        |__o| ::autoxray::__rt::outcome!(__o),
    )
}
async fn search(token: String, items: Vec<u8>) -> usize {
    ::autoxray::__rt::future(
            const { &::autoxray::__rt::Site::new("search", "input.rs", 0u32) },
            async move {
                let _ = (&items, &token);
                if false {
                    return ::autoxray::__rt::typed::<usize>();
                }
                ::autoxray::__rt::values(|__v| {
                    __v.annotate("token", ::autoxray::__rt::value!(token));
                    __v.annotate("n", ::autoxray::__rt::value!(items.len()));
                });
                {
                    drop(token);
                    items.len()
                }
            },
            |__o| ::autoxray::__rt::outcome!(__o),
        )
        .await
}
#[derive(serde::Serialize)]
struct Order {
    id: u32,
}
