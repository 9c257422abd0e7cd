//! `awssdk-instrumentation`: what its macro `make_lambda_runtime` expands to without clients, on the same runtime as everybody.
//!
//! The exporter sends to the X-Ray daemon after the response, before the next event.

use std::hint::black_box;

use awssdk_instrumentation::init::default_telemetry_init;
use awssdk_instrumentation::lambda::layer::{DefaultInstrumentor, OTelFaasTrigger, TracingLayer};
use awssdk_instrumentation::lambda::macros::default_flush_tracer;
use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
use serde_json::{Value, json};
use tracing::instrument;

/// The root of the tree 1 → 3 → 9; its span is the layer's.
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
    let provider = default_telemetry_init();
    let layer = <TracingLayer<_, DefaultInstrumentor>>::new(move || default_flush_tracer(&provider));
    Runtime::new(service_fn(handler)).layer(layer.with_trigger(OTelFaasTrigger::default())).run().await
}
