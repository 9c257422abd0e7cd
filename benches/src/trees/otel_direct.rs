//! The OpenTelemetry SDK by hand: a span per function, its context carried by `with_context`.
//!
//! Sent: `opentelemetry-aws`, X-Ray documents over UDP. Discarded: an exporter that counts and drops.

use std::sync::OnceLock;

use opentelemetry::context::FutureExt as _;
use opentelemetry::trace::{SpanKind, TraceContextExt as _, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::SdkTracer;

use super::otel::Provider;
use super::{Big, Executor, Frames, Setup, Subject};
use crate::cases::Mode;

static TRACER: OnceLock<SdkTracer> = OnceLock::new();

/// A span below the current one.
fn child(name: &'static str) -> Context {
    let tracer = TRACER.get().expect("set up before the tree runs");
    Context::current_with_span(tracer.start(name))
}

/// The first span of a trace; only a server span becomes an X-Ray segment.
fn begin() -> Context {
    let tracer = TRACER.get().expect("set up before the tree runs");
    Context::current_with_span(tracer.span_builder("root").with_kind(SpanKind::Server).start(tracer))
}

mod plain {
    use super::*;

    pub async fn root(id: u32) -> u32 {
        async move {
            let mut sum = 0_u32;
            for i in 0..3 {
                sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
            }
            sum
        }
        .with_context(begin())
        .await
    }

    pub async fn mid(id: u32) -> u32 {
        async move {
            let mut sum = 0_u32;
            for i in 0..3 {
                sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
            }
            sum
        }
        .with_context(child("mid"))
        .await
    }

    pub async fn leaf(id: u32) -> u32 {
        async move { std::hint::black_box(id).wrapping_add(1) }.with_context(child("leaf")).await
    }
}

mod values {
    use super::*;

    pub async fn root(id: u32) -> u32 {
        async move {
            let mut sum = 0_u32;
            for i in 0..3 {
                sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
            }
            sum
        }
        .with_context(begin())
        .await
    }

    async fn mid(id: u32) -> u32 {
        async move {
            let mut sum = 0_u32;
            for i in 0..3 {
                sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
            }
            sum
        }
        .with_context(child("mid"))
        .await
    }

    async fn leaf(id: u32) -> u32 {
        let context = child("leaf");
        context.span().set_attribute(KeyValue::new("post_id", i64::from(id)));
        async move { std::hint::black_box(id).wrapping_add(1) }.with_context(context).await
    }
}

async fn big(bytes: Big) -> u32 {
    async move { u32::from(std::hint::black_box(bytes)[0]) }.with_context(child("big")).await
}

struct OtelDirect {
    provider: Provider,
    values: bool,
}

impl Subject for OtelDirect {
    fn run(&mut self, executor: &Executor, trees: u32) {
        match self.values {
            false => executor.repeat(trees, plain::root),
            true => executor.repeat(trees, values::root),
        }
    }

    fn flush(&mut self) {
        self.provider.flush();
    }

    fn exported(&self) -> Option<u64> {
        Some(self.provider.exported())
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    assert!(setup.case.mode != Mode::NoRoot, "spans made by hand always have a root");
    let provider = Provider::new(setup);
    TRACER.set(provider.provider.tracer("bench")).expect("set up once");
    Box::new(OtelDirect { provider, values: setup.case.values })
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&plain::leaf(1)), mid: size_of_val(&plain::mid(1)), big: size_of_val(&big([0; 1024])) }
}
