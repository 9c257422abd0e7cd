//! Documents as fields that can be compared: a name and a text each.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub(crate) type Fields = BTreeMap<String, String>;

/// The fields of all documents of a case.
pub(crate) fn of(lines: &[String], refused: &[String], problems: &BTreeSet<&str>) -> Fields {
    let mut fields = Fields::from([("documents".to_owned(), lines.len().to_string())]);
    if !refused.is_empty() {
        fields.insert("refused".to_owned(), refused.join(", "));
    }
    if !problems.is_empty() {
        fields.insert("wrong".to_owned(), problems.iter().copied().collect::<Vec<_>>().join(", "));
    }
    // What each field is in each of the documents that have it.
    let mut found = BTreeMap::<String, Vec<String>>::new();
    let mut all = Vec::new();
    for line in lines {
        // The check has said so, if it is none.
        let Ok(document) = serde_json::from_str(line) else { return fields };
        let own = of_document(&document);
        all.push(own.keys().cloned().collect::<BTreeSet<_>>());
        own.into_iter().for_each(|(name, value)| found.entry(name).or_default().push(value));
    }
    for (name, values) in found {
        let value = match name.split(' ').next().unwrap_or_default() {
            // Of these, each document has its part.
            "values" => values.join(","),
            "shape" | "definition" | "order" => distinct(&values),
            _ if values.len() < lines.len() => format!("{} in {} of {} documents", distinct(&values), values.len(), lines.len()),
            _ => distinct(&values),
        };
        fields.insert(name, value);
    }
    fields
}

/// The different ones of these, in their order.
fn distinct(values: &[String]) -> String {
    let mut distinct: Vec<&str> = Vec::new();
    for value in values {
        if !distinct.contains(&value.as_str()) {
            distinct.push(value);
        }
    }
    distinct.join(" | ")
}

fn of_document(document: &Value) -> Fields {
    let mut fields = Fields::new();
    let mut add = |name: String, value: String| assert!(fields.insert(name, value).is_none(), "{document}");
    let metadata = document["_aws"].as_object().unwrap();
    add("metadata".to_owned(), metadata.keys().map(String::as_str).collect::<Vec<_>>().join(","));
    add("time is a whole number".to_owned(), metadata["Timestamp"].is_u64().to_string());
    let directives = metadata["CloudWatchMetrics"].as_array().unwrap();
    assert_eq!(directives.len(), 1, "{document}");
    let directive = directives[0].as_object().unwrap();
    add("directive".to_owned(), directive.keys().map(String::as_str).collect::<Vec<_>>().join(","));
    add("namespace".to_owned(), directive["Namespace"].to_string());
    let sets = directive["Dimensions"].as_array().unwrap().iter();
    // A set: the order of keys means nothing.
    let sets: Vec<BTreeSet<&str>> = sets.map(|set| set.as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect()).collect();
    add("sets".to_owned(), serde_json::to_string(&sets).unwrap());
    let keys: BTreeSet<&str> = sets.iter().flatten().copied().collect();
    let names: Vec<&str> = directive["Metrics"].as_array().unwrap().iter().map(|metric| metric["Name"].as_str().unwrap()).collect();
    add("order of metrics".to_owned(), names.join(","));
    for metric in directive["Metrics"].as_array().unwrap() {
        let name = metric["Name"].as_str().unwrap();
        add(format!("definition of {name}"), metric.to_string());
        let values = &document[name];
        add(format!("shape of {name}"), if values.is_array() { "array" } else { "number" }.to_owned());
        let values = values.as_array().map_or(std::slice::from_ref(values), Vec::as_slice);
        // As numbers: `1` and `1.0` are the same one.
        let values: Vec<String> =
            values.iter().map(|value| value.as_f64().map_or(value.to_string(), |value| format!("{value:?}"))).collect();
        add(format!("values of {name}"), values.join(","));
    }
    for (key, value) in document.as_object().unwrap().iter().filter(|(key, _)| *key != "_aws" && !names.contains(&key.as_str())) {
        let kind = if keys.contains(key.as_str()) { "dimension" } else { "property" };
        add(format!("{kind} {key}"), value.to_string());
    }
    fields
}
