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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;
    use crate::traces::Traces;

    fn of(documents: &[String]) -> RootCauses {
        let traces = Traces::new(&Settings::default());
        for document in documents {
            traces.put(document.as_bytes()).unwrap();
        }
        RootCauses::of(&traces.trace("1-65f0c0de-000000000000000000000001".parse().unwrap()).unwrap())
    }

    fn segment(number: u32, rest: &str) -> String {
        format!(r#"{{"trace_id":"1-65f0c0de-000000000000000000000001","id":"{number:016x}",{rest}}}"#)
    }

    fn sub(number: u32, rest: &str) -> String {
        format!(r#"{{"id":"{number:016x}",{rest}}}"#)
    }

    /// Services, and their entities with coverage and exceptions; `?` for inferred, `!` for what the client felt.
    fn shown(causes: &[RootCause]) -> Vec<String> {
        let entity = |entity: &Entity| {
            let coverage = entity.coverage.map(|share| format!(" {share:.2}")).unwrap_or_default();
            let exceptions: Vec<_> =
                entity.exceptions.iter().map(|exception| format!(" {}:{}", exception.name, exception.message)).collect();
            format!("{}{}{coverage}{}", entity.name, if entity.is_remote { "→" } else { "" }, exceptions.concat())
        };
        let service = |service: &CauseService| {
            let entities: Vec<_> = service.entities.iter().map(entity).collect();
            format!("{}{}[{}]", service.name, if service.is_inferred { "?" } else { "" }, entities.join(", "))
        };
        let cause = |cause: &RootCause| {
            let services: Vec<_> = cause.services.iter().map(service).collect();
            format!("{}{}", services.join(" "), if cause.is_client_impacting { "!" } else { "" })
        };
        causes.iter().map(cause).collect()
    }

    #[test]
    fn failures_are_followed_to_where_they_began() {
        let table = sub(
            4,
            r#""name":"DynamoDB","start_time":1,"end_time":2,"namespace":"aws","fault":true,"aws":{"table_name":"orders"},
               "cause":{"exceptions":[{"id":"00000000000000ee","type":"Internal","message":"broken"}]}"#,
        );
        let handled = sub(5, r#""name":"cache","start_time":1,"end_time":2,"namespace":"remote","http":{"response":{"status":404}}"#);
        let inner = sub(6, r#""name":"parse","start_time":1,"end_time":2,"fault":true"#);
        let outer = sub(
            3,
            &format!(
                r#""name":"work","start_time":1,"end_time":2,"fault":true,"cause":"00000000000000ee","subsegments":[{table},{inner}]"#
            ),
        );
        let shop = segment(1, &format!(r#""name":"shop","start_time":1,"end_time":3,"fault":true,"subsegments":[{outer},{handled}]"#));
        let late = segment(
            7,
            r#""name":"late","parent_id":"0000000000000005","start_time":1,"end_time":2,"error":true,"cause":"00000000000000ff""#,
        );
        let causes = of(std::slice::from_ref(&shop));
        assert_eq!(
            shown(&causes.faults),
            ["shop[shop, work Internal:broken, DynamoDB→ Internal:broken] orders?[orders]!", "shop[shop, work Internal:broken, parse]!"]
        );
        assert_eq!(causes.faults[0].services[1].kind.as_deref(), Some("AWS::DynamoDB::Table"));
        assert_eq!(shown(&causes.errors), ["shop[cache→] cache?[cache]"]);
        // With its own segment, what was called is no guess any more.
        assert_eq!(shown(&of(&[late, shop]).errors), ["shop[cache→] late[late]"]);
    }

    #[test]
    fn time_is_followed_to_what_took_most_of_it() {
        let quick = sub(2, r#""name":"quick","start_time":10,"end_time":10.4"#);
        let call = sub(4, r#""name":"pay","start_time":11,"end_time":13.5,"namespace":"remote""#);
        let slow = sub(3, &format!(r#""name":"slow","start_time":11,"end_time":14,"subsegments":[{call}]"#));
        let beside = sub(5, r#""name":"beside","start_time":11,"end_time":13"#);
        let after = sub(6, r#""name":"after","start_time":13.5,"end_time":99"#);
        let open = sub(7, r#""name":"open","start_time":10,"in_progress":true"#);
        let shop =
            segment(1, &format!(r#""name":"shop","start_time":10,"end_time":14,"subsegments":[{quick},{slow},{beside},{after},{open}]"#));
        let pay =
            segment(8, r#""name":"pay","parent_id":"0000000000000004","origin":"AWS::EC2::Instance","start_time":11.5,"end_time":13.5"#);
        let expected = ["shop[shop 1.00, slow 0.75, pay→ 0.62] pay[pay 0.50]!", "shop[shop 1.00, beside 0.50]!"];
        assert_eq!(shown(&of(&[shop.clone(), pay]).response_times), expected);
        assert_eq!(shown(&of(&[shop]).response_times)[0], "shop[shop 1.00, slow 0.75, pay→ 0.62] pay?[pay 0.62]!");
    }

    #[test]
    fn traces_without_an_answer_have_no_time_to_explain() {
        let of_time = |rest: &str| of(&[segment(1, rest)]).response_times;
        assert!(of_time(r#""name":"a","start_time":1,"in_progress":true"#).is_empty());
        assert!(of_time(r#""name":"a","start_time":1,"end_time":1"#).is_empty());
        assert!(of_time(r#""name":"a","type":"subsegment","parent_id":"0000000000000009","start_time":1,"end_time":2"#).is_empty());
        assert_eq!(shown(&of_time(r#""name":"a","start_time":1,"end_time":2"#)), ["a[a 1.00]!"]);
    }

    #[test]
    fn a_subsegment_stands_for_a_segment_that_did_not_arrive() {
        let orphan =
            segment(2, r#""name":"work","type":"subsegment","parent_id":"0000000000000001","start_time":1,"end_time":2,"fault":true"#);
        assert_eq!(shown(&of(&[orphan]).faults), ["work[work]"]);
    }

    #[test]
    fn there_are_not_more_than_the_limits() {
        let many: Vec<String> = (2..60).map(|number| sub(number, r#""name":"a","start_time":1,"end_time":2,"fault":true"#)).collect();
        let causes = of(&[segment(1, &format!(r#""name":"shop","start_time":1,"end_time":2,"subsegments":[{}]"#, many.join(",")))]);
        assert_eq!((causes.faults.len(), causes.response_times.len()), (ROOT_CAUSES_MAX, ROOT_CAUSES_MAX));

        let chain: Vec<String> = (1u32..=300)
            .map(|number| {
                let parent = if number == 1 { String::new() } else { format!(r#""parent_id":"{:016x}","#, number - 1) };
                segment(number, &format!(r#"{parent}"name":"s{number}","start_time":1,"end_time":2,"fault":true"#))
            })
            .collect();
        for cause in [&of(&chain).faults, &of(&chain).response_times] {
            assert_eq!(cause[0].left_out, 300 - ROOT_CAUSE_ENTITIES_MAX);
            assert_eq!(cause[0].services.len(), ROOT_CAUSE_ENTITIES_MAX);
            assert_eq!(cause[0].services.last().unwrap().name, "s300");
            assert!(cause[0].is_client_impacting);
        }
    }
}
