//! What a span is: a segment, a subsegment, or both.

use serde_json::Value as Json;
use xray_model::document::{Document, ForestBuilder, Link, Segment, Timestamp};
use xray_model::limits::{LINKS_MAX, NAME_CHARS_MAX};
use xray_model::{SegmentId, TraceId};

use super::attributes::{Attributes, object};
use super::message::{Kind, Resource, Span};
use super::{aws, cause, extra, http};

/// Bits of a span's flags: whether its parent is in another process is known, and it is.
const PARENT_IS_REMOTE: u32 = 0x300;
/// Name of a segment whose span has none that X-Ray takes.
const NO_NAME: &str = "span";

/// A document that a span becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A service's part of a trace.
    Segment,
    /// Work inside of a service, or a call.
    Subsegment,
    /// A service that is known only by a call of it: the first of two documents.
    Caller,
    /// That call: the second.
    Call,
}

impl Role {
    pub(super) fn is_segment(self) -> bool {
        matches!(self, Self::Segment | Self::Caller)
    }
}

/// A span, looked at.
pub(super) struct Seen<'a> {
    pub(super) span: &'a Span,
    pub(super) kind: Kind,
    pub(super) resource: Attributes<'a>,
    pub(super) trace_id: TraceId,
    pub(super) id: SegmentId,
    pub(super) parent: Option<SegmentId>,
    pub(super) is_sampled: bool,
}

/// The documents of a span.
///
/// # Errors
///
/// Says what is missing of a span.
pub(super) fn documents(span: &Span, resource: &Resource, is_sampled: bool) -> Result<Vec<String>, &'static str> {
    let trace = <[u8; 16]>::try_from(span.trace_id.as_slice()).map(u128::from_be_bytes).unwrap_or_default();
    let parent = id(&span.parent_span_id);
    if trace == 0 {
        return Err("a span without a trace id of 16 bytes");
    }
    let seen = Seen {
        span,
        kind: Kind::try_from(span.kind).unwrap_or(Kind::Unspecified),
        resource: Attributes::new(&resource.attributes),
        trace_id: TraceId::from_bits(trace),
        id: id(&span.span_id).ok_or("a span without an id of 8 bytes")?,
        parent,
        is_sampled,
    };
    let attributes = Attributes::new(&span.attributes);
    let is_first =
        parent.is_none() || attributes.text("aws.span.kind") == Some("LOCAL_ROOT") || span.flags & PARENT_IS_REMOTE == PARENT_IS_REMOTE;
    let is_call = matches!(seen.kind, Kind::Client | Kind::Producer | Kind::Consumer);
    let roles: &[Role] = match seen.kind {
        Kind::Server => &[Role::Segment],
        _ if is_first && is_call => &[Role::Caller, Role::Call],
        _ if is_first => &[Role::Segment],
        _ => &[Role::Subsegment],
    };
    Ok(roles.iter().filter_map(|role| document(&seen, *role)).collect())
}

fn id(bytes: &[u8]) -> Option<SegmentId> {
    SegmentId::from_bits(u64::from_be_bytes(bytes.try_into().ok()?))
}

