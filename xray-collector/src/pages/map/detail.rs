//! One service in more detail, beside the map.

use std::time::Duration;

use maud::{Markup, html};

use super::{Seen, label};
use crate::facts::Service;
use crate::graph::Node;
use crate::pages::chart::Chart;
use crate::pages::{conditions, parts, text, time};
use crate::query::Status;
use crate::stats::{self, Operation};
use crate::view::number;

/// Operations that are listed; the page of analytics has all.
const OPERATIONS_SHOWN: usize = 8;

pub(super) fn panel(seen: &Seen<'_>, chosen: usize) -> Markup {
    let node = &seen.graph.nodes[chosen];
    html! {
        aside.card id="detail" aria-label="The chosen service" {
            header {
                div {
                    h2 title=(text::line(&node.name, 300)) { @if node.is_client() { "Clients" } @else { (label::name(&node.name, &node.kind)) } }
                    p.muted.small { (about(node)) }
                }
                a.tool.aside href=(seen.closed()) aria-label="Close" title="Close" { "✕" }
            }
            @if node.is_client() { (calls(seen, chosen)) } @else { (service(seen, chosen, node)) }
        }
    }
}

fn about(node: &Node) -> Markup {
    html! {
        (label::kind(&node.kind))
        @if let Some(account) = &node.account { " · account " (text::line(account, 40)) }
        @if node.is_inferred && !node.is_client() { " · " span title="It sends no segments itself: this is what its callers saw" { "inferred from calls" } }
    }
}

fn service(seen: &Seen<'_>, chosen: usize, node: &Node) -> Markup {
    let of = &node.statistics;
    let mut times: Vec<(Duration, Status)> =
        requests(seen, node).filter_map(|service| Some((service.duration()?, service.status))).collect();
    times.sort_unstable_by_key(|(time, _)| *time);
    let spread = stats::Spread::of(&mut times.iter().map(|(time, _)| *time).collect::<Vec<_>>(), Duration::cmp);
    let share = |count: u64| html! { (number::percent(of.share(count))) };
    html! {
        dl.figures {
            (parts::figure("Requests", &html! { (number::count(of.total())) }, Some(&parts::rate(of.total() as f64 / seen.minutes))))
            @if of.total() > 0 {
                @for (name, value) in [("p50", spread.p50), ("p90", spread.p90), ("p95", spread.p95), ("p99", spread.p99)] {
                    (parts::figure(name, &html! { (number::duration(value)) }, None))
                }
                @for (name, count) in [("Errors", of.errors), ("Throttled", of.throttles), ("Faults", of.faults)] {
                    @if count > 0 { (parts::figure(name, &share(count), Some(&number::count(count)))) }
                }
            }
            @if node.in_progress > 0 { (parts::figure("In progress", &html! { (number::count(node.in_progress)) }, None)) }
        }
        div.body.actions {
            a.button href=(seen.traces_of_node(chosen, "")) { "Show traces" }
            @for (count, label, condition) in [(of.faults, "Faults", "fault"), (of.throttles, "Throttled", "throttle"), (of.errors, "Errors", "error")] {
                @if count > 0 { a.chip href=(seen.traces_of_node(chosen, condition)) { (label) } }
            }
            @if let Some(slow) = slow(seen, chosen, &spread) { a.chip href=(slow) { "Slowest 5 %" } }
        }
        @if let Some(chart) = Chart::of_durations(&times) {
            div.body {
                h3 { "Response time" }
                (chart.draw("Requests by response time", None, |from, to| seen.traces_of_node(chosen, &conditions::took(from, to))))
            }
        }
        (operations(seen, node))
        (calls(seen, chosen))
    }
}

fn slow(seen: &Seen<'_>, chosen: usize, spread: &stats::Spread<Duration>) -> Option<String> {
    let condition = format!("responsetime >= {}", spread.p95.as_secs_f64());
    (spread.count >= 20).then(|| seen.traces_of_node(chosen, &condition))
}

/// All requests to a node.
fn requests<'a>(seen: &'a Seen<'_>, node: &'a Node) -> impl Iterator<Item = &'a Service> {
    let services = seen.facts.iter().flat_map(|facts| &facts.services);
    services.filter(|service| service.name == node.name && service.kind == node.kind && service.account == node.account)
}

fn operations(seen: &Seen<'_>, node: &Node) -> Markup {
    let mut all = stats::operations_of(seen.facts, |service| {
        service.name == node.name && service.kind == node.kind && service.account == node.account
    });
    all.retain(|operation| operation.name.is_some());
    html! {
        @if !all.is_empty() {
            div.body { h3 { "Operations" } }
            table.compact {
                thead { tr { th scope="col" { "Operation" } th.right scope="col" { "Requests" } th.right scope="col" { "p50" } th.right scope="col" { "p95" } th.right scope="col" { "Faults" } } }
                tbody { @for operation in all.iter().take(OPERATIONS_SHOWN) { (row(operation)) } }
            }
            @if all.len() > OPERATIONS_SHOWN { p.note { a href=(seen.scope.link("/analytics")) { "All " (all.len()) " operations" } } }
        }
    }
}

fn row(operation: &Operation) -> Markup {
    let name = operation.name.as_deref().unwrap_or_default();
    let of = &operation.statistics;
    html! {
        tr {
            td.clip.wide title=(text::line(name, 300)) { (parts::name(name)) }
            td.right.num { (number::count(of.total())) }
            td.right { (time::took((of.total() > 0).then_some(operation.times.p50))) }
            td.right { (time::took((of.total() > 0).then_some(operation.times.p95))) }
            td.right.num { @if of.faults > 0 { (number::percent(of.share(of.faults))) } @else { span.faint { "–" } } }
        }
    }
}

/// Who calls it, and what it calls.
fn calls(seen: &Seen<'_>, chosen: usize) -> Markup {
    let nodes = &seen.graph.nodes;
    let into = nodes
        .iter()
        .enumerate()
        .flat_map(|(from, node)| node.edges.iter().filter(|edge| edge.to == chosen).map(move |edge| (from, from, edge)));
    let out = nodes[chosen].edges.iter().map(|edge| (edge.to, chosen, edge));
    let parts = [("Called by", into.collect::<Vec<_>>()), ("Calls", out.collect())];
    html! {
        @for (title, edges) in parts {
            @if !edges.is_empty() {
                div.body { h3 { (title) } }
                table.compact {
                    tbody {
                        @for (other, from, edge) in edges.iter().take(20) {
                            tr {
                                td.clip.wide title=(text::line(&nodes[*other].name, 300)) { a href=(seen.link_to(*other)) { @if nodes[*other].is_client() { "Clients" } @else { (label::name(&nodes[*other].name, &nodes[*other].kind)) } } }
                                td.right.nowrap { a.quiet href=(seen.traces_of_edge(*from, edge)) { (if edge.is_link { "linked traces".to_owned() } else { seen.told(&edge.statistics) }) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
