//! What pages are put together from.

use std::time::Duration;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::scope::Scope;
use super::text;
use crate::graph::Statistics;
use crate::query::Status;
use crate::serve::App;
use crate::settings::NAME_SHOWN_CHARS_MAX;
use crate::view::{mark_of, number, word_of};

/// Class of a status: gives bars, rings and words their colour.
pub(crate) fn class_of(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Error => "error",
        Status::Throttle => "throttle",
        Status::Fault => "fault",
    }
}

/// A status as sign, word and colour; with the HTTP status if there was one.
pub(crate) fn badge(status: Status, http: Option<i64>) -> Markup {
    html! {
        span class={ "badge " (class_of(status)) } {
            span aria-hidden="true" { (mark_of(status)) } " "
            @match http {
                Some(code) => { (code) span.sr { " " (word_of(status)) } },
                None => (word_of(status)),
            }
        }
    }
}

/// How a trace went; of one that goes on, nothing good is said yet.
pub(crate) fn outcome(status: Status, http: Option<i64>, is_over: bool) -> Markup {
    if status == Status::Ok && !is_over {
        return html! { span.badge.neutral title="In progress, or its first segment has not arrived" { span aria-hidden="true" { "…" } " open" } };
    }
    badge(status, http)
}

/// A name from a document.
pub(crate) fn name(name: &str) -> Markup {
    let shown = text::line(name, NAME_SHOWN_CHARS_MAX);
    html! { @if shown.trim().is_empty() { span.faint { "(no name)" } } @else { (shown) } }
}

/// A service with the mark of its colour; `index` tells services of one page apart.
pub(crate) fn service(index: usize, name: &str) -> Markup {
    html! { span.service { span class={ "swatch c" (index % 8) } aria-hidden="true" {} (self::name(name)) } }
}

/// What is wrong with the scope, with a caret below the place.
pub(crate) fn problems(scope: &Scope) -> Markup {
    html! {
        @if !scope.problems.is_empty() {
            div.problems id="problems" role="alert" {
                @for problem in &scope.problems {
                    @if let Some(column) = problem.column {
                        // As many blanks as columns: a monospaced font puts the caret below the place.
                        pre { (text::line(&scope.filter, usize::MAX)) "\n" (" ".repeat(column.min(scope.filter.chars().count()))) span.caret { "^" } }
                    }
                    p { (problem.message) }
                }
            }
        }
    }
}

/// Where nothing is to be seen: what it means, and what to do.
pub(crate) fn empty(title: &str, advice: &Markup) -> Markup {
    html! { div.empty { h2 { (title) } (advice) } }
}

/// How traces get here.
pub(crate) fn no_traces_yet(address: &str) -> Markup {
    let advice = html! {
        p { "Start a program with an X-Ray SDK beside this collector; its traces show up here at once:" }
        pre.command { code { "AWS_XRAY_DAEMON_ADDRESS=" (address) " cargo run" } }
        p.faint { "Programs that use port 2000, the default of all X-Ray SDKs, need no setting if this collector runs on it." }
    };
    empty("No traces yet", &advice)
}

/// Nothing fits the scope, though there are traces.
pub(crate) fn nothing_fits(scope: &Scope, path: &str, held: usize) -> Markup {
    if scope.is_broken() {
        let advice =
            html! { p { "What is wrong with it stands above. " a href=(scope.with_filter("").link(path)) { "Remove the filter" } "." } };
        return empty("The filter is not understood", &advice);
    }
    if scope.is_late() {
        let advice = html! {
            p { "The documents of too many traces had to be read. Choose a shorter time, or add a condition that leaves fewer of them, such as " code { "fault" } " or " code { "service(\"…\")" } "." }
        };
        return empty("To look through all traces takes too long", &advice);
    }
    let advice = html! {
        p {
            (number::counted(held, "trace")) " "
            (if held == 1 { "is" } else { "are" }) " held. "
            @if !scope.filter.is_empty() {
                a href=(scope.with_filter("").link(path)) { "Remove the filter" } " or "
            }
            a href=(path) { "show all of them" } "."
        }
    };
    empty("No trace fits", &advice)
}

/// Why a page has nothing to show.
pub(crate) fn nothing(app: &App, scope: &Scope, path: &str) -> Markup {
    match app.collector.progress().traces {
        0 => no_traces_yet(&app.collector.local_addr().to_string()),
        held => nothing_fits(scope, path, held),
    }
}

