fn place(user_id: &str, order: Order, r#type: u8) -> u32 {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("place", "input.rs", 0u32) },
        move || -> u32 {
            let _ = &order;
            ::autoxray::__rt::values(|__v| {
                __v.slot("user_id", &(user_id)).annotate();
                __v.slot("order.id", &(order.id)).annotate();
                __v.slot("type", &(r#type)).annotate();
                __v.metadata("order", &(order));
                __v.metadata("size", &(order.id + 1));
            });
            {
                let _ = (user_id, r#type);
                order.id
            }
        },
        |_| ::core::option::Option::None,
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
                    __v.slot("token", &(token)).annotate();
                    __v.slot("n", &(items.len())).annotate();
                });
                {
                    drop(token);
                    items.len()
                }
            },
            |_| ::core::option::Option::None,
        )
        .await
}
#[derive(serde::Serialize)]
struct Order {
    id: u32,
}
