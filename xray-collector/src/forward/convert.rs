//! Segment documents as spans of OpenTelemetry: each segment and subsegment is one.
//!
//! The words are those of AWS's receiver for X-Ray in the OpenTelemetry Collector (`awsxrayreceiver/internal/translator`) where OpenTelemetry has
//! none, and those of today's semantic conventions where it has. Departures, so that nothing is lost on the way:
//!
//! - Segments are servers, as is what they do for callers; that receiver takes only those without a parent for such.
//! - A subsegment that is sent on its own belongs to the service whose segment it stands in, as far as that was seen; that receiver makes a service
//!   of each.
//! - An error and a throttle are told beside a status of HTTP, as `aws.xray.error` and `aws.xray.throttle`: OpenTelemetry knows only failure.
//!
//! What comes in again by [`crate::otlp`] is the same trace.

use std::sync::Arc;

use xray_model::document::{Document, Forest, Link as DocumentLink, Node, Segment};
use xray_model::{SegmentId, TraceId};

use super::exceptions;
use super::fields;
use super::put::Attributes;
use super::services::Services;
use crate::otlp::message::{Kind, Link, Request, Resource, ResourceSpans, STATUS_ERROR, ScopeSpans, Span, Status};

/// W3C's flag of a sampled trace: what is not sampled is not recorded.
const SAMPLED: u32 = 1;
/// It is known whether the parent is in another process.
const KNOWN: u32 = 0x100;
/// It is.
const REMOTE: u32 = 0x200;

/// All spans of several documents, each document's with what is known of its service.
pub(super) fn request(documents: &[Document], services: &mut Services) -> Request {
    // A subsegment may stand before the segment that it belongs to.
    for document in documents.iter().filter(|document| is_segment(document.root())) {
        services.learn(document.trace_id(), document.root().id, &Arc::new(fields::resource(&document.root())));
    }
    let resource_spans = documents.iter().map(|document| {
        let resource = services.of(document);
        services.learn_all(document, &resource);
        ResourceSpans {
            resource: Some(Resource::clone(&resource)),
            scope_spans: vec![ScopeSpans { spans: spans(document.tree(), document.trace_id()) }],
        }
    });
    Request { resource_spans: resource_spans.collect() }
}

/// Whether it is a service's part of a trace.
pub(super) fn is_segment(node: Node<'_, Segment>) -> bool {
    node.parent().is_none() && !node.is_independent_subsegment()
}

fn spans(tree: &Forest<Segment>, trace_id: TraceId) -> Vec<Span> {
    tree.iter().map(|node| span(node, trace_id)).collect()
}

fn span(node: Node<'_, Segment>, trace_id: TraceId) -> Span {
    let segment: &Segment = node.value();
    let kind = kind(node);
    let parent = node.parent().map(|parent| parent.id).or(segment.parent_id);
    let is_remote = is_segment(node) && parent.is_some();
    let mut attributes = Attributes::default();
    fields::fill(segment, kind, &mut attributes);
    Span {
        trace_id: trace_id.to_bits().to_be_bytes().to_vec(),
        span_id: bytes(segment.id),
        parent_span_id: parent.map(bytes).unwrap_or_default(),
        name: segment.name.clone(),
        kind: kind.into(),
        start_time_unix_nano: segment.start_time.as_nanos(),
        // Zero says that it goes on, as with that receiver.
        end_time_unix_nano: segment.end_time.filter(|_| !segment.in_progress).map_or(0, |end| end.as_nanos()),
        attributes: attributes.done(),
        events: exceptions::events(segment),
        links: segment.links.iter().map(link).collect(),
        status: status(segment),
        flags: SAMPLED | KNOWN | if is_remote { REMOTE } else { 0 },
        ..Span::default()
    }
}

fn kind(node: Node<'_, Segment>) -> Kind {
    match node.namespace.as_deref() {
        Some("aws" | "remote") => Kind::Client,
        _ if is_segment(node) => Kind::Server,
        _ => Kind::Internal,
    }
}

fn status(segment: &Segment) -> Option<Status> {
    let failed = segment.error || segment.throttle || segment.fault;
    let message = exceptions::message(segment);
    (failed || !message.is_empty()).then_some(Status { message, code: if failed { STATUS_ERROR } else { 0 } })
}

fn link(link: &DocumentLink) -> Link {
    let mut attributes = Attributes::default();
    link.attributes.iter().for_each(|(key, value)| attributes.json(key, value));
    Link {
        trace_id: link.trace_id.to_bits().to_be_bytes().to_vec(),
        span_id: link.id.map(bytes).unwrap_or_default(),
        attributes: attributes.done(),
    }
}

fn bytes(id: SegmentId) -> Vec<u8> {
    id.to_bits().to_be_bytes().to_vec()
}
