//! The dashboard: health of the service, its operations, what it depends on, and the metrics of the program.

use serde_json::json;

use super::expression::{search, search_anywhere};
use super::widget::{Board, Graph, expression, metric};
use super::{Template, names};
use crate::config::{Config, DASHBOARD_NAME_CHARS_MAX};
use crate::manifest::{Metric, Source};
use crate::{Error, Manifest};

/// Widgets of a dashboard; "CloudWatch service quotas".
const WIDGETS_MAX: usize = 500;

/// What stands for the region of the stack.
const REGION: &str = "${AWS::Region}";

pub(super) fn add(template: &mut Template, config: &Config, service: &str, manifest: &Manifest) -> Result<(), Error> {
    // Names with control characters are left out: no other text looks like this.
    const PLACE: &str = "\u{1}region\u{1}";
    let mut board = Board::new(config.region.as_deref().unwrap_or(PLACE), config.dashboard.period);
    heading(&mut board, service);
    let value = names::dimension(service);
    health(&mut board, &config.namespace, &value);
    for (title, key) in [("Operations", "Operation"), ("Dependencies", "RemoteService")] {
        by(&mut board, title, key, &config.namespace, &value)?;
    }
    if config.dashboard.business {
        let metrics = usable(manifest, &mut template.notes);
        business(&mut board, &config.namespace, &value, &metrics)?;
    }
    let widgets = board.widgets();
    if widgets.len() > WIDGETS_MAX {
        let remedy = "switch off `dashboard.business`, or make a dashboard for each service";
        return Err(Error::new(format!("the dashboard would have {} widgets, CloudWatch takes {WIDGETS_MAX}: {remedy}", widgets.len())));
    }
    let body = json!({ "start": "-PT3H", "widgets": widgets }).to_string();
    // As an escape of JSON, which CloudFormation does not take for one of its own variables.
    let masked = body.replace("${", "\\u0024{");
    let body = match config.region {
        Some(_) => json!(masked),
        None => json!({ "Fn::Sub": masked.replace(json!(PLACE).to_string().trim_matches('"'), REGION) }),
    };
    let name = config.dashboard.name.clone().unwrap_or_else(|| names::plain(service, DASHBOARD_NAME_CHARS_MAX));
    template.add("Dashboard", "", "AWS::CloudWatch::Dashboard", json!({ "DashboardName": name, "DashboardBody": body }));
    Ok(())
}

fn heading(board: &mut Board, service: &str) {
    // A text of Markdown, in which a name may have any sign.
    let escaped = |letter: char| [Some('\\').filter(|_| letter.is_ascii_punctuation()), Some(letter)];
    let shown: String = service.chars().flat_map(escaped).flatten().collect();
    board.heading(&format!("# {shown}\nMade by `cargo xray dashboard`: what is changed here is lost with the next deployment"));
}

/// The row that is looked at first.
fn health(board: &mut Board, namespace: &str, service: &str) {
    let of = |name: &str, options| metric(namespace, name, &[("Service", service)], options);
    let counts = ["Requests", "Errors", "Faults", "Throttles"].map(|name| of(name, json!({})));
    board.graph(Graph { title: "Requests".into(), stat: "Sum", axis: "per period", from_zero: true, lines: counts.into() });

    let mut lines: Vec<_> = [("faults", "Faults"), ("errors", "Errors"), ("throttles", "Throttles")]
        .into_iter()
        .map(|(id, name)| expression(&format!("100 * {id} / requests"), &format!("{id}_rate"), Some(name)))
        .collect();
    for (id, name) in [("requests", "Requests"), ("faults", "Faults"), ("errors", "Errors"), ("throttles", "Throttles")] {
        lines.push(of(name, json!({ "id": id, "visible": false })));
    }
    board.graph(Graph { title: "Faults, errors and throttles of all requests".into(), stat: "Sum", axis: "%", from_zero: true, lines });

    let percentiles = ["p50", "p90", "p99"].map(|stat| of("Latency", json!({ "stat": stat, "label": stat })));
    board.graph(Graph { title: "Latency".into(), stat: "p99", axis: "ms", from_zero: true, lines: percentiles.into() });
    board.graph(Graph {
        title: "Cold starts".into(),
        stat: "Sum",
        axis: "per period",
        from_zero: true,
        lines: vec![of("ColdStart", json!({}))],
    });
}

