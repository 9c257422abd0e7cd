use autoxray::traced;

#[traced(annotate(user_id, "order.id" = order.id, r#type), metadata(order, size = order.id + 1))]
fn place(user_id: &str, order: Order, r#type: u8) -> u32 {
    let _ = (user_id, r#type);
    order.id
}

#[traced(annotate(allow_secret(token), n = items.len()))]
async fn search(token: String, items: Vec<u8>) -> usize {
    drop(token);
    items.len()
}

#[derive(serde::Serialize)]
struct Order {
    id: u32,
}
