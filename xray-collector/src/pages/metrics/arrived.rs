//! Metrics that came in CloudWatch's embedded format, beside traces.

use maud::{Markup, html};

use super::{Seen, amount};
use crate::metrics::Series;
use crate::pages::scope::Query;
use crate::pages::{parts, spark, text, time};
use crate::settings::ROWS_MAX;
use crate::view::number;

pub(super) fn arrived(seen: &Seen<'_>) -> Markup {
    let find = seen.asked.query.get("find").unwrap_or_default();
    let wanted = find.to_lowercase();
    let found: Vec<&Series> = seen.arrived.series.iter().filter(|series| is_wanted(series, &wanted)).collect();
    html! {
        (field(seen, find))
        div id="arrived" data-live {
            @if found.is_empty() { div.card { (parts::empty("No metric has that name", &html! { p { a href=(seen.asked.scope.link("/metrics")) { "Show all " (number::count(seen.arrived.series.len() as u64)) } } })) } }
            @for series in found[..found.len().min(ROWS_MAX)].chunk_by(|one, other| one.key.namespace == other.key.namespace) { (namespace(seen, series)) }
            @if found.len() > ROWS_MAX { p.note { "The first " (ROWS_MAX) " of " (number::count(found.len() as u64)) " series. Look for a name to see others." } }
            @if seen.arrived.dropped > 0 { p.note { (number::count(seen.arrived.dropped)) " values of further series had no place. Fewer values of dimensions make fewer series." } }
        }
    }
}

fn is_wanted(series: &Series, wanted: &str) -> bool {
    let key = &series.key;
    let dimensions = key.dimensions.iter().flat_map(|(name, value)| [name, value]);
    wanted.is_empty() || [&key.namespace, &key.name].into_iter().chain(dimensions).any(|text| text.to_lowercase().contains(wanted))
}

fn field(seen: &Seen<'_>, find: &str) -> Markup {
    let kept = seen.asked.scope.link("");
    let kept = Query::parse(kept.strip_prefix('?').unwrap_or_default());
    html! {
        div.head {
            h2 { "Metrics that arrived" }
            span.muted { "All that programs sent, whatever filter and time say" }
            form.finding.aside method="get" action="/metrics" {
                @for name in ["filter", "range", "from", "to"] { @if let Some(value) = kept.get(name) { input type="hidden" name=(name) value=(value); } }
                label.sr for="find" { "Find a metric by name or dimension" }
                input.field id="find" name="find" type="search" value=(find) placeholder="Name or dimension";
                button.tool type="submit" { "Find" }
            }
        }
    }
}

fn namespace(seen: &Seen<'_>, series: &[&Series]) -> Markup {
    let name = series.first().map_or("", |series| &series.key.namespace);
    let body = html! {
        div.scroll tabindex="0" {
            table.amounts {
                thead { tr {
                    th scope="col" { "Metric" } th.right scope="col" { "Values" } th.right scope="col" { "Sum" } th.right scope="col" { "Average" }
                    th.right.wide-only scope="col" { "Least" } th.right.wide-only scope="col" { "Greatest" } th.right.wide-only scope="col" { "Last" } th.wide-only scope="col" { "Last values" } th scope="col" { "Arrived" }
                } }
                tbody { @for series in series { (row(seen, series)) } }
            }
        }
    };
    parts::card(&text::line(name, 100), Some(html! { (number::count(series.len() as u64)) " series" }), &body)
}

fn row(seen: &Seen<'_>, series: &Series) -> Markup {
    let unit = series.unit.as_deref().unwrap_or_default();
    let values: Vec<f64> = series.points.iter().map(|point| point.value).collect();
    let last = values.last().copied().unwrap_or_default();
    let name = text::line(&series.key.name, 60);
    html! {
        tr {
            td.clip.wide title=(text::line(&series.key.name, 300)) {
                b { (parts::name(&series.key.name)) }
                @for (name, value) in &series.key.dimensions { " " span.tag title=(text::line(&format!("{name}={value}"), 300)) { (text::line(name, 40)) "=" (text::line(value, 60)) } }
            }
            td.right.num { (number::count(series.count)) }
            td.right.num { (amount(series.sum, unit)) }
            td.right.num { (amount(series.sum / series.count.max(1) as f64, unit)) }
            @for value in [series.min, series.max, last] { td.right.num.wide-only { (amount(value, unit)) } }
            td.wide-only { (spark::line(&values, &format!("The last {} values of {name}", values.len()))) }
            td.nowrap { (time::relative(series.arrived, seen.asked.now)) }
        }
    }
}
