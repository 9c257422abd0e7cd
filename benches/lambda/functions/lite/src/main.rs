//! `lambda-otel-lite`: the set-up of its README. It writes compressed OTLP to standard output before the response.

#[path = "../../instrumented.rs"]
mod instrumented;

use lambda_otel_lite::{TelemetryConfig, create_traced_handler, init_telemetry};
use lambda_runtime::{Error, Runtime, service_fn};

use instrumented::handler;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let (_, completion) = init_telemetry(TelemetryConfig::default()).await?;
    Runtime::new(service_fn(create_traced_handler("handler", completion, handler))).run().await
}
