//! `lambda-otel-lite`: the set-up of its README. It writes compressed OTLP to standard output before the response.

use std::hint::black_box;

use lambda_otel_lite::{TelemetryConfig, create_traced_handler, init_telemetry};
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use tracing::instrument;

/// The root of the tree 1 → 3 → 9; its span is that of `create_traced_handler`.
async fn handler(event: LambdaEvent<Value>) -> Result<Value, Error> {
    let id = event.payload["id"].as_u64().unwrap_or_default() as u32;
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
    }
    Ok(json!({ "sum": sum }))
}

#[instrument(skip_all)]
async fn mid(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
    }
    sum
}

#[instrument(skip_all)]
async fn leaf(id: u32) -> u32 {
    black_box(id).wrapping_add(1)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (_, completion) = init_telemetry(TelemetryConfig::default()).await?;
    Runtime::new(service_fn(create_traced_handler("handler", completion, handler))).run().await
}
