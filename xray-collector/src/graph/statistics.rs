//! How calls went.

use std::time::Duration;

use crate::query::Status;

/// Counts of requests or calls that have ended, and the time they took together.
///
/// Each is counted once, by the worst that can be said of it ([`Status`]): the four add up to the total.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Statistics {
    pub(crate) ok: u64,
    /// Client errors (4xx) but not throttled ones.
    pub(crate) errors: u64,
    /// Throttled (429).
    pub(crate) throttles: u64,
    /// Failures of the service (5xx).
    pub(crate) faults: u64,
    /// Of all of them together.
    pub(crate) response_time: Duration,
}

impl Statistics {
    pub(crate) fn add(&mut self, status: Status, time: Duration) {
        *match status {
            Status::Ok => &mut self.ok,
            Status::Error => &mut self.errors,
            Status::Throttle => &mut self.throttles,
            Status::Fault => &mut self.faults,
        } += 1;
        self.response_time = self.response_time.saturating_add(time);
    }

    pub(crate) fn total(&self) -> u64 {
        self.ok + self.errors + self.throttles + self.faults
    }

    /// Average time; `None` if nothing ended.
    pub(crate) fn average(&self) -> Option<Duration> {
        let total = self.total();
        (total > 0).then(|| Duration::try_from_secs_f64(self.response_time.as_secs_f64() / total as f64).unwrap_or_default())
    }

    /// Share of a count, 0 to 1.
    pub(crate) fn share(&self, count: u64) -> f64 {
        if count == 0 { 0.0 } else { count as f64 / self.total() as f64 }
    }
}
