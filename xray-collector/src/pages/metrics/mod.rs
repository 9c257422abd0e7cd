//! What the business measures and what it promised: `/metrics`.

mod arrived;
mod figures;
mod levels;
mod transactions;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use xray_model::TraceId;

use super::layout::{Asked, Page, Section};
use super::{assets, parts};
use crate::facts::Facts;
use crate::metrics::MetricsSnapshot;
use crate::serve::App;
use crate::settings::TREND_PIECES;
use crate::stats::Axis;
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/metrics", get(metrics))
}

/// What the parts of the page are about.
struct Seen<'a> {
    app: &'a App,
    asked: &'a Asked,
    facts: &'a [Arc<Facts>],
    axis: Axis,
    arrived: &'a MetricsSnapshot,
}

async fn metrics(State(app): State<App>, mut asked: Asked) -> Response {
    let facts = asked.scope.facts(&app);
    let arrived = app.traces.metrics();
    let axis = Axis::of(&facts, TREND_PIECES);
    let seen = Seen { app: &app, asked: &asked, facts: &facts, axis, arrived: &arrived };
    let page = Page::new(Section::Metrics, "Metrics", seen.body()).with(&assets::STATS_STYLE);
    let page = asked.query.get("find").into_iter().fold(page, |page, find| page.keep("find", find));
    asked.page(&app, page)
}

impl Seen<'_> {
    fn body(&self) -> Markup {
        let parts = [levels::levels(self), transactions::transactions(self), figures::figures(self)];
        let has_none = parts.iter().all(Option::is_none);
        html! {
            div.head {
                h1 { "Metrics" }
                span.muted id="count" data-live { (number::counted(self.facts.len(), "trace")) ", " (number::count(self.arrived.series.len() as u64)) " series" }
            }
            div id="of-traces" data-live {
                @for part in parts.into_iter().flatten() { (part) }
                @if has_none && self.arrived.series.is_empty() { div.card { (self.nothing()) } }
                @else if has_none { section.card { p.body.faint { "None of these " (number::counted(self.facts.len(), "trace")) " has a figure of the business, a service level or a transaction." } } }
            }
            @if !self.arrived.series.is_empty() { (arrived::arrived(self)) }
        }
    }

    /// How metrics get here.
    fn nothing(&self) -> Markup {
        if self.facts.is_empty() && self.app.collector.progress().traces > 0 {
            return parts::nothing(self.app, &self.asked.scope, "/metrics");
        }
        let address = self.app.collector.local_addr();
        let advice = html! {
            p { "Programs with autoxray tell them with their traces, in code:" }
            pre.command { code { "#[traced(sla = \"300ms\")]\n#[business_metric(name = \"Revenue\", unit = None, value = ret.total, when = ok)]\nasync fn place(order: Order) -> Result<Receipt, Error> { … }" } }
            p { "Every call is counted, sampled or not, where metrics in CloudWatch's embedded format come here, too:" }
            pre.command { code { "XRAY_METRICS=emf AWS_EMF_AGENT_ENDPOINT=udp://" (address) " AWS_XRAY_DAEMON_ADDRESS=" (address) " cargo run" } }
        };
        parts::empty("No metrics yet", &advice)
    }

    fn examples(&self, examples: &[TraceId]) -> Markup {
        html! {
            @for (index, id) in examples.iter().take(3).enumerate() {
                a href=(self.asked.scope.link(&format!("/traces/{id}"))) aria-label={ "Example " (index + 1) ", trace " (id) } title=(id) { (index + 1) } " "
            }
        }
    }
}

/// A value with at most four digits behind the first, and the short form of its unit.
fn amount(value: f64, unit: &str) -> String {
    let short = match unit {
        "" | "None" | "Count" => "",
        "Milliseconds" => "ms",
        "Microseconds" => "µs",
        "Seconds" => "s",
        "Bytes" => "B",
        "Kilobytes" => "KB",
        "Megabytes" => "MB",
        "Percent" => "%",
        other => other,
    };
    let size = value.abs();
    let text = match size {
        _ if size >= 1e15 || (size > 0.0 && size < 1e-3) => format!("{value:.2e}"),
        _ if size >= 1_000.0 || value.fract() == 0.0 => {
            let sign = if value < 0.0 { "−" } else { "" };
            // Less than 1e15.
            format!("{sign}{}", number::count(size.round() as u64))
        }
        _ => trimmed(&format!("{value:.*}", if size >= 100.0 { 1 } else { 2 + usize::from(size < 1.0) })),
    };
    if short.is_empty() { text } else { format!("{text} {}", super::text::line(short, 20)) }
}

fn trimmed(text: &str) -> String {
    text.trim_end_matches('0').trim_end_matches('.').replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short() {
        let table = [
            (0.0, "Count", "0"),
            (12.0, "", "12"),
            (1_234_567.25, "None", "1,234,567"),
            (12.5, "", "12.5"),
            (0.125, "Seconds", "0.125 s"),
            (-3.25, "", "−3.25"),
            (-30_000.4, "", "−30,000"),
            (123.456, "Milliseconds", "123.5 ms"),
            (99.999, "", "100"),
            (1e18, "Bytes", "1.00e18 B"),
            (0.000_01, "", "1.00e-5"),
            (5.0, "Bytes/Second", "5 Bytes/Second"),
        ];
        for (value, unit, expected) in table {
            assert_eq!(amount(value, unit), expected);
        }
    }
}
