use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::*;
use crate::export::MemoryExporter;
use crate::{ContextMissing, ErrorKind, LossReason, Recorder, Sampling, Stats, segment};

/// What is recorded of a segment in which `code` runs.
fn recorded(code: impl FnOnce()) -> (Value, Stats) {
    let exporter = MemoryExporter::new();
    let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).build();
    recorder.run(|| segment("s").run(code));
    let documents = exporter.documents();
    assert_eq!(documents.len(), 1);
    assert!(documents[0].len() < 65_000);
    (serde_json::from_str(&documents[0]).unwrap(), recorder.stats())
}

/// One of each kind, with all that can be told.
fn all(text: &str) {
    let length = Duration::from_micros(12_500);
    Transaction::new(text).id(text).user(4711).record();
    Dependency::new(text, text).asynchronous().operation(text).ok(true).latency(length).record();
    Sla::new(text, length).actual(length * 2).record();
    ErrorReport::new(ErrorClass::Throttled).code(text).message(text).retryable(true).record();
    Cache::new(CacheOperation::Get, text).hit(false).record();
    Event::new(text).id(u64::MAX).partition_key(text).record();
    Database::new(text, text).table(text).rows(3).duration(length).record();
    AiCall::new(text, text).input_tokens(950).output_tokens(u64::MAX).record();
}

/// Keys and types in the table of the module's documentation.
fn table() -> BTreeMap<&'static str, &'static str> {
    let rows = include_str!("mod.rs").lines().filter_map(|line| line.strip_prefix("//! | `"));
    rows.map(|row| {
        let (key, rest) = row.split_once("` | ").unwrap();
        (key, rest.split_once(" | ").unwrap().0)
    })
    .collect()
}

#[test]
fn the_table_is_what_is_recorded() {
    let (document, stats) = recorded(|| all("text"));
    let annotations = document["annotations"].as_object().unwrap();
    let mut table = table();
    assert_eq!(table.remove("metric.*"), Some("number"));
    assert_eq!(annotations.keys().map(String::as_str).collect::<BTreeSet<_>>(), table.keys().copied().collect());
    assert!(table.len() == 31 && include_str!("mod.rs").contains("all kinds but figures are 31 together."));
    let metadata = document["metadata"].as_object().unwrap();
    assert_eq!(metadata.keys().collect::<Vec<_>>(), ["map"]);
    for (key, value) in annotations {
        let kind = match value {
            Value::Bool(_) => "bool",
            Value::Number(_) => "number",
            _ => "text",
        };
        assert!(table[key.as_str()].split(" or ").any(|listed| listed == kind), "{key}: {value}");
        assert!(key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte == b'.'), "{key}");
        let (group, member) = key.split_once('.').unwrap();
        assert_eq!(&metadata["map"][group][member], value, "{key}");
    }
    let members = metadata["map"].as_object().unwrap().values().filter_map(Value::as_object).map(Map::len).sum::<usize>();
    // One more: the message of an error.
    assert_eq!((members, &metadata["map"]["error"]["message"]), (32, &json!("text")));
    assert_eq!(stats.losses, []);
}

#[test]
fn values_have_their_units() {
    let (document, _) = recorded(|| all("text"));
    let annotation = |key: &str| &document["annotations"][key];
    assert_eq!((annotation("sla.target_ms"), annotation("sla.actual_ms")), (&json!(12.5), &json!(25.0)));
    assert_eq!((annotation("sla.violated"), annotation("dependency.async")), (&json!(true), &json!(true)));
    assert_eq!((annotation("transaction.user"), annotation("event.id")), (&json!(4711), &json!(u64::MAX)));
    assert_eq!((&document["throttle"], &document["error"]), (&json!(true), &json!(true)));
    assert!(document.get("fault").is_none() && document.get("cause").is_none());
}

