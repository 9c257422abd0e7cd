//! Two filters side by side.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};

use super::Seen;
use super::figures::list;
use super::table::{name, requests, who};
use crate::facts::Facts;
use crate::pages::lines::{Line, lines};
use crate::pages::scope::{Range, Scope};
use crate::pages::sort::Column;
use crate::pages::{parts, text, time};
use crate::settings::{BARS_COMPARED, CHART_COLUMNS_MAX, ROWS_MAX};
use crate::stats::{self, Axis, Compared, Operation};
use crate::view::number;

pub(super) const COLUMNS: &[Column] = &[
    Column::text("service", "Service"),
    Column::text("operation", "Operation"),
    Column::more("requests-a", "Requests A"),
    Column::more("requests-b", "Requests B"),
    Column::more("p50-a", "p50 A"),
    Column::more("p50-b", "p50 B"),
    Column::number("p95-a", "p95 A"),
    Column::number("p95-b", "p95 B"),
    Column::number("change", "Change of p95"),
    Column::number("faults-a", "Faults A"),
    Column::number("faults-b", "Faults B"),
    Column::more("time", "Total time"),
];

/// One of the two.
struct Side<'a> {
    letter: &'static str,
    scope: &'a Scope,
    facts: &'a [Arc<Facts>],
}

pub(super) fn compare(seen: &Seen<'_>, with: &Scope) -> Markup {
    let sides = [Side { letter: "A", scope: seen.scope(), facts: seen.facts }, Side { letter: "B", scope: with, facts: &seen.others }];
    html! {
        div.sides id="sides" data-live {
            @for side in &sides {
                section.card aria-label={ "Filter " (side.letter) } {
                    header {
                        h2 { span class={ "letter " (side.letter) } { (side.letter) } " " code { @if side.scope.filter.is_empty() { "all traces" } @else { (text::line(&side.scope.filter, 200)) } } }
                        div.aside { a href=(side.scope.link("/traces")) { "Show traces" } }
                    }
                    @if side.facts.is_empty() { (parts::nothing(seen.app, side.scope, "/analytics")) }
                    @else { (list(&stats::overview(side.facts))) }
                }
            }
        }
        @if sides.iter().any(|side| !side.facts.is_empty()) {
            div.grid id="charts" data-live {
                section.card { header { h2 { "Response time" } div.aside { (key("share of each")) } } div.body { (spread(&sides)) } }
                section.card { header { h2 { "p95 over time" } div.aside { (key("")) } } div.body { (over_time(seen, &sides)) } }
            }
            (table(seen, &sides))
        }
    }
}

fn key(what: &str) -> Markup {
    html! { span.legend { @for letter in ["A", "B"] { span.entry { svg.key width="16" height="9" aria-hidden="true" { line class={ "side " (letter) } x1="0" x2="16" y1="4.5" y2="4.5" {} } (letter) } } @if !what.is_empty() { span.faint { (what) } } } }
}

/// Two histograms on one axis, each by its own total: what matters is their form.
fn spread(sides: &[Side<'_>; 2]) -> Markup {
    let [left, right] = [0, 1].map(|side| sides[side].facts.iter().filter_map(|facts| facts.response_time).collect::<Vec<Duration>>());
    let bars = stats::bars([&left, &right], BARS_COMPARED);
    let totals = [left.len(), right.len()].map(|total| total.max(1) as f64);
    let share = |bar: &stats::Bar, side: usize| bar.counts[side] as f64 / totals[side];
    let highest = bars.iter().flat_map(|bar| [share(bar, 0), share(bar, 1)]).fold(f64::MIN_POSITIVE, f64::max);
    let (height, count) = (84.0, bars.len().max(1) as f64);
    let percent = |place: f64| format!("{:.3}%", place / count * 100.0);
    html! {
        svg.histogram.compared role="group" aria-label="Response times of A and B" width="100%" height="104" {
            line.axis x1="0" x2="100%" y1=(height + 0.5) y2=(height + 0.5) {}
            @for (index, bar) in bars.iter().enumerate() {
                g {
                    title {
                        (number::duration(bar.from)) " – " (number::duration(bar.to)) @for (side, letter) in ["A", "B"].into_iter().enumerate() { ", " (letter) ": " (number::percent(share(bar, side))) " (" (number::count(bar.counts[side])) ")" }
                    }
                    rect.hit x=(percent(index as f64)) y="0" width=(percent(1.0)) height=(height) {}
                    @for (side, letter) in ["A", "B"].into_iter().enumerate() {
                        @let tall = share(bar, side) / highest * (height - 2.0);
                        @if bar.counts[side] > 0 { rect class={ "side " (letter) } x=(percent(index as f64 + 0.04 + 0.46 * side as f64)) width=(percent(0.46)) y=(format!("{:.1}", height - tall.max(1.5))) height=(format!("{:.1}", tall.max(1.5))) {} }
                    }
                }
                @if index % 8 == 0 {
                    line.axis x1=(percent(index as f64)) x2=(percent(index as f64)) y1=(height) y2=(height + 5.0) {}
                    text.minor[index % 16 != 0] x=(percent(index as f64)) dx="3" y=(height + 15.0) { (number::duration(bar.from)) }
                }
            }
        }
    }
}

fn over_time(seen: &Seen<'_>, sides: &[Side<'_>; 2]) -> Markup {
    let both: Vec<Arc<Facts>> = sides.iter().flat_map(|side| [side.facts.first(), side.facts.last()]).flatten().cloned().collect();
    let axis = Axis::round(&both, CHART_COLUMNS_MAX / 2);
    let of = |side: &Side<'_>| stats::over_time(side.facts.iter().map(|facts| (facts.start, facts.status, facts.response_time)), &axis);
    let pieces = [of(&sides[0]), of(&sides[1])];
    let line = |side: usize, class| Line {
        class,
        values: pieces[side].iter().map(|piece| (piece.times.count > 0).then_some(piece.times.p95.as_secs_f64())).collect(),
    };
    let told = |place: usize| {
        let of = |side: usize| {
            pieces[side]
                .get(place)
                .filter(|piece| piece.times.count > 0)
                .map(|piece| format!("{}: {}", sides[side].letter, number::duration(piece.times.p95)))
        };
        let told: Vec<String> = [of(0), of(1)].into_iter().flatten().collect();
        let link = seen.scope().over(Range::Between(Some(axis.begin(place)), Some(parts::before(axis.begin(place + 1)))));
        let with = sides[1].scope.filter.as_str();
        (!told.is_empty()).then(|| {
            (format!("p95 of {}; {}", told.join(", "), number::moment(axis.begin(place))), link.link_with("/analytics", &[("with", with)]))
        })
    };
    let label = |seconds: f64| number::duration(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX));
    lines("p95 of the response times of A and B over time", &axis, &[line(0, "side A"), line(1, "side B")], label, told)
}

