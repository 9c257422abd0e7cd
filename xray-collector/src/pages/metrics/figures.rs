//! Figures of the business that traces have.

use maud::{Markup, html};

use super::{Seen, amount};
use crate::pages::{parts, spark, text, time};
use crate::settings::ROWS_MAX;
use crate::stats::{self, FigureGroup};
use crate::view::number;

pub(super) fn figures(seen: &Seen<'_>) -> Option<Markup> {
    let groups = stats::figures(seen.facts, &seen.axis);
    let body = html! {
        div.scroll tabindex="0" {
            table.amounts {
                thead { tr {
                    th scope="col" { "Figure" } th.right scope="col" { "Count" } th.right scope="col" { "Sum" } th.right scope="col" { "Average" }
                    th.right.wide-only scope="col" { "Least" } th.right.wide-only scope="col" { "p50" } th.right.wide-only scope="col" { "p95" } th.right.wide-only scope="col" { "Greatest" }
                    th.wide-only scope="col" { "Sum over time" } th.wide-only scope="col" { "Last" } th scope="col" { "Traces" }
                } }
                tbody { @for group in groups.iter().take(ROWS_MAX) { (row(seen, group)) } }
            }
        }
        @if groups.len() > ROWS_MAX { p.note { "The first " (ROWS_MAX) " of " (number::count(groups.len() as u64)) "." } }
        p.note { "Only of traces that were sampled. Exact figures are the metrics that programs send beside their traces." }
    };
    (!groups.is_empty()).then(|| parts::card("Figures of the business", Some(html! { "From annotations and metadata of traces" }), &body))
}

fn row(seen: &Seen<'_>, group: &FigureGroup) -> Markup {
    let of = &group.values;
    let unit = &*group.unit;
    let values = [of.least, of.p50, of.p95, of.greatest];
    html! {
        tr {
            td.clip.wide title=(text::line(&group.name, 300)) { b { (parts::name(&group.name)) } @if !group.dimensions.is_empty() { " " span.tag title=(text::line(&group.dimensions, 300)) { (text::line(&group.dimensions, 80)) } } }
            td.right.num { (number::count(of.count)) }
            td.right.num { (amount(group.sum, unit)) }
            td.right.num { (amount(group.sum / of.count.max(1) as f64, unit)) }
            @for value in values { td.right.num.wide-only { (amount(value, unit)) } }
            td.wide-only { (spark::line(&group.trend, &format!("Sum of {} over time", text::line(&group.name, 60)))) }
            td.nowrap.wide-only { (time::relative(group.last, seen.asked.now)) }
            td.nowrap { (seen.examples(&group.examples)) }
        }
    }
}
