//! tracing with tracing-opentelemetry: `#[tracing::instrument]`, a registry with one layer.
//!
//! `skip_all`, because the attribute records every argument by default. The layer's extras (file and line, thread, busy and
//! idle time) are off: nobody else in the table records them. Exporters as in `otel_direct.rs`.

use opentelemetry::trace::TracerProvider as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::otel::Provider;
use super::{Big, Executor, Frames, Setup, Subject};
use crate::cases::Mode;

mod plain {
    #[tracing::instrument(skip_all, fields(otel.kind = "server"))]
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[tracing::instrument(skip_all)]
    pub async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[tracing::instrument(skip_all)]
    pub async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

mod values {
    #[tracing::instrument(skip_all, fields(otel.kind = "server"))]
    pub async fn root(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(mid(id.wrapping_add(i)).await);
        }
        sum
    }

    #[tracing::instrument(skip_all)]
    async fn mid(id: u32) -> u32 {
        let mut sum = 0_u32;
        for i in 0..3 {
            sum = sum.wrapping_add(leaf(id.wrapping_add(i)).await);
        }
        sum
    }

    #[tracing::instrument(skip_all, fields(post_id = id))]
    async fn leaf(id: u32) -> u32 {
        std::hint::black_box(id).wrapping_add(1)
    }
}

#[tracing::instrument(skip_all)]
async fn big(bytes: Big) -> u32 {
    u32::from(std::hint::black_box(bytes)[0])
}

struct TracingOtel {
    /// None: no subscriber.
    provider: Option<Provider>,
    values: bool,
}

impl Subject for TracingOtel {
    fn run(&mut self, executor: &Executor, trees: u32) {
        match self.values {
            false => executor.repeat(trees, plain::root),
            true => executor.repeat(trees, values::root),
        }
    }

    fn flush(&mut self) {
        if let Some(provider) = &self.provider {
            provider.flush();
        }
    }

    fn exported(&self) -> Option<u64> {
        self.provider.as_ref().map(Provider::exported)
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    let provider = (setup.case.mode != Mode::NoRoot).then(|| {
        let provider = Provider::new(setup);
        let layer = tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(provider.provider.tracer("bench"));
        let registry = tracing_subscriber::registry().with(layer);
        tracing::subscriber::set_global_default(registry).expect("set up once");
        provider
    });
    Box::new(TracingOtel { provider, values: setup.case.values })
}

pub fn frames() -> Frames {
    Frames { leaf: size_of_val(&plain::leaf(1)), mid: size_of_val(&plain::mid(1)), big: size_of_val(&big([0; 1024])) }
}
