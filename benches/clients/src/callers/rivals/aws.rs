//! `awssdk-instrumentation`: its interceptor on the client, its own `default_telemetry_init` with the exporter to the X-Ray daemon.
//!
//! Outside Lambda, so without its feature `env-lambda`, which would turn sampling off. It records into the span that the SDK makes, at
//! level DEBUG, for which its own subscriber is set up. A span of kind "server" stands for our segment.

use std::hint::black_box;

use aws_sdk_dynamodb::{Client, config};
use awssdk_instrumentation::init::default_telemetry_init;
use awssdk_instrumentation::interceptor::DefaultInterceptor;
use awssdk_instrumentation::opentelemetry::Context;
use awssdk_instrumentation::opentelemetry::trace::{SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState};
use awssdk_instrumentation::opentelemetry_sdk::trace::SdkTracerProvider;
use awssdk_instrumentation::tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing::{Instrument as _, Span, info_span};

use super::super::aws::get_item;
use super::super::{Caller, Executor, instant};
use crate::cases::{Case, State};

pub struct Rival {
    case: Case,
    client: Client,
    provider: SdkTracerProvider,
}

impl Rival {
    pub fn new(case: Case) -> Rival {
        let provider = default_telemetry_init();
        let config = config::Builder::from(&instant::config()).interceptor(DefaultInterceptor::new()).build();
        Rival { case, client: Client::from_conf(config), provider }
    }

    fn root(&self) -> Span {
        let span = info_span!("bench", otel.kind = "server");
        if self.case.state == State::Unsampled {
            // Its sampler takes everything but what a caller has not taken.
            let caller = SpanContext::new(TraceId::from(1), SpanId::from(1), TraceFlags::NOT_SAMPLED, true, TraceState::NONE);
            let _ = span.set_parent(Context::new().with_remote_span_context(caller));
        }
        span
    }
}

impl Caller for Rival {
    fn call(&mut self, executor: &Executor, calls: u32) {
        let chunk = || async {
            for _ in 0..self.case.calls {
                black_box(get_item(&self.client).await);
            }
        };
        executor.0.block_on(async {
            for _ in 0..calls / self.case.calls {
                chunk().instrument(self.root()).await;
            }
        });
    }

    fn flush(&mut self) {
        // An error means that spans were lost, which shows at the sink.
        let _ = self.provider.force_flush();
    }
}
