//! How values are spread.

use std::time::Duration;

use crate::query::Status;

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

/// How bars of a histogram are cut.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Each as wide as the others.
    Linear,
    /// Each so many times as far as the one before.
    #[default]
    Log,
}

/// A bar of a histogram: times from `from` to less than `to`; those of the last bar include `to`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Bar {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    /// How many of each status, in the order of [`Status`].
    pub(crate) counts: [u64; 4],
}

impl Bar {
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// A histogram of at most this many bars, from the shortest to the longest time. One bar if all are the same; none without times.
pub(crate) fn bars(times: &[(Duration, Status)], scale: Scale, bars: usize) -> Vec<Bar> {
    let (Some(least), Some(greatest)) = (times.iter().map(|(time, _)| *time).min(), times.iter().map(|(time, _)| *time).max()) else {
        return Vec::new();
    };
    // A logarithm has no 0: what is below a microsecond is in the first bar.
    let least = if scale == Scale::Log { least.max(Duration::from_micros(1)) } else { least };
    let greatest = greatest.max(least);
    let on_scale = |time: Duration| if scale == Scale::Log { time.as_secs_f64().ln() } else { time.as_secs_f64() };
    let (from, to) = (on_scale(least), on_scale(greatest));
    let bars = if greatest == least { 1 } else { bars.max(1) };
    let width = (to - from) / bars as f64;
    let edge = |place: usize| match place {
        0 => least,
        place if place == bars => greatest,
        place => {
            let at = from + width * place as f64;
            Duration::try_from_secs_f64(if scale == Scale::Log { at.exp() } else { at }).unwrap_or(greatest)
        }
    };
    let mut found: Vec<Bar> = (0..bars).map(|place| Bar { from: edge(place), to: edge(place + 1), ..Bar::default() }).collect();
    for (time, status) in times {
        // By the edges as they are told, so that a filter on them finds what was counted.
        let place = found.partition_point(|bar| bar.to <= *time).min(bars - 1);
        found[place].counts[*status as usize] += 1;
    }
    found
}