/// Requests, errors and latency, by the values of a dimension.
fn by(board: &mut Board, title: &str, key: &str, namespace: &str, service: &str) -> Result<(), Error> {
    board.heading(&format!("## {title}"));
    let find = |metric: &str, stat: &str| search(namespace, &[key], metric, service, stat);
    let graph = |title: &str, axis, lines| Graph { title: title.to_owned(), stat: "Sum", axis, from_zero: true, lines };
    let label = Some(if key == "Operation" { "${PROP('Dim.Operation')}" } else { "${PROP('Dim.RemoteService')}" });
    let one = |metric: &str, stat: &str| Ok::<_, Error>(vec![expression(&find(metric, stat)?, "found", label)]);
    board.graph(graph(&format!("{title}: requests"), "per period", one("Requests", "Sum")?));
    let mut failed = Vec::new();
    for (id, name) in [("faults", "Faults"), ("errors", "Errors"), ("throttles", "Throttles")] {
        let label = label.map(|label| format!("{label} {id}"));
        failed.push(expression(&find(name, "Sum")?, id, label.as_deref()));
    }
    board.graph(graph(&format!("{title}: faults, errors, throttles"), "per period", failed));
    board.graph(graph(&format!("{title}: latency, p99"), "ms", one("Latency", "p99")?));
    Ok(())
}

/// The metrics of the program that CloudWatch takes, by name.
fn usable<'m>(manifest: &'m Manifest, notes: &mut Vec<String>) -> Vec<&'m Metric> {
    let is_printable = |name: &str| !name.trim().is_empty() && name.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let fits = |metric: &&Metric| is_printable(&metric.name) && metric.sets.iter().flatten().all(|key| is_printable(key));
    let (mut usable, others): (Vec<&Metric>, Vec<&Metric>) = manifest.metrics.iter().partition(fits);
    notes.extend(others.iter().map(|metric| {
        let name = metric.name.escape_debug();
        format!("there is no graph for the metric `{name}`: CloudWatch takes names and keys of printable characters of ASCII")
    }));
    usable.sort_by_key(|metric| &metric.name);
    usable
}

/// One graph for each metric of the program, with all sets of dimensions.
fn business(board: &mut Board, namespace: &str, service: &str, metrics: &[&Metric]) -> Result<(), Error> {
    if !metrics.is_empty() {
        board.heading("## Business");
    }
    for same in metrics.chunk_by(|one, other| one.name == other.name) {
        let [first, ..] = same else { continue };
        let stat = stat(first);
        let mut lines = Vec::new();
        let mut sets: Vec<(Source, &[String])> = same.iter().flat_map(|m| m.sets.iter().map(|set| (m.source, set.as_slice()))).collect();
        sets.sort();
        sets.dedup();
        let by_hand = sets.iter().any(|(source, _)| *source == Source::ByHand);
        sets.retain(|(source, _)| *source == Source::BusinessMetric);
        for (index, (_, set)) in sets.iter().enumerate() {
            let keys: Vec<&str> = set.iter().map(String::as_str).collect();
            lines.push(match keys[..] {
                [] => metric(namespace, &first.name, &[("Service", service)], json!({})),
                _ => expression(&search(namespace, &keys, &first.name, service, stat)?, &format!("by{index}"), None),
            });
        }
        if by_hand {
            // What dimensions the program gives to all its metrics, its source does not say.
            lines.push(expression(&search_anywhere(namespace, &first.name, stat)?, "found", None));
        }
        board.graph(Graph { title: format!("{} ({stat})", first.name), stat, axis: axis(first), from_zero: false, lines });
    }
    Ok(())
}

/// What is looked at: sums of what is counted or has no unit, as money has, the slow end of what is timed, and averages of all else.
fn stat(metric: &Metric) -> &'static str {
    match metric.unit.as_str() {
        _ if metric.sum => "Sum",
        "Count" | "None" => "Sum",
        "Seconds" | "Milliseconds" | "Microseconds" => "p99",
        _ => "Average",
    }
}

fn axis(metric: &Metric) -> &'static str {
    match metric.unit.as_str() {
        "Count" => "per period",
        "Milliseconds" => "ms",
        "Seconds" => "s",
        "Microseconds" => "µs",
        "Percent" => "%",
        _ => "",
    }
}
