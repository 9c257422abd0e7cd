//! Service levels: what was promised, and whether it was kept.

use maud::{Markup, html};

use super::Seen;
use crate::pages::{conditions, parts, spark, text, time};
use crate::settings::ROWS_MAX;
use crate::stats::{self, LevelGroup};
use crate::view::number;

pub(super) fn levels(seen: &Seen<'_>) -> Option<Markup> {
    let mut groups = stats::levels(seen.facts, &seen.axis);
    // Those that are kept least come first.
    groups.sort_by(|one, other| {
        one.kept().unwrap_or(1.0).total_cmp(&other.kept().unwrap_or(1.0)).then_with(|| one.operation.cmp(&other.operation))
    });
    let body = html! {
        div.scroll tabindex="0" {
            table.levels {
                thead { tr {
                    th scope="col" { "Operation" } th.right scope="col" { "Target" } th.right scope="col" { "Kept" } th.right scope="col" { "Violated" } th.right.wide-only scope="col" { "Of" }
                    th.right.wide-only scope="col" { "p50" } th.right scope="col" { "p95" } th.right.wide-only scope="col" { "p99" } th.right.wide-only scope="col" { "Longest" }
                    th.wide-only scope="col" { "Over time" } th scope="col" { "Violations" }
                } }
                tbody { @for group in groups.iter().take(ROWS_MAX) { (row(seen, group)) } }
            }
        }
        @if groups.len() > ROWS_MAX { p.note { "The first " (ROWS_MAX) " of " (number::count(groups.len() as u64)) "." } }
    };
    (!groups.is_empty()).then(|| parts::card("Service levels", Some(html! { "As sampled traces say" }), &body))
}

fn row(seen: &Seen<'_>, group: &LevelGroup) -> Markup {
    let of = |condition: &str| format!("annotation[sla.operation] = {}{condition}", conditions::quoted(&group.operation));
    let link = |condition: &str| seen.asked.scope.narrowed(&of(condition)).link("/traces");
    let times = [
        ("right wide-only", group.times.p50),
        ("right", group.times.p95),
        ("right wide-only", group.times.p99),
        ("right wide-only", group.times.greatest),
    ];
    let what = format!("{} of {} violated, over time", number::count(group.violations), number::count(group.times.count));
    html! {
        tr {
            td.clip.wide title=(text::line(&group.operation, 300)) { a href=(link("")) { (parts::name(&group.operation)) } }
            td.right { @match group.target { Some(target) => (time::took(Some(target))), None => span.faint { "not told" } } }
            td.right { @match group.kept() {
                Some(kept) => { span class={ "badge " (if group.violations == 0 { "ok" } else if kept >= 0.95 { "error" } else { "fault" }) } { (percent(kept)) } },
                None => span.faint { "none ended" }
            } }
            td.right.num { @if group.violations > 0 { a href=(link(" AND annotation[sla.violated] = true")) { (number::count(group.violations)) } } @else { span.faint { "–" } } }
            td.right.num.wide-only { (number::count(group.times.count)) }
            @for (class, time) in times { td class=(class) { (time::took((group.times.count > 0).then_some(time))) } }
            td.wide-only { (spark::parts(&group.trend, "plain", "fault", &what)) }
            td.nowrap { (seen.examples(&group.examples)) @if group.examples.is_empty() { span.faint { "–" } } }
        }
    }
}

/// With a digit where it matters.
fn percent(kept: f64) -> String {
    let percent = number::percent(kept);
    if percent == "0" { "0 %".to_owned() } else { percent }
}
