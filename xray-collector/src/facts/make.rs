//! Facts of an assembled trace.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use xray_model::TraceId;
use xray_model::document::{AnnotationValue as Sent, Cause, Node, Segment};

use super::{Annotation, AnnotationValue, Call, Exception, Facts, Figure, Level, Link, More, Names, Service, Traits, What, infer};
use crate::query::Status;
use crate::settings::{ANNOTATIONS_INDEXED_MAX, EXCEPTIONS_MAX, LINKS_MAX, MESSAGE_CHARS_MAX, SERVICES_MAX};
use crate::trace::{Placed, Trace};

impl Facts {
    /// What is known of a trace that holds at least one segment or subsegment.
    pub(crate) fn of(trace: &Trace, names: &mut Names) -> Self {
        let mut making = Making::new(names, trace.tree().len());
        let (mut is_announced, mut any_fault, mut any_error) = (false, false, false);
        for node in trace.tree().iter() {
            let has_callee = node.children().any(|child| !child.is_subsegment);
            let service = making.service_of(node, has_callee);
            making.annotations(node.value(), service);
            making.exceptions(node.value(), service);
            making.figures(node.value(), service);
            making.links(trace.id(), node.value(), service);
            any_fault |= node.status() == Status::Fault;
            any_error |= matches!(node.status(), Status::Error | Status::Throttle);
            is_announced |= is_traced(node.value()) && !has_callee;
        }
        let Making { services, annotations, exceptions, links, figures, levels, left_out, .. } = making;
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
            links: links.into_iter().collect(),
            figures: figures.into(),
            levels: levels.into(),
            services_left_out: left_out,
        }
    }
}

fn is_traced(segment: &Segment) -> bool {
    let in_request = segment.http.as_ref().and_then(|http| http.request.as_ref()?.traced);
    in_request.or(segment.traced) == Some(true)
}

pub(super) struct Making<'a> {
    pub(super) names: &'a mut Names,
    services: Vec<Service>,
    annotations: Vec<Annotation>,
    exceptions: Vec<Exception>,
    links: BTreeSet<Link>,
    pub(super) figures: Vec<Figure>,
    pub(super) levels: Vec<Level>,
    /// The service that each segment and subsegment is in, in the order of the tree; `None` where the caller is not known.
    inside: Vec<Option<u32>>,
    left_out: u32,
}

impl<'a> Making<'a> {
    fn new(names: &'a mut Names, nodes: usize) -> Self {
        Self {
            names,
            services: Vec::new(),
            annotations: Vec::new(),
            exceptions: Vec::new(),
            links: BTreeSet::new(),
            figures: Vec::new(),
            levels: Vec::new(),
            inside: Vec::with_capacity(nodes),
            left_out: 0,
        }
    }

    /// The service that a node is in, by its place in the list; those not seen before are added.
    ///
    /// Parents come before their children, so what surrounds a node is known already.
    fn service_of(&mut self, node: Node<'_, Placed>, has_callee: bool) -> u32 {
        let around = node.parent().and_then(|parent| self.inside.get(parent.index()).copied().flatten());
        let segment = &node.value().segment;
        let own = match around {
            _ if !node.is_subsegment => Some(self.segment(node, around)),
            Some(around) => {
                // What answered with a segment of its own stands there instead.
                if let Some((name, kind)) = infer::called(segment).filter(|_| !has_callee) {
                    self.add(Self::inferred(segment), &name, &kind, Some(around));
                }
                Some(around)
            }
            // Without the segment around it, a call still says what was called, and other work stands for the segment until that arrives.
            None => match infer::called(segment) {
                Some(_) if has_callee => None,
                Some((name, kind)) => Some(self.add(Self::inferred(segment), &name, &kind, None)),
                None => Some(self.add(Seen { segment, call: None, is_inferred: false, is_entry: false }, &segment.name, "", None)),
            },
        };
        self.inside.push(own);
        if let Some(service) = own.and_then(|own| self.services.get_mut(own as usize)) {
            service.work_end = service.work_end.max(segment.end_time.unwrap_or(segment.start_time));
        }
        // Where it is not known, the callee comes next, and is the first: there is always one.
        own.unwrap_or_default()
    }

