//! fastrace: `#[fastrace::trace]`, the root made by hand as its documentation shows.
//!
//! Sent: `fastrace-jaeger`, its own reporter over UDP (Jaeger's Thrift). Discarded: a reporter that counts and drops.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fastrace::collector::{Config, Reporter, SpanRecord};
use fastrace::prelude::*;
use fastrace_jaeger::JaegerReporter;

use super::{Big, Executor, Frames, Setup, Subject};
use crate::cases::Mode;

mod plain {
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[fastrace::trace]
    pub async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[fastrace::trace]
    pub async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

mod values {
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[fastrace::trace]
    async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[fastrace::trace(properties = { "post_id": "{id}" })]
    async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

/// The root as a traced function without a trace: what is below it finds nothing to record into.
#[fastrace::trace]
async fn orphan(id: u32) -> u32 {
    let mut sum = 0_u32;
    for i in 0..3 {
        sum = sum.wrapping_add(plain::mid(id.wrapping_add(i)).await);
    }
    sum
}

#[fastrace::trace]
async fn big(bytes: Big) -> u32 {
    u32::from(std::hint::black_box(bytes)[0])
}

/// Counts what it is given, then hands it on, if there is anyone.
struct Counting {
    spans: Arc<AtomicU64>,
    next: Option<JaegerReporter>,
}

impl Reporter for Counting {
    fn report(&mut self, spans: Vec<SpanRecord>) {
        self.spans.fetch_add(spans.len() as u64, Ordering::Relaxed);
        if let Some(next) = &mut self.next {
            next.report(spans);
        }
    }
}

struct Fastrace {
    mode: Mode,
    values: bool,
    spans: Arc<AtomicU64>,
}

/// The root of a trace, sampled or not.
fn begin(sampled: bool) -> Span {
    Span::root("root", SpanContext::random().sampled(sampled))
}

impl Subject for Fastrace {
    fn run(&mut self, executor: &Executor, trees: u32) {
        let sampled = self.mode != Mode::Unsampled;
        match (self.mode, self.values) {
            (Mode::NoRoot, _) => executor.repeat(trees, orphan),
            (_, false) => executor.repeat(trees, |id| plain::root(id).in_span(begin(sampled))),
            (_, true) => executor.repeat(trees, |id| values::root(id).in_span(begin(sampled))),
        }
    }

    fn flush(&mut self) {
        if matches!(self.mode, Mode::Sent | Mode::Discarded) {
            fastrace::flush();
        }
    }

    fn exported(&self) -> Option<u64> {
        Some(self.spans.load(Ordering::Relaxed))
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    let spans = Arc::new(AtomicU64::new(0));
    let next = (setup.case.mode == Mode::Sent).then(|| JaegerReporter::new(setup.daemon, "bench").expect("fastrace's UDP reporter"));
    fastrace::set_reporter(Counting { spans: spans.clone(), next }, Config::default());
    Box::new(Fastrace { mode: setup.case.mode, values: setup.case.values, spans })
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&plain::leaf(1)), mid: size_of_val(&plain::mid(1)), big: size_of_val(&big([0; 1024])) }
}
