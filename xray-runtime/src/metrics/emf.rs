//! Documents in CloudWatch's embedded metric format.
//!
//! Source: "Specification: Embedded metric format". A document says what its metrics are in `_aws`, and has their values and those of their
//! dimensions at its root. So all metrics of one document have the same values for their dimensions, and no name comes twice.

use xray_model::limits::{EMF_METRICS_MAX, EMF_VALUES_MAX};

use super::sink::Line;
use super::store::{Drained, Values};
use super::table::Series;
use crate::export::json;

/// What is the same in all documents.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) namespace: String,
    /// Dimensions of all metrics.
    pub(super) dimensions: Vec<(String, String)>,
    pub(super) log_group: Option<String>,
    pub(super) log_stream: Option<String>,
}

/// The buffers that documents are written in.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    /// From the brace to the metrics' definitions.
    head: Vec<u8>,
    definitions: Vec<u8>,
    /// From the definitions' end to the metrics' values: dimensions and properties.
    tail: Vec<u8>,
    values: Vec<u8>,
    line: Vec<u8>,
    metrics: usize,
    measurements: u64,
}

/// Brings together what shares a document, and makes one series of what several shards have of it.
pub(super) fn merge(drained: &mut Vec<Drained>) {
    drained.sort_by(|one, other| one.series.order(&other.series));
    drained.dedup_by(|later, earlier| {
        let is_same = earlier.series.order(&later.series).is_eq();
        if is_same {
            earlier.values.append(&later.values, later.series.definition.is_sum);
        }
        is_same
    });
}

/// Writes documents, and hands each to `done`.
pub(super) struct Writer<'a, F: FnMut(Result<Line<'_>, u64>)> {
    pub(super) frame: &'a Frame,
    pub(super) properties: &'a [(&'a str, &'a str)],
    pub(super) bytes_max: usize,
    /// When the values were taken, in milliseconds since 1970.
    pub(super) unix_millis: u64,
    pub(super) buffers: &'a mut Buffers,
    /// Gets documents, and how many measurements did not fit any.
    pub(super) done: F,
}

