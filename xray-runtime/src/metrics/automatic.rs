//! What every program has to tell: how many requests, how long they took, how they ended, and the same of the services that it calls.
//!
//! Sums and not rates: `Faults / Requests` is the rate, over any time and any number of programs. All are written each time, so that none
//! is no data, and not nothing.

use super::{Metric, MetricValue, Metrics, Unit};
use crate::record::{Flags, Measured, Work};

/// What is measured of one kind of work.
struct Health {
    requests: Metric<1>,
    errors: Metric<1>,
    faults: Metric<1>,
    throttles: Metric<1>,
    latency: Metric<1>,
}

impl Health {
    /// With this dimension, and in all together if `sets` says so.
    const fn by(key: &'static str, sets: &'static [&'static [&'static str]]) -> Self {
        Self {
            requests: Metric::counter("Requests", [key]).sets(sets),
            errors: Metric::counter("Errors", [key]).sets(sets),
            faults: Metric::counter("Faults", [key]).sets(sets),
            throttles: Metric::counter("Throttles", [key]).sets(sets),
            latency: Metric::new("Latency", Unit::Milliseconds, [key]).sets(sets),
        }
    }
}

static OF_REQUESTS: Health = Health::by("Operation", &[&[], &["Operation"]]);
static OF_CALLS: Health = Health::by("RemoteService", &[&["RemoteService"]]);
static COLD_START: Metric = Metric::counter("ColdStart", []);

impl Metrics {
    /// Records what is over.
    pub(crate) fn measure(&self, measured: &Measured) {
        let Measured { work, name, length, flags, exemplar } = measured;
        let health = match work {
            Work::Request => &OF_REQUESTS,
            Work::Call => &OF_CALLS,
        };
        let Flags { error, fault, throttle, .. } = *flags;
        let name = [name.as_str()];
        let count = |metric, is_one: bool| self.record_of(metric, name, f64::from(u8::from(is_one)), *exemplar);
        count(&health.requests, true);
        count(&health.errors, error);
        count(&health.faults, fault);
        count(&health.throttles, throttle);
        let latency = length.in_unit(Unit::Milliseconds).unwrap_or_default();
        self.record_of(&health.latency, name, latency, *exemplar);
    }

    /// A request had to wait for this environment to be made.
    pub(crate) fn cold_start(&self) {
        self.record_of(&COLD_START, [], 1.0, None);
    }
}