#[test]
fn what_is_not_known_is_left_out() {
    let (document, stats) = recorded(|| {
        Transaction::new("t").record();
        Dependency::new("a", "b").record();
        Sla::new("o", Duration::MAX).record();
        ErrorReport::new(ErrorClass::Server).handled().record();
        Cache::new(CacheOperation::Set, b"key").record();
        Event::new("e").record();
        Database::new("redis", "").record();
        AiCall::new("m", "chat").record();
    });
    let keys: Vec<_> = document["annotations"].as_object().unwrap().keys().collect();
    let expected = [
        "ai.model",
        "ai.operation",
        "cache.key_hash",
        "cache.operation",
        "database.system",
        "dependency.async",
        "dependency.from",
        "dependency.to",
        "error.class",
        "event.type",
        "sla.operation",
        "sla.target_ms",
        "transaction.name",
    ];
    assert_eq!(keys.into_iter().collect::<BTreeSet<_>>(), expected.map(String::from).iter().collect());
    assert!(document.get("fault").is_none(), "it was handled");
    assert_eq!(stats.losses, []);
}

#[test]
fn no_value_blows_a_document_up() {
    // Each takes six bytes in JSON.
    for letter in ["x", "\u{1}", "日"] {
        let text = letter.repeat(1_000_000);
        let (document, stats) = recorded(|| (0..3).for_each(|_| all(&text)));
        assert_eq!(stats.losses, []);
        let longest = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        assert!(document["annotations"].as_object().unwrap().values().all(|value| longest(value) <= 250));
        assert_eq!(longest(&document["metadata"]["map"]["error"]["message"]), 2000);
    }
}

#[test]
fn the_key_of_a_cache_is_not_recorded() {
    let (document, _) = recorded(|| Cache::new(CacheOperation::Get, "session:secret").hit(true).record());
    assert!(!document.to_string().contains("secret"));
    assert_eq!(document["metadata"]["map"]["cache"]["key_hash"], document["annotations"]["cache.key_hash"]);
}

#[test]
fn without_a_segment_it_is_a_loss_and_without_sampling_nothing() {
    for (sampling, in_segment, losses) in [(Sampling::Never, true, 0), (Sampling::Always, false, 8)] {
        let builder = Recorder::builder().sampling(sampling).context_missing(ContextMissing::IgnoreError);
        let recorder = builder.exporter(MemoryExporter::new()).build();
        recorder.run(|| if in_segment { segment("s").run(|| all("x")) } else { all("x") });
        let lost = recorder.stats().losses.iter().map(|loss| loss.count).sum::<u64>();
        assert_eq!(lost, losses);
        recorder.run(|| in_segment.then(|| segment("s").run(|| fields::record("x", &|_| panic!("nothing is looked at")))));
        assert!(recorder.stats().losses.iter().all(|loss| loss.reason == LossReason::ContextMissing));
    }
}

#[test]
fn figures_stand_under_their_names() {
    let (document, stats) = recorded(|| {
        let map = BTreeMap::from([("items".to_owned(), 3.0), ("größe.x".to_owned(), 1.5), ("none".to_owned(), f64::NAN)]);
        BusinessMetrics::new(&map).record();
        BusinessMetrics::new([("orders", 7_u64)]).record();
    });
    assert_eq!(document["annotations"], json!({"metric.items": 3.0, "metric.gr__e.x": 1.5, "metric.orders": 7.0}));
    assert_eq!(document["metadata"]["map"]["metric"], json!({"orders": 7.0}), "as of each kind, the last");
    let (document, _) = recorded(|| BusinessMetrics::new((0..100).map(|index| (index.to_string(), index))).record());
    assert_eq!(document["annotations"].as_object().unwrap().len(), 20);
    assert_eq!(stats.losses, []);
}

#[test]
fn classes_agree_with_the_kinds_of_x_ray() {
    for status in 0..=u16::MAX {
        assert_eq!(ErrorClass::of_status(status).map(ErrorClass::kind), ErrorKind::of_status(status), "{status}");
    }
}
