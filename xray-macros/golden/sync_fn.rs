use autoxray::traced;

#[traced]
fn place(order: Order, mut count: u32, key: &str) -> Result<Receipt, Refused> {
    count += 1;
    let price = order.price(count)?;
    if key.is_empty() {
        return Err(Refused);
    }
    Ok(Receipt { price })
}

#[traced]
fn one_expression(a: String, b: String) -> String {
    a + &b
}

#[traced(name = "a b", segment = "worker", namespace = "remote")]
fn nothing_to_drop(a: u32) -> u32 {
    a + 1
}

#[traced(segment, namespace = "aws")]
unsafe extern "C" fn plain() {}

struct Order(u32);
struct Refused;
struct Receipt {
    price: u32,
}
impl Order {
    fn price(&self, count: u32) -> Result<u32, Refused> {
        self.0.checked_mul(count).ok_or(Refused)
    }
}
