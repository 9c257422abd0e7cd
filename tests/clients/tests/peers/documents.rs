//! Documents of any sender, field by field.

use std::collections::BTreeMap;

use serde_json::Value;

/// The fields of a call's subsegment, by their paths; a value that is another each time is `…`.
pub(crate) type Fields = BTreeMap<String, String>;

/// Ids and times.
const LEFT_OUT: [&str; 5] = ["id", "start_time", "end_time", "parent_id", "trace_id"];

const CHANGING: [&str; 8] = ["attempts", "body", "id_2", "message_id", "paths", "request_id", "stack", "working_directory"];

/// The calls that these documents tell of, in the order in which they began.
pub(crate) fn calls(documents: &[String]) -> Vec<Fields> {
    let mut calls = Vec::new();
    for document in documents {
        let document: Value = serde_json::from_str(document).unwrap();
        // A subsegment that was sent by itself, or the segment with all others.
        match document.get("type") {
            Some(_) => calls.push(document),
            None => calls.extend(document["subsegments"].as_array().cloned().unwrap_or_default()),
        }
    }
    calls.sort_by(|a, b| a["start_time"].as_f64().unwrap().total_cmp(&b["start_time"].as_f64().unwrap()));
    calls.iter().map(fields).collect()
}

fn fields(call: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut call = call.clone();
    // Of a chain of exceptions, what the call failed with, and whether there is more.
    if let Some(Value::Array(exceptions)) = call.pointer_mut("/cause/exceptions").map(Value::take) {
        call["exception"] = exceptions.first().cloned().unwrap_or_default();
    }
    add("", &call, &mut fields);
    fields
}

fn add(path: &str, value: &Value, fields: &mut Fields) {
    let name = path.rsplit('.').next().unwrap_or_default();
    match value {
        _ if LEFT_OUT.contains(&name) || value.is_null() => {}
        _ if CHANGING.contains(&name) => drop(fields.insert(path.to_owned(), "…".to_owned())),
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                add(&if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, value, fields);
            }
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            for (at, value) in list.iter().enumerate() {
                add(&format!("{path}.{at}"), value, fields);
            }
        }
        // 1 and 1.0 are one number.
        Value::Number(number) => drop(fields.insert(path.to_owned(), number.as_f64().unwrap_or_default().to_string())),
        Value::String(text) => drop(fields.insert(path.to_owned(), text.clone())),
        other => drop(fields.insert(path.to_owned(), other.to_string())),
    }
}
