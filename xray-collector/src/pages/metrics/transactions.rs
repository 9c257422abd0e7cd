//! Business transactions.

use maud::{Markup, html};

use super::Seen;
use crate::pages::{conditions, parts, text, time};
use crate::settings::ROWS_MAX;
use crate::stats::{self, Transaction};
use crate::view::number;

pub(super) fn transactions(seen: &Seen<'_>) -> Option<Markup> {
    let mut groups = stats::transactions(seen.facts);
    groups.sort_by_key(|group| std::cmp::Reverse(group.statistics.total() + group.in_progress));
    let body = html! {
        div.scroll tabindex="0" {
            table.levels {
                thead { tr {
                    th scope="col" { "Transaction" } th.right scope="col" { "Count" } th.right scope="col" { "p50" } th.right scope="col" { "p95" } th.right.wide-only scope="col" { "p99" }
                    th.right.wide-only scope="col" { "Errors" } th.right.wide-only scope="col" { "Throttled" } th.right scope="col" { "Faults" } th.wide-only scope="col" { span.sr { "Shares" } } th scope="col" { "Traces" }
                } }
                tbody { @for group in groups.iter().take(ROWS_MAX) { (row(seen, group)) } }
            }
        }
        @if groups.len() > ROWS_MAX { p.note { "The first " (ROWS_MAX) " of " (number::count(groups.len() as u64)) "." } }
    };
    (!groups.is_empty()).then(|| parts::card("Business transactions", Some(html! { "By " code { "transaction.name" } }), &body))
}

fn row(seen: &Seen<'_>, group: &Transaction) -> Markup {
    let of = &group.statistics;
    let condition = format!("annotation[transaction.name] = {}", conditions::quoted(&group.name));
    html! {
        tr {
            td.clip.wide title=(text::line(&group.name, 300)) { a href=(seen.asked.scope.narrowed(&condition).link("/traces")) { (parts::name(&group.name)) } }
            td.right.num { (number::count(of.total() + group.in_progress)) }
            @for (class, time) in [("right", group.times.p50), ("right", group.times.p95), ("right wide-only", group.times.p99)] { td class=(class) { (time::took((of.total() > 0).then_some(time))) } }
            @for (class, count) in [("right num wide-only", of.errors), ("right num wide-only", of.throttles), ("right num", of.faults)] { td class=(class) { (parts::some(count)) } }
            td.wide-only { (parts::shares(of)) }
            td.nowrap { (seen.examples(&group.examples)) }
        }
    }
}
