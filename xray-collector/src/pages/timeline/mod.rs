//! One trace: its timeline, what was recorded of each segment, its documents, and lines of logs about it.

mod causes;
mod details;
mod draw;
mod head;
mod logs;
mod look;
mod paths;
mod raw;
mod rows;
mod table;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use maud::html;
use xray_model::TraceId;

use super::layout::{Asked, Page, Section};
use super::{assets, parts, text};
use crate::serve::App;
use crate::trace::Trace;
use look::Look;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .route("/traces/{id}", get(timeline))
        .route("/traces/{id}/raw", get(raw::documents))
        .route("/traces/{id}/raw/{number}", get(raw::document))
        .route("/traces/{id}/logs", get(logs::page))
}

async fn timeline(State(app): State<App>, Path(id): Path<String>, asked: Asked) -> Response {
    let trace = match find(&app, &id) {
        Ok(trace) => trace,
        Err(why) => return missing(&app, &asked, &why),
    };
    let look = Look::of(&asked.query);
    let view = View { trace: &trace, look: &look, asked: &asked, colours: colours(&trace) };
    let chosen = look.segment.and_then(|id| trace.find(id));
    let title = head::title(&trace);
    let body = html! {
        (head::head(&app, &view, head::Tab::Timeline))
        div.timeline class=[chosen.map(|_| "with-details")] {
            (table::table(&view))
            div id="details" data-live { @if let Some(node) = chosen { (details::details(&view, node)) } }
        }
    };
    asked.page(&app, page(&title, body))
}

/// What the parts of the page look at.
struct View<'a> {
    trace: &'a Trace,
    look: &'a Look,
    asked: &'a Asked,
    /// The service of each segment and subsegment, as a number.
    colours: Vec<usize>,
}

impl View<'_> {
    fn link(&self, look: &Look) -> String {
        look.link(self.trace.id(), &self.asked.scope)
    }
}

fn page<'a>(title: &'a str, body: maud::Markup) -> Page<'a> {
    Page::new(Section::Traces, title, body).with(&assets::TIMELINE_STYLE).with(&assets::TRACES_SCRIPT).with(&assets::TIMELINE_SCRIPT).wide()
}

/// The trace with this id, in either form.
fn find(app: &App, id: &str) -> Result<Trace, String> {
    let parsed = id.parse().ok().or_else(|| TraceId::from_w3c(id));
    let Some(id) = parsed else {
        return Err(format!("\u{201c}{}\u{201d} is no trace id: those look like 1-5759e988-bd862e3fe1be46a994272793.", text::line(id, 80)));
    };
    app.traces.trace(id).ok_or_else(|| format!("The trace {id} is not held: it has not arrived, or it made room for newer ones."))
}

fn missing(app: &App, asked: &Asked, why: &str) -> Response {
    let advice = html! { p { (why) } p { a href=(asked.scope.link("/traces")) { "All traces" } } };
    let body = html! { h1.sr { "No such trace" } div.card { (parts::empty("No such trace", &advice)) } };
    let mut response = asked.page(app, Page::new(Section::Traces, "No such trace", body));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

/// Numbers of the services, in the order in which they first appear.
fn colours(trace: &Trace) -> Vec<usize> {
    let mut known: Vec<&str> = Vec::new();
    let mut colours = Vec::with_capacity(trace.tree().len());
    for node in trace.tree().iter() {
        let colour = match node.parent() {
            // Parents come before their children.
            Some(parent) if node.is_subsegment => colours.get(parent.index()).copied().unwrap_or_default(),
            _ => {
                let name = node.value().segment.name.as_str();
                // What is beyond that shares colours anyway.
                known.iter().position(|other| *other == name).unwrap_or_else(|| {
                    if known.len() < 64 {
                        known.push(name);
                    }
                    known.len() - 1
                })
            }
        };
        colours.push(colour);
    }
    colours
}
