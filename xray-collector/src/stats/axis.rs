//! Time in pieces.

use std::ops::RangeInclusive;
use std::time::Duration;

use xray_model::document::Timestamp;

/// A stretch of time in pieces of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    from: u64,
    to: u64,
    step: u64,
    pieces: usize,
}

impl Axis {
    /// At least one piece, and each of them at least a nanosecond.
    pub(crate) fn new(range: RangeInclusive<Timestamp>, pieces: usize) -> Self {
        let (from, to) = (range.start().as_nanos(), range.end().as_nanos());
        let pieces = pieces.max(1);
        let step = to.saturating_sub(from).saturating_add(1).div_ceil(pieces as u64).max(1);
        Self { from, to, step, pieces }
    }

    /// A piece has this many counts, all of them 0.
    pub(crate) fn zeros<T: Clone + Default>(&self) -> Box<[T]> {
        vec![T::default(); self.pieces].into()
    }

    /// The piece that a time is in; `None` if it is outside.
    pub(crate) fn place(&self, at: Timestamp) -> Option<usize> {
        let place = usize::try_from(at.as_nanos().checked_sub(self.from)? / self.step).ok()?;
        (at.as_nanos() <= self.to || place == 0).then_some(place.min(self.pieces - 1))
    }

    /// When a piece begins.
    pub(crate) fn begin(&self, piece: usize) -> Timestamp {
        Timestamp::from_nanos(self.from.saturating_add(self.step.saturating_mul(piece as u64)))
    }

    /// How long a piece is.
    pub(crate) fn step(&self) -> Duration {
        Duration::from_nanos(self.step)
    }
}
