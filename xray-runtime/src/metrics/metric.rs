//! What a program says of a metric, once.

use super::{MetricValue, Unit, pulse};
use crate::context::Here;

/// A metric with `N` dimensions: its name, its unit, and its dimensions' keys. Made once, as a `static`, which is also how it is found again.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::metrics::{Metric, Unit};
///
/// static ORDERS: Metric = Metric::counter("Orders", []);
/// static LATENCY: Metric<2> = Metric::new("Latency", Unit::Milliseconds, ["route", "method"]);
/// assert_eq!((ORDERS.unit(), LATENCY.name()), (Unit::Count, "Latency"));
/// ```
///
/// Names and keys are checked at the first use: what is recorded for a metric that CloudWatch would refuse is lost, and counted.
#[derive(Debug)]
pub struct Metric<const N: usize = 0> {
    pub(super) definition: Definition,
    pub(super) keys: [&'static str; N],
}

/// The part of a metric that does not depend on the number of its dimensions.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) name: &'static str,
    pub(super) unit: Unit,
    pub(super) is_sum: bool,
    pub(super) is_high_resolution: bool,
    pub(super) sets: Option<&'static [&'static [&'static str]]>,
}

impl Definition {
    /// Its address, which is as good as a name: a metric is never freed.
    pub(super) fn id(&'static self) -> usize {
        std::ptr::from_ref(self).addr()
    }
}

impl<const N: usize> Metric<N> {
    /// A metric each of whose values is kept, for averages, extremes and percentiles.
    ///
    /// Name and keys: printable ASCII, at most 1,024 and 250 characters, not blank, not beginning with a colon; no key twice, none equal to
    /// the name, and at most 30 keys together with those of [`Builder::dimension`](super::Builder::dimension).
    #[must_use]
    pub const fn new(name: &'static str, unit: Unit, keys: [&'static str; N]) -> Self {
        Self { definition: Definition { name, unit, is_sum: false, is_high_resolution: false, sets: None }, keys }
    }

    /// A metric whose values are added up ([`Unit::Count`]): what is sent is their sum since the last time. In CloudWatch it is to be looked at
    /// by the statistic `Sum`; `SampleCount` and `Average` then speak of the sums.
    #[must_use]
    pub const fn counter(name: &'static str, keys: [&'static str; N]) -> Self {
        Self { definition: Definition { name, unit: Unit::Count, is_sum: true, is_high_resolution: false, sets: None }, keys }
    }

    /// CloudWatch keeps it by the second and not by the minute, at a higher price.
    #[must_use]
    pub const fn high_resolution(mut self) -> Self {
        self.definition.is_high_resolution = true;
        self
    }

    /// The sets of dimensions under which CloudWatch keeps it; each is a metric of its own there, since CloudWatch does not add up over
    /// dimensions. Without this it is one set, of all keys. The dimensions of [`Builder::dimension`](super::Builder::dimension) are in each set.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// use autoxray::metrics::Metric;
    ///
    /// // By route, and all together.
    /// static ORDERS: Metric<1> = Metric::counter("Orders", ["route"]).sets(&[&["route"], &[]]);
    /// assert_eq!(ORDERS.keys(), ["route"]);
    /// ```
    #[must_use]
    pub const fn sets(mut self, sets: &'static [&'static [&'static str]]) -> Self {
        self.definition.sets = Some(sets);
        self
    }

    /// Records a value in the metrics of the process, or of the recorder that is current here. Where there are none, it does nothing.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// use autoxray::metrics::{Metric, Unit};
    /// use std::time::Duration;
    ///
    /// static ORDERS: Metric = Metric::counter("Orders", []);
    /// static LATENCY: Metric<1> = Metric::new("Search", Unit::Milliseconds, ["route"]);
    /// ORDERS.record([], 1);
    /// LATENCY.record(["/orders"], Duration::from_micros(1500));
    /// ```
    pub fn record(&'static self, dimensions: [&str; N], value: impl MetricValue) {
        if pulse::measures_nothing() {
            return;
        }
        let here = Here::current();
        if let Some(value) = value.in_unit(self.definition.unit) {
            here.with_recorder(|recorder| recorder.with_metrics(|metrics| metrics.record_of(self, dimensions, value, here.exemplar())));
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.definition.name
    }

    /// The unit of its values.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.definition.unit
    }

    /// The keys of its dimensions.
    #[must_use]
    pub const fn keys(&self) -> &[&'static str] {
        &self.keys
    }
}
