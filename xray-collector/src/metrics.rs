//! Metrics in CloudWatch's embedded format (EMF), as programs send them to the agent: what was measured last, and sums of all of it.
//!
//! Source: "Specification: Embedded metric format" of CloudWatch. A program sends them here with `AWS_EMF_AGENT_ENDPOINT=udp://127.0.0.1:2000`.
//!
//! What a page needs is [`Traces::metrics`](crate::traces::Traces::metrics): a [`MetricsSnapshot`], which is a copy, made under the lock in a moment and
//! sorted; look at it for as long as you like.
//!
//! ```text
//! for series in app.traces.metrics().series {
//!     series.key.namespace, series.key.name, series.key.dimensions   // which metric
//!     series.unit, series.count, series.sum, series.min, series.max  // over everything that arrived
//!     series.points                                                  // the last METRIC_POINTS_MAX values and their times, oldest first
//! }
//! ```

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value};
use xray_model::document::Timestamp;
use xray_model::limits::{DIMENSIONS_MAX, EMF_METRICS_MAX, EMF_VALUES_MAX, METRIC_VALUE_MAX};

use crate::settings::{METRIC_POINTS_MAX, METRICS_MAX};

/// What tells one series of values from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) namespace: String,
    pub(crate) name: String,
    /// Names and values, sorted by name.
    pub(crate) dimensions: Vec<(String, String)>,
}

/// One metric of one document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) key: Key,
    pub(crate) unit: Option<String>,
    pub(crate) at: Timestamp,
    /// At least one; all finite.
    pub(crate) values: Vec<f64>,
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    /// When it was measured, as the document says.
    pub(crate) at: Timestamp,
    pub(crate) value: f64,
}

/// What is known of a series.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) key: Arc<Key>,
    /// As the last document says it: `Count`, `Milliseconds`; `None` where it says nothing.
    pub(crate) unit: Option<String>,
    pub(crate) count: u64,
    pub(crate) sum: f64,
    pub(crate) min: f64,
    pub(crate) max: f64,
    /// When the last document of it arrived.
    pub(crate) arrived: Timestamp,
    /// The last values, oldest first.
    pub(crate) points: VecDeque<Point>,
}

/// All series at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct MetricsSnapshot {
    /// By namespace, name and dimensions.
    pub(crate) series: Vec<Series>,
    /// Values of series that had no place.
    pub(crate) dropped: u64,
}

/// The series that are kept.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    series: BTreeMap<Arc<Key>, Series>,
    dropped: u64,
}

impl Metrics {
    pub(crate) fn add(&mut self, measured: Vec<Measured>, now: Timestamp) {
        for Measured { key, unit, at, values } in measured {
            if !self.series.contains_key(&key) {
                if self.series.len() >= METRICS_MAX {
                    self.dropped += values.len() as u64;
                    continue;
                }
                let key = Arc::new(key.clone());
                self.series.insert(Arc::clone(&key), Series::new(key));
            }
            if let Some(series) = self.series.get_mut(&key) {
                series.add(unit, at, &values, now);
            }
        }
    }

    pub(crate) fn snapshot(&self) -> MetricsSnapshot {
        MetricsSnapshot { series: self.series.values().cloned().collect(), dropped: self.dropped }
    }
}

impl Series {
    fn new(key: Arc<Key>) -> Self {
        let (min, max) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { key, unit: None, count: 0, sum: 0.0, min, max, arrived: Timestamp::default(), points: VecDeque::new() }
    }

    fn add(&mut self, unit: Option<String>, at: Timestamp, values: &[f64], now: Timestamp) {
        self.unit = unit.or(self.unit.take());
        self.arrived = self.arrived.max(now);
        for &value in values {
            self.count += 1;
            self.sum += value;
            (self.min, self.max) = (self.min.min(value), self.max.max(value));
            self.points.push_back(Point { at, value });
        }
        let over = self.points.len().saturating_sub(METRIC_POINTS_MAX);
        self.points.drain(..over);
    }
}

/// Whether a datagram means to be a document of metrics: an object that names `_aws` somewhere.
pub(crate) fn is_emf(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{") && bytes.windows(6).any(|six| six == b"\"_aws\"")
}

/// Reads one document, or several with a line each.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Measured>, String> {
    let mut all = Vec::new();
    for document in serde_json::Deserializer::from_slice(bytes).into_iter::<Map<String, Value>>() {
        let document = document.map_err(|error| error.to_string())?;
        all.append(&mut measured(&document)?);
    }
    Ok(all)
}

fn array<'a>(value: Option<&'a Value>, what: &str) -> Result<&'a [Value], String> {
    value.and_then(Value::as_array).map(Vec::as_slice).ok_or_else(|| format!("{what} is no list"))
}

fn measured(document: &Map<String, Value>) -> Result<Vec<Measured>, String> {
    let meta = document.get("_aws").and_then(Value::as_object).ok_or("_aws is no object")?;
    let millis = meta.get("Timestamp").and_then(Value::as_u64).ok_or("_aws.Timestamp is no number of milliseconds")?;
    let at = Timestamp::from_nanos(millis.saturating_mul(1_000_000));
    let mut all = Vec::new();
    for directive in array(meta.get("CloudWatchMetrics"), "_aws.CloudWatchMetrics")? {
        let namespace = directive.get("Namespace").and_then(Value::as_str).ok_or("a metric directive has no Namespace")?;
        let sets = dimensions(document, directive)?;
        for metric in array(directive.get("Metrics"), "Metrics")?.iter().take(EMF_METRICS_MAX) {
            let name = metric.get("Name").and_then(Value::as_str).ok_or("a metric has no Name")?;
            let unit = metric.get("Unit").and_then(Value::as_str).map(String::from);
            // A metric that a document announces and then does not have is none.
            let Some(values) = document.get(name).map(|value| values(name, value)).transpose()? else { continue };
            for dimensions in &sets {
                let key = Key { namespace: namespace.to_owned(), name: name.to_owned(), dimensions: dimensions.clone() };
                all.push(Measured { key, unit: unit.clone(), at, values: values.clone() });
            }
        }
    }
    Ok(all)
}

