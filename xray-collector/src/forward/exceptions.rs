//! Causes as events: each exception is one.

use std::fmt::Write as _;

use xray_model::document::{Cause, Exception, Recorded, Segment};

use super::put::Attributes;
use crate::otlp::message::Event;

/// What a failed span says of itself: the id of an exception elsewhere, what the cause says, or the first exception's message.
pub(super) fn message(segment: &Segment) -> String {
    match &segment.cause {
        None => String::new(),
        Some(Cause::Reference(id)) => id.clone(),
        Some(Cause::Recorded(Recorded { message, exceptions, .. })) => {
            message.clone().or_else(|| exceptions.first()?.message.clone()).unwrap_or_default()
        }
    }
}

/// The exceptions that were recorded here, at the time when it ended.
pub(super) fn events(segment: &Segment) -> Vec<Event> {
    let time_unix_nano = segment.end_time.unwrap_or(segment.start_time).as_nanos();
    let event = |exception| Event { time_unix_nano, name: "exception".to_owned(), attributes: attributes(exception).done() };
    segment.exceptions().iter().map(event).collect()
}

fn attributes(exception: &Exception) -> Attributes {
    let mut attributes = Attributes::default();
    attributes.text("exception.type", exception.kind.as_deref());
    attributes.text("exception.message", exception.message.as_deref());
    attributes.text("exception.stacktrace", stack(exception).as_deref());
    attributes.text("aws.xray.exception.id", exception.id.as_deref());
    attributes.text("aws.xray.exception.cause", exception.cause.as_deref());
    attributes.flag("aws.xray.exception.remote", exception.remote.then_some(true));
    attributes.integer("aws.xray.exception.truncated", exception.truncated);
    attributes.integer("aws.xray.exception.skipped", exception.skipped);
    attributes
}

/// Frames as a backtrace of Rust has them, whatever language it was: label and place have lines of their own, which no label can break.
fn stack(exception: &Exception) -> Option<String> {
    let one_line = |text: &Option<String>| text.as_deref().unwrap_or_default().replace(['\n', '\r'], " ");
    let mut text = String::new();
    for (index, frame) in exception.stack.iter().enumerate() {
        let line = frame.line.map_or(String::new(), |line| format!(":{line}"));
        let _ = writeln!(text, "{index:4}: {}\n             at {}{line}", one_line(&frame.label), one_line(&frame.path));
    }
    (!text.is_empty()).then_some(text)
}
