//! Metrics for CloudWatch, added up in the program and written as documents in the embedded metric format (EMF).
//!
//! ```
//! # use xray_runtime as autoxray;
//! use std::time::Duration;
//!
//! use autoxray::metrics::{MemorySink, Metric, Metrics, Unit};
//!
//! static ORDERS: Metric = Metric::counter("Orders", []);
//! static LATENCY: Metric<1> = Metric::new("Latency", Unit::Milliseconds, ["route"]);
//!
//! let sink = MemorySink::new();
//! let metrics = Metrics::builder("Shop").dimension("Service", "orders").sink(sink.clone()).build()?;
//! metrics.record(&ORDERS, [], 1.0);
//! metrics.record(&LATENCY, ["/orders"], 12.5);
//! assert!(metrics.flush(Duration::from_secs(1)));
//!
//! let lines = sink.take();
//! assert!(lines[0].contains(r#""Dimensions":[["Service"]],"Metrics":[{"Name":"Orders","Unit":"Count"}]"#));
//! assert!(lines[1].ends_with(r#""Service":"orders","route":"/orders","Latency":12.5}"#));
//! # Ok::<(), autoxray::metrics::NameError>(())
//! ```
//!
//! In the metrics of the process, which the environment and [`Builder::metrics`](crate::Builder::metrics) make, a metric is recorded by
//! [`Metric::record`]. Those that are made as above know nothing of `XRAY_METRICS`, and are flushed by whoever made them.
//!
//! A measurement costs a lookup under a lock of the thread's own. Nothing is sent until [`Metrics::flush`], but for a series that has as many
//! values as a document takes (100): that leaves at once, on the thread that measured, so that no value has to be dropped for want of room.
//! Memory is bounded: by 500 series for each metric between two flushes, and 5,000 of all. What is lost is counted by kind and reason, never
//! an error, and told once.

mod automatic;
pub(crate) mod business;
mod emf;
mod metric;
pub(crate) mod names;
mod number;
#[cfg(feature = "metrics")]
pub(crate) mod pulse;
#[cfg(not(feature = "metrics"))]
#[path = "pulse_compiled_out.rs"]
pub(crate) mod pulse;
mod sink;
mod store;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod unit;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use emf::{Frame, Writer};
use metric::Definition;
pub use metric::Metric;
pub use names::NameError;
pub use number::MetricValue;
pub use sink::{Line, MemorySink, Sink, StdoutSink};
pub(crate) use store::Exemplar;
use store::{Drained, Measurement, OTHER, Store};
use table::{Series, Wanted};
pub(crate) use text::Text;
pub use unit::Unit;
use xray_model::limits::{DIMENSIONS_MAX, EMF_BYTES_MAX};

use crate::context::Here;
pub use crate::export::{AgentAddress, AgentSink, ParseAgentAddressError};
use crate::stats::{Counters, Exported, LossKind, LossReason, Stats};
use crate::value::quietly;

/// Measurements of a program on their way to CloudWatch; see the [module](self).
///
/// When it is dropped, what it still has is written, without waiting. One that is a `static` is not dropped: [`flush`](Self::flush) it.
pub struct Metrics {
    frame: Frame,
    sink: Box<dyn Sink>,
    store: Store,
    counters: Counters,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("frame", &self.frame).field("sink", &self.sink).finish_non_exhaustive()
    }
}

/// Settings for [`Metrics`].
#[derive(Debug)]
#[must_use = "a builder does nothing until `build`"]
pub struct Builder {
    frame: Frame,
    sink: Box<dyn Sink>,
}

impl Builder {
    /// A dimension of all metrics, the first in each set: what the service is called, or where it runs.
    ///
    /// Key and value: printable ASCII, at most 250 and 1,024 characters, not blank, not beginning with a colon.
    pub fn dimension(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.frame.dimensions.push((key.into(), value.into()));
        self
    }

    /// The log group to which the CloudWatch agent writes. Without it the agent takes its own; other sinks have no use for it.
    pub fn log_group(mut self, name: impl Into<String>) -> Self {
        self.frame.log_group = Some(name.into());
        self
    }

