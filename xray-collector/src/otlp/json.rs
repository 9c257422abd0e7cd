//! The JSON form of OpenTelemetry's protocol: that of protocol buffers, with ids in hex.
//!
//! Taken as leniently as that form is defined: `null` is a missing field, 64-bit numbers may be text, enumerations names. Lists of
//! spans stay text until each span is looked at, so that a small request cannot become much memory.

use base64::Engine as _;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::message::{Kind, Resource, STATUS_ERROR, STATUS_OK, Span};
use super::wire::{Malformed, Visitor};
use crate::settings::{OTLP_RESOURCE_BYTES_MAX, OTLP_SPAN_BYTES_MAX};

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Request<'a> {
    #[serde(borrow)]
    resource_spans: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ResourceSpans<'a> {
    #[serde(borrow)]
    resource: Option<&'a RawValue>,
    #[serde(borrow)]
    scope_spans: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ScopeSpans<'a> {
    #[serde(borrow)]
    spans: Option<Vec<&'a RawValue>>,
}

fn read<'a, T: Deserialize<'a>>(what: &str, json: &'a [u8]) -> Result<T, Malformed> {
    serde_json::from_slice(json).map_err(|error| Malformed::new(what, error))
}

/// Hands each span of a request to `visit`, with the resource that sent it.
pub(super) fn read_request(json: &[u8], visitor: &mut Visitor) -> Result<(), Malformed> {
    let request: Request<'_> = read("the request", json)?;
    for part in request.resource_spans.unwrap_or_default() {
        let part: ResourceSpans<'_> = read("resourceSpans", part.get().as_bytes())?;
        let resource = resource(part.resource)?;
        for scope in part.scope_spans.unwrap_or_default() {
            let scope: ScopeSpans<'_> = read("scopeSpans", scope.get().as_bytes())?;
            for span in scope.spans.unwrap_or_default() {
                let json = span.get().as_bytes();
                if json.len() > OTLP_SPAN_BYTES_MAX {
                    visitor.too_large(json.len());
                    continue;
                }
                let span: Span = read("a span", json)?;
                visitor.span(&span, &resource);
            }
        }
    }
    Ok(())
}

fn resource(json: Option<&RawValue>) -> Result<Resource, Malformed> {
    let json = json.map_or("{}", RawValue::get).as_bytes();
    if json.len() > OTLP_RESOURCE_BYTES_MAX {
        return Err(Malformed::new("a resource", format_args!("{} bytes; it may have {OTLP_RESOURCE_BYTES_MAX}", json.len())));
    }
    read("a resource", json)
}

/// A missing field for `null`.
pub(super) fn empty<'de, T: Default + Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(deserializer)?.unwrap_or_default())
}

pub(super) fn hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text: String = empty(deserializer)?;
    let wrong = || D::Error::custom(format!("{:?} is no id in hex digits", text.chars().take(40).collect::<String>()));
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap_or("?"), 16).map_err(|_| wrong()))
        .collect()
}

pub(super) fn unsigned<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value: Value = empty(deserializer)?;
    let read = match &value {
        Value::Null => Some(0),
        Value::String(text) => text.parse().ok(),
        value => value.as_u64(),
    };
    read.ok_or_else(|| D::Error::custom("expected a whole number that is not negative, or one in quotes"))
}

pub(super) fn optional_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    integer(&Option::<Value>::deserialize(deserializer)?.unwrap_or_default()).map_err(D::Error::custom)
}

fn integer(value: &Value) -> Result<Option<i64>, &'static str> {
    let read = match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.parse().ok(),
        value => value.as_i64(),
    };
    read.map(Some).ok_or("expected a whole number, or one in quotes")
}

pub(super) fn bytes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| super::text::BASE64.decode(text)).transpose().map_err(D::Error::custom)
}

/// An enumeration's number, or the number of one of these names.
fn named<'de, D: Deserializer<'de>>(deserializer: D, names: &[(&str, i32)]) -> Result<i32, D::Error> {
    let value: Value = empty(deserializer)?;
    let read = match &value {
        Value::Null => Some(0),
        Value::String(text) => names.iter().find(|(name, _)| name == text).map(|(_, number)| *number),
        value => value.as_i64().and_then(|number| i32::try_from(number).ok()),
    };
    read.ok_or_else(|| D::Error::custom("expected the number or name of an enumeration's value"))
}

pub(super) fn kind<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let names = [
        ("SPAN_KIND_UNSPECIFIED", Kind::Unspecified),
        ("SPAN_KIND_INTERNAL", Kind::Internal),
        ("SPAN_KIND_SERVER", Kind::Server),
        ("SPAN_KIND_CLIENT", Kind::Client),
        ("SPAN_KIND_PRODUCER", Kind::Producer),
        ("SPAN_KIND_CONSUMER", Kind::Consumer),
    ];
    named(deserializer, &names.map(|(name, kind)| (name, kind as i32)))
}

pub(super) fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    named(deserializer, &[("STATUS_CODE_UNSET", 0), ("STATUS_CODE_OK", STATUS_OK), ("STATUS_CODE_ERROR", STATUS_ERROR)])
}
