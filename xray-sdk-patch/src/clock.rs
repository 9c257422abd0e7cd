//! The only reader of the clock.

use std::time::Instant;

/// A moment, to measure from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment(Instant);

impl Moment {
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// Milliseconds since it was taken or read last.
    pub(crate) fn lap_ms(&mut self) -> f64 {
        let before = std::mem::replace(self, Self::now());
        before.millis_to(*self)
    }

    /// Milliseconds from here to `later`, to the microsecond.
    pub(crate) fn millis_to(self, later: Self) -> f64 {
        let micros = later.0.saturating_duration_since(self.0).as_micros();
        // Exact for the next 285 years.
        micros as f64 / 1_000.0
    }
}
