//! Every service and what it was asked for.

use std::cmp::Ordering;

use maud::{Markup, html};

use super::Seen;
use super::figures::percentiles;
use crate::pages::map::label;
use crate::pages::sort::Column;
use crate::pages::{parts, text, time};
use crate::settings::ROWS_MAX;
use crate::stats::Operation;
use crate::view::number;

pub(super) const COLUMNS: &[Column] = &[
    Column::text("service", "Service"),
    Column::text("operation", "Operation"),
    Column::number("requests", "Requests"),
    Column::more("rate", "Per minute"),
    Column::more("p50", "p50"),
    Column::more("p90", "p90"),
    Column::number("p95", "p95"),
    Column::more("p99", "p99"),
    Column::more("time", "Total time"),
    Column::more("errors", "Errors"),
    Column::more("throttled", "Throttled"),
    Column::number("faults", "Faults"),
];

pub(super) fn compare(by: &str, one: &Operation, other: &Operation) -> Ordering {
    let share = |operation: &Operation, count: u64| operation.statistics.share(count);
    match by {
        "service" => (&one.service, &one.kind, &one.name).cmp(&(&other.service, &other.kind, &other.name)),
        "operation" => (&one.name, &one.service).cmp(&(&other.name, &other.service)),
        "requests" | "rate" => requests(one).cmp(&requests(other)),
        "p50" => one.times.p50.cmp(&other.times.p50),
        "p90" => one.times.p90.cmp(&other.times.p90),
        "p95" => one.times.p95.cmp(&other.times.p95),
        "p99" => one.times.p99.cmp(&other.times.p99),
        "errors" => share(one, one.statistics.errors).total_cmp(&share(other, other.statistics.errors)),
        "throttled" => share(one, one.statistics.throttles).total_cmp(&share(other, other.statistics.throttles)),
        "faults" => share(one, one.statistics.faults).total_cmp(&share(other, other.statistics.faults)),
        _ => one.statistics.response_time.cmp(&other.statistics.response_time),
    }
}

pub(super) fn requests(operation: &Operation) -> u64 {
    operation.statistics.total() + operation.in_progress
}

pub(super) fn table(seen: &Seen<'_>, operations: &[Operation], chosen: Option<&Operation>) -> Markup {
    let mut rows: Vec<&Operation> = operations.iter().collect();
    rows.sort_by(|one, other| seen.sorting.turned(compare(seen.sorting.by(), one, other)));
    html! {
        section.card aria-label="Services and operations" {
            header { h2 { "Services and operations" } div.aside { @if rows.len() > ROWS_MAX { "The first " (ROWS_MAX) " of " (number::count(rows.len() as u64)) } } }
            div.scroll tabindex="0" {
                table.operations {
                    thead { tr { (seen.sorting.headlines(|pairs| seen.link(pairs))) } }
                    tbody { @for (index, operation) in rows.iter().take(ROWS_MAX).enumerate() {
                        (row(seen, index, operation, chosen.is_some_and(|chosen| std::ptr::eq(chosen, *operation))))
                    } }
                }
            }
        }
    }
}

fn row(seen: &Seen<'_>, index: usize, operation: &Operation, is_chosen: bool) -> Markup {
    let of = &operation.statistics;
    let has_ended = of.total() > 0;
    let times = percentiles(&operation.times).map(|(name, value)| (if name != "p95" { "right wide-only" } else { "right" }, value));
    html! {
        tr data-key={ "operation-" (index) } aria-current=[is_chosen.then_some("true")] {
            td.clip.service-name title=(text::line(&operation.service, 300)) { (who(operation)) }
            td.clip.wide title=[operation.name.as_deref().map(|name| text::line(name, 300))] { a href=(seen.link_to(operation)) { (name(operation)) } }
            td.right.num { (number::count(requests(operation))) }
            td.right.num.wide-only { (parts::rate(operation.per_minute).replace("/min", "")) }
            @for (class, value) in times { td class=(class) { (time::took(has_ended.then_some(value))) } }
            td.right.wide-only { (time::took(has_ended.then_some(of.response_time))) }
            @for (count, class) in [(of.errors, "right num wide-only"), (of.throttles, "right num wide-only"), (of.faults, if of.share(of.faults) >= 0.05 { "right num bad" } else { "right num" })] {
                td class=(class) title=[(count > 0).then(|| number::count(count))] { @if count > 0 { (number::percent(of.share(count))) } @else { span.faint { "–" } } }
            }
        }
    }
}

/// The service, short, and what it is where that says more.
pub(super) fn who(operation: &Operation) -> Markup {
    html! {
        (label::name(&operation.service, &operation.kind))
        @if !operation.kind.is_empty() { span.faint.small { " " (label::kind_beside(&operation.kind, &operation.service)) } }
    }
}

pub(super) fn name(operation: &Operation) -> Markup {
    html! { @match operation.name.as_deref() { Some(name) => (parts::name(name)), None => span.muted { "any request" } } }
}
