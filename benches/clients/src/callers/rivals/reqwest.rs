//! `reqwest-middleware` with `reqwest-tracing`: spans through `tracing-opentelemetry` to an exporter that counts and drops, and W3C's
//! header on each request. There is no X-Ray exporter for the version of OpenTelemetry it knows.

use std::hint::black_box;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use opentelemetry_0_32::global;
use opentelemetry_0_32::trace::TracerProvider as _;
use opentelemetry_sdk_0_32::error::OTelSdkResult;
use opentelemetry_sdk_0_32::propagation::TraceContextPropagator;
use opentelemetry_sdk_0_32::trace::{BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter};
use reqwest::Client;
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware};
use reqwest_tracing::{DefaultSpanBackend, TracingMiddleware};
use tracing::{Instrument as _, info_span};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;

use super::super::requests::url;
use super::super::{Caller, Executor};
use crate::cases::{Case, State};

pub struct Rival {
    case: Case,
    client: ClientWithMiddleware,
    url: String,
    provider: SdkTracerProvider,
    spans: Arc<AtomicU64>,
}

#[derive(Debug)]
struct Counting(Arc<AtomicU64>);

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        self.0.fetch_add(batch.len() as u64, Relaxed);
        Ok(())
    }
}

impl Rival {
    pub fn new(case: Case, server: SocketAddr) -> Rival {
        let spans = Arc::new(AtomicU64::new(0));
        let sampler = if case.state == State::Unsampled { Sampler::AlwaysOff } else { Sampler::AlwaysOn };
        let provider = SdkTracerProvider::builder()
            .with_sampler(sampler)
            .with_span_processor(BatchSpanProcessor::builder(Counting(spans.clone())).build())
            .build();
        global::set_text_map_propagator(TraceContextPropagator::new());
        // Extras that nobody else records are off.
        let layer = tracing_opentelemetry_0_33::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.tracer("bench"));
        let registry = tracing_subscriber::registry().with(LevelFilter::INFO).with(layer);
        tracing::subscriber::set_global_default(registry).expect("set up once");
        let client = Client::builder().no_proxy().build().expect("a client");
        let client = ClientBuilder::new(client).with(TracingMiddleware::<DefaultSpanBackend>::new()).build();
        Rival { case, client, url: url(server), provider, spans }
    }
}

async fn get(client: &ClientWithMiddleware, url: &str) -> usize {
    let response = client.get(url).send().await.expect("a response");
    response.bytes().await.expect("a body").len()
}

impl Caller for Rival {
    fn call(&mut self, executor: &Executor, calls: u32) {
        let chunk = || async {
            for _ in 0..self.case.calls {
                black_box(get(&self.client, &self.url).await);
            }
        };
        executor.0.block_on(async {
            for _ in 0..calls / self.case.calls {
                chunk().instrument(info_span!("bench", otel.kind = "server")).await;
            }
        });
    }

    fn flush(&mut self) {
        // An error means that spans were lost; `exported` shows how many.
        let _ = self.provider.force_flush();
    }

    fn exported(&self) -> Option<u64> {
        Some(self.spans.load(Relaxed))
    }
}
