//! BatchGetTraces: traces with all their documents.

use serde_json::{Value, json};
use xray_model::TraceId;

use super::Held;
use super::call::Answer;
use super::documents::{self, Limits};
use super::error::Error;
use crate::members::Members;
use crate::settings::{TRACE_BYTES_MAX, TRACE_IDS_MAX};
use crate::trace::Trace;

/// A segment is one document, with all subsegments in it.
const WHOLE: Limits = Limits { trace: TRACE_BYTES_MAX, document: usize::MAX };

pub(super) fn batch_get(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    let mut traces = Vec::new();
    let mut unprocessed = Vec::new();
    for id in ids(request, TRACE_IDS_MAX)? {
        match app.traces.trace(id) {
            Some(trace) => traces.push(shape(&trace)),
            None => unprocessed.push(id.to_string()),
        }
    }
    Ok(json!({"Traces": traces, "UnprocessedTraceIds": unprocessed}))
}

/// A trace with its documents.
pub(super) fn shape(trace: &Trace) -> Value {
    let found = documents::of(trace, WHOLE);
    let segments = found.segments.into_iter().map(|(id, document)| json!({"Id": id.to_string(), "Document": document}));
    json!({
        "Id": trace.id().to_string(),
        "Duration": trace.duration().as_secs_f64(),
        "LimitExceeded": found.limit_exceeded,
        "Segments": segments.collect::<Vec<Value>>(),
    })
}

/// The ids that a request names, each once.
pub(super) fn ids(request: &Members<'_>, max: usize) -> Result<Vec<TraceId>, Error> {
    let texts = request.texts("TraceIds", max)?;
    if texts.is_empty() {
        return Err(Error::invalid(format!("TraceIds: none are given: give 1 to {max}")));
    }
    let mut ids = Vec::new();
    for (index, text) in texts.into_iter().enumerate() {
        let id = text.parse().ok().or_else(|| TraceId::from_w3c(text));
        let id = id.ok_or_else(|| {
            let shown: String = text.chars().take(40).filter(|char| !char.is_control()).collect();
            Error::invalid(format!("TraceIds[{index}]: {shown:?} is no trace id: use 1-<8 hex digits>-<24 hex digits>"))
        })?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// For operations whose answers have one page.
pub(super) fn no_more_pages(request: &Members<'_>) -> Result<(), Error> {
    match request.has("NextToken") {
        true => Err(request.wrong("NextToken", "leave it out, there was one page only").into()),
        false => Ok(()),
    }
}
