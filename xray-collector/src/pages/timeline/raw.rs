//! The documents of a trace, as they came.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde_json::Value;
use xray_model::SegmentId;

use super::{View, colours, find, head, missing, page};
use crate::pages::layout::Asked;
use crate::pages::{parts, text};
use crate::serve::App;
use crate::settings::{RAW_DOCUMENTS_PER_PAGE, SHOWN_CHARS_MAX};
use crate::view::number;

pub(super) async fn documents(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let trace = match find(&app, &id) {
        Ok(trace) => trace,
        Err(why) => return missing(&app, &asked, &why),
    };
    let look = super::Look::of(&asked.query);
    let all: Vec<Vec<u8>> = app.traces.pieces(trace.id()).map(|pieces| pieces.documents().collect()).unwrap_or_default();
    // Those that speak of the chosen segment, by its id.
    let chosen = |document: &[u8]| look.segment.is_none_or(|id| holds(document, id));
    let fitting: Vec<(usize, &Vec<u8>)> = all.iter().enumerate().filter(|(_, document)| chosen(document)).collect();
    let pages = fitting.len().div_ceil(RAW_DOCUMENTS_PER_PAGE).max(1);
    let number = look.page.min(pages);
    let shown = fitting.iter().skip((number - 1) * RAW_DOCUMENTS_PER_PAGE).take(RAW_DOCUMENTS_PER_PAGE);
    let path = format!("/traces/{}/raw", trace.id());
    let segment = look.segment.map(|id| id.to_string()).unwrap_or_default();
    let view = View { trace: &trace, look: &look, asked: &asked, colours: colours(&trace) };
    let body = html! {
        (head::head(&app, &view, head::Tab::Documents))
        p.note {
            (number::counted(fitting.len(), "document")) ", as " (if fitting.len() == 1 { "it" } else { "they" }) " came. "
            @if look.segment.is_some() { "Only those that speak of " code { (segment) } ": " a href=(asked.scope.link(&path)) { "show all" } ". " }
            a href={ (path) "/all" } { "All as JSON" }
        }
        @for (index, document) in shown { (one(&path, *index, document)) }
        (parts::pages(number, pages, |page| asked.scope.link_with(&path, &[("segment", &segment), ("page", &page.to_string())])))
    };
    let title = head::title(&trace);
    asked.page(&app, page(&title, body))
}

fn holds(document: &[u8], id: SegmentId) -> bool {
    let id = id.to_ascii();
    document.windows(id.len()).any(|window| window.eq_ignore_ascii_case(&id))
}

fn one(path: &str, index: usize, document: &[u8]) -> Markup {
    let raw = String::from_utf8_lossy(document);
    // What nests deeper than the reader goes is shown as it came.
    let pretty = serde_json::from_str::<Value>(&raw).ok().and_then(|value| serde_json::to_string_pretty(&value).ok());
    html! {
        section.card {
            header {
                h2 { "Document " (index + 1) }
                div.aside { (number::count(document.len() as u64)) " bytes · " a href={ (path) "/" (index + 1) } { "as it came" } }
            }
            div.body { pre.code.tall tabindex="0" { (text::block(pretty.as_deref().unwrap_or(&raw), SHOWN_CHARS_MAX)) } }
        }
    }
}

/// One document, or `all` in an array, as JSON.
pub(super) async fn document(State(app): State<App>, Path((id, which)): Path<(String, String)>, asked: Asked) -> Response {
    let trace = match find(&app, &id) {
        Ok(trace) => trace.id(),
        Err(why) => return missing(&app, &asked, &why),
    };
    let mut documents = app.traces.pieces(trace).map(|pieces| pieces.documents().collect::<Vec<_>>()).unwrap_or_default();
    let json = match which.as_str() {
        "all" => [&b"["[..], &documents.join(&b",\n"[..]), b"]"].concat(),
        number => match number.parse::<usize>().ok().and_then(|number| number.checked_sub(1)).filter(|index| *index < documents.len()) {
            Some(index) => documents.swap_remove(index),
            None => return (StatusCode::NOT_FOUND, "There is no such document: they are counted from 1.").into_response(),
        },
    };
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], json).into_response()
}
