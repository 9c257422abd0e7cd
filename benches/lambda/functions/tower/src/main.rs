//! `opentelemetry-lambda-tower`: its layer around the handler, with `tracing-opentelemetry` and an exporter that throws away, none of which
//! it chooses itself: there is no exporter to X-Ray for its version of OpenTelemetry. It flushes before the response.

#[path = "../../instrumented.rs"]
mod instrumented;

use std::collections::HashMap;
use std::env;
use std::hint::black_box;
use std::sync::Arc;

use lambda_runtime::{Error, Runtime, service_fn};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry::{Context, global};
use opentelemetry_aws::trace::{XrayIdGenerator, XrayPropagator};
use opentelemetry_lambda_tower::{OtelTracingLayer, TraceContextExtractor};
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
use serde_json::Value;
use tower::ServiceBuilder;
use tracing::Span;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use instrumented::handler;

/// For events that carry no trace: what its own extractors do for those of API Gateway, without their headers.
#[derive(Clone)]
struct Extractor;

impl TraceContextExtractor<Value> for Extractor {
    fn extract_context(&self, _: &Value) -> Context {
        let header = env::var("_X_AMZN_TRACE_ID").unwrap_or_default();
        let carrier = HashMap::from([("x-amzn-trace-id".to_owned(), header)]);
        global::get_text_map_propagator(|propagator| propagator.extract(&carrier))
    }

    fn trigger_type(&self) -> &'static str {
        "other"
    }

    fn span_name(&self, _: &Value, context: &lambda_runtime::Context) -> String {
        context.env_config.function_name.clone()
    }

    fn record_attributes(&self, _: &Value, _: &Span) {}
}

#[derive(Debug)]
struct Nowhere;

impl SpanExporter for Nowhere {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        black_box(batch);
        Ok(())
    }
}

fn set_up() -> SdkTracerProvider {
    let provider = SdkTracerProvider::builder().with_id_generator(XrayIdGenerator::default()).with_batch_exporter(Nowhere).build();
    global::set_text_map_propagator(XrayPropagator::new());
    // Extras that nobody else records are off.
    let layer = tracing_opentelemetry::layer()
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_tracer(provider.tracer("function"));
    let registry = tracing_subscriber::registry().with(LevelFilter::INFO).with(layer);
    tracing::subscriber::set_global_default(registry).expect("set up once");
    provider
}

// Its timeout for flushing needs the runtime's clock. Without `run`, whose own layer would make one more span for each event.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let layer = OtelTracingLayer::builder(Extractor).tracer_provider(Arc::new(set_up())).build();
    Runtime::new(ServiceBuilder::new().layer(layer).service(service_fn(handler))).run().await
}
