//! The list of traces: `/traces`.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::chart::Chart;
use super::layout::{Asked, Page, Section};
use super::scope::{Query, Range, Scope};
use super::{assets, parts, text, time};
use crate::facts::{Facts, Service};
use crate::query::Status;
use crate::serve::App;
use crate::settings::{NAME_SHOWN_CHARS_MAX, TRACES_PER_PAGE};
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/traces", get(list))
}

/// What the list can be sorted by: name in addresses, headline, which way it is sorted first.
const COLUMNS: [(&str, &str, bool); 8] = [
    ("time", "Time", true),
    ("status", "Status", true),
    ("service", "Service", false),
    ("request", "Request", false),
    ("response", "Response", true),
    ("duration", "Duration", true),
    ("services", "Services", true),
    ("errors", "Exceptions", true),
];

/// What is asked of the list beside its scope.
struct Wanted {
    sort: usize,
    descending: bool,
    page: usize,
    /// Bounds of the response time.
    min: Option<Duration>,
    max: Option<Duration>,
}

impl Wanted {
    fn of(query: &Query) -> Self {
        let sort = query.get("sort").and_then(|name| COLUMNS.iter().position(|(known, ..)| *known == name)).unwrap_or(0);
        let descending = query.get("order").map_or(COLUMNS[sort].2, |order| order == "desc");
        let millis = |name: &str| query.number::<f64>(name).and_then(|millis| Duration::try_from_secs_f64(millis / 1e3).ok());
        Self { sort, descending, page: query.number("page").unwrap_or(1).max(1), min: millis("min"), max: millis("max") }
    }

    fn brush(&self) -> Option<(Duration, Duration)> {
        (self.min.is_some() || self.max.is_some()).then(|| (self.min.unwrap_or_default(), self.max.unwrap_or(Duration::MAX)))
    }

    fn takes(&self, facts: &Facts) -> bool {
        let Some((min, max)) = self.brush() else { return true };
        facts.response_time.is_some_and(|time| min <= time && time <= max)
    }

    /// The address of the list with one thing changed.
    fn link(&self, scope: &Scope, changed: &[(&str, &str)]) -> String {
        let bound = |bound: Option<Duration>| bound.map(parts::millis).unwrap_or_default();
        let is_usual = self.sort == 0 && self.descending;
        let (min, max) = (bound(self.min), bound(self.max));
        let own = [
            ("sort", if is_usual { "" } else { COLUMNS[self.sort].0 }),
            ("order", if self.descending == COLUMNS[self.sort].2 { "" } else { order(self.descending) }),
            ("min", &min),
            ("max", &max),
        ];
        let kept = own.into_iter().filter(|(name, _)| !changed.iter().any(|(other, _)| other == name));
        let pairs: Vec<(&str, &str)> = kept.chain(changed.iter().copied()).collect();
        scope.link_with("/traces", &pairs)
    }
}

fn order(descending: bool) -> &'static str {
    if descending { "desc" } else { "asc" }
}

async fn list(State(app): State<App>, mut asked: Asked) -> Response {
    let wanted = Wanted::of(&asked.query);
    let in_scope = asked.scope.facts(&app);
    let taken: Vec<Arc<Facts>> = in_scope.iter().filter(|facts| wanted.takes(facts)).cloned().collect();
    let body = html! {
        div.head {
            h1 { "Traces" }
            span.muted id="count" data-live { (counted(taken.len(), in_scope.len(), wanted.brush().is_some())) }
            (quick(&asked.scope))
        }
        @if in_scope.is_empty() {
            div.card id="list" data-live { (nothing(&app, &asked.scope)) }
        } @else {
            (charts(&asked.scope, &wanted, &in_scope))
            (table(&asked, &wanted, taken))
        }
    };
    let page = Page::new(Section::Traces, "Traces", body).with(&assets::TRACES_STYLE).with(&assets::TRACES_SCRIPT);
    let page = if wanted.sort == 0 { page } else { page.keep("sort", COLUMNS[wanted.sort].0).keep("order", order(wanted.descending)) };
    asked.page(&app, page)
}

fn counted(taken: usize, in_scope: usize, is_brushed: bool) -> String {
    if is_brushed { format!("{} of {}", number::count(taken as u64), number::count(in_scope as u64)) } else { number::count(taken as u64) }
}

/// Filters that one needs all the time.
fn quick(scope: &Scope) -> Markup {
    let filters = [
        ("All", ""),
        ("Faults", "fault"),
        ("Errors", "error"),
        ("Throttled", "throttle"),
        ("Slow", "responsetime > 1"),
        ("In progress", "partial"),
    ];
    html! {
        div.chips.aside {
            @for (label, filter) in filters {
                a.chip href=(scope.with_filter(filter).link("/traces")) aria-current=[(scope.filter == filter).then_some("true")] { (label) }
            }
        }
    }
}

fn nothing(app: &App, scope: &Scope) -> Markup {
    match app.collector.progress().traces {
        0 => parts::no_traces_yet(&app.collector.local_addr().to_string()),
        held => parts::nothing_fits(scope, "/traces", held),
    }
}

