//! Calls against moto, which answers as the services do: what is recorded of each.
#![allow(missing_docs)]

mod messages;
mod page;
mod secrets;
mod storage;
mod work;

use autoxray::segment;
use serde_json::{Value, json};
use xray_testkit::{Node, TestRecorder};

/// Stands in each payload, key and value that the tests send, and must never be recorded.
const SECRET: &str = "hunter2";

/// Operation, HTTP status, and what is said of the call beside operation, region and request id, which each has.
type Call = (&'static str, u16, Value);

/// Records calls below a segment called `work`.
async fn recorded(calls: impl Future) -> TestRecorder {
    let recorder = TestRecorder::new();
    recorder.wrap(segment("work").trace(calls)).await;
    recorder
}

/// Asserts that these calls were recorded, in this order, and nothing else. A text `…` stands for any.
#[track_caller]
fn assert_calls(recorder: &TestRecorder, expected: impl IntoIterator<Item = Call>) {
    let documents = recorder.documents();
    assert!(!documents.iter().any(|document| document.contains(SECRET)), "{documents:#?}");
    assert!(recorder.stats().losses.is_empty(), "{:?}", recorder.stats().losses);
    let trace = recorder.trace();
    let expected: Vec<Call> = expected.into_iter().collect();
    let mut told = trace.nodes().skip(1).map(told).collect::<Vec<_>>();
    for ((_, _, said), (_, _, expected)) in told.iter_mut().zip(&expected) {
        for (key, _) in expected.as_object().unwrap().iter().filter(|(_, value)| **value == "…") {
            let text = said.get_mut(key).unwrap_or_else(|| panic!("no {key}: {trace}"));
            assert!(text.as_str().is_some_and(|text| !text.is_empty()), "{key} is {text}");
            *text = json!("…");
        }
    }
    let told: Vec<String> = told.iter().map(|(operation, status, said)| format!("{operation} {status} {said}")).collect();
    let expected: Vec<String> = expected.iter().map(|(operation, status, said)| format!("{operation} {status} {said}")).collect();
    assert_eq!(told, expected, "\n{trace}");
}

/// What is told of a call: operation, status, and the rest of its `aws` block.
#[track_caller]
fn told(call: Node<'_>) -> (String, i64, Value) {
    let document = call.document();
    let mut fields = document.aws.clone().unwrap_or_else(|| panic!("{call:?} has no `aws`")).fields;
    let mut text = |name| fields.remove(name).and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default();
    let operation = text("operation");
    assert_eq!(text("region"), "eu-west-1", "{operation}");
    assert!(!text("request_id").is_empty(), "{operation}: no request id");
    let response = document.http.clone().and_then(|http| http.response).unwrap_or_else(|| panic!("{operation}: no response"));
    assert!(response.content_length.is_some(), "{operation}: no content length");
    let status = response.status.unwrap_or_default();
    let (failed, exceptions) = (call.is_error() || call.is_fault(), call.exceptions());
    assert_eq!((status >= 400, exceptions.len()), (failed, usize::from(failed)), "{operation}: {exceptions:?}");
    assert!(exceptions.iter().all(|exception| exception.remote), "{operation}: {exceptions:?}");
    let attempts = call.metadata_in("aws_sdk", "attempts");
    assert_eq!(attempts[0]["status"], status, "{operation}: {attempts}");
    (operation, status, json!(fields))
}
