//! Root causes: where a fault, an error or the time of a trace came from.
//!
//! X-Ray has them in trace summaries ("GetTraceSummaries", X-Ray API reference) and does not say how it finds them. Here, the root cause of
//! a fault is the path from where it came out down to where it began: from a segment or subsegment that failed, through those below it that
//! failed in the same way, to one below which nothing did. That of a response time is the path down through whatever took at least half of
//! the time of what is above it.

use std::collections::HashMap;

use xray_model::document::{Cause, Exception, Node, Segment, Timestamp};

use crate::facts::called;
use crate::query::Status;
use crate::settings::{EXCEPTIONS_MAX, ROOT_CAUSE_ENTITIES_MAX, ROOT_CAUSES_MAX};
use crate::trace::{Placed, Trace};

/// Share of the time of what is above it that something takes to be the reason for it.
const SHARE_MIN: f64 = 0.5;

/// The root causes of a trace, at most [`ROOT_CAUSES_MAX`] of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct RootCauses {
    pub(crate) faults: Vec<RootCause>,
    pub(crate) errors: Vec<RootCause>,
    pub(crate) response_times: Vec<RootCause>,
}

/// A path from effect to cause.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RootCause {
    /// Callers before what they call.
    pub(crate) services: Vec<CauseService>,
    /// It reached whoever sent the first request.
    pub(crate) is_client_impacting: bool,
    /// Entities at the beginning of the path that are over the limit.
    pub(crate) left_out: usize,
}

/// A service on the path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CauseService {
    pub(crate) name: String,
    /// Its type.
    pub(crate) kind: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) is_inferred: bool,
    /// The segment and its subsegments that the path leads through.
    pub(crate) entities: Vec<Entity>,
}

/// A segment or subsegment on the path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entity {
    pub(crate) name: String,
    /// Share of the response time of the first segment; of response times only.
    pub(crate) coverage: Option<f64>,
    /// Of faults and errors only.
    pub(crate) exceptions: Vec<CauseException>,
    /// It is a call of something else.
    pub(crate) is_remote: bool,
}

/// What was recorded of an exception.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CauseException {
    pub(crate) name: String,
    pub(crate) message: String,
}

type Path<'a> = [Node<'a, Placed>];

impl RootCauses {
    /// Finds them.
    pub(crate) fn of(trace: &Trace) -> Self {
        let exceptions = exceptions_by_id(trace);
        let is_fault = |status| status == Status::Fault;
        let is_error = |status| matches!(status, Status::Error | Status::Throttle);
        Self {
            faults: failures(trace, &exceptions, is_fault),
            errors: failures(trace, &exceptions, is_error),
            response_times: response_times(trace),
        }
    }
}

type Exceptions<'a> = HashMap<&'a str, &'a Exception>;

/// A cause may name an exception that is recorded further down.
fn exceptions_by_id(trace: &Trace) -> Exceptions<'_> {
    let all = trace.tree().iter().flat_map(|node| node.value().exceptions());
    all.filter_map(|exception| Some((exception.id.as_deref()?, exception))).collect()
}

fn failures(trace: &Trace, exceptions: &Exceptions<'_>, failed: impl Fn(Status) -> bool) -> Vec<RootCause> {
    let is_failed: Vec<bool> = trace.tree().iter().map(|node| failed(node.status())).collect();
    let mut is_passed_on = vec![false; is_failed.len()];
    for node in trace.tree().iter().filter(|node| is_failed[node.index()]) {
        if let Some(parent) = node.parent() {
            is_passed_on[parent.index()] = true;
        }
    }
    let began = trace.tree().iter().filter(|node| is_failed[node.index()] && !is_passed_on[node.index()]);
    let cause = |deepest: Node<'_, Placed>| {
        let mut path: Vec<_> =
            std::iter::successors(Some(deepest), |node| node.parent().filter(|parent| is_failed[parent.index()])).collect();
        path.reverse();
        let entity = |node: Node<'_, Placed>| entity(node.value(), None, recorded(node.value(), exceptions));
        RootCause::new(&path, entity)
    };
    began.take(ROOT_CAUSES_MAX).map(cause).collect()
}

