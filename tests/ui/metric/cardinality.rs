use autoxray::business_metric;

struct Order {
    customer_id: u64,
    email: String,
}

#[business_metric(name = "x", dimensions(order_id))]
fn by_name(order_id: u64) {}

#[business_metric(name = "x", dimensions(customer = order.customer_id, mail = &order.email, "trace.id" = 1))]
fn by_field(order: &Order) {}

#[business_metric(name = "x", dimensions(requestId = uuid.to_string()))]
fn by_method(uuid: u64) {}

#[business_metric(name = "x", dimensions(token, allow_cardinality(), allow_cardinality(a, b)))]
fn secret(token: &str, a: u8, b: u8) {}

#[business_metric(name = "fine", dimensions(allow_cardinality(store_id), allow_cardinality(shop = order.customer_id), id_type, valid))]
fn fine(store_id: u8, order: &Order, id_type: &str, valid: bool) {}

fn main() {}
