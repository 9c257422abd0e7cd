//! Why a segment failed: its exceptions, each with what caused it and where it happened.

use maud::{Markup, html};
use xray_model::document::{Cause, Exception, Node, StackFrame};

use super::{View, parts, text};
use crate::settings::{ENTRIES_SHOWN_MAX, SHOWN_CHARS_MAX};
use crate::trace::Placed;
use crate::view::number;

pub(super) fn causes(view: &View<'_>, node: Node<'_, Placed>) -> Markup {
    let Some(cause) = &node.value().segment.cause else { return html! {} };
    let body = match cause {
        Cause::Reference(id) => reference(view, id),
        Cause::Recorded(recorded) => html! {
            @if let Some(message) = &recorded.message { p { (text::line(message, 2_000)) } }
            ol.exceptions { @for exception in recorded.exceptions.iter().take(ENTRIES_SHOWN_MAX) { (one(&recorded.exceptions, exception)) } }
            @if recorded.exceptions.len() > ENTRIES_SHOWN_MAX { p.faint { "and " (number::count((recorded.exceptions.len() - ENTRIES_SHOWN_MAX) as u64)) " more" } }
            @if let Some(id) = recorded.id.as_ref().filter(|_| recorded.exceptions.is_empty()) { (reference(view, id)) }
            @if let Some(folder) = &recorded.working_directory { p.faint { "in " code { (text::line(folder, 300)) } } }
        },
    };
    html! { section.part.errors { h3 { "Exceptions" } (body) } }
}

/// An exception that was recorded elsewhere in the trace: it went through here.
fn reference(view: &View<'_>, id: &str) -> Markup {
    let origin =
        view.trace.tree().iter().find(|node| node.value().segment.exceptions().iter().any(|exception| exception.id.as_deref() == Some(id)));
    html! {
        p {
            @match origin {
                Some(origin) => { "Came from " a.pick href={ (view.link(&view.look.selecting(Some(origin.id)))) "#s-" (origin.id) } { (parts::name(&origin.value().segment.name)) } }
                None => { "Exception " code { (text::line(id, 40)) } ", which has not arrived." }
            }
        }
    }
}

fn one(all: &[Exception], exception: &Exception) -> Markup {
    let is_cause = all.iter().any(|other| other.cause.is_some() && other.cause == exception.id);
    let kind = exception.kind.as_deref().unwrap_or("exception");
    html! {
        li class=[is_cause.then_some("cause")] {
            p.message {
                @if is_cause { span.faint { "caused by " } }
                b { (text::line(kind, 300)) }
                @if exception.remote { " " span.tag title="The called service is to blame" { "remote" } }
            }
            @if let Some(message) = &exception.message { pre.said tabindex="0" { (text::block(message, SHOWN_CHARS_MAX)) } }
            @if !exception.stack.is_empty() {
                details open[exception.stack.len() <= 12] {
                    summary { (number::counted(exception.stack.len(), "frame")) }
                    ol.frames { @for frame in exception.stack.iter().take(ENTRIES_SHOWN_MAX) { li { (place(frame)) } } }
                }
            }
            @if let Some(left_out) = exception.truncated.filter(|count| *count > 0) { p.faint { (number::count(left_out.unsigned_abs())) " frames left out" } }
            @if let Some(skipped) = exception.skipped.filter(|count| *count > 0) { p.faint { (number::count(skipped.unsigned_abs())) " exceptions left out" } }
        }
    }
}

fn place(frame: &StackFrame) -> Markup {
    html! {
        @if let Some(label) = &frame.label { code { (text::line(label, 300)) } " " }
        span.faint {
            @if let Some(path) = &frame.path { (text::line(path, 300)) }
            @if let Some(line) = frame.line { ":" (line) }
        }
    }
}
