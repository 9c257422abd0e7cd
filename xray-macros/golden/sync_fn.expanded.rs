fn place(order: Order, count: u32, key: &str) -> Result<Receipt, Refused> {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("place", "input.rs", 0u32) },
        move || -> Result<Receipt, Refused> {
            {
                let mut count = count;
                let _ = &order;
                {
                    count += 1;
                    let price = order.price(count)?;
                    if key.is_empty() {
                        return Err(Refused);
                    }
                    Ok(Receipt { price })
                }
            }
        },
        |__o| __o.failure(),
    )
}
fn one_expression(a: String, b: String) -> String {
    ::autoxray::__rt::sync(
        const { &::autoxray::__rt::Site::new("one_expression", "input.rs", 0u32) },
        move || -> String {
            let _ = (&b, &a);
            a + &b
        },
        |__o| __o.failure(),
    )
}
fn nothing_to_drop(a: u32) -> u32 {
    ::autoxray::__rt::sync(
        const {
            &::autoxray::__rt::Site::new("a b", "input.rs", 0u32)
                .remote()
                .segment_named("worker")
        },
        move || -> u32 { a + 1 },
        |_| ::core::option::Option::None,
    )
}
unsafe extern "C" fn plain() {
    ::autoxray::__rt::sync(
        const {
            &::autoxray::__rt::Site::new("plain", "input.rs", 0u32).aws().segment()
        },
        move || -> () {},
        |_| ::core::option::Option::None,
    )
}
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