fn recorded(segment: &Segment, exceptions: &Exceptions<'_>) -> Vec<CauseException> {
    let named = |exception: &Exception| CauseException {
        name: exception.kind.clone().unwrap_or_default(),
        message: exception.message.clone().unwrap_or_default(),
    };
    match &segment.cause {
        Some(Cause::Recorded(cause)) => cause.exceptions.iter().take(EXCEPTIONS_MAX).map(named).collect(),
        Some(Cause::Reference(id)) => exceptions.get(id.as_str()).map(|exception| named(exception)).into_iter().collect(),
        None => Vec::new(),
    }
}

fn response_times(trace: &Trace) -> Vec<RootCause> {
    let root = trace.root().filter(|root| !root.is_subsegment);
    let Some((root, end)) = root.and_then(|root| Some((root, root.end_time?))) else { return Vec::new() };
    // What went on after the response took none of its time.
    let seconds = |node: &Segment| within(node, root.start_time, end);
    let total = seconds(&root);
    if total <= 0.0 {
        return Vec::new();
    }
    let (mut causes, mut path) = (Vec::new(), Vec::new());
    let mut open = vec![(root, 0)];
    while let Some((node, depth)) = open.pop().filter(|_| causes.len() < ROOT_CAUSES_MAX) {
        path.truncate(depth);
        path.push(node);
        let least = seconds(&node) * SHARE_MIN;
        let before = open.len();
        open.extend(node.children().filter(|child| seconds(child) >= least && seconds(child) > 0.0).map(|child| (child, depth + 1)));
        if open.len() == before {
            causes.push(RootCause::new(&path, |node| entity(node.value(), Some(seconds(&node) / total), Vec::new())));
        }
        open[before..].reverse();
    }
    causes
}

/// Seconds of a segment within a stretch of time; none while it is in progress.
fn within(segment: &Segment, from: Timestamp, to: Timestamp) -> f64 {
    segment.end_time.map_or(0.0, |end| end.min(to).since(segment.start_time.max(from)).as_secs_f64())
}

fn entity(segment: &Segment, coverage: Option<f64>, exceptions: Vec<CauseException>) -> Entity {
    Entity { name: segment.name.clone(), coverage, exceptions, is_remote: segment.namespace.is_some() }
}

impl RootCause {
    fn new<'a>(path: &Path<'a>, entity: impl Fn(Node<'a, Placed>) -> Entity) -> Self {
        let left_out = path.len().saturating_sub(ROOT_CAUSE_ENTITIES_MAX);
        let mut services: Vec<CauseService> = Vec::new();
        for node in &path[left_out..] {
            match services.last_mut().filter(|_| node.is_subsegment) {
                Some(service) => service.entities.push(entity(*node)),
                None => services.push(CauseService::around(*node, entity(*node))),
            }
        }
        let inferred = path.last().filter(|last| last.is_subsegment && last.children().all(|child| child.is_subsegment));
        if let Some((last, (name, kind))) = inferred.and_then(|last| Some((last, called(last)?))) {
            // It is as the caller saw it; what the caller made of it is in the caller's entity.
            let seen = Entity { name: name.clone(), exceptions: Vec::new(), is_remote: false, ..entity(*last) };
            services.push(CauseService { name, kind: Some(kind), account: None, is_inferred: true, entities: vec![seen] });
        }
        let is_client_impacting = path.first().is_some_and(|first| first.index() == 0 && !first.is_subsegment);
        Self { services, is_client_impacting, left_out }
    }
}

impl CauseService {
    /// The service that a segment or subsegment is in.
    fn around(node: Node<'_, Placed>, entity: Entity) -> Self {
        let up = std::iter::successors(Some(node), |node| node.parent());
        // A subsegment whose segment has not arrived stands for it.
        let segment = up.into_iter().find(|node| !node.is_subsegment).unwrap_or(node).value();
        Self {
            name: segment.name.clone(),
            kind: segment.origin.clone(),
            account: segment.aws.as_ref().and_then(|aws| aws.account_id()).map(str::to_owned),
            is_inferred: false,
            entities: vec![entity],
        }
    }
}
