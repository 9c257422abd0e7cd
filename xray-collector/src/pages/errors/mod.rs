//! Why traces fail: `/errors`, and with one error looked at `/errors?error=…&at=…&in=…`.

mod detail;

use std::cmp::Ordering;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::chart::Chart;
use super::layout::{Asked, Page, Section};
use super::scope::{Query, Range};
use super::sort::{Column, Sorting};
use super::{assets, conditions, parts, spark, text, time};
use crate::facts::Facts;
use crate::query::Status;
use crate::serve::App;
use crate::settings::{ROWS_MAX, TREND_PIECES};
use crate::stats::{self, Axis, ErrorGroup};
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/errors", get(errors))
}

const COLUMNS: &[Column] = &[
    Column::text("error", "Error"),
    Column { class: "wide-only", ..Column::text("where", "Where") },
    Column::number("count", "Count"),
    Column::more("traces", "Traces"),
    Column { class: "wide-only", ..Column::number("trend", "Trend") },
    Column { class: "wide-only", ..Column::number("first", "First seen") },
    Column { class: "", ..Column::number("last", "Last seen") },
];

/// What the parts of the page are about.
struct Seen<'a> {
    asked: &'a Asked,
    facts: &'a [Arc<Facts>],
    groups: &'a [ErrorGroup],
    sorting: Sorting,
    axis: Axis,
    /// The group that is looked at.
    chosen: Option<usize>,
}

async fn errors(State(app): State<App>, mut asked: Asked) -> Response {
    let facts = asked.scope.facts(&app);
    let axis = Axis::of(&facts, TREND_PIECES);
    let groups = stats::errors(&facts, &axis);
    let sorting = Sorting::of(&asked.query, COLUMNS, "count");
    let seen = Seen { asked: &asked, facts: &facts, groups: &groups, sorting, axis, chosen: chosen(&groups, &asked.query) };
    let page = Page::new(Section::Errors, "Errors", body(&app, &seen)).with(&assets::STATS_STYLE);
    let kept = ["error", "at", "in"].into_iter().filter_map(|name| Some((name, asked.query.get(name)?)));
    let page = kept
        .chain(sorting.pairs().into_iter().filter(|(_, value)| !value.is_empty()))
        .fold(page, |page, (name, value)| page.keep(name, value));
    asked.page(&app, page)
}

fn chosen(groups: &[ErrorGroup], query: &Query) -> Option<usize> {
    let (kind, site, service) = (query.get("error"), query.get("at"), query.get("in"));
    if (kind, site, service) == (None, None, None) {
        return None;
    }
    // What an address leaves out is empty.
    let fits = |name: &str, wanted: Option<&str>| text::key(wanted.unwrap_or_default()) == text::key(name);
    groups.iter().position(|group| fits(&group.kind, kind) && fits(&group.site, site) && fits(&group.service, service))
}

fn body(app: &App, seen: &Seen<'_>) -> Markup {
    let total: u64 = seen.groups.iter().map(|group| group.count).sum();
    html! {
        div.head {
            h1 { "Errors" }
            span.muted id="count" data-live {
                (number::counted(usize::try_from(total).unwrap_or(usize::MAX), "error")) " of " (number::counted(seen.groups.len(), "kind"))
            }
        }
        @if seen.facts.is_empty() { div.card id="errors" data-live { (parts::nothing(app, &seen.asked.scope, "/errors")) } }
        @else if seen.groups.is_empty() { div.card id="errors" data-live { (none(seen)) } }
        @else {
            (over_time(seen))
            div.split id="errors" data-live data-chosen[seen.chosen.is_some()] {
                (table(seen))
                @if let Some(group) = seen.chosen.and_then(|chosen| seen.groups.get(chosen)) { (detail::panel(seen, group)) }
            }
        }
    }
}

fn none(seen: &Seen<'_>) -> Markup {
    let scope = &seen.asked.scope;
    let advice = html! {
        p { "Nothing failed in " a href=(scope.link("/traces")) { (number::counted(seen.facts.len(), "trace")) } "." }
        p.faint { "Exceptions show up here by their type and the place where they happened, and so do answers with a status of 400 and above." }
    };
    parts::empty("No errors", &advice)
}

/// The worst that happened in a trace, dealt with or not.
fn worst(facts: &Facts) -> Option<Status> {
    let worst = [(facts.any_fault, Status::Fault), (facts.has_throttle, Status::Throttle), (facts.any_error, Status::Error)];
    worst.into_iter().find_map(|(is_so, status)| is_so.then_some(status))
}

fn over_time(seen: &Seen<'_>) -> Markup {
    let failed = seen.facts.iter().filter_map(|facts| Some((facts.start, worst(facts)?)));
    let scope = &seen.asked.scope;
    html! {
        section.card id="when" data-live {
            header { h2 { "Traces in which something failed" } div.aside { (parts::legend()) } }
            div.body {
                @if let Some(chart) = Chart::of_times(failed) {
                    (chart.draw("Traces in which something failed, over time", |from, to| scope.over(Range::Between(Some(from), Some(parts::before(to)))).link("/errors")))
                }
            }
        }
    }
}

