//! The same function, with an attribute on the handler, which is a method and takes more than the event; and one on `main` as well, below
//! that of tokio. Both together record once.

use autoxray::traced_lambda;
use autoxray_lambda_tests::work;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

struct Shop {
    name: String,
}

impl Shop {
    #[traced_lambda(name = "## handle", annotate(shop = self.name, tier), capture_response)]
    async fn handle(&self, event: LambdaEvent<Value>, tier: &str) -> Result<Value, Error> {
        work::handle(event).await
    }
}

#[tokio::main]
#[traced_lambda]
async fn main() -> Result<(), Error> {
    let shop = Shop { name: "corner".to_owned() };
    run(service_fn(|event| shop.handle(event, "gold"))).await
}
