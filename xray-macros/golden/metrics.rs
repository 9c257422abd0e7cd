use autoxray::{business_metric, traced};

#[business_metric(name = "OrdersPlaced", unit = Count)]
#[business_metric(name = "Revenue", unit = None, value = ret.total, dimensions(country = order.country), when = ok)]
async fn place(order: Order) -> Result<Receipt, String> {
    let Order { country, cents } = order;
    drop(country);
    Ok(Receipt { total: f64::from(cents) / 100.0 })
}

#[traced(sla = "1.5s")]
#[business_metric(name = "Bytes", unit = Bytes / Second, value = body.len(), dimensions(kind, plan = "gold"), dimensions(kind), dimensions(), resolution = 1)]
fn publish(mut body: Vec<u8>, kind: &'static str) -> usize {
    body.push(kind.len() as u8);
    body.len()
}

#[business_metric(name = "Failures", value = duration, unit = Seconds, when = err)]
#[traced]
fn parse(_text: String, (name, _): (String, u32), mut count: u32) -> Result<u32, std::num::ParseIntError> {
    count += 1;
    name.parse::<u32>().map(|number| number + count)
}

#[business_metric(name = "Parts", value = name.len(), dimensions(first = name, count), when = always)]
fn parts((name, count): (String, u32)) -> String {
    let whole = name;
    format!("{whole}{count}")
}

#[business_metric(name = "Boxed", dimensions(name))]
fn boxed(name: String) -> std::pin::Pin<Box<dyn Future<Output = usize> + Send>> {
    Box::pin(async move { name.len() })
}

#[business_metric(name = "Opaque", value = *ret)]
fn opaque(name: String) -> impl Future<Output = usize> {
    let length = name.len();
    async move { length }
}

#[track_caller]
#[traced]
#[business_metric(name = "Called", when = always)]
fn caller(name: String) -> u32 {
    drop(name);
    std::panic::Location::caller().line()
}

struct Shop;

#[traced]
impl Shop {
    #[business_metric(name = "Sold", value = ret + self.tax(), dimensions(item = item.name))]
    fn sell(&self, item: &Item) -> f64 {
        item.price
    }

    #[business_metric(name = "Tax", value = self.rate(), when = always)]
    fn tax(&self) -> f64 {
        self.rate() * 2.0
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

#[business_metric(name = "Hidden")]
async fn hidden() -> impl std::fmt::Display {
    1
}

#[business_metric(name = "HiddenErrors", when = err)]
fn hidden_inside() -> impl Future<Output = impl std::fmt::Display> {
    async { 1 }
}

#[business_metric(name = "Partly", when = always)]
fn partly() -> Option<impl Fn(u32) -> u32> {
    Some(|number| number + 1)
}

#[business_metric(name = "Commas", value = std::collections::HashMap::<u8, u8>::new().len(), unit = Count)]
fn commas() {}

#[business_metric(name = "Captured", dimensions(reason = format!("{retries} {{ret}}"), field = item.ret))]
fn captured(retries: String, item: &Retried) -> String {
    format!("{retries}{}", item.ret)
}

#[business_metric(name = "After", value = ret.len() + count + text.len())]
fn after(mut count: usize, text: String) -> String {
    count += 1;
    format!("{count}")
}

#[traced(namespace = "remote")]
impl Retried {
    #[cfg_attr(all(), business_metric(name = "Conditional"))]
    fn conditional(&self) -> u8 {
        self.ret
    }
}

struct Retried {
    ret: u8,
}
