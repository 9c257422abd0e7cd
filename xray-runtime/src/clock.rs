//! The only reader of clocks.
//!
//! Durations come from the monotonic clock, and a trace reads the wall clock once, at its start: a clock that is set while a trace runs
//! can then neither stretch a subsegment nor put a child before its parent.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A point in time, cheap to take and to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(Instant);

impl Tick {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(Instant::now())
    }

    /// Nanoseconds from `earlier` to here, 0 if it is the other way round.
    pub(crate) fn nanos_since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_duration_since(earlier.0).as_nanos()).unwrap_or(u64::MAX)
    }
}

/// Ties ticks to wall-clock time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    tick: Tick,
    unix_nanos: u64,
}

impl Origin {
    pub(crate) fn now() -> Self {
        Self { tick: Tick::now(), unix_nanos: unix_nanos() }
    }

    pub(crate) fn tick(self) -> Tick {
        self.tick
    }

    pub(crate) fn unix_seconds(self) -> u64 {
        self.unix_nanos / 1_000_000_000
    }

    /// Microseconds since 1970 at `tick`.
    #[inline]
    pub(crate) fn unix_micros(self, tick: Tick) -> u64 {
        (self.unix_nanos + tick.nanos_since(self.tick)) / 1_000
    }
}

fn unix_nanos() -> u64 {
    // A clock before 1970 is recorded as 1970: wrong, but harmless, and the durations stay right.
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(0))
}