impl<F: FnMut(Result<Line<'_>, u64>)> Writer<'_, F> {
    /// Writes all of these, which have been [merged](merge).
    pub(super) fn write(&mut self, drained: &[Drained]) {
        for group in drained.chunk_by(|one, other| one.series.shares_document(&other.series)) {
            self.group(group);
        }
    }

    /// Writes series that have the same dimensions.
    fn group(&mut self, group: &[Drained]) {
        let Some(first) = group.first() else { return };
        self.begin_group(&first.series);
        self.add_exemplar(group);
        // Names are sorted: one that comes twice does so in a row.
        let mut last = None;
        for Drained { series, values } in group {
            for (index, chunk) in values.values.chunks(EMF_VALUES_MAX).enumerate() {
                if last.replace(series.definition.name) == Some(series.definition.name) || self.buffers.metrics >= EMF_METRICS_MAX {
                    self.end_document();
                }
                self.metric(series, chunk, measurements(series, values, index, chunk));
            }
        }
        self.end_document();
    }

    /// Leads from the documents to a trace: the last one that took part in them, unless its members' names are taken.
    fn add_exemplar(&mut self, group: &[Drained]) {
        const NAMES: [&str; 2] = ["trace_id", "segment_id"];
        let Some(exemplar) = group.iter().rev().find_map(|drained| drained.values.exemplar) else { return };
        let of_all = self.frame.dimensions.iter().map(|(key, _)| key.as_str()).chain(self.properties.iter().map(|(key, _)| *key));
        let of_group = group.iter().flat_map(|drained| drained.series.keys.iter().copied().chain([drained.series.definition.name]));
        if !of_all.chain(of_group).any(|name| NAMES.contains(&name)) {
            let tail = &mut self.buffers.tail;
            member(tail, NAMES[0], &exemplar.trace.to_string());
            member(tail, NAMES[1], &exemplar.segment.to_string());
        }
    }

    /// Adds a metric to the document, or to the next if this one would become too large.
    fn metric(&mut self, series: &Series, values: &[f64], measurements: u64) {
        let buffers = &mut *self.buffers;
        let before = (buffers.definitions.len(), buffers.values.len());
        add(buffers, series, values);
        if buffers.len() > self.bytes_max {
            buffers.definitions.truncate(before.0);
            buffers.values.truncate(before.1);
            self.end_document();
            add(self.buffers, series, values);
            if self.buffers.len() > self.bytes_max {
                self.buffers.clear_metrics();
                return (self.done)(Err(measurements));
            }
        }
        self.buffers.metrics += 1;
        self.buffers.measurements += measurements;
    }

    fn end_document(&mut self) {
        let buffers = &mut *self.buffers;
        if buffers.metrics > 0 {
            let Buffers { head, definitions, tail, values, line, .. } = &mut *buffers;
            line.clear();
            for part in [&head[..], definitions, tail, values, END] {
                line.extend_from_slice(part);
            }
            (self.done)(Ok(Line::new(&buffers.line, buffers.measurements)));
        }
        self.buffers.clear_metrics();
    }

    /// Writes what is the same in all documents of these series.
    fn begin_group(&mut self, series: &Series) {
        let frame = self.frame;
        let Buffers { head, tail, .. } = &mut *self.buffers;
        head.clear();
        head.extend_from_slice(br#"{"_aws":{"Timestamp":"#);
        json::integer(head, self.unix_millis.into());
        for (name, value) in [("LogGroupName", &frame.log_group), ("LogStreamName", &frame.log_stream)] {
            if let Some(value) = value {
                member(head, name, value);
            }
        }
        head.extend_from_slice(br#","CloudWatchMetrics":[{"Namespace":"#);
        json::string(head, &frame.namespace);
        head.extend_from_slice(br#","Dimensions":["#);
        let sets = series.definition.sets.unwrap_or(std::slice::from_ref(&series.keys));
        for (index, set) in sets.iter().enumerate() {
            // In whatever order: CloudWatch would count the same twice.
            if sets[..index].iter().any(|other| other.len() == set.len() && set.iter().all(|key| other.contains(key))) {
                continue;
            }
            head.extend_from_slice(if index == 0 { b"[" } else { b",[" });
            let keys = frame.dimensions.iter().map(|(key, _)| key.as_str()).chain(set.iter().copied());
            for (index, key) in keys.enumerate() {
                if index > 0 {
                    head.push(b',');
                }
                json::string(head, key);
            }
            head.push(b']');
        }
        head.extend_from_slice(br#"],"Metrics":["#);
        tail.clear();
        tail.extend_from_slice(b"]}]}");
        frame.dimensions.iter().for_each(|(key, value)| member(tail, key, value));
        series.keys.iter().zip(&series.values).for_each(|(key, value)| member(tail, key, value));
        self.properties.iter().for_each(|(key, value)| member(tail, key, value));
    }
}

const END: &[u8] = b"}\n";

impl Buffers {
    /// The size of the document so far.
    fn len(&self) -> usize {
        self.head.len() + self.definitions.len() + self.tail.len() + self.values.len() + END.len()
    }

    fn clear_metrics(&mut self) {
        self.definitions.clear();
        self.values.clear();
        self.metrics = 0;
        self.measurements = 0;
    }
}

/// How many measurements a chunk of values stands for. All of a sum's are in its first.
fn measurements(series: &Series, values: &Values, index: usize, chunk: &[f64]) -> u64 {
    match (series.definition.is_sum, index) {
        (true, 0) => values.count,
        (true, _) => 0,
        (false, _) => chunk.len() as u64,
    }
}

fn add(buffers: &mut Buffers, series: &Series, values: &[f64]) {
    let definition = series.definition;
    let out = &mut buffers.definitions;
    out.extend_from_slice(if buffers.metrics == 0 { br#"{"Name":"# } else { br#",{"Name":"# });
    json::string(out, definition.name);
    out.extend_from_slice(br#","Unit":""#);
    out.extend_from_slice(definition.unit.as_str().as_bytes());
    out.extend_from_slice(if definition.is_high_resolution { br#"","StorageResolution":1}"# } else { br#""}"# });
    let out = &mut buffers.values;
    out.push(b',');
    json::string(out, definition.name);
    out.push(b':');
    if let [value] = values {
        return number(out, *value);
    }
    for (index, value) in values.iter().enumerate() {
        out.push(if index == 0 { b'[' } else { b',' });
        number(out, *value);
    }
    out.push(b']');
}

fn number(out: &mut Vec<u8>, value: f64) {
    /// Whole numbers are exact up to here, and shorter without a fraction.
    const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;
    const MILLION: f64 = 1e6;
    // Times and amounts have a few decimals, and are written at a third of the price. What the quotient is equal to, its decimals read back
    // to: both are the number nearest to the fraction.
    let size = value.abs();
    let millionths = size * MILLION + 0.5;
    if millionths < WHOLE_MAX && (millionths as u64) as f64 / MILLION == size {
        decimals(out, value < 0.0, millionths as u64);
    } else if size <= WHOLE_MAX && (size as u64) as f64 == size {
        json::integer(out, value as i128);
    } else {
        json::float(out, value);
    }
}

/// Writes a number of millionths.
fn decimals(out: &mut Vec<u8>, is_negative: bool, millionths: u64) {
    let (mut whole, mut rest) = (millionths / 1_000_000, millionths % 1_000_000);
    let mut text = [0; 24];
    let mut first = text.len();
    let mut put = |digit: u8| {
        first -= 1;
        text[first] = digit;
    };
    if rest > 0 {
        let mut width = 6;
        if rest % 1_000 == 0 {
            (rest, width) = (rest / 1_000, 3);
        }
        while rest % 10 == 0 {
            (rest, width) = (rest / 10, width - 1);
        }
        for _ in 0..width {
            put(b'0' + (rest % 10) as u8);
            rest /= 10;
        }
        put(b'.');
    }
    loop {
        put(b'0' + (whole % 10) as u8);
        whole /= 10;
        if whole == 0 {
            break;
        }
    }
    if is_negative {
        put(b'-');
    }
    out.extend_from_slice(&text[first..]);
}

fn member(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b',');
    json::string(out, name);
    out.push(b':');
    json::string(out, value);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(value: f64) -> String {
        let mut out = Vec::new();
        number(&mut out, value);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_read_back_to_what_they_were(whole in any::<i64>(), decimals in 0..12, any in any::<f64>()) {
            for value in [whole as f64 / 10_f64.powi(decimals), (whole % 1_000_000) as f64 / 10_f64.powi(decimals), any] {
                if value.is_finite() {
                    prop_assert_eq!(written(value).parse::<f64>().unwrap(), value);
                }
            }
        }
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (12.5, "12.5"),
            (-0.25, "-0.25"),
            (31.606_034, "31.606034"),
            (0.000_001, "0.000001"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e300, "1e+300"),
            (9_007_199_254_740_992.0, "9007199254740992"),
        ] {
            assert_eq!(written(value), text);
        }
    }
}
