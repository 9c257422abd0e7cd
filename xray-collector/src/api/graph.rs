//! GetServiceGraph, GetTraceGraph and GetTimeSeriesServiceStatistics.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::Held;
use super::call::Answer;
use super::error::Error;
use super::filters::Wanted;
use super::token::{Question, hash};
use super::traces::ids;
use super::{range, sampling_seconds as seconds};
use crate::facts::{Facts, Service};
use crate::graph::{Edge, Histogram, Node, Period, ServiceGraph, Statistics, series};
use crate::members::Members;
use crate::settings::{ANSWER_TIME_MAX, GRAPH_PAGE, GRAPH_TIME_MAX, SELECTOR_CHARS_MAX, SERIES_PAGE, SERIES_PERIOD_SECONDS, TRACE_IDS_MAX};

pub(super) fn of_services(app: &Held, request: &Members<'_>) -> Answer {
    let range = range::read(request, Some(GRAPH_TIME_MAX))?;
    let wanted = Wanted::of_group(app, request)?;
    let question = Question::new("GetServiceGraph", &[&format!("{range:?}"), wanted.text()]);
    let (start, end) = (seconds(*range.start()), seconds(*range.end()));
    let traces = wanted.select(ANSWER_TIME_MAX, &app.traces, app.traces.facts_between(range))?;
    let mut answer = page(&ServiceGraph::of(&traces), question, request)?;
    (answer["StartTime"], answer["EndTime"]) = (json!(start), json!(end));
    answer["ContainsOldGroupVersions"] = json!(false);
    Ok(answer)
}

pub(super) fn of_traces(app: &Held, request: &Members<'_>) -> Answer {
    let ids = ids(request, TRACE_IDS_MAX)?;
    let question = Question::new("GetTraceGraph", &[&format!("{ids:?}")]);
    let traces: Vec<Arc<Facts>> = ids.into_iter().filter_map(|id| app.traces.facts(id)).collect();
    page(&ServiceGraph::of(&traces), question, request)
}

/// Some of the nodes, in `Services`. Edges name nodes by their places, so those of the pages before have to be the same as they were.
pub(super) fn page(graph: &ServiceGraph, question: Question, request: &Members<'_>) -> Answer {
    let (from, nodes_before) = question.place(request)?.unwrap_or_default();
    let from = usize::try_from(from).unwrap_or(usize::MAX).min(graph.nodes.len());
    if from > 0 && nodes_before != before(graph, from) {
        return Err(Error::invalid(
            "NextToken: services have come since the first page, which have changed the order: ask again without it",
        ));
    }
    let to = from.saturating_add(GRAPH_PAGE).min(graph.nodes.len());
    let nodes = graph.nodes.iter().enumerate().take(to).skip(from);
    let mut answer = json!({"Services": nodes.map(|(place, service)| node(place, service)).collect::<Vec<Value>>()});
    if to < graph.nodes.len() {
        answer["NextToken"] = json!(question.token((to as u64, before(graph, to))));
    }
    Ok(answer)
}

/// What stands before a place.
fn before(graph: &ServiceGraph, place: usize) -> u128 {
    let names = graph.nodes.iter().take(place).flat_map(|node| [node.name.as_bytes(), b"\0", node.kind.as_bytes(), b"\0"]);
    u128::from(hash(&names.collect::<Vec<_>>()))
}

/// A node by itself, with its place.
fn node(place: usize, node: &Node) -> Value {
    let mut shape = json!({
        "ReferenceId": place,
        "Name": *node.name,
        "Names": [*node.name],
        "Root": node.is_root,
        "State": if node.is_inferred { "unknown" } else { "active" },
        "StartTime": seconds(node.start),
        "EndTime": seconds(node.end),
        "Edges": node.edges.iter().map(edge).collect::<Vec<Value>>(),
    });
    if !node.kind.is_empty() {
        shape["Type"] = json!(*node.kind);
    }
    if let Some(account) = &node.account {
        shape["AccountId"] = json!(**account);
    }
    // Nothing is known of how clients fare by themselves.
    if !node.is_client() {
        shape["SummaryStatistics"] = statistics(&node.statistics);
        shape["DurationHistogram"] = histogram(&node.durations);
        shape["ResponseTimeHistogram"] = histogram(&node.response_times);
    }
    shape
}

