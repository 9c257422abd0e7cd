//! AWS X-Ray at the other end: what the daemon asks of it.

use serde::Deserialize;
use serde_json::{Value, json};

use super::aws::Client;
use super::failure::Failure;
use super::worker::Taken;
use super::{ForwardXray, worker};
use crate::clock;
use crate::relay::{Answered, ForwardStats, Loss};

/// What clients of the daemon ask of AWS.
const ASKED: [&str; 3] = ["/GetSamplingRules", "/SamplingTargets", "/SamplingStatisticSummaries"];

#[derive(Debug)]
pub(super) struct Xray {
    client: Client,
    resource_arn: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Response {
    unprocessed_trace_segments: Option<Vec<Unprocessed>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Unprocessed {
    error_code: Option<String>,
    message: Option<String>,
}

impl Xray {
    pub(super) async fn new(settings: &ForwardXray) -> Result<Self, String> {
        Ok(Self { client: Client::new(settings).await?, resource_arn: settings.resource_arn.clone() })
    }

    pub(super) fn target(&self) -> String {
        self.client.target()
    }

    pub(super) fn url(&self) -> &str {
        self.client.url()
    }

    /// PutTraceSegments. Documents and OTLP as text go as they came: the service takes both.
    pub(super) async fn send(&self, batch: &[Vec<u8>]) -> Result<Taken, Failure> {
        let documents: Vec<_> = batch.iter().map(|document| String::from_utf8_lossy(document)).collect();
        let body = json!({"TraceSegmentDocuments": documents}).to_string().into_bytes();
        let answered = self.client.send("/TraceSegments", body).await?;
        if answered.status != 200 {
            return Err(Failure::answered(&answered));
        }
        let response: Response = serde_json::from_slice(&answered.body).unwrap_or_default();
        let unprocessed = response.unprocessed_trace_segments.unwrap_or_default();
        let why = unprocessed.first().map(|first| {
            let said = [&first.error_code, &first.message];
            said.into_iter().flatten().cloned().collect::<Vec<_>>().join(": ")
        });
        Ok(Taken { rejected: unprocessed.len() as u64, untranslated: 0, why })
    }

    pub(super) async fn ask(&self, path: &str, body: Vec<u8>) -> Result<Answered, Failure> {
        self.client.send(path, body).await
    }

    pub(super) fn is_asked(path: &str) -> bool {
        ASKED.contains(&path)
    }

    /// PutTelemetryRecords: what happened since the figures in `before`.
    pub(super) async fn tell(&self, before: &ForwardStats, now: &ForwardStats) -> Result<(), Failure> {
        let mut request = json!({"TelemetryRecords": [record(before, now)]});
        if let Some(arn) = &self.resource_arn {
            request["ResourceARN"] = json!(arn);
        }
        let answered = self.client.send("/TelemetryRecords", request.to_string().into_bytes()).await?;
        if answered.status == 200 { Ok(()) } else { Err(Failure::answered(&answered)) }
    }
}

fn record(before: &ForwardStats, now: &ForwardStats) -> Value {
    let failed = |losses: &[Loss]| -> u64 {
        let sum = |stats: &ForwardStats| losses.iter().filter_map(|loss| stats.failed_requests.get(loss)).sum::<u64>();
        sum(now) - sum(before)
    };
    let lost = |loss: Loss| worker::lost(now, loss) - worker::lost(before, loss);
    json!({
        "Timestamp": clock::today().as_secs(),
        "SegmentsReceivedCount": now.received - before.received,
        "SegmentsSentCount": now.sent - before.sent,
        "SegmentsSpilloverCount": lost(Loss::Spilled),
        "SegmentsRejectedCount": lost(Loss::Rejected),
        "BackendConnectionErrors": {
            "TimeoutCount": failed(&[Loss::TimedOut]),
            "ConnectionRefusedCount": failed(&[Loss::Refused]),
            "HTTPCode4XXCount": failed(&[Loss::Status4xx]),
            "HTTPCode5XXCount": failed(&[Loss::Status5xx]),
            "UnknownHostCount": failed(&[Loss::UnknownHost]),
            "OtherCount": failed(&[Loss::Other, Loss::NoCredentials]),
        },
    })
}
