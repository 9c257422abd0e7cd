//! What was recorded of one segment or subsegment.

use maud::{Markup, html};
use serde_json::Value;
use xray_model::document::{AnnotationValue, Node, Segment};

use super::causes::causes;
use super::paths::{self, end_of};
use super::{View, parts, text};
use crate::pages::scope::Scope;
use crate::pages::time;
use crate::settings::{ENTRIES_SHOWN_MAX, SHOWN_CHARS_MAX};
use crate::trace::Placed;
use crate::view::number;

pub(super) fn details(view: &View<'_>, node: Node<'_, Placed>) -> Markup {
    let segment: &Segment = &node.value().segment;
    html! {
        aside.card.details aria-labelledby="details-title" {
            header {
                h2 id="details-title" { (parts::name(&segment.name)) }
                (parts::badge(node.status(), segment.http_status()))
                a.close href={ (view.link(&view.look.selecting(None))) "#s-" (segment.id) } aria-label="Close details" title="Close (Esc)" { "×" }
            }
            (what(node))
            (figures(view, node))
            (causes(view, node))
            (http(segment))
            (sql(segment))
            (aws(segment))
            (annotations(segment, &view.asked.scope))
            (metadata(segment))
            (links(view, segment))
            (rest(segment))
            p.foot { a href=(view.asked.scope.link_with(&format!("/traces/{}/raw", view.trace.id()), &[("segment", &segment.id.to_string())])) { "Raw JSON" } }
        }
    }
}

/// What kind of thing it is.
fn what(node: Node<'_, Placed>) -> Markup {
    let segment = &node.value().segment;
    html! {
        p.what {
            span.tag { (if node.is_subsegment { "subsegment" } else { "segment" }) } " "
            @for word in [&segment.origin, &segment.namespace].into_iter().flatten() { span.tag { (text::line(word, 80)) } " " }
            @if node.is_in_progress() { span.tag { "in progress" } " " }
            @if node.is_cancelled() { span.tag { "cancelled by its caller" } " " }
            @if segment.inferred { span.tag { "inferred" } " " }
            @if segment.is_traced() { span.tag title="The called service sends a segment of its own" { "traced" } " " }
        }
        @if let Some(parent) = node.missing_parent { p.note { "Its parent " code { (parent) } " has not arrived." } }
    }
}

fn figures(view: &View<'_>, node: Node<'_, Placed>) -> Markup {
    let last = view.trace.end();
    let own = std::time::Duration::from_nanos(paths::length(&paths::own(node, last)));
    let offset = node.start_time.since(view.trace.start());
    let (from, to) = (offset.as_secs_f64() * 1e3, end_of(&node, last).since(view.trace.start()).as_secs_f64() * 1e3);
    html! {
        dl.pairs {
            dt { "Took" } dd { (time::took(node.duration())) @if node.children().next().is_some() { span.faint { ", " (number::duration(own)) " of it its own work" } } }
            dt { "Began" } dd { span.num { "+" @if offset.is_zero() { "0" } @else { (number::duration(offset)) } } " " span.faint { (time::moment(node.start_time)) } " " a href={ (view.link(&view.look.zoomed(Some((from, to))))) "#s-" (node.id) } { "zoom to it" } }
            dt { "Id" } dd { (parts::copyable(&node.id.to_string())) }
            @if let Some(parent) = node.parent() {
                dt { "Part of" } dd { a.pick href={ (view.link(&view.look.selecting(Some(parent.id)))) "#s-" (parent.id) } { (parts::name(&parent.value().segment.name)) } }
            }
            @if let Some(user) = &node.value().segment.user { dt { "User" } dd { (text::line(user, 300)) } }
            @if let Some(arn) = &node.value().segment.resource_arn { dt { "Resource" } dd.wrap { (text::line(arn, 300)) } }
        }
    }
}

fn section(title: &str, body: &Markup) -> Markup {
    html! { section.part { h3 { (title) } (body) } }
}

fn pairs(pairs: &[(&str, Option<String>)]) -> Markup {
    html! { dl.pairs { @for (name, value) in pairs { @if let Some(value) = value { dt { (name) } dd.wrap { (text::line(value, 2_000)) } } } } }
}

fn http(segment: &Segment) -> Markup {
    let Some(http) = &segment.http else { return html! {} };
    let request = http.request.clone().unwrap_or_default();
    let response = http.response.clone().unwrap_or_default();
    let size = response.content_length.filter(|size| *size >= 0).map(|size| format!("{} bytes", number::count(size.unsigned_abs())));
    let line = [request.method, request.url].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let ip = request.client_ip.map(|ip| if request.x_forwarded_for == Some(true) { format!("{ip} (from X-Forwarded-For)") } else { ip });
    let all = [
        ("Request", Some(line).filter(|line| !line.is_empty())),
        ("Status", response.status.map(|status| status.to_string())),
        ("Answer", size),
        ("Client", ip),
        ("User agent", request.user_agent),
    ];
    section("HTTP", &pairs(&all))
}