fn edge(edge: &Edge) -> Value {
    let aliases = edge.aliases.iter().map(|(name, kind)| json!({"Name": **name, "Names": [**name], "Type": **kind}));
    let mut shape = json!({
        "ReferenceId": edge.to,
        "StartTime": seconds(edge.start),
        "EndTime": seconds(edge.end),
        "Aliases": aliases.collect::<Vec<Value>>(),
        "ResponseTimeHistogram": histogram(&edge.response_times),
        "ReceivedEventAgeHistogram": histogram(&edge.ages),
    });
    match edge.is_link {
        true => shape["EdgeType"] = json!("link"),
        false => shape["SummaryStatistics"] = statistics(&edge.statistics),
    }
    shape
}

fn statistics(statistics: &Statistics) -> Value {
    let Statistics { ok, errors, throttles, faults, .. } = *statistics;
    json!({
        "OkCount": ok,
        "ErrorStatistics": {"ThrottleCount": throttles, "OtherCount": errors, "TotalCount": throttles + errors},
        "FaultStatistics": {"OtherCount": faults, "TotalCount": faults},
        "TotalCount": statistics.total(),
        "TotalResponseTime": statistics.response_time.as_secs_f64(),
    })
}

fn histogram(histogram: &Histogram) -> Value {
    histogram.entries().map(|(time, count)| json!({"Value": time.as_secs_f64(), "Count": count})).collect()
}

pub(super) fn of_times(app: &Held, request: &Members<'_>) -> Answer {
    let range = range::read(request, Some(GRAPH_TIME_MAX))?;
    let group = Wanted::of_group(app, request)?;
    let selector = Wanted::read(app, request, "EntitySelectorExpression", 1..=SELECTOR_CHARS_MAX)?;
    let period = request.integer("Period", 1..=3600)?.unwrap_or(SERIES_PERIOD_SECONDS);
    request.boolean("ForecastStatistics")?;
    let parts = [format!("{range:?} {period}"), group.text().to_owned(), selector.text().to_owned()];
    let question = Question::new("GetTimeSeriesServiceStatistics", &parts.each_ref().map(String::as_str));
    let from = question.place(request)?.map_or(0, |(nanos, _)| nanos);

    let traces = group.select(ANSWER_TIME_MAX, &app.traces, app.traces.facts_between(range.clone()))?;
    let asking = selector.asking(&app.traces);
    let place = |facts: &Facts, service: &Service| facts.services.iter().position(|other| std::ptr::eq(other, service));
    let is_named =
        |facts: &Facts, service: &Service| place(facts, service).is_some_and(|place| selector.filter().selects(facts, place, &asking));
    let select = |facts: &Facts, service: &Service| selector.filter().is_empty() || is_named(facts, service);
    let periods = series(&traces, range, Duration::from_secs(period.unsigned_abs()), select);
    let of_edges = !selector.filter().is_about_services();
    let mut rest = periods.into_iter().filter(|(start, _)| start.as_nanos() >= from);
    let page: Vec<Value> = rest.by_ref().take(SERIES_PAGE).map(|(start, period)| times(seconds(start), &period, of_edges)).collect();
    let mut answer = json!({"TimeSeriesServiceStatistics": page, "ContainsOldGroupVersions": false});
    if let Some((next, _)) = rest.next() {
        answer["NextToken"] = json!(question.token((next.as_nanos(), 0)));
    }
    Ok(answer)
}

fn times(start: f64, period: &Period, of_edges: bool) -> Value {
    let mut shape = json!({"Timestamp": start, "ResponseTimeHistogram": histogram(&period.response_times)});
    match of_edges {
        true => shape["EdgeSummaryStatistics"] = statistics(&period.edges),
        false => shape["ServiceSummaryStatistics"] = statistics(&period.services),
    }
    shape
}