fn compare(by: &str, one: &ErrorGroup, other: &ErrorGroup) -> Ordering {
    let latest = |group: &ErrorGroup| {
        let pieces = group.trend.len();
        // How much of it is in the latest quarter of the time.
        let late: u64 = group.trend[pieces - pieces / 4..].iter().sum();
        late * 1_000 / group.count.max(1)
    };
    match by {
        "error" => (&one.kind, &one.message).cmp(&(&other.kind, &other.message)),
        "where" => (&one.service, &one.site).cmp(&(&other.service, &other.site)),
        "traces" => one.traces.cmp(&other.traces),
        "trend" => latest(one).cmp(&latest(other)),
        "first" => one.first.cmp(&other.first),
        "last" => one.last.cmp(&other.last),
        _ => one.count.cmp(&other.count),
    }
}

fn table(seen: &Seen<'_>) -> Markup {
    let mut rows: Vec<(usize, &ErrorGroup)> = seen.groups.iter().enumerate().collect();
    rows.sort_by(|(_, one), (_, other)| seen.sorting.turned(compare(seen.sorting.by(), one, other)));
    let link = |pairs: &[(&str, &str)]| {
        let mut all = seen.chosen.map(|chosen| seen.key(&seen.groups[chosen]).to_vec()).unwrap_or_default();
        all.extend_from_slice(pairs);
        seen.asked.scope.link_with("/errors", &all)
    };
    html! {
        section.card aria-label="Errors by type and place" {
            div.scroll tabindex="0" {
                table.errors {
                    thead { tr { (seen.sorting.headlines(link)) } }
                    tbody { @for (index, group) in rows.iter().take(ROWS_MAX) { (row(seen, *index, group)) } }
                }
            }
            @if rows.len() > ROWS_MAX { p.note { "The first " (ROWS_MAX) " of " (number::count(rows.len() as u64)) ". A filter or a shorter time has fewer." } }
        }
    }
}

fn row(seen: &Seen<'_>, index: usize, group: &ErrorGroup) -> Markup {
    let now = seen.asked.now;
    html! {
        tr data-key={ "error-" (index) } aria-current=[(seen.chosen == Some(index)).then_some("true")] {
            td.clip.wide {
                span class={ "mark " (parts::class_of(group.status)) } title=(crate::view::word_of(group.status)) { (crate::view::mark_of(group.status)) }
                " " a href=(seen.link_to(group)) title=(text::line(&group.kind, 300)) { b { (kind(group)) } }
                @if !group.message.is_empty() { " " span.muted title=(text::line(&group.message, 300)) { (text::line(&group.message, 160)) } }
            }
            td.clip.where.wide-only title=(text::line(&group.site, 300)) { code { (parts::name(&group.site)) } span.muted { " in " (parts::name(&group.service)) } }
            td.right.num { (number::count(group.count)) }
            td.right.num.wide-only { a href=(seen.traces_of(group)) { (number::count(group.traces)) } }
            td.wide-only { (trend(seen, group)) }
            td.nowrap.muted.wide-only { (time::relative(group.first, now)) }
            td.nowrap { (time::relative(group.last, now)) }
        }
    }
}

fn trend(seen: &Seen<'_>, group: &ErrorGroup) -> Markup {
    let busiest = group.trend.iter().copied().max().unwrap_or_default();
    let length = number::duration(seen.axis.step());
    let what = format!("{} over time, at most {} in {length}", number::count(group.count), number::count(busiest));
    spark::columns(&group.trend, parts::class_of(group.status), &what)
}

fn kind(group: &ErrorGroup) -> Markup {
    html! { @if group.kind.is_empty() { "exception without a type" } @else { (parts::name(&group.kind)) } }
}

impl Seen<'_> {
    fn key<'a>(&self, group: &'a ErrorGroup) -> [(&'static str, &'a str); 3] {
        [("error", text::key(&group.kind)), ("at", text::key(&group.site)), ("in", text::key(&group.service))]
    }

    /// The page with this error looked at.
    fn link_to(&self, group: &ErrorGroup) -> String {
        let pairs: Vec<(&str, &str)> = self.key(group).into_iter().chain(self.sorting.pairs()).collect();
        self.asked.scope.link_with("/errors", &pairs)
    }

    /// The list of traces in which it happened, as near as a filter can say it.
    fn traces_of(&self, group: &ErrorGroup) -> String {
        condition(group).map_or_else(|| self.link_to(group), |condition| self.asked.scope.narrowed(&condition).link("/traces"))
    }
}

/// The filter that finds an error; filters know no call sites. `None` for exceptions that made nothing fail, which filters do not see, and
/// for names that no filter is long enough for.
fn condition(group: &ErrorGroup) -> Option<String> {
    if [&group.kind, &group.service].into_iter().any(|name| text::key(name).len() < name.len()) {
        return None;
    }
    let who = conditions::quoted(&group.service);
    let failed = match (group.status, group.is_exception) {
        (Status::Ok, _) => return None,
        (_, false) => {
            let http = group.kind.strip_prefix("HTTP ").filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()));
            let state = if group.status == Status::Throttle {
                "throttle"
            } else if group.status == Status::Fault {
                "fault"
            } else {
                "error"
            };
            let state = http.map_or(state.to_owned(), |code| format!("http.status = {code}"));
            return Some(conditions::service_that(&who, &state));
        }
        (Status::Fault, true) => "fault",
        (_, true) => "error",
    };
    Some(format!("{} AND rootcause.{failed}.exception {{ name = {} }}", conditions::service(&who), conditions::quoted(&group.kind)))
}