    /// The log stream to which the CloudWatch agent writes; likewise.
    pub fn log_stream(mut self, name: impl Into<String>) -> Self {
        self.frame.log_stream = Some(name.into());
        self
    }

    /// Where documents go instead of to standard output.
    pub fn sink(mut self, sink: impl Sink) -> Self {
        self.sink = Box::new(sink);
        self
    }

    /// Metrics with these settings.
    ///
    /// # Errors
    ///
    /// CloudWatch would refuse one of the names; the error says which, why, and what may be written.
    pub fn build(self) -> Result<Metrics, NameError> {
        let Self { frame, sink } = self;
        names::namespace(&frame.namespace)?;
        for (index, (key, value)) in frame.dimensions.iter().enumerate() {
            names::dimension_key(key)?;
            names::dimension_value(value)?;
            if index >= DIMENSIONS_MAX || frame.dimensions[..index].iter().any(|(other, _)| other == key) {
                return Err(names::one_too_many(key));
            }
        }
        frame.log_group.as_deref().map_or(Ok(()), names::log_group)?;
        frame.log_stream.as_deref().map_or(Ok(()), names::log_stream)?;
        Ok(Metrics { frame, sink, store: Store::default(), counters: Counters::default() })
    }
}

impl Metrics {
    /// The same, in this namespace, which can be used.
    pub(crate) fn in_namespace(mut self, namespace: Option<String>) -> Self {
        self.frame.namespace = namespace.unwrap_or(std::mem::take(&mut self.frame.namespace));
        self
    }

    /// Settings for metrics in this namespace of CloudWatch: 1 to 256 letters, digits, blanks and `._#:/-`.
    pub fn builder(namespace: impl Into<String>) -> Builder {
        let frame = Frame { namespace: namespace.into(), dimensions: Vec::new(), log_group: None, log_stream: None };
        Builder { frame, sink: Box::new(StdoutSink) }
    }

    /// Records a value, in the metric's unit, with a value for each of the metric's dimensions.
    ///
    /// Lost and counted as [`LossKind::Measurement`]: what is not a finite number within ±2^360, and what has a name that CloudWatch would
    /// refuse. Counted as [`LossKind::Dimensions`], and recorded all the same: with `other` in the place of a dimension's value that CloudWatch
    /// would refuse, such as an empty one, and beyond the limit on series in the place of all.
    ///
    /// If a segment or subsegment is recorded here, documents name it as `trace_id` and `segment_id`: the last one of each series.
    #[inline]
    pub fn record<const N: usize>(&self, metric: &'static Metric<N>, dimensions: [&str; N], value: f64) {
        self.record_of(metric, dimensions, value, Here::current().exemplar());
    }

    /// Records a value of something that may be over.
    #[inline]
    pub(crate) fn record_of<const N: usize>(
        &self,
        metric: &'static Metric<N>,
        dimensions: [&str; N],
        value: f64,
        exemplar: Option<Exemplar>,
    ) {
        self.take(&Wanted::new(&metric.definition, &metric.keys, &dimensions), &Measurement { value, exemplar });
    }

    #[inline]
    fn take(&self, wanted: &Wanted<'_>, measurement: &Measurement) {
        if let Err(reason) = names::value(measurement.value) {
            self.lost(LossKind::Measurement, reason, 1, wanted.definition.name);
            return crate::diag::say_pending();
        }
        match self.store.here().record(wanted, measurement) {
            Some(None) => {}
            Some(Some(full)) => self.send_full(full),
            None => self.take_first(wanted, measurement),
        }
    }

    /// Records the first value of a series on this thread's shard, or one of a series that is not kept.
    #[cold]
    fn take_first(&self, wanted: &Wanted<'_>, measurement: &Measurement) {
        let store = self.store.here();
        let has_usable_values = || wanted.values.iter().all(|value| names::dimension_value(value).is_ok());
        match store.known(wanted) {
            Some(series) => self.take_in(series, wanted, measurement),
            None if !self.is_usable(wanted) => self.lost(LossKind::Measurement, LossReason::Unusable, 1, wanted.definition.name),
            None if !has_usable_values() => self.take_folded(wanted, measurement, LossReason::Unusable),
            None => match store.admit(wanted, false) {
                Err(reason) => self.lost(LossKind::Measurement, reason, 1, wanted.definition.name),
                Ok(Some(series)) => self.take_in(series, wanted, measurement),
                Ok(None) => self.take_folded(wanted, measurement, LossReason::Limit),
            },
        }
        crate::diag::say_pending();
    }

