//! All traces together: figures, how they are spread, and how they went over time.

use std::time::Duration;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::Seen;
use crate::pages::chart::Chart;
use crate::pages::lines::{Line, lines};
use crate::pages::parts;
use crate::pages::scope::{Range, Scope};
use crate::query::Status;
use crate::settings::CHART_COLUMNS_MAX;
use crate::stats::{self, Axis, Overview};
use crate::view::number;

/// The percentiles that are told everywhere.
pub(super) fn percentiles(of: &stats::Spread<Duration>) -> [(&'static str, Duration); 4] {
    [("p50", of.p50), ("p90", of.p90), ("p95", of.p95), ("p99", of.p99)]
}

pub(super) fn figures(seen: &Seen<'_>) -> Markup {
    let overview = stats::overview(seen.facts);
    html! { section.card id="figures" data-live aria-label="All traces together" { (list(&overview)) } }
}

pub(super) fn list(overview: &Overview) -> Markup {
    let of = &overview.statistics;
    html! {
        dl.figures {
            (parts::figure("Traces", &html! { (number::count(of.total() + overview.in_progress)) }, Some(&parts::rate(overview.per_minute))))
            @if of.total() > 0 {
                @for (name, time) in percentiles(&overview.times) { (parts::figure(name, &html! { (number::duration(time)) }, None)) }
                (parts::figure("Slowest", &html! { (number::duration(overview.times.greatest)) }, None))
            }
            @for (name, count) in [("Errors", of.errors), ("Throttled", of.throttles), ("Faults", of.faults)] {
                (parts::figure(name, &html! { (number::percent(of.share(count))) }, (count > 0).then(|| number::count(count)).as_deref()))
            }
            @if overview.in_progress > 0 { (parts::figure("In progress", &html! { (number::count(overview.in_progress)) }, None)) }
        }
    }
}

pub(super) fn charts(seen: &Seen<'_>) -> Markup {
    let scope = seen.scope();
    let mut times: Vec<(Duration, Status)> = seen.facts.iter().filter_map(|facts| Some((facts.response_time?, facts.status))).collect();
    times.sort_unstable_by_key(|(time, _)| *time);
    let traces_within =
        |from: Duration, to: Duration| scope.link_with("/traces", &[("min", &parts::millis(from)), ("max", &parts::millis(to))]);
    html! {
        div.grid.charts-of-three {
            section.card id="spread" data-live {
                header { h2 { "Response time" } }
                div.body {
                    @if let Some(chart) = Chart::of_durations(&times) { (chart.draw("Traces by response time", None, traces_within)) }
                    @else { p.faint { "None of these traces has ended." } }
                }
            }
            section.card id="over-time" data-live { (over_time(seen)) }
            section.card id="when" data-live {
                header { h2 { "Traces" } div.aside { (parts::legend()) } }
                div.body {
                    @if let Some(chart) = Chart::of_times(seen.facts.iter().map(|facts| (facts.start, facts.status))) {
                        (chart.draw("Traces over time", |from, to| between(scope, from, to)))
                    }
                }
            }
        }
    }
}

/// The same page about a stretch of time.
fn between(scope: &Scope, from: Timestamp, to: Timestamp) -> String {
    scope.over(Range::Between(Some(from), Some(parts::before(to)))).link("/analytics")
}

fn over_time(seen: &Seen<'_>) -> Markup {
    let axis = Axis::round(seen.facts, CHART_COLUMNS_MAX / 2);
    let pieces = stats::over_time(seen.facts.iter().map(|facts| (facts.start, facts.status, facts.response_time)), &axis);
    html! {
        header { h2 { "Response time over time" } div.aside { (key()) } }
        div.body { (percentiles_over_time(seen.scope(), &axis, &pieces)) }
    }
}

/// What the lines are.
pub(super) fn key() -> Markup {
    html! {
        span.legend { @for name in ["p50", "p95", "p99"] {
            span.entry { svg.key width="16" height="9" aria-hidden="true" { line class=(name) x1="0" x2="16" y1="4.5" y2="4.5" {} } (name) }
        } }
    }
}

pub(super) fn percentiles_over_time(scope: &Scope, axis: &Axis, pieces: &[Overview]) -> Markup {
    let of =
        |time: fn(&Overview) -> Duration| pieces.iter().map(|piece| (piece.times.count > 0).then(|| time(piece).as_secs_f64())).collect();
    let drawn = [
        Line { class: "p99", values: of(|piece| piece.times.p99) },
        Line { class: "p95", values: of(|piece| piece.times.p95) },
        Line { class: "p50", values: of(|piece| piece.times.p50) },
    ];
    let told = |place: usize| {
        let piece = pieces.get(place).filter(|piece| piece.times.count > 0)?;
        let times: Vec<String> =
            percentiles(&piece.times).iter().map(|(name, time)| format!("{name} {}", number::duration(*time))).collect();
        let faults = match piece.statistics.faults {
            0 => String::new(),
            faults => format!(", {} faults", number::count(faults)),
        };
        let at = number::moment(axis.begin(place));
        Some((
            format!("{} ended{faults}: {}; {at}", number::count(piece.times.count), times.join(", ")),
            between(scope, axis.begin(place), axis.begin(place + 1)),
        ))
    };
    let label = |seconds: f64| number::duration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    html! {
        (lines("Percentiles of response times over time", axis, &drawn, label, told))
        (as_table(axis, pieces))
    }
}

/// How long a piece is, in words.
fn length(axis: &Axis) -> String {
    match axis.step().as_secs() {
        60 => "minute".to_owned(),
        3_600 => "hour".to_owned(),
        seconds if seconds % 3_600 == 0 => format!("{} hours", seconds / 3_600),
        seconds if seconds % 60 == 0 => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}

/// The same for those who do not see it, or want the figures.
fn as_table(axis: &Axis, pieces: &[Overview]) -> Markup {
    let rows = pieces.iter().enumerate().filter(|(_, piece)| piece.statistics.total() + piece.in_progress > 0);
    html! {
        details.figures-of {
            summary { "As a table, each " (length(axis)) }
            div.scroll.low tabindex="0" {
                table.compact {
                    thead { tr { th scope="col" { "From (UTC)" } @for name in ["Count", "p50", "p90", "p95", "p99", "Errors", "Throttled", "Faults"] { th.right scope="col" { (name) } } } }
                    tbody { @for (place, piece) in rows { tr {
                        td.nowrap { time datetime=(crate::pages::time::iso(axis.begin(place))) { (crate::pages::lines::tick(axis, place)) } }
                        td.right.num { (number::count(piece.statistics.total() + piece.in_progress)) }
                        @for (_, time) in percentiles(&piece.times) { td.right { (crate::pages::time::took((piece.times.count > 0).then_some(time))) } }
                        @for count in [piece.statistics.errors, piece.statistics.throttles, piece.statistics.faults] { td.right.num { (parts::some(count)) } }
                    } } }
                }
            }
        }
    }
}
