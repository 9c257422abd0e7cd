//! What stands above each page of a trace.

use maud::{Markup, html};
use xray_model::TraceId;
use xray_model::console::Console;
use xray_model::document::Timestamp;

use super::View;
use super::look::Look;
use crate::pages::{parts, text, time};
use crate::serve::App;
use crate::settings::ENTRIES_SHOWN_MAX;
use crate::trace::Trace;
use crate::view::number;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Tab {
    Timeline,
    Documents,
    Logs,
}

/// What the trace is about, in a few words.
pub(super) fn title(trace: &Trace) -> String {
    let Some(root) = trace.root() else { return trace.id().to_string() };
    let request = root.value().segment.http.as_ref().and_then(|http| http.request.as_ref());
    let name = text::line(&root.value().segment.name, 60);
    let Some(request) = request else { return name };
    let url = request.url.as_deref().unwrap_or_default();
    let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
    format!("{name} · {} {}", text::line(request.method.as_deref().unwrap_or_default(), 12), text::line(path, 80))
}

pub(super) fn head(app: &App, view: &View<'_>, tab: Tab) -> Markup {
    let (trace, scope) = (view.trace, &view.asked.scope);
    let summary = trace.summary();
    let base = format!("/traces/{}", trace.id());
    let tabs = [
        (Tab::Timeline, "Timeline", base.clone(), String::new()),
        (Tab::Documents, "Documents", format!("{base}/raw"), number::count(trace.documents())),
        (Tab::Logs, "Logs", format!("{base}/logs"), String::new()),
    ];
    html! {
        div.head.trace {
            a.back href=(scope.link("/traces")) { "← Traces" }
            h1 { (title(trace)) }
            (parts::outcome(summary.status, summary.http_status, summary.response_time.is_some()))
            @if !summary.is_complete { span.tag { "incomplete" } }
        }
        div.summary id="summary" data-live {
            dl.facts {
                div { dt { "Response time" } dd { (time::took(summary.response_time)) } }
                @if summary.response_time != Some(summary.duration) { div { dt { (if summary.is_complete { "All done after" } else { "So far" }) } dd { (time::took(Some(summary.duration))) } } }
                div { dt { "Began" } dd { (time::moment(summary.start)) " " span.faint { "(" (time::relative(summary.start, view.asked.now)) ")" } } }
                div { dt { "Holds" } dd { (number::counted(summary.segments, "segment")) ", " (number::counted(summary.subsegments, "subsegment")) } }
                div { dt { "Trace" } dd { (parts::copyable(&trace.id().to_string())) } }
            }
            (services(view))
        }
        (linked(app, view))
        nav.tabs aria-label="Views of this trace" {
            @for (this, label, path, count) in &tabs {
                a href=(scope.link(path)) aria-current=[(*this == tab).then_some("page")] { (label) @if !count.is_empty() { " " span.faint { (count) } } }
            }
            a href=(scope.with_filter(trace.id().to_string()).over(Default::default()).link("/")) { "Service map" }
            (ids(trace))
        }
    }
}

/// Its services in their colours.
fn services(view: &View<'_>) -> Markup {
    let mut seen: Vec<(usize, &str)> = Vec::new();
    for (node, colour) in view.trace.tree().iter().zip(&view.colours) {
        if seen.len() < 40 && !seen.iter().any(|(other, _)| other == colour) {
            seen.push((*colour, &node.value().segment.name));
        }
    }
    html! { ul.services aria-label="Services" { @for (colour, name) in seen { li { (parts::service(colour, name)) } } } }
}

/// The names that others have for this trace.
fn ids(trace: &Trace) -> Markup {
    let id = trace.id();
    let regions = trace.tree().iter().filter_map(|node| Some(node.value().segment.aws.as_ref()?.region()?.to_owned()));
    let region = regions.map(|region| text::line(&region, 40)).next().unwrap_or_default();
    let parent = trace.root().map(|root| root.id.to_string()).unwrap_or_default();
    html! {
        details.ids {
            summary { "Ids and links" }
            dl {
                dt { "X-Ray" } dd { (parts::copyable(&id.to_string())) }
                dt { "W3C trace id" } dd { (parts::copyable(&id.to_w3c())) }
                dt { "traceparent" } dd { (parts::copyable(&format!("00-{}-{parent}-01", id.to_w3c()))) }
                dt { "X-Amzn-Trace-Id" } dd { (parts::copyable(&format!("Root={id};Parent={parent};Sampled=1"))) }
                dt { "CloudWatch" } dd { a href=(Console::cloudwatch(&region).trace(id)) rel="noreferrer" { "Open in the console" } " " span.faint { "if it was sent to AWS" @if !region.is_empty() { ", " (region) } } }
                dt { "Terminal" } dd { (parts::copyable(&format!("cargo xray trace {id}"))) }
            }
        }
    }
}

/// Traces that this one names as its producers, and those that name this one.
fn linked(app: &App, view: &View<'_>) -> Markup {
    let id = view.trace.id();
    let mut from: Vec<TraceId> =
        view.trace.tree().iter().flat_map(|node| node.value().segment.links.iter().map(|link| link.trace_id)).collect();
    from.sort_unstable();
    from.dedup();
    from.retain(|other| *other != id);
    let all = app.traces.facts_between(Timestamp::default()..=Timestamp::from_nanos(u64::MAX));
    let to: Vec<TraceId> = all.iter().filter(|facts| facts.links.iter().any(|link| link.trace == id)).map(|facts| facts.id).collect();
    let list = |label: &str, ids: &[TraceId]| {
        html! {
            @if !ids.is_empty() {
                p { span.muted { (label) " " }
                    @for other in ids.iter().take(ENTRIES_SHOWN_MAX) {
                        @match app.traces.facts(*other) {
                            Some(facts) => { a.linked href=(Look::default().link(*other, &view.asked.scope)) { (parts::name(&facts.root().name)) " " code { (other) } } " " },
                            None => { code.faint title="not held here" { (other) } " " },
                        }
                    }
                    @if ids.len() > ENTRIES_SHOWN_MAX { span.faint { "and " (number::count((ids.len() - ENTRIES_SHOWN_MAX) as u64)) " more" } }
                }
            }
        }
    };
    html! { @if !from.is_empty() || !to.is_empty() { div.links id="links" data-live { (list("Caused by", &from)) (list("Led to", &to)) } } }
}
