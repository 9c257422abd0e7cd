//! Whether a span failed, and why.

use xray_model::document::{Cause, Exception, Recorded, Segment};
use xray_model::limits::{EXCEPTION_MESSAGE_CHARS_MAX, EXCEPTIONS_MAX};

use super::attributes::Attributes;
use super::message::{Event, Kind, STATUS_ERROR, Span, Value};
use super::segment::{Seen, derived};
use super::stack;

/// Events of this name are exceptions.
pub(super) const EXCEPTION: &str = "exception";
/// An attempt of a call of AWS that failed, as AWS's distributions tell it.
const FAILED_ATTEMPT: &str = "HTTP request failure";
/// The kind of exception that it becomes.
const FAILED_ATTEMPT_KIND: &str = "aws.http.error.event";

/// How a segment that was made a span says how it ended.
const FLAGS: [&str; 3] = ["aws.xray.error", "aws.xray.throttle", "aws.xray.fault"];
/// How an exception of it says what it was.
const ID: &str = "aws.xray.exception.id";

/// What the span was made of decides where it was a segment, then the HTTP status where it says that something went wrong, and the span's status
/// otherwise.
pub(super) fn flags(span: &Span, attributes: &mut Attributes<'_>, segment: &mut Segment) {
    let said = FLAGS.map(|key| attributes.get(key) == Some(&Value::Bool(true)));
    attributes.used(&FLAGS);
    if said != [false; 3] {
        [segment.error, segment.throttle, segment.fault] = said;
        return;
    }
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
        if let Some(elsewhere) = reference(seen.span) {
            return Some(Cause::Reference(elsewhere));
        }
        exceptions.extend(status(seen.span, attributes));
    }
    exceptions.truncate(EXCEPTIONS_MAX);
    let ids: Vec<String> = (1..).take(exceptions.len()).map(|nth| derived(seen.id, nth).to_string()).collect();
    for (index, exception) in exceptions.iter_mut().enumerate() {
        if exception.id.is_none() {
            // Marked by the stack's reader: the next one has caused it.
            exception.cause = exception.cause.is_some().then(|| ids.get(index + 1).cloned()).flatten();
            exception.id = Some(ids[index].clone());
        }
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
    if let Some(id) = text(ID) {
        return vec![was_exception(id, first, &attributes)];
    }
    let language = seen.resource.text("telemetry.sdk.language").unwrap_or_default();
    match attributes.text("exception.stacktrace") {
        Some(trace) => stack::exceptions(first, trace, language),
        None => vec![first],
    }
}

/// What was the exception of a segment before it was made an event, by us or by AWS's receiver for X-Ray.
fn was_exception(id: String, first: Exception, attributes: &Attributes<'_>) -> Exception {
    let trace = attributes.text("exception.stacktrace").unwrap_or_default();
    let stack = stack::exceptions(Exception::default(), trace, "rust").into_iter().next().unwrap_or_default().stack;
    Exception {
        id: Some(id),
        cause: attributes.text("aws.xray.exception.cause").map(String::from),
        remote: attributes.get("aws.xray.exception.remote") == Some(&Value::Bool(true)),
        truncated: attributes.integer("aws.xray.exception.truncated"),
        skipped: attributes.integer("aws.xray.exception.skipped"),
        stack,
        ..first
    }
}

/// The id of an exception elsewhere in the trace, which AWS's receiver for X-Ray writes in place of a message.
fn reference(span: &Span) -> Option<String> {
    let message = &span.status.as_ref()?.message;
    message.parse::<xray_model::SegmentId>().is_ok().then(|| message.clone())
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