    /// Records a value under `other` in the place of values of dimensions that cannot be used, or of all where there are too many.
    fn take_folded(&self, wanted: &Wanted<'_>, measurement: &Measurement, reason: LossReason) {
        self.lost(LossKind::Dimensions, reason, 1, wanted.definition.name);
        let is_kept = |value: &str| reason == LossReason::Unusable && names::dimension_value(value).is_ok();
        let mut others = [OTHER; DIMENSIONS_MAX];
        // There are no more keys than that: it has been checked.
        for (other, value) in others.iter_mut().zip(wanted.values).filter(|(_, value)| is_kept(value)) {
            *other = value;
        }
        let folded = Wanted::new(wanted.definition, wanted.keys, &others[..wanted.keys.len()]);
        let is_other = folded.values.iter().all(|value| *value == OTHER);
        match self.store.here().admit(&folded, is_other) {
            Ok(Some(series)) => self.take_in(series, &folded, measurement),
            Ok(None) if !is_other => self.take_folded(wanted, measurement, LossReason::Limit),
            Ok(None) | Err(_) => self.lost(LossKind::Measurement, LossReason::Limit, 1, wanted.definition.name),
        }
    }

    fn take_in(&self, series: Arc<Series>, wanted: &Wanted<'_>, measurement: &Measurement) {
        if let Some(full) = self.store.here().record_in(series, wanted, measurement) {
            self.send_full(full);
        }
    }

    /// Whether CloudWatch takes this metric with dimensions of these keys.
    fn is_usable(&self, wanted: &Wanted<'_>) -> bool {
        let Wanted { definition: Definition { name, sets, .. }, keys, .. } = *wanted;
        let of_all = self.frame.dimensions.iter().map(|(key, _)| key.as_str());
        let is_named = names::metric(name).is_ok() && keys.iter().all(|key| names::dimension_key(key).is_ok());
        let is_unique =
            |(index, key): (usize, &&str)| *key != *name && !keys[..index].contains(key) && !of_all.clone().any(|own| own == *key);
        let sets_exist = sets.is_none_or(|sets| {
            let is_set = |set: &&[&str]| set.iter().enumerate().all(|(index, key)| keys.contains(key) && !set[..index].contains(key));
            (1..=DIMENSIONS_MAX).contains(&sets.len()) && sets.iter().all(is_set)
        });
        let fits = keys.len() + self.frame.dimensions.len() <= DIMENSIONS_MAX;
        is_named && fits && sets_exist && keys.iter().enumerate().all(is_unique) && !of_all.clone().any(|own| own == *name)
    }

    #[cold]
    fn send_full(&self, full: Drained) {
        self.write(std::slice::from_ref(&full), &[]);
        self.store.here().give_back(full.values.values);
        crate::diag::say_pending();
    }

    /// Writes all that was recorded since the last time, and waits until it has left, at most `timeout`; `false` if something is left over.
    ///
    /// Series without a value since the last time are forgotten.
    pub fn flush(&self, timeout: Duration) -> bool {
        self.flush_with(&[], timeout)
    }

    /// As [`flush`](Self::flush), with further members at the root of each document: `trace_id` and `segment_id`, to find the trace from a
    /// metric in CloudWatch Logs. At most 30, with keys of 250 and values of 1,024 bytes. One whose key is that of a dimension or a metric is
    /// left out, and counted as [`LossKind::Property`].
    ///
    /// Documents of series that were full before the flush do not have them.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// use std::time::Duration;
    ///
    /// use autoxray::metrics::{MemorySink, Metric, Metrics};
    ///
    /// static ORDERS: Metric = Metric::counter("Orders", []);
    ///
    /// let sink = MemorySink::new();
    /// let metrics = Metrics::builder("Shop").sink(sink.clone()).build()?;
    /// metrics.record(&ORDERS, [], 1.0);
    /// metrics.flush_with(&[("trace_id", "1-5759e988-bd862e3fe1be46a994272793")], Duration::ZERO);
    /// assert!(sink.take()[0].ends_with(r#""trace_id":"1-5759e988-bd862e3fe1be46a994272793","Orders":1}"#));
    /// # Ok::<(), autoxray::metrics::NameError>(())
    /// ```
    pub fn flush_with(&self, properties: &[(&str, &str)], timeout: Duration) -> bool {
        let mut drained = self.store.here().drain();
        emf::merge(&mut drained);
        self.write(&drained, properties);
        crate::diag::say_pending();
        quietly(|| self.sink.flush(timeout)).unwrap_or(false)
    }