fn charts(scope: &Scope, wanted: &Wanted, facts: &[Arc<Facts>]) -> Markup {
    let mut times: Vec<(Duration, Status)> = facts.iter().filter_map(|facts| Some((facts.response_time?, facts.status))).collect();
    times.sort_unstable_by_key(|(time, _)| *time);
    let at = |percent: usize| {
        times.get((times.len() * percent / 100).min(times.len().saturating_sub(1))).map(|(time, _)| number::duration(*time))
    };
    let figures = [("p50", at(50)), ("p90", at(90)), ("p99", at(99))];
    let aside = html! { @for (label, time) in figures { @if let Some(time) = time { span.percentile { (label) " " b.num { (time) } } } } };
    let when = Chart::of_times(facts.iter().map(|facts| (facts.start, facts.status)));
    html! {
        div.charts {
            section.card id="when" data-live {
                header { h2 { "When" } div.aside { (parts::legend()) } }
                div.body {
                    @if let Some(chart) = when {
                        (chart.draw("Traces over time", |from, to| wanted.link(&scope.over(Range::Between(Some(from), Some(parts::before(to)))), &[])))
                    }
                    (pace(scope, wanted, facts))
                }
            }
            section.card id="how-long" data-live {
                header { h2 { "Response time" } div.aside { (aside) } }
                div.body {
                    @if let Some(chart) = Chart::of_durations(&times) {
                        (chart.draw("Traces by response time", wanted.brush(), |from, to| {
                            wanted.link(scope, &[("min", &parts::millis(from)), ("max", &parts::millis(to))])
                        }))
                    } @else { p.faint { "None of these traces has ended." } }
                    (bounds(scope, wanted))
                }
            }
        }
    }
}

/// How many came in how much time.
fn pace(scope: &Scope, wanted: &Wanted, facts: &[Arc<Facts>]) -> Markup {
    let span = facts.last().zip(facts.first()).map_or(Duration::ZERO, |(last, first)| last.start.since(first.start));
    let per_second = facts.len() as f64 / span.as_secs_f64().max(1.0);
    html! {
        p.below {
            (number::counted(facts.len(), "trace"))
            @if span.as_secs() > 0 { " in " @if span.as_secs() < 300 { (number::duration(span)) } @else { (number::count(span.as_secs() / 60)) " min" } ", " (format!("{per_second:.1}")) " per second" }
            span.needs-script.wide-only hidden { " · drag over a chart to choose a part of it" }
            @if scope.range != Range::All { " · " a href=(wanted.link(&scope.over(Range::All), &[])) { "All times" } }
        }
    }
}

/// The bounds of the response time, as two fields: what dragging over the chart fills in.
fn bounds(scope: &Scope, wanted: &Wanted) -> Markup {
    let bound = |bound: Option<Duration>| bound.map(parts::millis);
    let action = wanted.link(scope, &[]);
    let kept = Query::parse(action.split_once('?').map_or("", |(_, query)| query));
    html! {
        form.bounds.below method="get" action="/traces" {
            @for name in ["filter", "range", "from", "to", "sort", "order"] {
                @if let Some(value) = kept.get(name) { input type="hidden" name=(name) value=(value); }
            }
            label { "From " input.field name="min" type="number" min="0" step="any" inputmode="decimal" value=[bound(wanted.min)]; " ms" }
            label { "to " input.field name="max" type="number" min="0" step="any" inputmode="decimal" value=[bound(wanted.max)]; " ms" }
            button.tool type="submit" { "Show" }
            @if wanted.brush().is_some() { a href=(wanted.link(scope, &[("min", ""), ("max", "")])) { "Any time" } }
        }
    }
}

fn table(asked: &Asked, wanted: &Wanted, taken: Vec<Arc<Facts>>) -> Markup {
    let count = taken.len();
    let last = count.div_ceil(TRACES_PER_PAGE).max(1);
    let page = wanted.page.min(last);
    let shown = page_of(taken, wanted, page);
    let longest = shown.iter().filter_map(|facts| facts.response_time).max().unwrap_or_default();
    html! {
        section.card id="list" data-live aria-label="Traces" {
            @if shown.is_empty() { (parts::empty("No trace took that long", &html! { p { a href=(wanted.link(&asked.scope, &[("min", ""), ("max", "")])) { "Show any response time" } } })) }
            @else {
                div.scroll tabindex="0" {
                    table.traces {
                        thead { tr { @for (index, (name, label, first)) in COLUMNS.into_iter().enumerate() { (headline(asked, wanted, index, (name, label, first))) } } }
                        tbody { @for facts in &shown { (row(asked, facts, longest)) } }
                    }
                }
            }
            (parts::pages(page, last, |page| wanted.link(&asked.scope, &[("page", &if page > 1 { page.to_string() } else { String::new() })])))
        }
    }
}

