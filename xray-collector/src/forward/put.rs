//! Attributes of a span that is made: each key once.

use std::collections::BTreeSet;

use serde_json::{Number, Value as Json};

use crate::otlp::message::{AnyValue, ArrayValue, KeyValue, Value};

#[derive(Debug, Default)]
pub(super) struct Attributes {
    all: Vec<KeyValue>,
    keys: BTreeSet<String>,
}

impl Attributes {
    /// Adds a value, unless there is one of that key. Tells whether it did.
    pub(super) fn add(&mut self, key: &str, value: Value) -> bool {
        // OpenTelemetry has no attribute without a name.
        let is_new = !key.is_empty() && self.keys.insert(key.to_owned());
        if is_new {
            self.all.push(KeyValue { key: key.to_owned(), value: Some(AnyValue { value: Some(value) }) });
        }
        is_new
    }

    pub(super) fn text(&mut self, key: &str, text: Option<&str>) {
        if let Some(text) = text {
            self.add(key, Value::Text(text.to_owned()));
        }
    }

    pub(super) fn integer(&mut self, key: &str, number: Option<i64>) {
        if let Some(number) = number {
            self.add(key, Value::Int(number));
        }
    }

    pub(super) fn flag(&mut self, key: &str, flag: Option<bool>) {
        if let Some(flag) = flag {
            self.add(key, Value::Bool(flag));
        }
    }

    /// A list of texts, if it has any.
    pub(super) fn texts(&mut self, key: &str, texts: impl IntoIterator<Item = String>) {
        let values: Vec<_> = texts.into_iter().map(|text| AnyValue { value: Some(Value::Text(text)) }).collect();
        if !values.is_empty() {
            self.add(key, Value::Array(ArrayValue { values }));
        }
    }

    /// A value as JSON has it: simple ones, and lists of texts, as what they are, others as text.
    pub(super) fn json(&mut self, key: &str, json: &Json) {
        match json {
            Json::Null => {}
            Json::Array(list) if !list.is_empty() && list.iter().all(Json::is_string) => {
                self.texts(key, list.iter().filter_map(Json::as_str).map(String::from));
            }
            simple => _ = self.add(key, value(simple)),
        }
    }

    pub(super) fn done(self) -> Vec<KeyValue> {
        self.all
    }
}

fn value(json: &Json) -> Value {
    match json {
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => self::number(number),
        other => Value::Text(other.to_string()),
    }
}

/// Whole numbers stay whole as far as they fit.
pub(super) fn number(number: &Number) -> Value {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => Value::Int(whole),
        (None, Some(double)) => Value::Double(double),
        (None, None) => Value::Text(number.to_string()),
    }
}