    /// What was written and what was lost so far. Of its figures, those of documents and losses are used.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let late = quietly(|| self.sink.lost_later()).unwrap_or_default();
        self.counters.snapshot().and_lost(LossKind::Measurement, &late)
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }

    fn write(&self, drained: &[Drained], properties: &[(&str, &str)]) {
        let watch = crate::clock::Stopwatch::start();
        let properties = self.usable_properties(drained, properties);
        let mut exported = Exported::default();
        // Several may share a document; the first stands for them.
        let of = drained.first().map_or("", |drained| drained.series.definition.name);
        let mut done = |line: Result<Line<'_>, u64>| match line {
            Err(count) => self.lost(LossKind::Measurement, LossReason::TooLarge, count, of),
            Ok(line) => match quietly(|| self.sink.write(line)).unwrap_or(Err(LossReason::Panicked)) {
                Err(reason) => self.lost(LossKind::Measurement, reason, line.measurements(), of),
                Ok(()) => {
                    exported.documents += 1;
                    exported.bytes += line.bytes().len() as u64;
                }
            },
        };
        let store = self.store.here();
        let mut buffers = store.take_buffers();
        Writer {
            frame: &self.frame,
            properties: &properties,
            bytes_max: quietly(|| self.sink.line_bytes_max()).unwrap_or(EMF_BYTES_MAX).min(EMF_BYTES_MAX),
            unix_millis: crate::clock::unix_millis(),
            buffers: &mut buffers,
            done: &mut done,
        }
        .write(drained);
        store.give_back_buffers(buffers);
        exported.nanos = watch.nanos();
        let _ = self.counters.exported(&exported);
    }

    /// The properties that collide with nothing else at the root of any of these documents.
    fn usable_properties<'a>(&self, drained: &[Drained], properties: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let mut usable: Vec<(&str, &str)> = Vec::with_capacity(properties.len());
        for (key, value) in properties {
            let of_all = self.frame.dimensions.iter().any(|(other, _)| other == key);
            let of_one = |one: &Drained| one.series.definition.name == *key || one.series.keys.contains(key);
            let is_taken = || of_all || usable.iter().any(|(other, _)| other == key) || drained.iter().any(of_one);
            match names::property(usable.len(), key, value).or_else(|| is_taken().then_some(LossReason::Unusable)) {
                Some(reason) => self.lost(LossKind::Property, reason, 1, key),
                None => usable.push((*key, *value)),
            }
        }
        usable
    }

    #[cold]
    pub(crate) fn lost(&self, kind: LossKind, reason: LossReason, count: u64, name: &str) {
        if count > 0 && self.counters.lost(kind, reason, count) {
            let remedy = match (kind, reason) {
                (LossKind::Measurement, LossReason::Unusable) => {
                    " (no number, a duration without a unit of time, or a name that CloudWatch refuses)"
                }
                (LossKind::Measurement, LossReason::TooLarge) => " (CloudWatch takes values within 2^360)",
                (LossKind::Dimensions, LossReason::Unusable) => " (empty, or not printable ASCII; recorded as `other`)",
                (LossKind::Dimensions, LossReason::Limit) => " (too many different values; recorded as `other`)",
                _ => "",
            };
            let of = if kind == LossKind::Property { "" } else { "of the metric " };
            crate::diag::later(format!(
                "{kind} {of}`{}` lost: {reason}{remedy}. Further losses of this kind are only counted; see autoxray::stats().",
                crate::export::shown(name)
            ));
        }
    }
}

impl Drop for Metrics {
    fn drop(&mut self) {
        self.flush(Duration::ZERO);
    }
}
