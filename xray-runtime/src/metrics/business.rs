//! What `#[business_metric]` records.

use std::fmt::{Display, Write};

use serde::{Serialize, Serializer};

use super::{Metric, MetricValue, OTHER, Text, Unit, names, pulse};
use crate::clock::Stopwatch;
use crate::context::Here;
use crate::span::{Measures, MeasuresResult, Returned, Values};
use crate::stats::{LossKind, LossReason};
use crate::switch;
use crate::value::quietly;

/// Which calls of a function count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Those that return, and no `Err`.
    Ok,
    /// Those that return an `Err`, or panic.
    Err,
    /// All, however they end.
    Always,
}

/// A metric of one call of a function, from its beginning to its end.
#[derive(Debug)]
pub struct Business<const N: usize, F> {
    metric: &'static Metric<N>,
    when: When,
    /// Nothing if there is nobody to tell.
    draft: Option<Draft<N>>,
    finish: F,
}

/// What is known of a measurement.
#[derive(Debug)]
pub struct Draft<const N: usize> {
    dimensions: [Text; N],
    value: Value,
    unit: Unit,
}

#[derive(Clone, Copy, Debug)]
enum Value {
    /// Comes with the result, or there is none.
    Missing,
    Number(f64),
    /// How long it takes, once it runs.
    Time,
    Since(Stopwatch),
}

/// Begins one: `begin` puts in what is known before the function runs; `finish` what is known by its result, and says whether the call counts.
#[inline]
pub fn business<const N: usize, F>(metric: &'static Metric<N>, when: When, begin: impl FnOnce(&mut Draft<N>), finish: F) -> Business<N, F> {
    let mut business = Business { metric, when, draft: None, finish };
    if !(pulse::measures_nothing() && (switch::is_off() || Here::is_passive())) {
        let draft = Draft { dimensions: [const { Text::EMPTY }; N], value: Value::Missing, unit: metric.unit() };
        // Made in place: it is large.
        let draft = business.draft.insert(draft);
        if quietly(|| begin(draft)).is_none() {
            business.draft = None;
            lost_by_panic(metric.name());
        }
    }
    business
}

/// Code of the program panicked while it made a value.
#[cold]
fn lost_by_panic(name: &str) {
    Here::current().with_recorder(|recorder| match recorder.metrics() {
        Some(metrics) => metrics.lost(LossKind::Measurement, LossReason::Panicked, 1, name),
        None => recorder.lost(LossKind::Annotation, LossReason::Panicked, 1),
    });
    crate::diag::say_pending();
}

impl<const N: usize> Draft<N> {
    /// Room for the value of a dimension, whose type is still to be looked at.
    pub fn dimension<'a, T: ?Sized>(&'a mut self, index: usize, value: &'a T) -> Dimension<'a, T> {
        Dimension(DisplayDimension { text: self.dimensions.get_mut(index), value })
    }

    /// Sets the value.
    pub fn value(&mut self, value: &impl MetricValue) {
        self.value = value.in_unit(self.unit).map_or(Value::Missing, Value::Number);
    }

    /// The call itself counts.
    pub fn one(&mut self) {
        self.value = Value::Number(1.0);
    }

    /// The value is how long the function takes.
    pub fn time(&mut self) {
        self.value = Value::Time;
    }

    fn record(&self, metric: &'static Metric<N>) {
        let value = match self.value {
            Value::Missing | Value::Time => return,
            Value::Number(number) => number,
            Value::Since(start) => start.elapsed().in_unit(self.unit).unwrap_or(f64::NAN),
        };
        let here = Here::current();
        let dimensions = self.dimensions.each_ref().map(Text::as_str);
        here.with_recorder(|recorder| {
            recorder.with_metrics(|metrics| metrics.record_of(metric, dimensions, value, here.exemplar()));
        });
        // What is no metric is not told as one.
        if here.is_recording() && names::value(value).is_ok() {
            attach(here, metric.name(), &Recorded { value, unit: self.unit, keys: metric.keys(), values: &dimensions });
        }
    }
}

impl<const N: usize, F> Measures for Business<N, F> {
    #[inline]
    fn begins(&mut self) {
        if let Some(Draft { value: value @ Value::Time, .. }) = &mut self.draft {
            *value = Value::Since(Stopwatch::start());
        }
    }

    #[cold]
    fn broke_off(&mut self, panicked: bool) {
        let counts = self.when == When::Always || (self.when == When::Err && panicked);
        if let Some(mut draft) = self.draft.take().filter(|_| counts) {
            // What would have come with the result.
            for text in draft.dimensions.iter_mut().filter(|text| text.as_str().is_empty()) {
                *text = Text::of(OTHER);
            }
            draft.record(self.metric);
        }
    }
}

impl<R, const N: usize, F: Fn(&mut Draft<N>, Returned<'_, R>) -> bool> MeasuresResult<R> for Business<N, F> {
    #[inline]
    fn returned(&mut self, result: &R) {
        let Some(draft) = &mut self.draft else { return };
        match quietly(|| (self.finish)(draft, Returned::new(result))) {
            Some(true) => draft.record(self.metric),
            Some(false) => {}
            None => lost_by_panic(self.metric.name()),
        }
        self.draft = None;
    }
}

/// The value of a dimension that is a text as it is: `draft.dimension(0, &value).put()`.
#[derive(Debug)]
pub struct Dimension<'a, T: ?Sized>(DisplayDimension<'a, T>);

/// The value of a dimension through its `Display`.
#[derive(Debug)]
pub struct DisplayDimension<'a, T: ?Sized> {
    text: Option<&'a mut Text>,
    value: &'a T,
}

impl<T: AsRef<str> + ?Sized> Dimension<'_, T> {
    /// Puts it in.
    #[inline]
    pub fn put(self) {
        if let Some(text) = self.0.text {
            // It is empty: each dimension is put in once.
            let _ = text.write_str(self.0.value.as_ref());
        }
    }
}

impl<T: ?Sized> DisplayDimension<'_, T> {
    /// Puts it in.
    pub fn put(&mut self)
    where
        T: DimensionValue,
    {
        if let Some(text) = &mut self.text {
            **text = Text::of(self.value);
        }
    }
}

/// What can be the value of a dimension.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a dimension",
    label = "neither a text nor something to display",
    note = "write something that has a `Display`, such as `dimensions(key = value.name())`, or `dimensions(key = format!(\"{{value:?}}\"))`"
)]
pub trait DimensionValue: Display {}

impl<T: Display + ?Sized> DimensionValue for T {}

impl<'a, T: ?Sized> std::ops::Deref for Dimension<'a, T> {
    type Target = DisplayDimension<'a, T>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<T: ?Sized> std::ops::DerefMut for Dimension<'_, T> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// How a measurement is told of in a trace.
struct Recorded<'a> {
    value: f64,
    unit: Unit,
    keys: &'a [&'static str],
    values: &'a [&'a str],
}

impl Serialize for Recorded<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("value", &self.value)?;
        map.serialize_entry("unit", self.unit.as_str())?;
        if !self.keys.is_empty() {
            map.serialize_entry("dimensions", &Dimensions(self))?;
        }
        map.end()
    }
}

struct Dimensions<'a>(&'a Recorded<'a>);

impl Serialize for Dimensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.keys.iter().zip(self.0.values))
    }
}

/// Attaches it to what is current: the number to search for, and all of it to look at.
#[cold]
fn attach(here: Here, name: &'static str, recorded: &Recorded<'_>) {
    let values = Values::collect(|values| {
        values.annotate(name, recorded.value);
        values.metadata_in("metrics", name, recorded);
    });
    values.attach(here);
}
