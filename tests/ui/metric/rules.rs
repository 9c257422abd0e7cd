use autoxray::business_metric;

#[business_metric]
fn no_name() {}

#[business_metric(unit = Count)]
fn still_no_name() {}

#[business_metric(name = "", unit = Pieces)]
fn wrong_unit() {}

#[business_metric(name = "größe", unit = "count")]
fn wrong_spelling() {}

#[business_metric(name = "x", unit = Bytes)]
fn counts_in_bytes() {}

#[business_metric(name = "x", value = duration, unit = Bytes)]
fn takes_bytes() {}

#[business_metric(name = "x", when = error, resolution = 30, valeu = 1)]
fn wrong_words() {}

#[business_metric(name = "x", name = "y", value, when, resolution, unit, dimensions)]
fn without_values() {}

#[business_metric(name = "x", dimensions(Service, x, y, y, :z, "" = 1, "a\nb" = 2))]
fn wrong_keys(x: u8, y: u8) {}

#[business_metric(name = "x", dimensions(a = 1), dimensions(a = 2))]
fn two_values() {}

#[business_metric(name = "x", value = ret.len())]
fn argument(ret: String) {}

#[business_metric(name = "x")]
const fn constant() {}

#[business_metric(name = "x")]
#[track_caller]
fn caller() {}

#[business_metric(name = "x", value = ret.count(), when = always)]
fn opaque() -> impl Iterator<Item = u8> {
    std::iter::empty()
}

#[business_metric(name = "x")]
struct Struct;

#[business_metric(name = "x")]
impl Struct {}

trait Trait {
    #[business_metric(name = "x")]
    fn declared();
}

#[autoxray::traced]
#[business_metric(name = "x", unit = Pieces)]
fn traced_too() {}

#[business_metric(name = "x", value = { return 1 }, dimensions(k = ready().await))]
async fn leaves() {}

#[business_metric(name = "x", value = ret.count())]
async fn hidden() -> impl Iterator<Item = u8> {
    std::iter::empty()
}

#[business_metric(name = "x", value = ret)]
fn hidden_inside() -> impl Future<Output = impl Send> {
    async {}
}

fn main() {}
