//! Whether a span failed, and why.

use xray_model::document::{Cause, Exception, Recorded, Segment};
use xray_model::limits::{EXCEPTION_MESSAGE_CHARS_MAX, EXCEPTIONS_MAX};

use super::attributes::Attributes;
use super::message::{Event, Kind, STATUS_ERROR, Span};
use super::segment::{Seen, derived};
use super::stack;

/// Events of this name are exceptions.
pub(super) const EXCEPTION: &str = "exception";
/// An attempt of a call of AWS that failed, as AWS's distributions tell it.
const FAILED_ATTEMPT: &str = "HTTP request failure";
/// The kind of exception that it becomes.
const FAILED_ATTEMPT_KIND: &str = "aws.http.error.event";

/// The HTTP status decides where it says that something went wrong, and the span's status otherwise.
pub(super) fn flags(span: &Span, attributes: &Attributes<'_>, segment: &mut Segment) {
    let status = ["http.status_code", "http.response.status_code"].iter().find_map(|key| attributes.integer(key));
    match status {
        Some(status @ 400..500) => (segment.error, segment.throttle) = (true, status == 429),
        Some(500..600) => segment.fault = true,
        _ => segment.fault = span.status.as_ref().is_some_and(|status| status.code == STATUS_ERROR),
    }
}

pub(super) fn cause(seen: &Seen<'_>, attributes: &mut Attributes<'_>) -> Option<Cause> {
    let is_remote = matches!(seen.kind, Kind::Client | Kind::Producer);
    let is_aws = attributes.any_text(&["rpc.system", "rpc.system.name"]) == Some("aws-api");
    let mut exceptions = Vec::new();
    for event in seen.span.events.iter().filter(|event| is_told(event, is_aws)) {
        let mut found = if event.name == EXCEPTION { exception(seen, event, is_remote) } else { vec![failed_attempt(event)] };
        exceptions.append(&mut found);
    }
    if exceptions.is_empty() {
        exceptions.extend(status(seen.span, attributes));
    }
    exceptions.truncate(EXCEPTIONS_MAX);
    let ids: Vec<String> = (1..).take(exceptions.len()).map(|nth| derived(seen.id, nth).to_string()).collect();
    for (index, exception) in exceptions.iter_mut().enumerate() {
        // Marked by the stack's reader: the next one has caused it.
        exception.cause = exception.cause.is_some().then(|| ids.get(index + 1).cloned()).flatten();
        exception.id = Some(ids[index].clone());
        exception.message = exception.message.take().map(|message| message.chars().take(EXCEPTION_MESSAGE_CHARS_MAX).collect());
    }
    (!exceptions.is_empty()).then(|| Cause::Recorded(Recorded { exceptions, ..Recorded::default() }))
}

/// Whether an event becomes an exception.
pub(super) fn is_told(event: &Event, is_aws: bool) -> bool {
    event.name == EXCEPTION || (is_aws && event.name == FAILED_ATTEMPT)
}

fn exception(seen: &Seen<'_>, event: &Event, is_remote: bool) -> Vec<Exception> {
    let attributes = Attributes::new(&event.attributes);
    let text = |key| attributes.text(key).map(String::from);
    let first = Exception { kind: text("exception.type"), message: text("exception.message"), remote: is_remote, ..Exception::default() };
    let language = seen.resource.text("telemetry.sdk.language").unwrap_or_default();
    match attributes.text("exception.stacktrace") {
        Some(trace) => stack::exceptions(first, trace, language),
        None => vec![first],
    }
}

fn failed_attempt(event: &Event) -> Exception {
    let attributes = Attributes::new(&event.attributes);
    let code = ["http.response.status_code", "http.status_code"].iter().find_map(|key| attributes.integer(key)).unwrap_or_default();
    let seconds = xray_model::document::Timestamp::from_nanos(event.time_unix_nano / 1_000 * 1_000);
    let message = format!("{code}@{seconds}@{}", attributes.text("aws.http.error_message").unwrap_or_default());
    Exception { kind: Some(FAILED_ATTEMPT_KIND.to_owned()), message: Some(message), remote: true, ..Exception::default() }
}

/// The status of a span that failed without an exception.
fn status(span: &Span, attributes: &mut Attributes<'_>) -> Option<Exception> {
    let status = span.status.as_ref().filter(|status| status.code == STATUS_ERROR)?;
    let text = attributes.take_text(&["http.status_text"]);
    let message = Some(status.message.clone()).filter(|message| !message.is_empty()).or(text)?;
    let kind = attributes.text("error.type").map(String::from);
    Some(Exception { kind, message: Some(message), ..Exception::default() })
}
