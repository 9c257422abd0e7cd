//! Facts of an assembled trace.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use xray_model::document::{AnnotationValue as Sent, Cause, Node, Segment};
use xray_model::{SegmentId, TraceId};

use super::{Annotation, AnnotationValue, Call, Exception, Facts, More, Names, Service, infer};
use crate::query::Status;
use crate::settings::{ANNOTATIONS_INDEXED_MAX, EXCEPTIONS_MAX, MESSAGE_CHARS_MAX, SERVICES_MAX};
use crate::trace::{Placed, Trace};

impl Facts {
    /// What is known of a trace that holds at least one segment or subsegment.
    pub(crate) fn of(trace: &Trace, names: &mut Names) -> Self {
        let mut making = Making { names, services: Vec::new(), annotations: Vec::new(), exceptions: Vec::new(), inside: HashMap::new() };
        let (mut is_announced, mut any_fault, mut any_error) = (false, false, false);
        let mut links = BTreeSet::new();
        for node in trace.tree().iter() {
            let service = making.service_of(node);
            making.annotations(node.value(), service);
            making.exceptions(node.value(), service);
            any_fault |= node.status() == Status::Fault;
            any_error |= matches!(node.status(), Status::Error | Status::Throttle);
            is_announced |= is_traced(node.value()) && !node.children().any(|child| !child.is_subsegment);
            links.extend(node.value().links.iter().map(|link| link.trace_id));
        }
        links.remove(&trace.id());
        let Making { services, annotations, exceptions, .. } = making;
        let summary = trace.summary();
        Self {
            id: trace.id(),
            start: trace.start(),
            end: trace.end(),
            response_time: summary.response_time,
            status: summary.status,
            has_throttle: summary.has_throttle,
            any_fault,
            any_error,
            is_partial: is_announced || !summary.is_complete,
            is_complete: summary.is_complete,
            segments: u32::try_from(trace.tree().len()).unwrap_or(u32::MAX),
            services: services.into(),
            annotations: annotations.into(),
            exceptions: exceptions.into(),
            links: links.into_iter().collect::<Vec<TraceId>>().into(),
        }
    }
}

fn is_traced(segment: &Segment) -> bool {
    let in_request = segment.http.as_ref().and_then(|http| http.request.as_ref()?.traced);
    in_request.or(segment.traced) == Some(true)
}

struct Making<'a> {
    names: &'a mut Names,
    services: Vec<Service>,
    annotations: Vec<Annotation>,
    exceptions: Vec<Exception>,
    /// The service that each segment and subsegment is in.
    inside: HashMap<SegmentId, u32>,
}

