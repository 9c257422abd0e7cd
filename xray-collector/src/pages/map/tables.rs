//! What the picture shows, as tables.

use maud::{Markup, html};

use super::{Seen, label};
use crate::graph::{Histogram, Statistics};
use crate::pages::{parts, text, time};
use crate::settings::ROWS_MAX;
use crate::view::number;

pub(super) fn tables(seen: &Seen<'_>) -> Markup {
    let nodes = &seen.graph.nodes;
    let mut services: Vec<usize> = (0..nodes.len()).filter(|node| !nodes[*node].is_client()).collect();
    services.sort_by_key(|node| (std::cmp::Reverse(nodes[*node].statistics.total()), &nodes[*node].name, &nodes[*node].kind));
    let mut calls: Vec<_> = nodes.iter().enumerate().flat_map(|(from, node)| node.edges.iter().map(move |edge| (from, edge))).collect();
    calls.sort_by_key(|(from, edge)| (std::cmp::Reverse(edge.statistics.total()), &nodes[*from].name, &nodes[edge.to].name));
    html! {
        section.card {
            header { h2 { "Services" } div.aside { (shown(services.len())) } }
            div.scroll {
                table {
                    thead { tr { th scope="col" { "Service" } th scope="col" { "Type" } (headlines("Requests")) } }
                    tbody {
                        @for node in services.iter().take(ROWS_MAX) {
                            @let of = &nodes[*node];
                            tr aria-current=[(seen.chosen == Some(*node)).then_some("true")] {
                                td.clip.wide title=(text::line(&of.name, 300)) { a href=(seen.link_to(*node)) { (label::name(&of.name, &of.kind)) } }
                                td.nowrap.muted { (label::kind(&of.kind)) @if of.is_inferred { " " span.tag title="It sends no segments itself: this is what its callers saw" { "inferred" } } }
                                (figures(seen, &of.statistics, &of.response_times))
                            }
                        }
                    }
                }
            }
        }
        section.card {
            header { h2 { "Calls" } div.aside { (shown(calls.len())) } }
            div.scroll {
                table {
                    thead { tr { th scope="col" { "From" } th scope="col" { "To" } (headlines("Calls")) } }
                    tbody {
                        @for (from, edge) in calls.iter().take(ROWS_MAX) {
                            @let (caller, callee) = (&nodes[*from], &nodes[edge.to]);
                            tr {
                                td.clip.wide title=(text::line(&caller.name, 300)) { @if caller.is_client() { span.muted { "Clients" } } @else { (label::name(&caller.name, &caller.kind)) } }
                                td.clip.wide title=(text::line(&callee.name, 300)) {
                                    a href=(seen.traces_of_edge(*from, edge)) { (label::name(&callee.name, &callee.kind)) }
                                    span.faint.small { " " (label::kind(&callee.kind)) }
                                    @if edge.is_link { " " span.tag { "linked trace" } }
                                }
                                (figures(seen, &edge.statistics, &edge.response_times))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn shown(rows: usize) -> Markup {
    html! { @if rows > ROWS_MAX { "The first " (ROWS_MAX) " of " (number::count(rows as u64)) } }
}

fn headlines(what: &str) -> Markup {
    html! {
        @for (label, class) in [(what, "right"), ("Per minute", "right wide-only"), ("Average", "right"), ("p50", "right wide-only"), ("p99", "right wide-only"), ("Errors", "right wide-only"), ("Throttled", "right wide-only"), ("Faults", "right"), ("", "wide-only")] {
            th scope="col" class=(class) { @if label.is_empty() { span.sr { "Shares" } } @else { (label) } }
        }
    }
}

pub(super) fn figures(seen: &Seen<'_>, of: &Statistics, times: &Histogram) -> Markup {
    html! {
        td.right.num { (number::count(of.total())) }
        td.right.num.wide-only { (parts::rate(of.total() as f64 / seen.minutes).replace("/min", "")) }
        td.right { (time::took(of.average())) }
        td.right.wide-only { (time::took(times.percentile(50.0))) }
        td.right.wide-only { (time::took(times.percentile(99.0))) }
        @for (count, class) in [(of.errors, "wide-only"), (of.throttles, "wide-only"), (of.faults, "")] {
            td class={ "right num " (class) } { @if count > 0 { (number::count(count)) } @else { span.faint { "–" } } }
        }
        td.wide-only { (parts::shares(of)) }
    }
}
