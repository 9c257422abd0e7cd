//! One error in more detail: when it happened, and in which traces.

use maud::{Markup, html};

use super::{Seen, condition, kind, trend};
use crate::pages::{parts, text, time};
use crate::query::Status;
use crate::settings::TRACES_LISTED_MAX;
use crate::stats::ErrorGroup;
use crate::view::number;

pub(super) fn panel(seen: &Seen<'_>, group: &ErrorGroup) -> Markup {
    let scope = &seen.asked.scope;
    let now = seen.asked.now;
    html! {
        aside.card id="detail" aria-label="The chosen error" {
            header {
                div {
                    h2 title=(text::line(&group.kind, 300)) { (kind(group)) }
                    p.muted.small { "in " (parts::name(&group.service)) " at " code { (parts::name(&group.site)) } }
                }
                a.tool.aside href=(scope.link_with("/errors", &seen.sorting.pairs())) aria-label="Close" title="Close" { "✕" }
            }
            @if !group.message.is_empty() { div.body { pre.said tabindex="0" { (text::block(&group.message, 1_000)) } } }
            dl.figures {
                (parts::figure("Count", &html! { (number::count(group.count)) }, None))
                (parts::figure("Traces", &html! { (number::count(group.traces)) }, None))
                (parts::figure("Ended as", &html! { (parts::badge(group.status, None)) }, None))
                (parts::figure("First seen", &time::relative(group.first, now), None))
                (parts::figure("Last seen", &time::relative(group.last, now), None))
            }
            div.body.actions {
                @if condition(group).is_some() {
                    a.button href=(seen.traces_of(group)) { "Show traces" }
                    @if group.is_exception { span.faint.small { "by type and service; filters know no call sites" } }
                } @else if group.status == Status::Ok { p.faint.small { "It was dealt with: nothing failed because of it, so that no filter finds it. These are its traces:" } }
                @else { p.faint.small { "Its name is too long for a filter. These are its traces:" } }
            }
            div.body { h3 { "Over time" } (trend(seen, group)) }
            (traces(seen, group))
        }
    }
}

fn traces(seen: &Seen<'_>, group: &ErrorGroup) -> Markup {
    let with = seen.facts.iter().rev().filter(|facts| group.is_in(facts)).take(TRACES_LISTED_MAX);
    html! {
        div.body { h3 { "Traces, latest first" } }
        table.compact.examples {
            thead { tr { th scope="col" { "Trace" } th scope="col" { "Status" } th.right scope="col" { "Response" } th scope="col" { "When" } } }
            tbody {
                @for facts in with {
                    tr {
                        td.clip.wide { a href=(seen.asked.scope.link(&format!("/traces/{}", facts.id))) { (parts::name(&facts.root().name)) " " code { (facts.id) } } }
                        td { (parts::badge(facts.status, None)) }
                        td.right { (time::took(facts.response_time)) }
                        td.nowrap { (time::relative(facts.start, seen.asked.now)) }
                    }
                }
            }
        }
        @if group.traces > TRACES_LISTED_MAX as u64 { p.note { "The latest " (TRACES_LISTED_MAX) " of " (number::count(group.traces)) "." } }
    }
}
