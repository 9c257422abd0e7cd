//! Figures of the business and service levels, as autoxray's programs send them.
//!
//! A metric is an annotation with metadata of the same name in the namespace `metrics`, which has its unit and dimensions; `metric.*` and
//! `business.*` are annotations only. A service level is the four annotations `sla.*` of one segment or subsegment.

use std::time::Duration;

use xray_model::document::{AnnotationValue as Sent, Segment};

use super::make::Making;
use super::{Figure, Level};
use crate::settings::FIGURES_MAX;

/// Beginnings of keys that are figures by themselves.
const PREFIXES: [&str; 2] = ["metric.", "business."];

impl Making<'_> {
    pub(super) fn figures(&mut self, segment: &Segment, service: u32) {
        for (key, value) in &segment.annotations {
            let Some(value) = number(value).filter(|_| self.figures.len() < FIGURES_MAX) else { continue };
            let metric = segment.metadata.get("metrics").and_then(|metrics| metrics.get(key.as_str()));
            let short = PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix)).filter(|name| !name.is_empty());
            if metric.is_none() && short.is_none() {
                continue;
            }
            let unit = metric.and_then(|metric| metric.get("unit")?.as_str()).filter(|unit| *unit != "None").unwrap_or_default();
            let dimensions = metric.and_then(|metric| metric.get("dimensions")?.as_object());
            let pairs = dimensions.into_iter().flatten().map(|(key, value)| match value.as_str() {
                Some(text) => format!("{key}={text}"),
                None => format!("{key}={value}"),
            });
            let dimensions = pairs.collect::<Vec<_>>().join(" ");
            let name = if metric.is_some() { key } else { short.unwrap_or(key) };
            self.figures.push(Figure {
                name: self.names.get(name),
                value,
                unit: self.names.get(unit),
                dimensions: self.names.get(&dimensions),
                at: segment.start_time,
                service,
            });
        }
        self.level(segment, service);
    }

    fn level(&mut self, segment: &Segment, service: u32) {
        let Some(Sent::String(operation)) = segment.annotations.get("sla.operation") else { return };
        if self.levels.len() >= FIGURES_MAX {
            return;
        }
        let time =
            |key: &str| segment.annotations.get(key).and_then(number).and_then(|millis| Duration::try_from_secs_f64(millis / 1e3).ok());
        let (target, actual) = (time("sla.target_ms"), time("sla.actual_ms"));
        let is_violated = match segment.annotations.get("sla.violated") {
            Some(Sent::Bool(is_violated)) => *is_violated,
            // As autoxray defines it.
            _ => target.zip(actual).is_some_and(|(target, actual)| actual > target),
        };
        self.levels.push(Level { operation: self.names.get(operation), target, actual, is_violated, at: segment.start_time, service });
    }
}

fn number(value: &Sent) -> Option<f64> {
    match value {
        Sent::Number(number) => number.as_f64().filter(|number| number.is_finite()),
        _ => None,
    }
}
