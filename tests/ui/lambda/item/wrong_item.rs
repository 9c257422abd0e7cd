#![allow(unused)]
use autoxray::traced_lambda;

struct App;

#[traced_lambda]
impl App {}

#[traced_lambda]
trait Handler {
    #[traced_lambda]
    async fn handle(&self, event: u8);
}

#[traced_lambda]
mod handlers {}

#[traced_lambda]
struct Struct;

#[traced_lambda]
static STATIC: u8 = 1;

#[traced_lambda]
const fn constant(event: u8) {}

#[traced_lambda]
fn sync(event: u8) {}

#[traced_lambda]
fn future(event: u8) -> impl Future<Output = u8> {
    async move { event }
}

#[traced_lambda]
fn boxed(event: u8) -> std::pin::Pin<Box<dyn Future<Output = u8>>> {
    Box::pin(async move { event })
}

fn main() {}