/// How requests went, as a bar of shares; even one in a million shows.
pub(crate) fn shares(of: &Statistics) -> Markup {
    let each = [(Status::Fault, of.faults), (Status::Throttle, of.throttles), (Status::Error, of.errors), (Status::Ok, of.ok)];
    let mut left = 0.0;
    let mut bars: Vec<(&str, f64, f64)> = Vec::new();
    for (status, count) in each.into_iter().filter(|(_, count)| *count > 0) {
        let width = (of.share(count) * 100.0).max(2.5).min(100.0 - left);
        bars.push((class_of(status), left, width));
        left += width;
    }
    html! {
        svg.shares width="72" height="8" aria-hidden="true" {
            @for (class, left, width) in bars { rect class=(class) x=(format!("{left:.1}%")) width=(format!("{width:.1}%")) height="8" {} }
        }
    }
}

/// A moment before: stretches of time that follow each other do not overlap.
pub(crate) fn before(time: Timestamp) -> Timestamp {
    Timestamp::from_nanos(time.as_nanos().saturating_sub(1_000_000))
}

/// A count; a dash where it is 0.
pub(crate) fn some(count: u64) -> Markup {
    html! { @if count > 0 { (number::count(count)) } @else { span.faint { "–" } } }
}

/// So many per minute, short.
pub(crate) fn rate(per_minute: f64) -> String {
    match per_minute {
        rate if rate >= 99.5 => format!("{}/min", number::count(rate.round() as u64)),
        rate if rate >= 9.95 => format!("{rate:.0}/min"),
        rate => format!("{rate:.1}/min"),
    }
}

/// What the colours of columns mean.
pub(crate) fn legend() -> Markup {
    html! {
        span.legend {
            @for (class, label) in [("ok", "ok"), ("error", "error"), ("throttle", "throttled"), ("fault", "fault")] {
                span.entry { svg width="9" height="9" aria-hidden="true" { rect class={ "column " (class) } width="9" height="9" rx="2" {} } (label) }
            }
        }
    }
}

/// One figure with its name.
pub(crate) fn figure(label: &str, value: &Markup, note: Option<&str>) -> Markup {
    html! { div.figure { dt { (label) } dd { (value) @if let Some(note) = note { span.note { (note) } } } } }
}

/// A part of a page with a headline.
pub(crate) fn card(title: &str, aside: Option<Markup>, body: &Markup) -> Markup {
    html! { section.card { header { h2 { (title) } @if let Some(aside) = aside { div.aside { (aside) } } } (body) } }
}

/// Text to be copied with one click, or by hand.
pub(crate) fn copyable(text: &str) -> Markup {
    html! { span.copyable { code { (text) } button.copy.needs-script type="button" hidden data-copy=(text) title="Copy" aria-label={ "Copy " (text) } { svg width="13" height="13" viewBox="0 0 16 16" aria-hidden="true" { path d="M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z" fill="none" stroke="currentColor" stroke-width="1.4" {} } } } }
}

/// Pages of a list: where one is, and the way to the others.
pub(crate) fn pages(page: usize, pages: usize, link: impl Fn(usize) -> String) -> Markup {
    html! {
        @if pages > 1 {
            nav.pages aria-label="Pages of the list" {
                @if page > 1 { a rel="prev" href=(link(page - 1)) { "← Newer" } } @else { span.faint { "← Newer" } }
                span { "Page " (number::count(page as u64)) " of " (number::count(pages as u64)) }
                @if page < pages { a rel="next" href=(link(page + 1)) { "Older →" } } @else { span.faint { "Older →" } }
            }
        }
    }
}

/// A share of 1, as a bar whose length says it.
pub(crate) fn share(share: f64, class: &str) -> Markup {
    let percent = format!("{:.2}%", (share.clamp(0.0, 1.0)) * 100.0);
    html! { svg.share width="60" height="8" aria-hidden="true" { rect.track width="100%" height="8" rx="2" {} rect class=(class) width=(percent) height="8" rx="2" {} } }
}

/// How a duration is written for a number input: milliseconds.
pub(crate) fn millis(duration: Duration) -> String {
    let text = format!("{:.3}", duration.as_secs_f64() * 1e3);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
