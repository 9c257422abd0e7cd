//! How values are spread.

use std::time::Duration;

/// Of some values: least, greatest, and what so many percent do not exceed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spread<T> {
    pub(crate) count: u64,
    pub(crate) least: T,
    pub(crate) p50: T,
    pub(crate) p90: T,
    pub(crate) p95: T,
    pub(crate) p99: T,
    pub(crate) greatest: T,
}

impl<T: Copy + Default> Spread<T> {
    /// All 0 if there are no values. Leaves them in order.
    pub(crate) fn of(values: &mut [T], order: impl FnMut(&T, &T) -> std::cmp::Ordering) -> Self {
        values.sort_unstable_by(order);
        // ⌈percent ÷ 100 · n⌉, counted from 1.
        let at = |percent: usize| values.get((values.len() * percent).div_ceil(100).max(1) - 1).copied().unwrap_or_default();
        let (least, greatest) = (values.first().copied(), values.last().copied());
        Self {
            count: values.len() as u64,
            least: least.unwrap_or_default(),
            p50: at(50),
            p90: at(90),
            p95: at(95),
            p99: at(99),
            greatest: greatest.unwrap_or_default(),
        }
    }
}

/// A bar of two histograms on the same axis: times from `from` to less than `to`; those of the last bar include `to`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bar {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    /// How many of each side.
    pub(crate) counts: [u64; 2],
}

/// Two histograms of so many bars, each of which goes so many times as far as the one before. One bar if all times are the same; none
/// without times.
pub(crate) fn bars(sides: [&[Duration]; 2], bars: usize) -> Vec<Bar> {
    // A logarithm has no 0: what is below a microsecond is in the first bar.
    let times = || sides.iter().flat_map(|side| side.iter()).map(|time| (*time).max(Duration::from_micros(1)));
    let (Some(least), Some(greatest)) = (times().min(), times().max()) else { return Vec::new() };
    let (from, to) = (least.as_secs_f64().ln(), greatest.as_secs_f64().ln());
    let bars = if greatest == least { 1 } else { bars.max(1) };
    let width = (to - from) / bars as f64;
    let edge = |place: usize| match place {
        0 => least,
        place if place == bars => greatest,
        place => Duration::try_from_secs_f64((from + width * place as f64).exp()).unwrap_or(greatest).clamp(least, greatest),
    };
    let mut found: Vec<Bar> = (0..bars).map(|place| Bar { from: edge(place), to: edge(place + 1), ..Bar::default() }).collect();
    for (side, times) in sides.into_iter().enumerate() {
        for time in times {
            // By the edges as they are told, so that a filter on them finds what was counted.
            let place = found.partition_point(|bar| bar.to <= *time).min(bars - 1);
            found[place].counts[side] += 1;
        }
    }
    found
}
