//! The rows of the timeline.

use maud::{Markup, html};
use xray_model::document::Node;

use super::View;
use super::draw::{Bar, Scale, lane, overview, ruler};
use super::paths::{self, Stretch, end_of};
use super::rows::{Group, Row, What, rows};
use crate::pages::{parts, text};
use crate::query::Status;
use crate::settings::{INDENTED_LEVELS_MAX, NAME_SHOWN_CHARS_MAX, ROWS_PER_PAGE};
use crate::trace::Placed;
use crate::view::{mark_of, number, word_of};

pub(super) fn table(view: &View<'_>) -> Markup {
    let rows = rows(view.trace, view.look);
    let last_page = rows.len().div_ceil(ROWS_PER_PAGE).max(1);
    let page = view.look.page.min(last_page);
    let shown = rows.iter().skip((page - 1) * ROWS_PER_PAGE).take(ROWS_PER_PAGE);
    let scale = Scale::of(view.trace, view.look);
    let critical = paths::critical(view.trace);
    let gaps = paths::gaps(view.trace);
    html! {
        section.card.waterfall id="waterfall" data-live aria-label="Timeline" {
            (controls(view, &gaps))
            div.minimap { (overview(view.trace, &view.colours, &gaps, view.look)) }
            table {
                thead { tr {
                    th scope="col" { "Segment" }
                    th.times scope="col" { span.sr { "When" } (ruler(&scale)) }
                    th.right scope="col" { "Took" }
                } }
                tbody {
                    @for row in shown {
                        @match &row.what {
                            What::One { node, is_open } => (one(view, row, *node, *is_open, &scale, critical.get(node.index()).map_or(&[], |path| path))),
                            What::Group(group) => (grouped(view, row, group, &scale)),
                        }
                    }
                }
            }
            @if last_page > 1 {
                nav.pages aria-label="Pages of rows" {
                    @for number in 1..=last_page.min(60) {
                        a href=(view.link(&view.look.at_page(number))) aria-current=[(number == page).then_some("page")] { (number) }
                    }
                    span.faint { (number::count(rows.len() as u64)) " rows" }
                }
            }
        }
    }
}

/// What is shown of it, and how much.
fn controls(view: &View<'_>, gaps: &[Stretch]) -> Markup {
    let deepest = view.trace.tree().iter().map(Node::depth).max().unwrap_or_default() + 1;
    let depths: Vec<usize> = [1, 2, 3, 5, 8].into_iter().filter(|depth| *depth < deepest).collect();
    let gap = paths::length(gaps);
    let (from, to) = view.look.zoom.map(|(from, to)| (Some(from), (to < f64::MAX).then_some(to))).unwrap_or_default();
    let kept = [("segment", view.look.segment.map(|id| id.to_string())), ("depth", view.look.depth.map(|depth| depth.to_string()))];
    html! {
        div.controls {
            @if !depths.is_empty() {
                span.group {
                    span.muted { "Levels" }
                    @for depth in &depths { a.step href=(view.link(&view.look.to_depth(Some(*depth)))) aria-current=[(view.look.depth == Some(*depth)).then_some("true")] { (depth) } }
                    a.step href=(view.link(&view.look.to_depth(None))) aria-current=[view.look.depth.is_none().then_some("true")] { "all" }
                }
            }
            form.group method="get" action={ "/traces/" (view.trace.id()) } {
                @for (name, value) in &kept { @if let Some(value) = value { input type="hidden" name=(name) value=(value); } }
                label { span.muted { "Zoom " } input.field name="zoom_from" type="number" min="0" step="any" aria-label="Zoom from, in milliseconds" value=[from]; }
                label { "– " input.field name="zoom_to" type="number" min="0" step="any" aria-label="Zoom to, in milliseconds" value=[to]; " ms" }
                button.tool type="submit" { "Zoom" }
                @if view.look.zoom.is_some() { a href=(view.link(&view.look.zoomed(None))) { "Whole trace" } }
            }
            span.key {
                span { svg width="22" height="10" aria-hidden="true" { rect.own.ok width="22" height="8" rx="2" y="1" {} } "own work" }
                span { svg width="22" height="10" aria-hidden="true" { rect.wait.ok width="22" height="8" rx="2" y="1" {} } "waiting" }
                span { svg width="22" height="10" aria-hidden="true" { rect.critical width="22" height="2" y="4" {} } "critical path" }
                @if gap > 0 { span { svg width="22" height="10" aria-hidden="true" { rect.gap width="22" height="10" fill="url(#hatch)" {} } "gaps " (number::duration(std::time::Duration::from_nanos(gap))) } }
            }
        }
    }
}

fn indent(depth: usize) -> String {
    format!("label d{}", depth.min(INDENTED_LEVELS_MAX))
}

