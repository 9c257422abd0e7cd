// autoxray: an attribute on each function, and nothing else.

use std::hint::black_box;

use autoxray::{traced, traced_lambda};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::{Value, json};

/// The root of the tree 1 → 3 → 9.
#[traced_lambda]
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let id = event.payload["id"].as_u64().unwrap_or_default() as u32;
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
    }
    Ok(json!({ "sum": sum }))
}

#[traced]
async fn mid(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
    }
    sum
}

#[traced]
async fn leaf(id: u32) -> u32 {
    black_box(id).wrapping_add(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handler)).await
}
