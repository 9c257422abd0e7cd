//! Time in pieces.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use xray_model::document::Timestamp;

use crate::facts::Facts;

/// A stretch of time in pieces of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Axis {
    from: u64,
    to: u64,
    step: u64,
    pieces: usize,
}

/// Lengths of pieces that people count in, in seconds.
const LENGTHS: [u64; 12] = [10, 60, 120, 300, 600, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400];

impl Axis {
    /// From the first trace to the last, in pieces of a round length: 10 seconds, a minute or more. At most so many.
    pub(crate) fn round(traces: &[Arc<Facts>], pieces_max: usize) -> Self {
        let begins = || traces.iter().map(|facts| facts.start.as_secs());
        let (first, last) = (begins().min().unwrap_or_default(), begins().max().unwrap_or_default());
        let pieces = |length: u64| last / length - first / length + 1;
        let pieces_max = (pieces_max as u64).max(2);
        // Of two pieces at most the first and the last are not full.
        let length = LENGTHS.into_iter().find(|length| pieces(*length) <= pieces_max).unwrap_or((last - first) / (pieces_max - 1) + 1);
        let (from, pieces) = (first / length * length, pieces(length));
        let nanos = |seconds: u64| Timestamp::from_nanos(seconds.saturating_mul(1_000_000_000));
        let to = Timestamp::from_nanos(nanos(from + length * pieces).as_nanos().saturating_sub(1));
        Self::new(nanos(from)..=to, usize::try_from(pieces).unwrap_or(1))
    }

    /// From the first trace to the last.
    pub(crate) fn of(traces: &[Arc<Facts>], pieces: usize) -> Self {
        let begins = || traces.iter().map(|facts| facts.start);
        Self::new(begins().min().unwrap_or_default()..=traces.iter().map(|facts| facts.end).max().unwrap_or_default(), pieces)
    }

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

    /// How many pieces there are.
    pub(crate) fn pieces(&self) -> usize {
        self.pieces
    }

    /// How long a piece is.
    pub(crate) fn step(&self) -> Duration {
        Duration::from_nanos(self.step)
    }
}
