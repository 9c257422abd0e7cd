//! One operation in more detail.

use std::sync::Arc;
use std::time::Duration;

use maud::{Markup, html};
use xray_model::document::Timestamp;

use super::Seen;
use super::figures::{key, percentiles, percentiles_over_time};
use super::table::name;
use crate::facts::{Facts, Service};
use crate::pages::chart::Chart;
use crate::pages::map::label;
use crate::pages::{conditions, parts, text, time};
use crate::query::Status;
use crate::settings::{CHART_COLUMNS_MAX, TRACES_LISTED_MAX};
use crate::stats::{self, Axis, Operation};
use crate::view::number;

pub(super) fn panel(seen: &Seen<'_>, operation: &Operation) -> Markup {
    let of = &operation.statistics;
    let each = requests(seen, operation);
    let mut times: Vec<(Duration, Status)> = each.iter().filter_map(|(_, service)| Some((service.duration()?, service.status))).collect();
    times.sort_unstable_by_key(|(time, _)| *time);
    html! {
        aside.card id="detail" aria-label="The chosen operation" {
            header {
                div {
                    h2 title=[operation.name.as_deref().map(|name| text::line(name, 300))] { (name(operation)) }
                    p.muted.small {
                        (label::name(&operation.service, &operation.kind)) " · " (label::kind(&operation.kind))
                        @if operation.is_inferred { " · " span title="It sends no segments itself: this is what its callers saw" { "inferred from calls" } }
                    }
                }
                a.tool.aside href=(seen.link(&[("service", ""), ("type", ""), ("operation", "")])) aria-label="Close" title="Close" { "✕" }
            }
            dl.figures {
                (parts::figure("Requests", &html! { (number::count(each.len() as u64)) }, Some(&parts::rate(operation.per_minute))))
                @if of.total() > 0 { @for (name, value) in percentiles(&operation.times) { (parts::figure(name, &html! { (number::duration(value)) }, None)) } }
                @for (name, count) in [("Errors", of.errors), ("Throttled", of.throttles), ("Faults", of.faults)] {
                    @if count > 0 { (parts::figure(name, &html! { (number::percent(of.share(count))) }, Some(&number::count(count)))) }
                }
                @if operation.in_progress > 0 { (parts::figure("In progress", &html! { (number::count(operation.in_progress)) }, None)) }
            }
            div.body.actions {
                a.button href=(traces(seen, operation, "")) { "Show traces" }
                @for (count, label, condition) in [(of.faults, "Faults", "fault"), (of.throttles, "Throttled", "throttle"), (of.errors, "Errors", "error")] {
                    @if count > 0 { a.chip href=(traces(seen, operation, condition)) { (label) } }
                }
                @if operation.name.is_some() && conditions::operation(operation.name.as_deref()).is_none() { span.faint.small { "of the service: filters do not know this operation" } }
            }
            @if let Some(chart) = Chart::of_durations(&times) {
                div.body {
                    h3 { "Response time" }
                    (chart.draw("Requests by response time", None, |from, to| traces(seen, operation, &conditions::took(from, to))))
                }
            }
            (over_time(seen, &each))
            (slowest(seen, each))
        }
    }
}

type Request<'a> = (&'a Arc<Facts>, &'a Service);

fn requests<'a>(seen: &Seen<'a>, operation: &Operation) -> Vec<Request<'a>> {
    let is_it =
        |service: &&Service| service.name == operation.service && service.kind == operation.kind && service.operation == operation.name;
    seen.facts.iter().flat_map(|facts| facts.services.iter().filter(is_it).map(move |service| (facts, service))).collect()
}

/// Traces with such requests, as near as filters can say it.
fn traces(seen: &Seen<'_>, operation: &Operation, condition: &str) -> String {
    // No filter is long enough for such a name.
    if text::key(&operation.service).len() < operation.service.len() {
        return seen.link_to(operation);
    }
    let who = conditions::who(&operation.service, &operation.kind, operation.kind.is_empty());
    let conditions: Vec<String> =
        conditions::operation(operation.name.as_deref()).into_iter().chain((!condition.is_empty()).then(|| condition.to_owned())).collect();
    let condition =
        if conditions.is_empty() { conditions::service(&who) } else { conditions::service_that(&who, &conditions.join(" AND ")) };
    seen.scope().narrowed(&condition).link("/traces")
}

fn over_time(seen: &Seen<'_>, each: &[Request<'_>]) -> Markup {
    let axis = Axis::round(seen.facts, CHART_COLUMNS_MAX / 2);
    let begun = |service: &Service| -> (Timestamp, Status, Option<Duration>) { (service.start, service.status, service.duration()) };
    let pieces = stats::over_time(each.iter().map(|(_, service)| begun(service)), &axis);
    html! { div.body { h3 { "Over time " (key()) } (percentiles_over_time(seen.scope(), &axis, &pieces)) } }
}

fn slowest(seen: &Seen<'_>, mut each: Vec<Request<'_>>) -> Markup {
    each.sort_by_key(|(facts, service)| (std::cmp::Reverse(service.duration()), facts.id));
    html! {
        div.body { h3 { "The slowest" } }
        table.compact.examples {
            thead { tr { th scope="col" { "Trace" } th scope="col" { "Status" } th.right scope="col" { "Took" } th scope="col" { "When" } } }
            tbody {
                @for (facts, service) in each.iter().take(TRACES_LISTED_MAX / 2) {
                    tr {
                        td.clip.wide { a href=(seen.scope().link_with(&format!("/traces/{}", facts.id), &[("segment", &service.id.to_string())])) { (parts::name(&facts.root().name)) " " code { (facts.id) } } }
                        td { (parts::badge(service.status, None)) }
                        td.right { (time::took(service.duration())) }
                        td.nowrap { (time::relative(service.start, seen.asked.now)) }
                    }
                }
            }
        }
    }
}
