//! Retrieval of traces in two steps, as the service has it for traces that are far away. Here they are at hand, so that the second step can
//! follow at once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use xray_model::TraceId;

use super::Held;
use super::call::Answer;
use super::documents;
use super::error::Error;
use super::graph as shapes;
use super::token::Question;
use super::traces::{ids, no_more_pages};
use super::{Kept, range};
use crate::graph::ServiceGraph;
use crate::members::Members;
use crate::settings::{RETRIEVALS_MAX, RETRIEVED_IDS_MAX, RETRIEVED_PAGE};
use crate::trace::Trace;

const TOKEN_CHARS_MAX: usize = 1020;

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
    let (token, ids) = retrieval(&app.api, request)?;
    if request.word("TraceFormat", &[("XRAY", false), ("OTEL", true)])? == Some(true) {
        return Err(request.wrong("TraceFormat", "traces are kept as they came: use XRAY").into());
    }
    let question = Question::new("ListRetrievedTraces", &[&token]);
    let from = question.place(request)?.map_or(0, |(place, _)| usize::try_from(place).unwrap_or(usize::MAX));
    let page: Vec<Value> = ids.iter().skip(from).take(RETRIEVED_PAGE).filter_map(|id| Some(shape(&app.traces.trace(*id)?))).collect();
    let mut answer = json!({"RetrievalStatus": "COMPLETE", "TraceFormat": "XRAY", "Traces": page});
    let next = from.saturating_add(RETRIEVED_PAGE);
    if next < ids.len() {
        answer["NextToken"] = json!(question.token((next as u64, 0)));
    }
    Ok(answer)
}

fn shape(trace: &Trace) -> Value {
    let spans = documents::of(trace).segments.into_iter().map(|(id, document)| json!({"Id": id.to_string(), "Document": document}));
    json!({"Id": trace.id().to_string(), "Duration": trace.duration().as_secs_f64(), "Spans": spans.collect::<Vec<_>>()})
}

pub(super) fn graph(app: &Held, request: &Members<'_>) -> Answer {
    no_more_pages(request)?;
    let (_, ids) = retrieval(&app.api, request)?;
    let traces: Vec<Arc<_>> = ids.into_iter().filter_map(|id| app.traces.facts(id)).collect();
    let graph = ServiceGraph::of(&traces);
    let services = graph.nodes.iter().enumerate().map(|(place, node)| json!({"Service": shapes::node(place, node), "Links": []}));
    Ok(json!({"RetrievalStatus": "COMPLETE", "Services": services.collect::<Vec<_>>()}))
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
