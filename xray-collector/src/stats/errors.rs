//! Why traces fail: exceptions by type and call site.

use std::collections::HashMap;
use std::sync::Arc;

use xray_model::TraceId;
use xray_model::document::Timestamp;

use super::Axis;
use crate::facts::{Facts, Service};
use crate::query::Status;
use crate::settings::EXAMPLES_MAX;

/// Errors of one type at one place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ErrorGroup {
    /// Type of the exception; of a failure for which none was recorded, `HTTP 503` or the status.
    pub(crate) kind: Arc<str>,
    /// Where it happened: a frame, or what was asked for.
    pub(crate) site: Arc<str>,
    /// Service that it happened in.
    pub(crate) service: Arc<str>,
    /// Whether an exception was recorded.
    pub(crate) is_exception: bool,
    /// How often.
    pub(crate) count: u64,
    /// In how many traces.
    pub(crate) traces: u64,
    /// The worst that became of it.
    pub(crate) status: Status,
    pub(crate) first: Timestamp,
    pub(crate) last: Timestamp,
    /// Its message when it last happened; empty if it has none.
    pub(crate) message: Box<str>,
    /// How often in each piece of time.
    pub(crate) trend: Box<[u64]>,
    /// Latest first.
    pub(crate) examples: Vec<TraceId>,
}

/// What is the same error.
type Key<'a> = (&'a str, &'a str, &'a str);

/// By type, call site and service.
type Groups = HashMap<(Arc<str>, Arc<str>, Arc<str>), ErrorGroup>;

struct Seen<'a> {
    kind: Arc<str>,
    site: Arc<str>,
    service: &'a Service,
    message: &'a str,
    status: Status,
    is_exception: bool,
}

/// All errors of traces that come earliest first, those that happened most often first.
///
/// The cause of an exception is not counted apart from it. Where a trace recorded no exception at all, services count that failed although
/// nothing they called did.
pub(crate) fn errors(traces: &[Arc<Facts>], axis: &Axis) -> Vec<ErrorGroup> {
    let mut groups = Groups::new();
    for facts in traces {
        each(facts, |seen| add(&mut groups, seen, facts, axis));
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by(|one, other| {
        fn key(group: &ErrorGroup) -> Key<'_> {
            (&group.kind, &group.site, &group.service)
        }
        other.count.cmp(&one.count).then_with(|| other.last.cmp(&one.last)).then_with(|| key(one).cmp(&key(other)))
    });
    groups
}

impl ErrorGroup {
    /// Whether it happened in a trace.
    pub(crate) fn is_in(&self, facts: &Facts) -> bool {
        let mut is_in = false;
        each(facts, |seen| is_in |= (&*seen.kind, &*seen.site, &*seen.service.name) == (&*self.kind, &*self.site, &*self.service));
        is_in
    }
}

/// Each error of a trace.
fn each<'a>(facts: &'a Facts, mut told: impl FnMut(Seen<'a>)) {
    for exception in facts.exceptions.iter().filter(|exception| !exception.is_cause) {
        let Some(service) = facts.services.get(exception.service as usize) else { continue };
        let (kind, site) = (Arc::clone(&exception.kind), Arc::clone(&exception.site));
        told(Seen { kind, site, service, message: &exception.message, status: exception.status, is_exception: true });
    }
    if facts.exceptions.is_empty() {
        failed(facts).for_each(|service| told(without_exception(service)));
    }
}

/// Services that failed although nothing they called did.
fn failed(facts: &Facts) -> impl Iterator<Item = &Service> {
    let is_bad = |service: &&Service| service.status != Status::Ok;
    let excused: std::collections::HashSet<u32> = facts.services.iter().filter(is_bad).filter_map(|service| service.caller).collect();
    let places = facts.services.iter().zip(0u32..);
    places.filter(move |(service, place)| is_bad(service) && !excused.contains(place)).map(|(service, _)| service)
}

fn without_exception(service: &Service) -> Seen<'_> {
    let http_status = service.more.as_ref().and_then(|more| more.http_status).filter(|status| *status >= 400);
    let kind = match (http_status, service.status) {
        (Some(status), _) => format!("HTTP {status}").into(),
        (None, Status::Throttle) => "Throttled".into(),
        (None, Status::Fault) => "Fault".into(),
        (None, _) => "Error".into(),
    };
    let site = service.operation.clone().unwrap_or_else(|| Arc::clone(&service.name));
    Seen { kind, site, service, message: "", status: service.status, is_exception: false }
}

fn add(groups: &mut Groups, seen: Seen<'_>, facts: &Facts, axis: &Axis) {
    let at = seen.service.start;
    let key = (seen.kind, seen.site, Arc::clone(&seen.service.name));
    let group = groups.entry(key).or_insert_with_key(|(kind, site, service)| ErrorGroup {
        kind: Arc::clone(kind),
        site: Arc::clone(site),
        service: Arc::clone(service),
        is_exception: seen.is_exception,
        count: 0,
        traces: 0,
        status: seen.status,
        first: at,
        last: at,
        message: "".into(),
        trend: axis.zeros(),
        examples: Vec::new(),
    });
    group.count += 1;
    group.status = group.status.max(seen.status);
    group.first = group.first.min(at);
    if at >= group.last || group.message.is_empty() {
        group.message = seen.message.into();
    }
    group.last = group.last.max(at);
    if let Some(place) = axis.place(at) {
        group.trend[place] += 1;
    }
    if group.examples.first() != Some(&facts.id) {
        group.traces += 1;
        group.examples.insert(0, facts.id);
        group.examples.truncate(EXAMPLES_MAX);
    }
}
