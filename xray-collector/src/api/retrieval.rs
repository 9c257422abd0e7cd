//! Retrieval of traces in two steps, as the service has it for traces that are far away. Here they are at hand, so that the second step can
//! follow at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use xray_model::TraceId;

use super::Held;
use super::call::Answer;
use super::documents::{self, Limits};
use super::error::Error;
use super::graph as shapes;
use super::token::Question;
use super::traces::ids;
use super::{Kept, range};
use crate::graph::ServiceGraph;
use crate::members::Members;
use crate::settings::{PAGE_BYTES_MAX, RETRIEVALS_MAX, RETRIEVED_IDS_MAX, RETRIEVED_PAGE, SPAN_BYTES_MAX, SPANS_PAGE};
use crate::trace::Trace;

const TOKEN_CHARS_MAX: usize = 1020;
/// Everything, in documents that are small enough.
const PARTS: Limits = Limits { trace: usize::MAX, document: SPAN_BYTES_MAX };

/// Retrievals that were begun; the oldest ones make room for new ones.
#[derive(Debug, Default)]
pub(super) struct Retrievals {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    begun: u64,
    last: VecDeque<(String, Vec<TraceId>)>,
}

impl Retrievals {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn start(app: &Held, request: &Members<'_>) -> Answer {
    range::read(request, None)?;
    let ids = ids(request, RETRIEVED_IDS_MAX)?;
    let mut retrievals = app.api.retrievals.lock();
    retrievals.begun += 1;
    let token = Question::new("StartTraceRetrieval", &[]).token((retrievals.begun, 0));
    retrievals.last.push_back((token.clone(), ids));
    while retrievals.last.len() > RETRIEVALS_MAX {
        retrievals.last.pop_front();
    }
    Ok(json!({"RetrievalToken": token}))
}

pub(super) fn list(app: &Held, request: &Members<'_>) -> Answer {
    let format = request.word("TraceFormat", &[("XRAY", false), ("OTEL", true)])?;
    let (token, ids) = retrieval(&app.api, request)?;
    if format == Some(true) {
        return Err(request.wrong("TraceFormat", "traces are kept as they came: use XRAY").into());
    }
    let question = Question::new("ListRetrievedTraces", &[&token]);
    let (first, mut from) = question.place(request)?.map_or((0, 0), |(trace, span)| (index(trace), index(span)));
    let (mut page, mut room, mut next) = (Vec::new(), PAGE_BYTES_MAX, None);
    for (place, id) in ids.iter().enumerate().skip(first) {
        if page.len() == RETRIEVED_PAGE || room == 0 {
            next = Some((place, 0));
            break;
        }
        let Some(trace) = app.traces.trace(*id) else { continue };
        let (shape, rest) = part(&trace, std::mem::take(&mut from), &mut room);
        page.push(shape);
        if let Some(rest) = rest {
            next = Some((place, rest));
            break;
        }
    }
    let mut answer = json!({"RetrievalStatus": "COMPLETE", "TraceFormat": "XRAY", "Traces": page});
    if let Some((place, span)) = next {
        answer["NextToken"] = json!(question.token((place as u64, span as u128)));
    }
    Ok(answer)
}

fn index(number: impl TryInto<usize>) -> usize {
    number.try_into().unwrap_or(usize::MAX)
}

/// A trace with its documents from a place on, as far as there is room; and where the next page goes on with it.
fn part(trace: &Trace, from: usize, room: &mut usize) -> (Value, Option<usize>) {
    let documents = documents::of(trace, PARTS).segments;
    let mut spans = Vec::new();
    let mut next = None;
    for (place, (id, document)) in documents.into_iter().enumerate().skip(from) {
        if spans.len() == SPANS_PAGE || *room == 0 {
            next = Some(place);
            break;
        }
        *room = room.saturating_sub(document.len());
        spans.push(json!({"Id": id.to_string(), "Document": document}));
    }
    (json!({"Id": trace.id().to_string(), "Duration": trace.duration().as_secs_f64(), "Spans": spans}), next)
}

pub(super) fn graph(app: &Held, request: &Members<'_>) -> Answer {
    let (token, ids) = retrieval(&app.api, request)?;
    let traces: Vec<Arc<_>> = ids.into_iter().filter_map(|id| app.traces.facts(id)).collect();
    let question = Question::new("GetRetrievedTracesGraph", &[&token]);
    let mut answer = shapes::page(&ServiceGraph::of(&traces), question, request)?;
    let services = answer["Services"].as_array_mut().map(std::mem::take).unwrap_or_default();
    answer["Services"] = services.into_iter().map(|service| json!({"Service": service, "Links": []})).collect();
    answer["RetrievalStatus"] = json!("COMPLETE");
    Ok(answer)
}

pub(super) fn cancel(app: &Held, request: &Members<'_>) -> Answer {
    let (token, _) = retrieval(&app.api, request)?;
    app.api.retrievals.lock().last.retain(|(other, _)| *other != token);
    Ok(json!({}))
}

/// The retrieval that a request means: its token and the traces.
fn retrieval(kept: &Kept, request: &Members<'_>) -> Result<(String, Vec<TraceId>), Error> {
    let token = request.need("RetrievalToken", request.text("RetrievalToken", 0..=TOKEN_CHARS_MAX)?)?;
    let found = kept.retrievals.lock().last.iter().find(|(other, _)| other == token).cloned();
    found.ok_or_else(|| Error::not_found(token, "RetrievalToken: there is no such retrieval: begin one with StartTraceRetrieval"))
}