fn order(by: &str, one: &Compared, other: &Compared) -> Ordering {
    let of = |side: &Option<Operation>, figure: fn(&Operation) -> f64| side.as_ref().map_or(-1.0, figure);
    let by_side = |figure: fn(&Operation) -> f64| {
        let side = |pair: &Compared| if by.ends_with("-a") { of(&pair.left, figure) } else { of(&pair.right, figure) };
        side(one).total_cmp(&side(other))
    };
    let total = |pair: &Compared| {
        of(&pair.left, |side| side.statistics.response_time.as_secs_f64()).max(0.0)
            + of(&pair.right, |side| side.statistics.response_time.as_secs_f64()).max(0.0)
    };
    // They come in the order of services and operations.
    match by {
        "service" => Ordering::Equal,
        "operation" => one.either().map(|side| &side.name).cmp(&other.either().map(|side| &side.name)),
        "requests-a" | "requests-b" => by_side(|side| requests(side) as f64),
        "p50-a" | "p50-b" => by_side(|side| side.times.p50.as_secs_f64()),
        "p95-a" | "p95-b" => by_side(|side| side.times.p95.as_secs_f64()),
        "faults-a" | "faults-b" => by_side(|side| side.statistics.share(side.statistics.faults)),
        "change" => one.change().unwrap_or(f64::NEG_INFINITY).total_cmp(&other.change().unwrap_or(f64::NEG_INFINITY)),
        _ => total(one).total_cmp(&total(other)),
    }
}

fn table(seen: &Seen<'_>, sides: &[Side<'_>; 2]) -> Markup {
    let mut rows = stats::compare(stats::operations(sides[0].facts), stats::operations(sides[1].facts));
    if seen.sorting.by() == "service" && seen.sorting.turned(Ordering::Less) == Ordering::Greater {
        rows.reverse();
    }
    rows.sort_by(|one, other| seen.sorting.turned(order(seen.sorting.by(), one, other)));
    html! {
        section.card id="operations" data-live aria-label="Services and operations, A and B" {
            header { h2 { "Services and operations" } div.aside { @if rows.len() > ROWS_MAX { "The first " (ROWS_MAX) " of " (number::count(rows.len() as u64)) } } }
            div.scroll tabindex="0" {
                table.operations {
                    thead { tr { (seen.sorting.headlines(|pairs| seen.link(pairs))) } }
                    tbody { @for row in rows.iter().take(ROWS_MAX) { (self::row(row)) } }
                }
            }
        }
    }
}

fn row(row: &Compared) -> Markup {
    let Some(either) = row.either() else { return html! {} };
    let sides = [&row.left, &row.right];
    let share = |side: &Option<Operation>| side.as_ref().map(|side| side.statistics.share(side.statistics.faults));
    let p = |time: fn(&Operation) -> Duration| sides.map(|side| side.as_ref().filter(|side| side.times.count > 0).map(time));
    let total: Duration = sides.iter().filter_map(|side| Some(side.as_ref()?.statistics.response_time)).sum();
    html! {
        tr {
            td.clip.service-name title=(text::line(&either.service, 300)) { (who(either)) }
            td.clip.wide { (name(either)) }
            @for side in sides { td.right.num.wide-only { @match side { Some(side) => (number::count(requests(side))), None => (absent()) } } }
            @for time in p(|side| side.times.p50) { td.right.wide-only { (took(time)) } }
            @for time in p(|side| side.times.p95) { td.right { (took(time)) } }
            td.right { (change(row.change())) }
            @for side in sides { td.right.num { @match share(side) { Some(share) if share > 0.0 => (number::percent(share)), Some(_) => span.faint { "–" }, None => (absent()) } } }
            td.right.wide-only { (time::took(Some(total))) }
        }
    }
}

fn took(time: Option<Duration>) -> Markup {
    html! { @match time { Some(time) => span.num { (number::duration(time)) }, None => (absent()) } }
}

fn absent() -> Markup {
    html! { span.faint title="There are none" { "none" } }
}

/// How much longer or shorter, in words that do not need colour.
fn change(change: Option<f64>) -> Markup {
    let Some(change) = change else { return html! { span.faint { "–" } } };
    let size = change.abs() * 100.0;
    let told = if size < 0.5 {
        "±0 %".to_owned()
    } else {
        format!("{}{} %", if change > 0.0 { "+" } else { "−" }, number::count(size.round() as u64))
    };
    let class = if change > 0.1 {
        "num change slower"
    } else if change < -0.1 {
        "num change faster"
    } else {
        "num change"
    };
    html! { span class=(class) { (told) } }
}