/// An id that follows from another one, so that a span which is sent twice is the same segment twice.
pub(super) fn derived(id: SegmentId, nth: u64) -> SegmentId {
    // The mixing step of SplitMix64: different inputs, different outputs.
    let mut bits = id.to_bits() ^ (nth + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    SegmentId::from_bits(bits ^ (bits >> 31)).unwrap_or(id)
}

fn document(seen: &Seen<'_>, role: Role) -> Option<String> {
    let mut tree = ForestBuilder::new();
    tree.leaf(segment(seen, role));
    Some(Document::from_tree(tree.finish())?.to_json())
}

fn segment(seen: &Seen<'_>, role: Role) -> Segment {
    let Seen { span, resource, .. } = seen;
    let mut attributes = Attributes::new(&span.attributes);
    let caller = derived(seen.id, 0);
    let id = if role == Role::Caller { caller } else { seen.id };
    let name = sanitised(&name(seen, &attributes, role));
    let mut segment = Segment::new(name, id, Timestamp::from_nanos(span.start_time_unix_nano));
    segment.trace_id = Some(seen.trace_id);
    segment.parent_id = if role == Role::Call { Some(caller) } else { seen.parent };
    segment.kind = (!role.is_segment()).then(|| "subsegment".to_owned());
    segment.in_progress = span.end_time_unix_nano == 0;
    segment.end_time = (!segment.in_progress).then(|| Timestamp::from_nanos(span.end_time_unix_nano));
    segment.namespace = namespace(seen, &attributes, role);
    cause::flags(span, &mut attributes, &mut segment);
    segment.user = attributes.take_text(&["enduser.id", "user.id"]);
    if role != Role::Caller {
        segment.http = http::http(seen, &mut attributes);
        segment.sql = aws::sql(span, &mut attributes);
        segment.cause = cause::cause(seen, &mut attributes);
    }
    segment.aws = aws::aws(seen, &mut attributes, role);
    if role.is_segment() {
        segment.origin = aws::origin(resource);
        segment.service = aws::service(resource);
    }
    // A consumer's links say where its work came from, which is about the service; others' are about the call.
    let has_links = match role {
        Role::Caller => seen.kind == Kind::Consumer,
        Role::Call => seen.kind != Kind::Consumer,
        _ => true,
    };
    if has_links {
        segment.links = span.links.iter().take(LINKS_MAX).filter_map(link).collect();
    }
    extra::fill(seen, attributes, role, &mut segment);
    segment
}

fn link(link: &super::message::Link) -> Option<Link> {
    let trace = u128::from_be_bytes(link.trace_id.as_slice().try_into().ok()?);
    let attributes = object(&link.attributes).into_iter().collect();
    (trace != 0).then(|| Link { trace_id: TraceId::from_bits(trace), id: id(&link.span_id), attributes })
}

fn is_aws_call(attributes: &Attributes<'_>) -> bool {
    attributes.text("rpc.system") == Some("aws-api") || attributes.text("rpc.system.name") == Some("aws-api")
}

fn namespace(seen: &Seen<'_>, attributes: &Attributes<'_>, role: Role) -> Option<String> {
    if role.is_segment() {
        return None;
    }
    let is_aws = is_aws_call(attributes) || attributes.text("aws.service").is_some();
    let is_remote = role == Role::Call
        || seen.kind == Kind::Client
        || (matches!(seen.kind, Kind::Producer | Kind::Consumer) && attributes.text("aws.remote.service").is_some());
    match (is_aws, is_remote) {
        (true, _) => Some("aws".to_owned()),
        (_, true) => Some("remote".to_owned()),
        _ => None,
    }
}

/// X-Ray's names are those of services, and not of what they do: the first hit of a list.
fn name(seen: &Seen<'_>, attributes: &Attributes<'_>, role: Role) -> String {
    let of_service = || seen.resource.text("service.name");
    let first = match role {
        Role::Caller => attributes.text("aws.local.service").or_else(of_service),
        Role::Segment => attributes.text("aws.local.service"),
        Role::Subsegment | Role::Call => match seen.kind {
            Kind::Client | Kind::Producer | Kind::Consumer => attributes.text("aws.remote.service"),
            _ => None,
        },
    };
    let first = first.map(|name| {
        let prefix = ["AWS.SDK.", "AWS::"].into_iter().find(|prefix| is_aws_call(attributes) && name.starts_with(prefix));
        prefix.map_or(name, |prefix| &name[prefix.len()..])
    });
    let named = first.or_else(|| attributes.any_text(&["peer.service", "service.peer.name", "aws.service"])).map(String::from);
    named
        .or_else(|| aws::database(attributes))
        .or_else(|| of_service().filter(|_| role.is_segment()).map(String::from))
        .or_else(|| attributes.any_text(&["rpc.service", "http.host", "net.peer.name"]).map(String::from))
        .or_else(|| http::host(attributes).filter(|_| seen.kind == Kind::Client))
        .unwrap_or_else(|| seen.span.name.clone())
}

/// A name as X-Ray takes it.
fn sanitised(name: &str) -> String {
    let is_allowed = |letter: &char| letter.is_alphanumeric() || letter.is_whitespace() || "_.:/%&#=+\\-@".contains(*letter);
    let name: String = name.chars().filter(is_allowed).take(NAME_CHARS_MAX).collect();
    if name.trim().is_empty() { NO_NAME.to_owned() } else { name }
}

/// A member of a block that is not empty.
pub(super) fn member(key: &str, value: Option<String>) -> Option<(String, Json)> {
    value.map(|value| (key.to_owned(), Json::String(value)))
}
