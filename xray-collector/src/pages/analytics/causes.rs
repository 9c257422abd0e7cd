//! Root causes: where faults and errors began, and what the slowest traces waited for.

use maud::{Markup, html};
use xray_model::TraceId;

use super::Seen;
use crate::facts::Facts;
use crate::pages::{conditions, parts};
use crate::rootcause::{RootCause, RootCauses};
use crate::settings::{CAUSE_TRACES_MAX, CAUSES_LISTED_MAX};
use crate::stats::{self, CauseGroup};
use crate::view::number;

/// A kind of root cause: how filters call it, its headline, and what is said where there is none.
struct Kind {
    name: &'static str,
    title: &'static str,
    none: &'static str,
    of: fn(&RootCauses) -> &[RootCause],
}

const FAULTS: Kind = Kind { name: "fault", title: "Where faults began", none: "There are no faults.", of: |causes| &causes.faults };
const ERRORS: Kind = Kind { name: "error", title: "Where errors began", none: "There are no errors.", of: |causes| &causes.errors };
const TIMES: Kind =
    Kind { name: "responsetime", title: "What the slowest waited for", none: "No trace has ended.", of: |causes| &causes.response_times };

pub(super) fn causes(seen: &Seen<'_>) -> Markup {
    let latest = |is_wanted: fn(&Facts) -> bool| -> (Vec<TraceId>, usize) {
        let all = || seen.facts.iter().rev().filter(|facts| is_wanted(facts));
        (all().take(CAUSE_TRACES_MAX).map(|facts| facts.id).collect(), all().count())
    };
    let (faults, faults_of) = latest(|facts| facts.any_fault);
    let (errors, errors_of) = latest(|facts| facts.any_error);
    let slowest = slowest(seen);
    html! {
        div.grid id="causes" data-live {
            (card(seen, &TIMES, &slowest, &format!("Of the slowest {}", number::counted(slowest.len(), "trace"))))
            (card(seen, &FAULTS, &faults, &examined(faults.len(), faults_of)))
            (card(seen, &ERRORS, &errors, &examined(errors.len(), errors_of)))
        }
    }
}

fn examined(looked_at: usize, all: usize) -> String {
    if looked_at < all {
        format!("Of the latest {looked_at} of {} traces", number::count(all as u64))
    } else {
        format!("Of {}", number::counted(all, "trace"))
    }
}

/// The slowest twentieth, if there are not too many.
fn slowest(seen: &Seen<'_>) -> Vec<TraceId> {
    let mut timed: Vec<_> = seen.facts.iter().filter_map(|facts| Some((std::cmp::Reverse(facts.response_time?), facts.id))).collect();
    let count = timed.len().div_ceil(20).min(CAUSE_TRACES_MAX);
    if count < timed.len() {
        timed.select_nth_unstable(count);
    }
    timed.truncate(count);
    timed.sort_unstable();
    timed.into_iter().map(|(_, id)| id).collect()
}

fn card(seen: &Seen<'_>, kind: &Kind, traces: &[TraceId], of: &str) -> Markup {
    let found: Vec<(TraceId, RootCauses)> =
        traces.iter().filter_map(|id| Some((*id, RootCauses::of(&seen.app.traces.trace(*id)?)))).collect();
    let groups = stats::causes(found.iter().map(|(id, causes)| (*id, (kind.of)(causes))));
    let body = html! {
        @if groups.is_empty() { p.body.faint { (kind.none) } }
        @else {
            div.scroll tabindex="0" {
                table.causes {
                    thead { tr { th scope="col" { "Root cause" } th.right scope="col" { "Traces" } th scope="col" { "Examples" } } }
                    tbody { @for group in groups.iter().take(CAUSES_LISTED_MAX) { (row(seen, kind, group, found.len())) } }
                }
            }
            @if groups.len() > CAUSES_LISTED_MAX { p.note { (number::counted(groups.len() - CAUSES_LISTED_MAX, "root cause")) " more" } }
        }
    };
    parts::card(kind.title, (!groups.is_empty()).then(|| html! { (of) }), &body)
}

fn row(seen: &Seen<'_>, kind: &Kind, group: &CauseGroup, all: usize) -> Markup {
    // The last entity is where it all came from.
    let condition = format!("rootcause.{}.entity {{ last AND name = {} }}", kind.name, conditions::quoted(&group.entity));
    let shown = group.services.len().min(8);
    html! {
        tr {
            td {
                p { a href=(seen.scope().narrowed(&condition).link("/traces")) { (parts::name(&group.entity)) } @if let Some(exception) = &group.exception { " " span.tag { (parts::name(exception)) } } }
                p.faint.small {
                    @for (index, service) in group.services.iter().skip(group.services.len() - shown).enumerate() { @if index > 0 { " → " } (parts::name(service)) }
                    @if let Some(coverage) = group.coverage { " · " (number::percent(coverage)) " of the time" }
                    @if group.impacting < group.traces && kind.name != "responsetime" { " · " (number::count(group.traces - group.impacting)) " dealt with" }
                }
            }
            td.right.num { (number::count(group.traces)) span.note { " " (number::percent(group.traces as f64 / all.max(1) as f64)) } }
            td.nowrap { @for (index, id) in group.examples.iter().take(3).enumerate() { a href=(seen.scope().link(&format!("/traces/{id}"))) aria-label={ "Example " (index + 1) ", trace " (id) } title=(id) { (index + 1) } " " } }
        }
    }
}
