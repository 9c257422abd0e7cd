//! Many invocations at a time in one process.
#![allow(missing_docs)]

use std::collections::HashMap;

use autoxray_lambda_tests::{Event, Start};
use serde_json::{Value, json};

const INVOCATIONS: u64 = 10_000;

fn root(number: u64) -> String {
    format!("1-5759e988-bd862e3fe1be{number:012x}")
}

fn parent(number: u64) -> String {
    format!("53995c3f{number:08x}")
}

/// The subsegments of a document by their names; each name is there once.
fn parts(document: &Value) -> HashMap<String, Value> {
    let below = document["subsegments"].as_array().into_iter().flatten().flat_map(parts);
    let mut all: HashMap<_, _> = HashMap::new();
    for (name, part) in below.chain([(document["name"].as_str().unwrap().to_owned(), document.clone())]) {
        assert!(all.insert(name, part).is_none(), "{document}");
    }
    all
}

#[test]
fn nothing_mixes_and_nothing_is_lost() {
    let concurrency = Start::new(env!("CARGO_BIN_EXE_concurrent")).env("AWS_LAMBDA_MAX_CONCURRENCY", "8");
    // Managed instances handle events side by side.
    let function = concurrency.env("AWS_LAMBDA_INITIALIZATION_TYPE", "lambda-managed-instances").start();
    for number in 0..INVOCATIONS {
        let header = format!("Root={};Parent={};Sampled=1;Lineage={number}:a", root(number), parent(number));
        function.push(Event::new(json!({ "number": number })).traced(header));
    }
    let count = usize::try_from(INVOCATIONS).unwrap();
    let posted = function.wait(|posted, _| (posted.len() == count).then(|| posted.to_vec()));
    let documents: Vec<Value> = function.daemon().documents().iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    assert_eq!(documents.len(), count, "{}", function.said());
    let by_root: HashMap<&str, &Value> = documents.iter().map(|document| (document["trace_id"].as_str().unwrap(), document)).collect();
    assert_eq!(by_root.len(), count);
    for posted in posted {
        let answer = posted.json();
        let number = answer["number"].as_u64().unwrap();
        let document = by_root[root(number).as_str()];
        assert_eq!(document["parent_id"], parent(number));
        assert_eq!(document["metadata"]["lambda"]["request_id"], posted.id);
        let parts = parts(document);
        assert_eq!(parts.len(), 4, "{document}");
        for name in ["## handle", "inner", "side", "spawned"] {
            assert_eq!(parts[name]["annotations"]["number"], number, "{name}: {document}");
        }
        assert_eq!(parts["inner"]["subsegments"][0]["name"], "spawned");
        let inner = parts["inner"]["id"].as_str().unwrap();
        assert_eq!(answer["header"], format!("Root={};Parent={inner};Sampled=1;Lineage={number}:a", root(number)));
    }
}