fn one(view: &View<'_>, row: &Row<'_>, node: Node<'_, Placed>, is_open: Option<bool>, scale: &Scale, critical: &[Stretch]) -> Markup {
    let last = view.trace.end();
    let whole = (node.start_time, end_of(&node, last));
    let own = paths::own(node, last);
    let status = node.status();
    let waited =
        node.parent().filter(|_| !node.is_subsegment).map(|parent| (end_of(&parent, last), node.start_time)).filter(|(from, to)| from < to);
    let bar = Bar { class: bar_class(&node), whole, own: &own, critical, is_open: node.is_in_progress(), waited };
    let is_chosen = view.look.segment == Some(node.id);
    let choose = view.look.selecting(if is_chosen { None } else { Some(node.id) });
    html! {
        tr id={ "s-" (node.id) } data-key=(node.id) class=[is_chosen.then_some("chosen")] {
            td class=(indent(row.depth)) {
                div {
                    (toggle(view, &node, is_open))
                    @if row.depth > INDENTED_LEVELS_MAX { span.tag title="Level" { (row.depth) } " " }
                    span class={ "swatch c" (view.colours.get(node.index()).copied().unwrap_or_default() % 8) } aria-hidden="true" {}
                    a.pick href={ (view.link(&choose)) "#s-" (node.id) } aria-current=[is_chosen.then_some("true")] class=[(!node.is_subsegment).then_some("strong")] { (parts::name(&node.name)) }
                    (marks(&node, status))
                    (hint(&node))
                }
            }
            td.times { (lane(scale, &bar)) }
            td.right { (crate::pages::time::took(node.duration())) }
        }
    }
}

fn bar_class(node: &Placed) -> &'static str {
    if node.is_cancelled() && node.status() == Status::Ok { "cancelled" } else { parts::class_of(node.status()) }
}

fn toggle(view: &View<'_>, node: &Placed, is_open: Option<bool>) -> Markup {
    html! {
        @match is_open {
            Some(is_open) => {
                a.toggle href={ (view.link(&view.look.toggled(node.id, is_open))) "#s-" (node.id) } aria-label={ (if is_open { "Fold " } else { "Unfold " }) (text::line(&node.name, 60)) } {
                    (if is_open { "▾" } else { "▸" })
                }
            }
            None => span.toggle aria-hidden="true" {},
        }
    }
}

/// What is not as usual.
fn marks(node: &Placed, status: Status) -> Markup {
    html! {
        @if status != Status::Ok { " " span class={ "badge " (parts::class_of(status)) } title=(word_of(status)) { (mark_of(status)) span.sr { " " (word_of(status)) } } }
        @if node.is_in_progress() { " " span.tag { "in progress" } }
        @if node.is_cancelled() { " " span.tag { "cancelled" } }
        @if node.segment.inferred { " " span.tag { "inferred" } }
        @if node.is_subsegment && node.missing_parent.is_some() { " " span.tag title="The segment or subsegment that it belongs to has not arrived" { "parent missing" } }
    }
}

/// What it is about, in a few words.
fn hint(node: &Placed) -> Markup {
    let segment = &node.segment;
    let http = segment.http.as_ref().and_then(|http| http.request.as_ref());
    let aws = segment.aws.as_ref().filter(|_| segment.namespace.is_some());
    let resource =
        aws.and_then(|aws| aws.table_name().or(aws.queue_url()).or(aws.topic_arn()).or(aws.bucket_name()).or(aws.function_name()));
    let short = |text: &str| text::line(text.rsplit(['/', ':']).next().unwrap_or(text), 60);
    let mut words: Vec<String> = Vec::new();
    words.extend(aws.and_then(|aws| aws.operation()).map(|operation| text::line(operation, 60)));
    words.extend(resource.map(short));
    if aws.is_none()
        && let Some(request) = http
    {
        let url = request.url.as_deref().unwrap_or_default();
        let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
        words.push(text::line(&format!("{} {path}", request.method.as_deref().unwrap_or_default()), NAME_SHOWN_CHARS_MAX));
    }
    words.extend(segment.sql.as_ref().and_then(|sql| sql.sanitized_query.as_deref()).map(|query| text::line(query, NAME_SHOWN_CHARS_MAX)));
    html! { @if !words.is_empty() { " " span.hint { (words.join(" ")) } } }
}

fn grouped(view: &View<'_>, row: &Row<'_>, group: &Group<'_>, scale: &Scale) -> Markup {
    let bar = Bar {
        class: parts::class_of(group.worst),
        whole: (group.first.start_time, group.end),
        own: &[],
        critical: &[],
        is_open: false,
        waited: None,
    };
    let name = text::line(group.name, NAME_SHOWN_CHARS_MAX);
    html! {
        tr.folded data-key={ "group-" (group.first.id) } {
            td class=(indent(row.depth)) {
                div {
                    a.toggle href={ (view.link(&view.look.toggled(group.key, false))) "#s-" (group.key) } aria-label={ "Show all " (name) } { "▸" }
                    span.muted { (number::count(group.count as u64)) " × " (name) }
                    @if group.worst != Status::Ok { " " span class={ "badge " (parts::class_of(group.worst)) } { (mark_of(group.worst)) span.sr { " " (word_of(group.worst)) } } }
                }
            }
            td.times { (lane(scale, &bar)) }
            td.right title="All of them together" { span.num.muted { "Σ " (number::duration(group.busy)) } }
        }
    }
}
