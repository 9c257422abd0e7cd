//! What is done for whom, by whom, and how fast.

use std::time::Duration;

use super::fields::{Id, record};
use crate::metrics::{MetricValue, Unit};

/// A business transaction: what a user or a customer wants, in the words of the business.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Transaction;
///
/// autoxray::segment("orders").run(|| Transaction::new("checkout").id(4711).user("u-17").record());
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Transaction<'a> {
    name: &'a str,
    id: Option<Id<'a>>,
    user: Option<Id<'a>>,
}

impl<'a> Transaction<'a> {
    /// One with this name, `transaction.name`.
    pub fn new(name: &'a str) -> Self {
        Self { name, id: None, user: None }
    }

    /// Which one: `transaction.id`.
    pub fn id(mut self, id: impl Into<Id<'a>>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Whose: `transaction.user`. The user of the segment, which X-Ray has a field for, is set by [`set_user`](crate::set_user).
    pub fn user(mut self, user: impl Into<Id<'a>>) -> Self {
        self.user = Some(user.into());
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("transaction", &|fields| {
            fields.text("transaction.name", Some(self.name));
            fields.id("transaction.id", self.id);
            fields.id("transaction.user", self.user);
        });
    }
}

/// A call from one service to another that X-Ray cannot see by itself, such as by a queue or a file.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Dependency;
/// use std::time::Duration;
///
/// autoxray::segment("orders").run(|| {
///     Dependency::new("orders", "billing").asynchronous().operation("invoice").ok(true).latency(Duration::from_millis(12)).record();
/// });
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Dependency<'a> {
    from: &'a str,
    to: &'a str,
    is_async: bool,
    operation: Option<&'a str>,
    ok: Option<bool>,
    latency: Option<Duration>,
}

impl<'a> Dependency<'a> {
    /// A call of the service `to` by the service `from`: `dependency.from`, `dependency.to`. It is waited for, unless it is said to be
    /// [asynchronous](Self::asynchronous).
    pub fn new(from: &'a str, to: &'a str) -> Self {
        Self { from, to, is_async: false, operation: None, ok: None, latency: None }
    }

    /// Nobody waits for it: `dependency.async` is true.
    pub fn asynchronous(mut self) -> Self {
        self.is_async = true;
        self
    }

    /// What the service is asked for: `dependency.operation`.
    pub fn operation(mut self, operation: &'a str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// Whether it did that: `dependency.ok`. This marks nothing as failed; see [`ErrorReport`](super::ErrorReport).
    pub fn ok(mut self, ok: bool) -> Self {
        self.ok = Some(ok);
        self
    }

    /// How long it took: `dependency.latency_ms`.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = Some(latency);
        self
    }

    /// Attaches it to the current segment or subsegment.
    pub fn record(self) {
        record("dependency", &|fields| {
            fields.text("dependency.from", Some(self.from));
            fields.text("dependency.to", Some(self.to));
            fields.truth("dependency.async", Some(self.is_async));
            fields.text("dependency.operation", self.operation);
            fields.truth("dependency.ok", self.ok);
            fields.millis("dependency.latency_ms", self.latency);
        });
    }
}

/// Figures of the business under names of its own: how many items, how much money, how many points.
///
/// For a trace only. For a metric of CloudWatch that counts every call, see `#[business_metric]`.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::BusinessMetrics;
///
/// autoxray::segment("orders").run(|| BusinessMetrics::new([("items", 3.0), ("revenue", 12.5)]).record());
/// let map = std::collections::BTreeMap::from([("points".to_owned(), 7)]);
/// autoxray::segment("orders").run(|| BusinessMetrics::new(&map).record());
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct BusinessMetrics<I>(I);

impl<N: AsRef<str>, V: MetricValue, I: IntoIterator<Item = (N, V)> + Clone> BusinessMetrics<I> {
    /// These: `metric.items`, `metric.revenue`. A map is given by reference (`&map`); what is no finite number is left out. At most 20 are
    /// taken, since X-Ray indexes 50 annotations of a trace.
    pub fn new(figures: I) -> Self {
        Self(figures)
    }

    /// Attaches them to the current segment or subsegment.
    pub fn record(self) {
        record("metric", &|fields| {
            for (name, value) in self.0.clone().into_iter().take(FIGURES_MAX) {
                fields.number(name.as_ref(), value.in_unit(Unit::None));
            }
        });
    }
}

/// Figures that are taken of one map.
const FIGURES_MAX: usize = 20;

/// A service level: how long something may take, and how long it took.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Sla;
/// use std::time::{Duration, Instant};
///
/// # fn check_out() {}
/// autoxray::segment("orders").run(|| {
///     let start = Instant::now();
///     check_out();
///     Sla::new("checkout", Duration::from_millis(300)).actual(start.elapsed()).record();
/// });
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use = "nothing is recorded until `record`"]
pub struct Sla<'a> {
    operation: &'a str,
    target: Duration,
    actual: Option<Duration>,
}

impl<'a> Sla<'a> {
    /// `operation` may take as long as `target`: `sla.operation`, `sla.target_ms`.
    pub fn new(operation: &'a str, target: Duration) -> Self {
        Self { operation, target, actual: None }
    }

    /// How long it took: `sla.actual_ms`. If that is longer, `sla.violated` is true, else false.
    pub fn actual(mut self, actual: Duration) -> Self {
        self.actual = Some(actual);
        self
    }

    /// Whether it took longer than it may.
    ///
    /// ```
    /// # use xray_runtime as autoxray;
    /// use autoxray::map::Sla;
    /// use std::time::Duration;
    ///
    /// let target = Duration::from_millis(300);
    /// assert!(Sla::new("checkout", target).actual(Duration::from_millis(301)).is_violated());
    /// assert!(!Sla::new("checkout", target).actual(target).is_violated());
    /// ```
    #[must_use]
    pub fn is_violated(&self) -> bool {
        self.actual.is_some_and(|actual| actual > self.target)
    }

    /// Attaches it to the current segment or subsegment. It is not marked as failed, however long it took.
    pub fn record(self) {
        record("sla", &|fields| {
            fields.text("sla.operation", Some(self.operation));
            fields.millis("sla.target_ms", Some(self.target));
            fields.millis("sla.actual_ms", self.actual);
            fields.truth("sla.violated", self.actual.map(|_| self.is_violated()));
        });
    }
}