/// The sets of dimensions, each with its values; no set at all is one without dimensions.
fn dimensions(document: &Map<String, Value>, directive: &Value) -> Result<Vec<Vec<(String, String)>>, String> {
    let Some(sets) = directive.get("Dimensions") else { return Ok(vec![Vec::new()]) };
    let mut read = Vec::new();
    for set in array(Some(sets), "Dimensions")?.iter().take(DIMENSIONS_MAX) {
        let mut dimensions = Vec::new();
        for key in array(Some(set), "a set of Dimensions")?.iter().take(DIMENSIONS_MAX) {
            let key = key.as_str().ok_or("the name of a dimension is no text")?;
            let value =
                document.get(key).and_then(Value::as_str).ok_or_else(|| format!("the dimension {key:?} has no value that is text"))?;
            dimensions.push((key.to_owned(), value.to_owned()));
        }
        dimensions.sort_unstable();
        read.push(dimensions);
    }
    Ok(if read.is_empty() { vec![Vec::new()] } else { read })
}

fn values(name: &str, value: &Value) -> Result<Vec<f64>, String> {
    let number = |value: &Value| value.as_f64().filter(|number| number.abs() <= METRIC_VALUE_MAX);
    let values: Option<Vec<f64>> = match value {
        Value::Array(values) => values.iter().take(EMF_VALUES_MAX).map(number).collect(),
        value => number(value).map(|number| vec![number]),
    };
    values.filter(|values| !values.is_empty()).ok_or_else(|| format!("the metric {name:?} is neither a number nor a list of numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = r#"{"_aws":{"Timestamp":1710276830123,"CloudWatchMetrics":[{"Namespace":"shop","Dimensions":[["service"],["service","zone"]],
        "Metrics":[{"Name":"latency","Unit":"Milliseconds"},{"Name":"orders"},{"Name":"missing"}]}]},
        "service":"cart","zone":"a","latency":[1.5,4,2],"orders":1,"more":{"x":[]}}"#;

    #[test]
    fn values_add_up() {
        assert!(is_emf(DOCUMENT.as_bytes()));
        let mut metrics = Metrics::default();
        let twice = format!("{DOCUMENT}\n{DOCUMENT}\n");
        metrics.add(read(twice.as_bytes()).unwrap(), Timestamp::from_nanos(7));
        let MetricsSnapshot { series, dropped } = metrics.snapshot();
        assert_eq!((series.len(), dropped), (4, 0));
        let first = &series[0];
        assert_eq!((&*first.key.name, &first.key.dimensions[..]), ("latency", &[("service".to_owned(), "cart".to_owned())][..]));
        assert_eq!((first.count, first.sum, first.min, first.max, first.unit.as_deref()), (6, 15.0, 1.0 + 0.5, 4.0, Some("Milliseconds")));
        assert_eq!(first.points.iter().map(|point| point.value).collect::<Vec<_>>(), [1.5, 4.0, 2.0, 1.5, 4.0, 2.0]);
        assert_eq!(first.points[0].at.to_string(), "1710276830.123");
        assert_eq!((&*series[3].key.name, series[3].key.dimensions.len(), series[3].count), ("orders", 2, 2));
    }

    #[test]
    fn what_breaks_the_rules_is_told() {
        let table = [
            (r#"{"_aws":1}"#, "_aws is no object"),
            (r#"{"_aws":{}}"#, "_aws.Timestamp is no number of milliseconds"),
            (r#"{"_aws":{"Timestamp":1}}"#, "_aws.CloudWatchMetrics is no list"),
            (r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{}]}}"#, "a metric directive has no Namespace"),
            (
                r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"a","Dimensions":[["b"]]}]}}"#,
                "the dimension \"b\" has no value that is text",
            ),
            (
                r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"a","Metrics":[{"Name":"b"}]}]},"b":"c"}"#,
                "the metric \"b\" is neither a number nor a list of numbers",
            ),
            (
                r#"{"_aws":{"Timestamp":1,"CloudWatchMetrics":[{"Namespace":"a","Metrics":[{"Name":"b"}]}]},"b":1e300}"#,
                "the metric \"b\" is neither a number nor a list of numbers",
            ),
            (r#"{"_aws""#, "EOF while parsing an object at line 1 column 7"),
        ];
        for (json, expected) in table {
            assert!(is_emf(json.as_bytes()));
            assert_eq!(read(json.as_bytes()).unwrap_err(), expected, "{json}");
        }
        assert!(!is_emf(b"[\"_aws\"]") && !is_emf(b"{\"aws\":1}") && !is_emf(b""));
    }

    #[test]
    fn there_is_an_end_to_series_and_points() {
        let mut metrics = Metrics::default();
        let one = |name: usize| Measured {
            key: Key { namespace: "n".into(), name: format!("{name:06}"), dimensions: Vec::new() },
            unit: None,
            at: Timestamp::default(),
            values: vec![1.0; 3],
        };
        metrics.add((0..METRICS_MAX + 2).map(one).collect(), Timestamp::default());
        metrics.add(vec![one(0); 50], Timestamp::default());
        let MetricsSnapshot { series, dropped } = metrics.snapshot();
        assert_eq!((series.len(), dropped), (METRICS_MAX, 6));
        assert_eq!((series[0].count, series[0].points.len()), (153, METRIC_POINTS_MAX));
    }
}
