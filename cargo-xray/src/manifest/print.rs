//! A manifest as JSON, and as a table for people.

use super::{Key, Kind, Manifest, Metric, Opens, Source, Traced};
use crate::Error;

/// As JSON with a line break at its end, in which equal manifests are equal byte for byte.
///
/// # Errors
///
/// Never for a manifest that was read; a limit of the library that writes JSON.
pub fn json(manifest: &Manifest) -> Result<String, Error> {
    let text = serde_json::to_string_pretty(manifest).map_err(|error| Error::new(format!("the manifest cannot be written: {error}")))?;
    Ok(text + "\n")
}

/// As a table for each list that is not empty.
#[must_use]
pub fn table(manifest: &Manifest) -> String {
    let mut text = String::new();
    for (title, rows) in sections(manifest) {
        if rows.is_empty() {
            continue;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{title} ({})\n", rows.len());
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for row in &rows {
            let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}")).collect();
            text += &format!("  {}\n", cells.join("  ").trim_end());
        }
    }
    if text.is_empty() { "Nothing in this workspace is traced, annotated or measured.\n".to_owned() } else { text }
}

/// The lists, each with its title and an entry's cells; the last one has the places.
pub(super) fn sections(manifest: &Manifest) -> [(&'static str, Vec<Vec<String>>); 5] {
    [
        ("Segments and subsegments", manifest.traced.iter().map(traced).collect()),
        ("Annotations", keys(&manifest.annotations)),
        ("Metadata", keys(&manifest.metadata)),
        ("Metrics", manifest.metrics.iter().map(metric).collect()),
        ("Dimensions", keys(&manifest.dimensions)),
    ]
}

fn keys(keys: &[Key]) -> Vec<Vec<String>> {
    keys.iter().map(|key| vec![shown(&key.key), key.at.join(", ")]).collect()
}

fn traced(traced: &Traced) -> Vec<String> {
    let opens = match (traced.opens, &traced.segment) {
        (Opens::Segment, _) => "segment".to_owned(),
        (Opens::Subsegment, None) => "subsegment".to_owned(),
        (Opens::Subsegment, Some(name)) => format!("subsegment, or segment {name}"),
    };
    let kind = match traced.kind {
        Kind::Traced => "traced",
        Kind::TracedLambda => "traced_lambda",
        Kind::ByHand => "by hand",
    };
    let namespace = traced.namespace.clone().unwrap_or_default();
    let sla = traced.sla.as_ref().map(|sla| format!("sla {sla}")).unwrap_or_default();
    vec![shown(&traced.name), opens, kind.to_owned(), namespace, sla, traced.at.join(", ")]
}

fn metric(metric: &Metric) -> Vec<String> {
    let sets: Vec<String> = metric.sets.iter().map(|set| format!("[{}]", set.join(", "))).collect();
    let source = match metric.source {
        Source::BusinessMetric => "business metric",
        Source::ByHand => "by hand",
    };
    let when = metric.when.as_ref().map(|when| format!("when {when}")).unwrap_or_default();
    let resolution = if metric.resolution == 1 { "each second" } else { "" };
    let sum = if metric.sum { "sum" } else { "" };
    let unit = metric.unit.clone();
    vec![shown(&metric.name), unit, sets.join(" "), source.into(), sum.into(), when, resolution.into(), metric.at.join(", ")]
}

/// A name on one line, whatever is in it.
fn shown(name: &str) -> String {
    if name.chars().any(char::is_control) { format!("{name:?}") } else { name.to_owned() }
}
