//! A function that measures, in its handler and below.

use autoxray::{business_metric, traced_lambda};
use autoxray_lambda_tests::work;
use lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::Value;

#[business_metric(name = "Work", dimensions(what))]
fn count(what: &str) {
    print!("begun {what}, ");
}

#[business_metric(name = "Handled", dimensions(what = event.payload["do"].as_str().unwrap_or("nothing")))]
#[traced_lambda]
#[business_metric(name = "Failed", when = err)]
#[business_metric(name = "Length", value = ret.to_string().len(), unit = Bytes)]
async fn handle(event: LambdaEvent<Value>) -> Result<Value, Error> {
    count(event.payload["do"].as_str().unwrap_or_default());
    println!("and going on");
    work::handle(event).await
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(service_fn(handle)).await
}
