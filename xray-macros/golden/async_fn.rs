use autoxray::traced;

#[traced]
async fn place(order: Order, key: &str) -> Result<u32, String> {
    let price = order.price().await?;
    if key.is_empty() {
        return Err(String::from(key));
    }
    Ok(price)
}

#[traced]
pub(crate) async unsafe fn nothing() {}

#[traced]
async fn inner_attribute() -> u8 {
    #![allow(unused_variables)]
    let x = 1;
    2
}

struct Order(u32);
impl Order {
    async fn price(&self) -> Result<u32, String> {
        Ok(self.0)
    }
}