fn headline(asked: &Asked, wanted: &Wanted, index: usize, (name, label, first): (&str, &str, bool)) -> Markup {
    let is_sorted = wanted.sort == index;
    let next = if is_sorted { !wanted.descending } else { first };
    let link = wanted.link(&asked.scope, &[("sort", name), ("order", order(next))]);
    let class = match name {
        "response" | "duration" => "right",
        "services" | "errors" => "right wide-only",
        _ => "",
    };
    html! {
        th scope="col" class=(class) aria-sort=[is_sorted.then_some(if wanted.descending { "descending" } else { "ascending" })] {
            a href=(link) title=[explained(name)] { (label) @if is_sorted { span.arrow aria-hidden="true" { (if wanted.descending { " ↓" } else { " ↑" }) } } }
        }
    }
}

fn explained(column: &str) -> Option<&'static str> {
    match column {
        "response" => Some("Until the first service had answered"),
        "duration" => Some("Until all of the trace was over"),
        "services" => Some("Services that sent a segment"),
        _ => None,
    }
}

fn row(asked: &Asked, facts: &Facts, longest: Duration) -> Markup {
    let root = facts.root();
    let more = root.more.as_deref();
    let services: Vec<&str> = facts.services.iter().filter(|service| !service.is_inferred).map(|service| &*service.name).collect();
    let request = request(root);
    let share = facts.response_time.map_or(0.0, |time| time.as_secs_f64() / longest.as_secs_f64().max(1e-9));
    let names: Vec<String> = services.iter().take(12).map(|name| text::line(name, 40)).collect();
    html! {
        tr data-key=(facts.id) {
            td.nowrap.num { (time::short(facts.start, asked.now)) }
            td { (parts::outcome(facts.status, more.and_then(|more| more.http_status).map(i64::from), facts.response_time.is_some())) @if facts.is_partial && !facts.is_complete { " " span.tag title="Something is in progress or has not arrived" { "…" } } }
            td.clip.name { (parts::name(&root.name)) }
            td.clip.request { a href=(asked.scope.link(&format!("/traces/{}", facts.id))) title=[more.and_then(|more| more.http_url.as_deref()).map(|url| text::line(url, 300))] { span.narrow-only { (parts::name(&root.name)) } (request) } }
            td.right { span.timed { (parts::share(share, parts::class_of(facts.status))) (time::took(facts.response_time)) } }
            td.right { (time::took(Some(facts.duration()))) }
            td.right.num.wide-only { span title=(names.join(", ")) { (services.len()) } }
            td.right.num.wide-only { @if facts.exceptions.is_empty() { span.faint { "–" } } @else { (facts.exceptions.len()) } }
        }
    }
}

/// Method and path as they were asked for; of what has no URL, what was done.
fn request(root: &Service) -> String {
    let more = root.more.as_deref();
    let Some(url) = more.and_then(|more| more.http_url.as_deref()) else {
        return text::line(root.operation.as_deref().unwrap_or(&root.name), NAME_SHOWN_CHARS_MAX);
    };
    let path = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("/", |slash| &rest[slash..]));
    let method = more.and_then(|more| more.http_method.as_deref()).unwrap_or_default();
    text::line(format!("{method} {path}").trim(), NAME_SHOWN_CHARS_MAX)
}

/// The traces of one page. Sorts no more than what is shown.
fn page_of(mut taken: Vec<Arc<Facts>>, wanted: &Wanted, page: usize) -> Vec<Arc<Facts>> {
    let (begin, end) = ((page - 1) * TRACES_PER_PAGE, (page * TRACES_PER_PAGE).min(taken.len()));
    // They come earliest first.
    if wanted.sort == 0 {
        if wanted.descending {
            taken.reverse();
        }
    } else {
        let compare = |one: &Arc<Facts>, other: &Arc<Facts>| {
            let by = compare(wanted.sort, one, other);
            (if wanted.descending { by.reverse() } else { by })
                .then_with(|| other.start.cmp(&one.start))
                .then_with(|| one.id.cmp(&other.id))
        };
        if end < taken.len() {
            taken.select_nth_unstable_by(end, compare);
        }
        taken[..end].sort_unstable_by(compare);
    }
    taken.truncate(end);
    taken.split_off(begin.min(end))
}

fn compare(sort: usize, one: &Facts, other: &Facts) -> Ordering {
    let code = |facts: &Facts| facts.root().more.as_deref().and_then(|more| more.http_status);
    let services = |facts: &Facts| facts.services.iter().filter(|service| !service.is_inferred).count();
    match COLUMNS[sort].0 {
        "status" => one.status.cmp(&other.status).then_with(|| code(one).cmp(&code(other))),
        "service" => one.root().name.cmp(&other.root().name),
        "request" => one.root().operation.cmp(&other.root().operation),
        "response" => one.response_time.cmp(&other.response_time),
        "duration" => one.duration().cmp(&other.duration()),
        "services" => services(one).cmp(&services(other)),
        "errors" => one.exceptions.len().cmp(&other.exceptions.len()),
        _ => one.start.cmp(&other.start),
    }
}