impl Making<'_> {
    /// The service that a node is in, by its place in the list; those not seen before are added.
    ///
    /// Parents come before their children, so what surrounds a node is known already.
    fn service_of(&mut self, node: Node<'_, Placed>) -> u32 {
        let parent = node.parent();
        let around = parent.and_then(|parent| self.inside.get(&parent.id).copied());
        let is_full = self.services.len() >= SERVICES_MAX;
        let own = match around {
            _ if is_full => around.unwrap_or_default(),
            Some(around) if node.is_subsegment => {
                if !node.children().any(|child| !child.is_subsegment) {
                    self.inferred(&node.value().segment, around);
                }
                around
            }
            // A subsegment without a segment stands for one until that arrives.
            _ => self.segment(node, around, parent),
        };
        self.inside.insert(node.id, own);
        own
    }

    fn segment(&mut self, node: Node<'_, Placed>, caller: Option<u32>, parent: Option<Node<'_, Placed>>) -> u32 {
        let segment = &node.value().segment;
        // A call that the caller has no subsegment for is as the called service saw it.
        let call = parent.map(|parent| call(if parent.is_subsegment { &parent.value().segment } else { segment }));
        let (name, kind) = (segment.name.clone(), segment.origin.clone().unwrap_or_default());
        self.add(segment, &name, &kind, caller, call, false)
    }

    fn inferred(&mut self, segment: &Segment, caller: u32) {
        if let Some((name, kind)) = infer::called(segment) {
            self.add(segment, &name, &kind, Some(caller), Some(call(segment)), true);
        }
    }

    fn add(&mut self, segment: &Segment, name: &str, kind: &str, caller: Option<u32>, call: Option<Call>, is_inferred: bool) -> u32 {
        let account = segment.aws.as_ref().and_then(|aws| aws.account_id());
        let service = Service {
            name: self.names.get(name),
            kind: self.names.get(kind),
            account: account.map(|account| self.names.get(account)),
            id: segment.id,
            is_inferred,
            caller,
            call,
            start: segment.start_time,
            end: segment.end_time,
            status: Status::of(segment),
            operation: operation(segment).map(|operation| self.names.get(&operation)),
            more: self.more(segment),
        };
        self.services.push(service);
        u32::try_from(self.services.len() - 1).unwrap_or(u32::MAX)
    }

    fn more(&mut self, segment: &Segment) -> Option<Box<More>> {
        let request = segment.http.as_ref().and_then(|http| http.request.as_ref());
        let nested = |block: &str, key: &str| segment.aws.as_ref()?.fields.get(block)?.get(key)?.as_str();
        let zone = nested("ec2", "availability_zone").or_else(|| nested("ecs", "availability_zone"));
        let mut shared = |text: Option<&str>| text.map(|text| self.names.get(text));
        let more = More {
            http_url: request.and_then(|request| request.url.as_deref()).map(Box::from),
            http_method: shared(request.and_then(|request| request.method.as_deref())),
            http_status: http_status(segment),
            user_agent: shared(request.and_then(|request| request.user_agent.as_deref())),
            client_ip: shared(request.and_then(|request| request.client_ip.as_deref())),
            user: shared(segment.user.as_deref()),
            resource_arn: shared(segment.resource_arn.as_deref()),
            instance_id: shared(nested("ec2", "instance_id")),
            availability_zone: shared(zone),
        };
        (more != More::default()).then(|| Box::new(more))
    }

    fn annotations(&mut self, segment: &Segment, service: u32) {
        for (key, value) in &segment.annotations {
            let value = match value {
                Sent::String(text) => AnnotationValue::Text(text.as_str().into()),
                Sent::Number(number) => AnnotationValue::Number(number.as_f64().unwrap_or_default()),
                Sent::Bool(yes) => AnnotationValue::Bool(*yes),
                Sent::Invalid(_) => continue,
            };
            if self.annotations.len() >= ANNOTATIONS_INDEXED_MAX {
                return;
            }
            let annotation = Annotation { key: self.names.get(key), value, service };
            if !self.annotations.contains(&annotation) {
                self.annotations.push(annotation);
            }
        }
    }

    fn exceptions(&mut self, segment: &Segment, service: u32) {
        let Some(Cause::Recorded(cause)) = &segment.cause else { return };
        for exception in &cause.exceptions {
            if self.exceptions.len() >= EXCEPTIONS_MAX {
                return;
            }
            let message = exception.message.as_deref().unwrap_or_default();
            let frame = exception.stack.first().and_then(|frame| match (&frame.path, frame.line, &frame.label) {
                (Some(path), Some(line), _) => Some(format!("{path}:{line}")),
                (Some(place), ..) | (_, _, Some(place)) => Some(place.clone()),
                _ => None,
            });
            self.exceptions.push(Exception {
                kind: self.names.get(exception.kind.as_deref().unwrap_or_default()),
                message: message.chars().take(MESSAGE_CHARS_MAX).collect::<String>().into(),
                site: self.names.get(frame.as_deref().unwrap_or(&segment.name)),
                service,
                status: Status::of(segment),
            });
        }
    }
}

fn call(segment: &Segment) -> Call {
    let status = Status::of(segment);
    Call { start: segment.start_time, end: segment.end_time, status, http_status: http_status(segment) }
}

fn http_status(segment: &Segment) -> Option<u16> {
    segment.http_status().and_then(|status| u16::try_from(status).ok())
}

/// What was done: name of the API operation, or method and path of the URL.
fn operation(segment: &Segment) -> Option<String> {
    if let Some(operation) = segment.aws.as_ref().and_then(|aws| aws.operation()) {
        return Some(operation.to_owned());
    }
    let request = segment.http.as_ref()?.request.as_ref()?;
    let url = request.url.as_deref()?;
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = after_scheme.find('/').map_or("/", |slash| &after_scheme[slash..]);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    Some(match &request.method {
        Some(method) => format!("{method} {path}"),
        None => path.to_owned(),
    })
}

impl AnnotationValue {
    /// As it is shown, and compared with text.
    pub(crate) fn text(&self) -> Arc<str> {
        match self {
            Self::Text(text) => (**text).into(),
            Self::Number(number) => number.to_string().into(),
            Self::Bool(yes) => yes.to_string().into(),
        }
    }
}
