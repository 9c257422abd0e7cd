//! For the fuzz target: what must hold for any body of any operation.

use std::sync::Arc;

use axum::http::Method;
use serde_json::Value;

use super::call::{answer, unknown};
use super::operations::OPERATIONS;
use super::{Held, Kept};
use crate::settings::{ServeSettings, Settings};
use crate::traces::Traces;

/// A trace of two services and a table, of which one has failed.
const DOCUMENTS: [&str; 2] = [
    r#"{"name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1710276830.1,"end_time":1710276830.9,
        "fault":true,"annotations":{"order":7},"user":"ann","cause":{"exceptions":[{"id":"70de5b6f19ff9a01","type":"E","message":"m"}]},
        "subsegments":[
        {"name":"stock","id":"70de5b6f19ff9a0c","namespace":"remote","start_time":1710276830.2,"end_time":1710276830.3},
        {"name":"DynamoDB","id":"70de5b6f19ff9a0d","namespace":"aws","start_time":1710276830.2,"end_time":1710276830.3,
         "aws":{"table_name":"t"}}]}"#,
    r#"{"name":"stock","id":"70de5b6f19ff9a0e","parent_id":"70de5b6f19ff9a0c","trace_id":"1-65f0c0de-a006649127e371903a2de979",
        "start_time":1710276830.25,"in_progress":true}"#,
];

/// Path and body, with a line break between them: what comes back is an object, or an error with its kind and a message.
pub fn fuzzed(request: &[u8]) {
    let Ok(api) = Kept::new(&ServeSettings::default(), None) else { return };
    let held = Held { traces: Traces::new(&Settings::default()), api: Arc::new(api) };
    for document in DOCUMENTS {
        assert!(held.traces.put(document.as_bytes()).is_ok());
    }
    let end = request.iter().position(|byte| *byte == b'\n').unwrap_or(request.len());
    let path = String::from_utf8_lossy(&request[..end]);
    let body = request.get(end + 1..).unwrap_or_default();
    let operation = OPERATIONS.iter().find(|(_, known, _)| *known == path).map(|(.., operation)| *operation);
    let answer = operation.map_or_else(|| Err(unknown(&Method::POST, &path)), |operation| answer(&held, body, operation));
    match answer {
        Ok(value) => assert!(value.is_object(), "{value}"),
        Err(error) => {
            let body = error.body();
            let text = |name: &str| body[name].as_str().unwrap_or_default().len();
            assert!(text("__type") > 0 && text("Message") > 0, "{body}");
            assert!(text("Message") < 4_000, "{body}");
            assert_ne!(body["__type"], Value::from("InternalFailure"));
        }
    }
}
