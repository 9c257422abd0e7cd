//! PutTraceSegments: documents, as the daemon sends them on.

use serde_json::{Value, json};
use xray_model::document::ParseError;
use xray_model::limits::DOCUMENT_BYTES_MAX;

use super::Held;
use super::call::Answer;
use crate::arrival;
use crate::members::Members;
use crate::traces::Traces;

/// A document that is not kept: X-Ray's word for the reason, and more about it.
struct Refused {
    code: String,
    why: String,
}

pub(super) fn put(app: &Held, request: &Members<'_>) -> Answer {
    if !request.has("TraceSegmentDocuments") {
        return Err(request.wrong("TraceSegmentDocuments", "give a list of segment documents, each of them JSON in a string").into());
    }
    let documents = request.texts("TraceSegmentDocuments", usize::MAX)?;
    let unprocessed = documents.into_iter().filter_map(|document| {
        let Refused { code, why } = keep(&app.traces, document).err()?;
        let mut entry = json!({"ErrorCode": code, "Message": format!("Invalid segment. ErrorCode: {code}, Cause: {why}")});
        if let Some(id) = id_of(document) {
            entry["Id"] = json!(id);
        }
        Some(entry)
    });
    Ok(json!({"UnprocessedTraceSegments": unprocessed.collect::<Vec<Value>>()}))
}

fn keep(traces: &Traces, document: &str) -> Result<(), Refused> {
    let refused = |code: &str, why: String| Refused { code: code.to_owned(), why };
    if document.len() > DOCUMENT_BYTES_MAX {
        let why =
            format!("{} bytes are more than a document may have, {DOCUMENT_BYTES_MAX}: send subsegments on their own", document.len());
        return Err(refused("SegmentTooLarge", why));
    }
    if document.starts_with("T1") || document.starts_with("M1") {
        // OTLP in base64, as the collector of OpenTelemetry sends it on.
        return match traces.put_arrival(|packer| arrival::of_body(document.as_bytes(), packer)) {
            Some((reason, why)) => Err(refused("UnsupportedFormat", format!("{reason}: {why}"))),
            None => {
                traces.send_on_body(document.as_bytes());
                Ok(())
            }
        };
    }
    traces.put(document.as_bytes()).map(drop).map_err(|error| Refused { code: code(&error), why: error.to_string() })
}

/// The service's word: `MissingName`, `InvalidStartTime`, `ParseError`.
fn code(error: &ParseError) -> String {
    let missing = error.expected().strip_prefix("field `").and_then(|rest| rest.split('`').next());
    let innermost = error.field().rsplit('.').next().unwrap_or_default();
    let words = |field: &str| -> String {
        let capital = |word: &str| word.get(..1).map_or(String::new(), |first| first.to_ascii_uppercase() + &word[1..]);
        field.split('_').map(capital).collect()
    };
    match missing {
        Some(field) => format!("Missing{}", words(field)),
        None if ["name", "id", "trace_id", "parent_id", "start_time", "end_time"].contains(&innermost) => {
            format!("Invalid{}", words(innermost))
        }
        None => "ParseError".to_owned(),
    }
}

/// The id of a document that could not be read, if at least that can be.
fn id_of(document: &str) -> Option<String> {
    let value: Value = serde_json::from_str(document).ok()?;
    value.get("id")?.as_str().map(|id| id.chars().take(16).collect())
}
