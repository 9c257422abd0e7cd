//! What the two OpenTelemetry cases share: a provider whose exporter counts, then sends or throws away.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use opentelemetry_aws::trace::XrayIdGenerator;
use opentelemetry_aws::xray_exporter::daemon_client::XrayDaemonClient;
use opentelemetry_aws::xray_exporter::{SegmentTranslator, XrayExporter};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracerProvider, SpanData, SpanExporter};

use super::Setup;
use crate::cases::{Mode, SUBSEGMENTS};
use crate::child::PACE;

/// A tracer provider and the number of spans its exporter took.
pub struct Provider {
    pub provider: SdkTracerProvider,
    pub spans: Arc<AtomicU64>,
}

/// Counts what it is given, then hands it on, if there is anyone.
#[derive(Debug)]
struct Counting {
    spans: Arc<AtomicU64>,
    next: Option<XrayExporter<XrayDaemonClient>>,
}

impl SpanExporter for Counting {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len() as u64;
        if let Some(next) = &self.next {
            next.export(batch).await?;
        }
        self.spans.fetch_add(spans, Ordering::Relaxed);
        Ok(())
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(next) = &mut self.next {
            next.set_resource(resource);
        }
    }
}

impl Provider {
    pub fn new(setup: &Setup) -> Provider {
        let spans = Arc::new(AtomicU64::new(0));
        let next = (setup.case.mode == Mode::Sent).then(|| {
            let client = XrayDaemonClient::new(setup.daemon).expect("OpenTelemetry's X-Ray client");
            // Nesting is not their default, but a third cheaper here: fewer datagrams, and documents shaped like ours.
            let translator = SegmentTranslator::new().always_nest_subsegments();
            let translator = if setup.case.values { translator.index_all_attrs() } else { translator };
            XrayExporter::new(client).with_translator(translator)
        });
        // Room for all that is recorded between two flushes: a full queue would drop spans and make the case look cheap.
        let queue = BatchConfigBuilder::default().with_max_queue_size(2 * (PACE * SUBSEGMENTS) as usize).build();
        let exporter = Counting { spans: spans.clone(), next };
        let sampler = if setup.case.mode == Mode::Unsampled { Sampler::AlwaysOff } else { Sampler::AlwaysOn };
        let provider = SdkTracerProvider::builder()
            .with_id_generator(XrayIdGenerator::default())
            .with_sampler(sampler)
            .with_resource(Resource::builder().with_service_name("bench").build())
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(queue).build())
            .build();
        Provider { provider, spans }
    }

    pub fn flush(&self) {
        // An error means that spans were lost; `exported` shows how many.
        let _ = self.provider.force_flush();
    }

    pub fn exported(&self) -> u64 {
        self.spans.load(Ordering::Relaxed)
    }
}
