//! Attributes of a span or a resource, and which of them have been used.

use serde_json::{Map, Number, Value as Json};
use xray_model::limits::METADATA_DEPTH_MAX;

use super::message::{KeyValue, Value};
use crate::settings::OTLP_ATTRIBUTES_MAX;

/// Attributes by key. What is taken stands in a field of its own, and is left out of what remains.
pub(super) struct Attributes<'a> {
    all: Vec<(&'a str, &'a Value, bool)>,
    /// Those over the limit.
    pub(super) dropped: usize,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(all: &'a [KeyValue]) -> Self {
        let known = all.iter().take(OTLP_ATTRIBUTES_MAX).filter_map(|each| Some((each.key.as_str(), each.value()?, false)));
        Self { all: known.collect(), dropped: all.len().saturating_sub(OTLP_ATTRIBUTES_MAX) }
    }

    pub(super) fn get(&self, key: &str) -> Option<&'a Value> {
        self.all.iter().find(|(name, ..)| *name == key).map(|(_, value, _)| *value)
    }

    /// A value that is text and not empty.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        self.get(key).and_then(text)
    }

    /// The first of several names that has such a text.
    pub(super) fn any_text(&self, keys: &[&str]) -> Option<&'a str> {
        keys.iter().find_map(|key| self.text(key))
    }

    /// A whole number, also where it was written as text.
    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)? {
            Value::Int(number) => Some(*number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// Says that these have found their place.
    pub(super) fn used(&mut self, keys: &[&str]) {
        for (name, _, is_used) in &mut self.all {
            *is_used |= keys.contains(name);
        }
    }

    /// Takes the first of several names that has a text; all of them count as used.
    pub(super) fn take_text(&mut self, keys: &[&str]) -> Option<String> {
        let found = self.any_text(keys).map(String::from);
        self.used(keys);
        found
    }

    /// What has found no place yet.
    pub(super) fn rest(&self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.all.iter().filter(|(.., is_used)| !is_used).map(|(name, value, _)| (*name, *value))
    }
}

pub(super) fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The texts of a list; a single text is a list of one.
pub(super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Text(text) => vec![text],
        Value::Array(list) => list.values.iter().filter_map(|each| text(each.value.as_ref()?)).collect(),
        _ => Vec::new(),
    }
}

/// A number as JSON has it; what is not finite becomes text.
fn double(number: f64) -> Json {
    Number::from_f64(number).map_or_else(|| Json::String(number.to_string()), Json::Number)
}

/// A value as JSON. What nests deeper than metadata may is left out, and said to be.
pub(super) fn json(value: &Value) -> Json {
    nested(value, METADATA_DEPTH_MAX)
}

fn nested(value: &Value, depth: usize) -> Json {
    let Some(below) = depth.checked_sub(1) else { return Json::String("…".to_owned()) };
    match value {
        Value::Text(text) => Json::String(text.clone()),
        Value::Bool(yes) => Json::Bool(*yes),
        Value::Int(number) => Json::Number((*number).into()),
        Value::Double(number) => double(*number),
        Value::Array(list) => list.values.iter().map(|each| each.value.as_ref().map_or(Json::Null, |value| nested(value, below))).collect(),
        Value::Map(map) => {
            Json::Object(map.values.iter().map(|each| (each.key.clone(), each.value().map_or(Json::Null, |v| nested(v, below)))).collect())
        }
        Value::Bytes(bytes) => Json::String(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
    }
}

/// All attributes as a JSON object.
pub(super) fn object(all: &[KeyValue]) -> Map<String, Json> {
    let known = all.iter().take(OTLP_ATTRIBUTES_MAX);
    known.map(|each| (each.key.clone(), each.value().map_or(Json::Null, json))).collect()
}
