//! Annotations and metadata: what has no field of its own.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};
use xray_model::document::{AnnotationValue, Segment};
use xray_model::limits::{ANNOTATION_VALUE_CHARS_MAX, ANNOTATIONS_MAX};

use super::attributes::{self, Attributes, texts};
use super::cause;
use super::message::{Kind, Value};
use super::segment::{Role, Seen};
use crate::settings::{ANNOTATIONS_INDEXED_MAX, OTLP_EVENTS_MAX};

/// Set by the collector's exporter where it sends OTLP on: which attributes its user wants as annotations.
const INDEXED: &str = "aws.xray.exporter.config.indexed_attributes";
const INDEX_ALL: &str = "aws.xray.exporter.config.index_all_attributes";
/// Set by the program: keys of attributes that are annotations.
const ANNOTATIONS: &str = "aws.xray.annotations";
/// Set by the program: metadata of the namespace that follows, as JSON.
const METADATA: &str = "aws.xray.metadata.";
/// Says that a trace is not sampled, in the word of AWS's distributions.
const SAMPLED: &str = "aws.trace.flag.sampled";
/// Where metadata stands that has no namespace.
const DEFAULT: &str = "default";
/// Where stands what only OpenTelemetry has.
const OTEL: &str = "otel";

/// What the conventions say about transport and code, and what X-Ray has other words for: seldom asked for, and there on every span.
const TRANSPORT: [&str; 15] = [
    "thread.",
    "code.",
    "net.",
    "network.",
    "server.",
    "client.",
    "url.",
    "http.",
    "user_agent.",
    "rpc.system",
    "otel.",
    "telemetry.",
    "aws.span.kind",
    "aws.xray.",
    "error.type",
];

/// Which attributes become annotations.
enum Indexed<'a> {
    /// Those that say something about the program.
    All,
    Named(BTreeSet<&'a str>),
}

impl Indexed<'_> {
    fn has(&self, key: &str) -> bool {
        match self {
            Self::All => !TRANSPORT.iter().any(|prefix| key.starts_with(prefix)),
            Self::Named(names) => names.contains(key),
        }
    }
}

pub(super) fn fill(seen: &Seen<'_>, mut attributes: Attributes<'_>, role: Role, segment: &mut Segment) {
    let indexed = indexed(&seen.resource);
    let named: BTreeSet<&str> = attributes.get(ANNOTATIONS).map(texts).unwrap_or_default().into_iter().collect();
    attributes.used(&[ANNOTATIONS]);
    let mut default = Map::new();
    if !seen.is_sampled {
        segment.annotations.insert(SAMPLED.to_owned(), AnnotationValue::Bool(false));
    }
    // A service that is known by its call only is told of once: with the call.
    let rest: Vec<_> = if role == Role::Caller { Vec::new() } else { attributes.rest().collect() };
    // Those that were asked for by name come first: there may be more than fit.
    let (first, then): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(key, _)| named.contains(key));
    for (is_named, (key, value)) in first.into_iter().map(|each| (true, each)).chain(then.into_iter().map(|each| (false, each))) {
        let limit = if is_named { ANNOTATIONS_MAX } else { ANNOTATIONS_INDEXED_MAX };
        let annotation = annotation(value).filter(|_| (is_named || indexed.has(key)) && segment.annotations.len() < limit);
        match (annotation, key.strip_prefix(METADATA)) {
            (Some(annotation), _) => _ = segment.annotations.insert(annotation_key(key), annotation),
            (None, Some(namespace)) => metadata(namespace, key, value, &mut default, segment),
            (None, None) => _ = default.insert(key.to_owned(), attributes::json(value)),
        }
    }
    if role.is_segment() {
        let known = seen.resource.rest();
        default.extend(known.map(|(key, value)| (format!("otel.resource.{key}"), attributes::json(value))));
    }
    if !default.is_empty() {
        segment.metadata.insert(DEFAULT.to_owned(), Json::Object(default));
    }
    let more = more(seen, &attributes, role, segment);
    if !more.is_empty() {
        segment.metadata.insert(OTEL.to_owned(), Json::Object(more));
    }
}

fn indexed<'a>(resource: &Attributes<'a>) -> Indexed<'a> {
    match (resource.get(INDEXED), resource.get(INDEX_ALL)) {
        (_, Some(Value::Bool(true))) | (None, None) => Indexed::All,
        (names, _) => Indexed::Named(names.map(texts).unwrap_or_default().into_iter().collect()),
    }
}

fn annotation(value: &Value) -> Option<AnnotationValue> {
    match value {
        Value::Text(text) if text.chars().count() <= ANNOTATION_VALUE_CHARS_MAX => Some(AnnotationValue::String(text.clone())),
        Value::Bool(yes) => Some(AnnotationValue::Bool(*yes)),
        Value::Int(number) => Some(AnnotationValue::Number((*number).into())),
        Value::Double(number) => serde_json::Number::from_f64(*number).map(AnnotationValue::Number),
        _ => None,
    }
}

/// A key as X-Ray takes it.
fn annotation_key(key: &str) -> String {
    key.chars().map(|letter| if letter.is_ascii_alphanumeric() || letter == '.' { letter } else { '_' }).collect()
}

/// Metadata that the program has put into an attribute as JSON; if it is none, it is kept as it is.
fn metadata(namespace: &str, key: &str, value: &Value, default: &mut Map<String, Json>, segment: &mut Segment) {
    let read = attributes::text(value).and_then(|text| serde_json::from_str::<Map<String, Json>>(text).ok());
    match read {
        Some(members) if namespace.eq_ignore_ascii_case(DEFAULT) => default.extend(members),
        Some(members) => _ = segment.metadata.insert(namespace.to_owned(), Json::Object(members)),
        None => _ = default.insert(key.to_owned(), attributes::json(value)),
    }
}

/// What X-Ray has no place for: the span's name and kind, events that are no exceptions, and what is missing.
fn more(seen: &Seen<'_>, attributes: &Attributes<'_>, role: Role, segment: &Segment) -> Map<String, Json> {
    let span = seen.span;
    let mut more = Map::new();
    if role == Role::Caller {
        return more;
    }
    if span.name != segment.name {
        more.insert("span.name".to_owned(), json!(span.name));
    }
    // Server and client show in what the document is.
    if let Some(kind) = match seen.kind {
        Kind::Producer => Some("producer"),
        Kind::Consumer => Some("consumer"),
        _ => None,
    } {
        more.insert("span.kind".to_owned(), json!(kind));
    }
    let is_aws = attributes.any_text(&["rpc.system", "rpc.system.name"]) == Some("aws-api");
    let mut events = span.events.iter().filter(|event| !cause::is_told(event, is_aws));
    let told: Vec<Json> = events
        .by_ref()
        .take(OTLP_EVENTS_MAX)
        .map(|event| {
            let time = xray_model::document::Timestamp::from_nanos(event.time_unix_nano).to_string();
            json!({"name": event.name, "time": time, "attributes": attributes::object(&event.attributes)})
        })
        .collect();
    if !told.is_empty() {
        more.insert("events".to_owned(), Json::Array(told));
    }
    let lost = [
        ("dropped.attributes", attributes.dropped + span.dropped_attributes_count as usize),
        ("dropped.events", events.count() + span.dropped_events_count as usize),
        ("dropped.links", span.links.len().saturating_sub(xray_model::limits::LINKS_MAX) + span.dropped_links_count as usize),
    ];
    more.extend(lost.into_iter().filter(|(_, count)| *count > 0).map(|(key, count)| (key.to_owned(), json!(count))));
    more
}