fn sql(segment: &Segment) -> Markup {
    let Some(sql) = segment.sql.clone() else { return html! {} };
    let database = [sql.database_type, sql.database_version].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let all = [
        ("Database", Some(database).filter(|database| !database.is_empty())),
        ("URL", sql.url.or(sql.connection_string)),
        ("User", sql.user),
        ("Driver", sql.driver_version),
        ("Sent as", sql.preparation),
    ];
    section(
        "SQL",
        &html! { @if let Some(query) = &sql.sanitized_query { pre.code tabindex="0" { (text::block(query, SHOWN_CHARS_MAX)) } } (pairs(&all)) },
    )
}

fn aws(segment: &Segment) -> Markup {
    let Some(aws) = &segment.aws else { return html! {} };
    section("AWS", &fields(aws.fields.iter()))
}

/// Members of an object: plain ones as pairs, others as JSON.
fn fields<'a>(all: impl ExactSizeIterator<Item = (&'a String, &'a Value)>) -> Markup {
    let count = all.len();
    html! {
        dl.pairs {
            @for (name, value) in all.take(ENTRIES_SHOWN_MAX) {
                dt { (text::line(name, 80)) }
                dd.wrap { @match value {
                    Value::String(value) => (text::line(value, 2_000)),
                    Value::Object(_) | Value::Array(_) => pre.code tabindex="0" { (pretty(value)) },
                    other => (other),
                } }
            }
        }
        (more(count))
    }
}

fn more(count: usize) -> Markup {
    html! { @if count > ENTRIES_SHOWN_MAX { p.faint { "and " (number::count((count - ENTRIES_SHOWN_MAX) as u64)) " more, in the raw JSON" } } }
}

fn pretty(value: &Value) -> String {
    text::block(&serde_json::to_string_pretty(value).unwrap_or_default(), SHOWN_CHARS_MAX)
}

/// Each is a link to the traces that have it, too.
fn annotations(segment: &Segment, scope: &Scope) -> Markup {
    if segment.annotations.is_empty() {
        return html! {};
    }
    let body = html! {
        dl.pairs.annotations {
            @for (key, value) in segment.annotations.iter().take(ENTRIES_SHOWN_MAX) {
                dt { (text::line(key, 200)) }
                dd.wrap { @match condition(key, value) {
                    Some(condition) => a href=(scope.with_filter(condition).link("/traces")) title="Traces that have it too" { (shown(value)) },
                    None => { (shown(value)) " " span.faint { "(X-Ray takes no such value)" } },
                } }
            }
        }
        (more(segment.annotations.len()))
    };
    section("Annotations", &body)
}

fn shown(value: &AnnotationValue) -> String {
    match value {
        AnnotationValue::String(value) => text::line(value, 1_000),
        AnnotationValue::Number(number) => number.to_string(),
        AnnotationValue::Bool(yes) => yes.to_string(),
        AnnotationValue::Invalid(value) => text::line(&value.to_string(), 1_000),
    }
}

/// The filter that finds it. `None` for what no filter can say.
fn condition(key: &str, value: &AnnotationValue) -> Option<String> {
    if key.is_empty() || key.len() > 500 || key.contains([']', '[']) || key.chars().any(char::is_control) {
        return None;
    }
    match value {
        AnnotationValue::String(value) if value.len() <= 1_000 => {
            Some(format!("annotation[{key}] = \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")))
        }
        AnnotationValue::Number(number) => Some(format!("annotation[{key}] = {number}")),
        AnnotationValue::Bool(yes) => Some(format!("annotation[{key}] = {yes}")),
        _ => None,
    }
}

fn metadata(segment: &Segment) -> Markup {
    if segment.metadata.is_empty() {
        return html! {};
    }
    let body = html! {
        @for (namespace, value) in segment.metadata.iter().take(ENTRIES_SHOWN_MAX) {
            details open { summary { (text::line(namespace, 200)) } pre.code tabindex="0" { (pretty(value)) } }
        }
        (more(segment.metadata.len()))
    };
    section("Metadata", &body)
}

fn links(view: &View<'_>, segment: &Segment) -> Markup {
    if segment.links.is_empty() {
        return html! {};
    }
    let body = html! {
        ul {
            @for link in segment.links.iter().take(ENTRIES_SHOWN_MAX) {
                @let look = super::Look::default().selecting(link.id);
                li { a href=(look.link(link.trace_id, &view.asked.scope)) { code { (link.trace_id) } }
                    @if !link.attributes.is_empty() { " " span.faint { (text::line(&Value::Object(link.attributes.clone().into_iter().collect()).to_string(), 500)) } } }
            }
        }
        (more(segment.links.len()))
    };
    section("Linked traces", &body)
}

/// About the service, and what has no place above.
fn rest(segment: &Segment) -> Markup {
    html! {
        @if !segment.service.is_empty() { (section("Service", &fields(segment.service.iter()))) }
        @if !segment.other.is_empty() { (section("Other fields", &fields(segment.other.iter()))) }
    }
}
