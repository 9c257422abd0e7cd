//! Metrics of a function: what of them is on standard output when Lambda gets the answer, after which it may freeze the process.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use autoxray_lambda_tests::{Event, Function, PARENT, ROOT, Start, sampled};
use serde_json::{Value, json};

const MEASURED: &str = env!("CARGO_BIN_EXE_measured");
const VALUE: &str = env!("CARGO_BIN_EXE_value");

fn documents(printed: &str) -> Vec<Value> {
    printed.lines().filter(|line| line.starts_with('{')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What each metric adds up to, by the value of its dimension; latencies only by how many there are.
fn sums(printed: &str) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for document in documents(printed) {
        let value = ["Operation", "RemoteService", "what"].iter().find_map(|key| document[*key].as_str()).unwrap_or_default();
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap() {
            let name = metric["Name"].as_str().unwrap();
            let values = document[name].as_array().cloned().unwrap_or_else(|| vec![document[name].clone()]);
            let sum: f64 = if name == "Latency" { values.len() as f64 } else { values.iter().filter_map(Value::as_f64).sum() };
            *sums.entry(format!("{name} {value}").trim_end().to_owned()).or_default() += sum;
        }
    }
    sums
}

#[test]
fn all_of_an_invocation_is_printed_before_the_answer() {
    let function = Function::start(MEASURED);
    let unsampled = format!("Root={ROOT};Parent={PARENT};Sampled=0");
    for (round, what) in (1..).zip(["nest", "fail", "panic", "fail"].repeat(15)) {
        let header = if round % 2 == 0 { unsampled.clone() } else { sampled() };
        let posted = function.invoke(Event::new(json!({ "do": what })).traced(header));
        let sums = sums(&function.printed_before(&posted));
        let all = f64::from(round);
        assert_eq!((sums["Requests handle"], sums["Latency handle"], sums["ColdStart"]), (all, all, 1.0), "{what}: {}", function.said());
        let works: f64 = ["nest", "fail", "panic"].iter().filter_map(|what| sums.get(&format!("Work {what}"))).sum();
        assert_eq!(works, all, "{what}");
    }
    let sums = sums(&function.printed());
    let expected = [
        ("ColdStart", 1.0),
        ("Errors handle", 0.0),
        ("Failed", 45.0),
        ("Faults handle", 45.0),
        ("Handled nest", 15.0),
        ("Latency handle", 60.0),
        ("Requests handle", 60.0),
        ("Throttles handle", 0.0),
        ("Work fail", 30.0),
        ("Work nest", 15.0),
        ("Work panic", 15.0),
    ];
    let of_length = sums.iter().filter(|(name, _)| name.as_str() != "Length").map(|(name, sum)| (name.as_str(), *sum));
    assert_eq!(of_length.collect::<Vec<_>>(), expected);
    // The program's own lines are as they were.
    let own: Vec<String> = function.printed().lines().filter(|line| !line.starts_with('{')).map(str::to_owned).collect();
    assert!(own.len() == 60 && own.iter().all(|line| line.starts_with("begun ") && line.ends_with(", and going on")), "{own:?}");
}

#[test]
fn documents_lead_to_the_trace_if_there_is_one() {
    let function = Function::start(MEASURED);
    let posted = function.invoke(Event::new(json!({ "do": "nest" })).traced(sampled()));
    let handler = function.daemon().trace().expect("## handle").id().to_string();
    let documents = documents(&function.printed_before(&posted));
    let of = |name: &str| documents.iter().find(|document| document.get(name).is_some()).unwrap();
    for name in ["Requests", "Handled", "Work"] {
        assert_eq!((&of(name)["trace_id"], &of(name)["segment_id"]), (&json!(ROOT), &json!(handler)), "{name}");
    }
    let annotations = |name: &str| function.daemon().trace().expect("## handle").annotation(name);
    assert_eq!((annotations("Handled"), annotations("Work")), (json!(1.0), json!(1.0)));
    let posted = function.invoke(Event::new(json!({ "do": "nest" })).traced("Sampled=0"));
    assert!(!function.printed_before(&posted).lines().last().unwrap().contains("trace_id"));
}

#[test]
fn they_can_be_switched_off_and_go_on_without_tracing() {
    for (variables, requests, works) in [
        ([("XRAY_METRICS", "off"), ("X", "Y")], None, None),
        ([("AWS_XRAY_SDK_ENABLED", "false"), ("X", "Y")], None, Some(2.0)),
        ([("AWS_EMF_NAMESPACE", "Shop"), ("AWS_XRAY_TRACING_NAME", "shop")], Some(2.0), Some(2.0)),
    ] {
        let start = variables.iter().fold(Start::new(MEASURED), |start, (name, value)| start.env(name, value));
        let function = start.start();
        function.invoke(Event::new(json!({ "do": "nest" })).traced(sampled()));
        let posted = function.invoke(Event::new(json!({ "do": "nest" })).traced(sampled()));
        let sums = sums(&function.printed_before(&posted));
        assert_eq!((sums.get("Requests handle").copied(), sums.get("Work nest").copied()), (requests, works), "{variables:?}");
        if requests.is_some() {
            let documents = documents(&function.printed_before(&posted));
            assert!(documents.iter().all(|document| document["Service"] == "shop"));
            assert!(documents.iter().all(|document| document["_aws"]["CloudWatchMetrics"][0]["Namespace"] == "Shop"));
        }
    }
}

#[test]
fn what_has_been_measured_before_a_time_out_is_printed() {
    let function = Start::new(MEASURED).env("XRAY_TIMEOUT_MARGIN", "0.99").start();
    let never = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("never-{}", std::process::id()));
    function.push(Event::new(json!({ "do": "block", "until": never })).traced(sampled()).deadline(Duration::from_secs(6)));
    function.wait_for_documents(1);
    for _ in 0..1000 {
        if sums(&function.printed()).contains_key("Work block") {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{}", function.printed());
}

#[test]
fn a_function_without_attributes_for_metrics_has_the_automatic_ones() {
    let function = Function::start(VALUE);
    function.invoke(Event::new("{}"));
    let posted = function.invoke(Event::new(json!({ "do": "fail" })));
    let sums = sums(&function.printed_before(&posted));
    assert_eq!((sums["Requests handle"], sums["Faults handle"], sums["ColdStart"]), (2.0, 1.0, 1.0));
}
