//! `awssdk-instrumentation`: what its macro `make_lambda_runtime` expands to without clients, on the same runtime as everybody.
//!
//! The exporter sends to the X-Ray daemon after the response, before the next event.

#[path = "../../instrumented.rs"]
mod instrumented;

use awssdk_instrumentation::init::default_telemetry_init;
use awssdk_instrumentation::lambda::layer::{DefaultInstrumentor, OTelFaasTrigger, TracingLayer};
use awssdk_instrumentation::lambda::macros::default_flush_tracer;
use lambda_runtime::{Error, Runtime, service_fn};

use instrumented::handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let provider = default_telemetry_init();
    let layer = <TracingLayer<_, DefaultInstrumentor>>::new(move || default_flush_tracer(&provider));
    Runtime::new(service_fn(handler)).layer(layer.with_trigger(OTelFaasTrigger::default())).run().await
}