    fn inferred(segment: &Segment) -> Seen<'_> {
        Seen { segment, call: Some(call(segment)), is_inferred: true, is_entry: false }
    }

    fn segment(&mut self, node: Node<'_, Placed>, caller: Option<u32>) -> u32 {
        let segment = &node.value().segment;
        let parent = node.parent();
        // A call that the caller has no subsegment for is as the called service saw it.
        let call = parent.map(|parent| Call {
            is_again: parent.is_subsegment && self.services.len() < SERVICES_MAX && is_again(parent, node),
            ..call(if parent.is_subsegment { &parent.value().segment } else { segment })
        });
        // The first is what somebody asked, even if it names a caller: of a client that is traced itself nothing may ever arrive.
        let is_entry = parent.is_none() && (segment.parent_id.is_none() || node.index() == 0);
        let kind = segment.origin.as_deref().unwrap_or_default();
        let own = self.add(Seen { segment, call, is_inferred: segment.inferred, is_entry }, &segment.name, kind, caller);
        let called = parent.filter(|parent| parent.is_subsegment).and_then(|parent| infer::called(&parent.value().segment));
        if let Some((name, kind)) = called.filter(|(name, _)| *name != segment.name) {
            let what = self.services.get(own as usize).map(|service| Arc::clone(&service.what));
            let what = what.map(|what| self.names.alias(&what, (&name, &kind)));
            if let Some((service, what)) = self.services.get_mut(own as usize).filter(|service| service.id == segment.id).zip(what) {
                service.what = what;
            }
        }
        own
    }

    /// Adds a service if there is room; else the work counts as its caller's.
    fn add(&mut self, seen: Seen<'_>, name: &str, kind: &str, caller: Option<u32>) -> u32 {
        if self.services.len() >= SERVICES_MAX {
            self.left_out = self.left_out.saturating_add(1);
            return caller.unwrap_or_default();
        }
        let Seen { segment, call, is_inferred, is_entry } = seen;
        let account = segment.aws.as_ref().and_then(|aws| aws.account_id());
        let operation = infer::operation(segment);
        let service = Service {
            what: self.names.what(&What { name, kind, account, operation: operation.as_deref(), alias: None }),
            id: segment.id,
            is_inferred,
            is_entry,
            caller,
            call,
            start: segment.start_time,
            end: segment.end_time,
            work_end: segment.end_time.unwrap_or(segment.start_time),
            status: Status::of(segment),
            more: self.more(segment),
        };
        self.services.push(service);
        u32::try_from(self.services.len() - 1).unwrap_or(u32::MAX)
    }

    fn links(&mut self, own: TraceId, segment: &Segment, service: u32) {
        for link in segment.links.iter().filter(|link| link.trace_id != own) {
            if self.links.len() >= LINKS_MAX {
                return;
            }
            self.links.insert(Link { trace: link.trace_id, id: link.id, service });
        }
    }

    fn more(&mut self, segment: &Segment) -> Option<Box<More>> {
        let request = segment.http.as_ref().and_then(|http| http.request.as_ref());
        let nested = |block: &str, key: &str| segment.aws.as_ref()?.fields.get(block)?.get(key)?.as_str();
        let url = request.and_then(|request| request.url.as_deref());
        let traits = Traits {
            http_method: request.and_then(|request| request.method.as_deref()),
            http_status: http_status(segment),
            user_agent: request.and_then(|request| request.user_agent.as_deref()),
            client_ip: request.and_then(|request| request.client_ip.as_deref()),
            user: segment.user.as_deref(),
            resource_arn: segment.resource_arn.as_deref(),
            instance_id: nested("ec2", "instance_id"),
            availability_zone: nested("ec2", "availability_zone").or_else(|| nested("ecs", "availability_zone")),
        };
        if url.is_none() && traits == Traits::default() {
            return None;
        }
        Some(Box::new(More { http_url: url.map(Box::from), traits: self.names.traits(&traits) }))
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
        let causes: HashSet<&str> = cause.exceptions.iter().filter_map(|exception| exception.cause.as_deref()).collect();
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
                is_cause: exception.id.as_deref().is_some_and(|id| causes.contains(id)),
            });
        }
    }
}

/// What is about to become a service.
struct Seen<'a> {
    segment: &'a Segment,
    call: Option<Call>,
    is_inferred: bool,
    is_entry: bool,
}

fn call(segment: &Segment) -> Call {
    let status = Status::of(segment);
    Call { start: segment.start_time, end: segment.end_time, status, http_status: http_status(segment), is_again: false }
}

fn http_status(segment: &Segment) -> Option<u16> {
    segment.http_status().and_then(|status| u16::try_from(status).ok())
}

/// Whether an earlier callee of the same call is the same service: another attempt, or a function that was invoked again.
fn is_again(call: Node<'_, Placed>, callee: Node<'_, Placed>) -> bool {
    let mut callees = call.children().filter(|child| !child.is_subsegment).take_while(|child| child.index() != callee.index());
    callees.any(|earlier| earlier.name == callee.name && earlier.origin == callee.origin)
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
