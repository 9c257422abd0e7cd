//! The part of X-Ray's API that is asked. Shapes as in "AWS X-Ray API Reference".

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use xray_collector::Trace;

use super::Client;
use crate::Error;

/// Ids of one request, by the reference.
const IDS_MAX: usize = 5;
/// Time that one request may be about, likewise.
const RANGE_MAX: Duration = Duration::from_secs(6 * 3600);

/// What `GetTraceSummaries` is asked.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct SummariesRequest<'a> {
    start_time: f64,
    end_time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    filter_expression: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Summaries {
    trace_summaries: Vec<Value>,
    #[serde(default)]
    next_token: Option<String>,
}

/// A trace in a list, as it came.
#[derive(Clone, Debug)]
pub(super) struct Summary(pub(super) Value);

impl Summary {
    pub(super) fn id(&self) -> &str {
        self.0["Id"].as_str().unwrap_or_default()
    }

    pub(super) fn is_partial(&self) -> bool {
        self.0["IsPartial"].as_bool().unwrap_or_default()
    }

    /// Whatever differs once more of the trace has arrived.
    pub(super) fn revision(&self) -> String {
        format!("{} {} {}", self.0["Revision"], self.0["Duration"], self.0["ServiceIds"])
    }

    /// When it began, in seconds; X-Ray leaves that out of what is older than the field, and then the id says it.
    pub(super) fn start(&self) -> f64 {
        let by_id = || u32::from_str_radix(self.id().get(2..10)?, 16).ok().map(f64::from);
        self.0["StartTime"].as_f64().or_else(by_id).unwrap_or_default()
    }
}

/// Traces that began in a stretch of time, those of all pages.
pub(super) fn summaries(client: &Client, from: Duration, to: Duration, filter: Option<&str>) -> Result<Vec<Summary>, Error> {
    let mut all = Vec::new();
    let mut end = to;
    while end > from {
        let start = from.max(end.saturating_sub(RANGE_MAX));
        some_summaries(client, (start, end), filter, &mut all)?;
        end = start;
    }
    Ok(all)
}

fn some_summaries(client: &Client, (start, end): (Duration, Duration), filter: Option<&str>, all: &mut Vec<Summary>) -> Result<(), Error> {
    let (start_time, end_time) = (start.as_secs_f64(), end.as_secs_f64());
    let mut request = SummariesRequest { start_time, end_time, filter_expression: filter, next_token: None };
    loop {
        let page: Summaries = client.call("/TraceSummaries", &request)?;
        all.extend(page.trace_summaries.into_iter().map(Summary));
        match page.next_token.filter(|token| !token.is_empty()) {
            // A server that hands out the same page for ever is left.
            Some(token) if request.next_token.as_ref() != Some(&token) => request.next_token = Some(token),
            _ => return Ok(()),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Traces {
    traces: Vec<TraceShape>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct TraceShape {
    id: String,
    #[serde(default)]
    duration: f64,
    #[serde(default)]
    limit_exceeded: bool,
    segments: Vec<SegmentShape>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SegmentShape {
    document: String,
}

/// A trace with its documents.
#[derive(Debug)]
pub(super) struct Fetched {
    pub(super) id: String,
    duration: f64,
    /// Whether the trace has more documents than these.
    pub(super) limit_exceeded: bool,
    documents: Vec<String>,
    /// `None` if none of the documents is a segment's.
    pub(super) trace: Option<Trace>,
}

impl From<TraceShape> for Fetched {
    fn from(TraceShape { id, duration, limit_exceeded, segments }: TraceShape) -> Self {
        let documents: Vec<String> = segments.into_iter().map(|segment| segment.document).collect();
        let trace = Trace::from_documents(documents.iter().map(String::as_bytes));
        Self { trace, id, duration, limit_exceeded, documents }
    }
}

impl Fetched {
    /// As `BatchGetTraces` has it, but for the documents, which are objects instead of texts.
    pub(super) fn json(&self) -> Value {
        let document = |text: &String| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone()));
        let documents: Vec<Value> = self.documents.iter().map(document).collect();
        json!({ "Id": self.id, "Duration": self.duration, "LimitExceeded": self.limit_exceeded, "Segments": documents })
    }
}

/// Traces by their ids; those that are not there are left out.
pub(super) fn traces(client: &Client, ids: &[&str]) -> Result<Vec<Fetched>, Error> {
    let mut all = Vec::new();
    for ids in ids.chunks(IDS_MAX) {
        let answer: Traces = client.call("/Traces", &json!({ "TraceIds": ids }))?;
        all.extend(answer.traces.into_iter().map(Fetched::from));
    }
    Ok(all)
}
