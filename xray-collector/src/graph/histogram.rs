//! How times are spread.

use std::time::Duration;

/// Buckets of one power of ten: 10 to 99 of its tenths.
const MANTISSAS: usize = 90;

/// Powers of ten from 10 nanoseconds up to what 64 bits hold, and one bucket row for what is below.
const DECADES: usize = 20;

/// Counts of times, each rounded to two significant digits.
///
/// How X-Ray rounds the values of its histograms is not published; answers of the service show two to three digits.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Histogram {
    /// Counts by power of ten, each row there only if something is in it.
    rows: [Option<Box<[u32; MANTISSAS]>>; DECADES],
}

/// A place in a histogram: row and place in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bucket(u8, u8);

impl Histogram {
    pub(crate) fn add(&mut self, time: Duration) {
        self.count(Bucket::of(time));
    }

    pub(super) fn count(&mut self, Bucket(decade, mantissa): Bucket) {
        let row = self.rows[usize::from(decade)].get_or_insert_with(|| Box::new([0; MANTISSAS]));
        let count = &mut row[usize::from(mantissa)];
        *count = count.saturating_add(1);
    }

    /// The times that are there, shortest first, and how many of each.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (Duration, u32)> {
        let rows = self.rows.iter().enumerate().filter_map(|(decade, row)| Some((decade, row.as_ref()?)));
        rows.flat_map(|(decade, row)| {
            let of = move |(mantissa, count): (usize, &u32)| (value(decade, mantissa), *count);
            row.iter().enumerate().filter(|(_, count)| **count > 0).map(of)
        })
    }

    /// How many times are in it.
    pub(crate) fn total(&self) -> u64 {
        self.entries().map(|(_, count)| u64::from(count)).sum()
    }

    /// The time that `percent` of all did not exceed, by nearest rank and as exact as the buckets are; `None` if there are none.
    pub(crate) fn percentile(&self, percent: f64) -> Option<Duration> {
        let place = (percent / 100.0 * self.total() as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        let reached = self.entries().find(|(_, count)| {
            passed += u64::from(*count);
            passed >= place
        });
        reached.map(|(time, _)| time)
    }
}

impl Bucket {
    /// What is shorter than 10 nanoseconds is in the first row, at its value.
    pub(super) fn of(time: Duration) -> Self {
        let nanos = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if nanos < 10 {
            return Self(0, nanos as u8);
        }
        let digits = nanos.ilog10() as u8;
        // Exact as long as it matters: two digits are left.
        let rounded = (nanos as f64 / UNITS[usize::from(digits)]).round() as u8;
        // 99.6 is 100, which is 10 of the next power.
        if rounded == 100 { Self(digits + 1, 0) } else { Self(digits, rounded.clamp(10, 99) - 10) }
    }
}

/// A tenth of each power of ten.
const UNITS: [f64; DECADES] = [0.1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18];

fn value(decade: usize, mantissa: usize) -> Duration {
    let nanos = match decade {
        0 => mantissa as u64,
        decade => (mantissa as u64 + 10).saturating_mul(10u64.pow(decade as u32 - 1)),
    };
    Duration::from_nanos(nanos)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_rounded_to_two_digits() {
        let cases = [
            (0, 0),
            (7, 7),
            (10, 10),
            (99, 99),
            (104, 100),
            (105, 110),
            (994, 990),
            (996, 1_000),
            (1_234_567, 1_200_000),
            (1_250_000, 1_300_000),
        ];
        for (nanos, rounded) in cases {
            let mut histogram = Histogram::default();
            histogram.add(Duration::from_nanos(nanos));
            assert_eq!(histogram.entries().collect::<Vec<_>>(), [(Duration::from_nanos(rounded), 1)], "{nanos}");
        }
    }

    #[test]
    fn percentiles_are_by_nearest_rank() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(50.0), None);
        (1..=10).for_each(|millis| histogram.add(Duration::from_millis(millis)));
        let at = |percent| histogram.percentile(percent).unwrap().as_millis();
        assert_eq!([at(0.0), at(10.0), at(50.0), at(90.0), at(91.0), at(100.0)], [1, 1, 5, 9, 10, 10]);
    }

    proptest! {
        #[test]
        fn no_time_is_lost_or_far_off(nanos: u64) {
            let mut histogram = Histogram::default();
            histogram.add(Duration::from_nanos(nanos));
            let entries: Vec<_> = histogram.entries().collect();
            prop_assert_eq!(entries.len(), 1);
            let off = entries[0].0.as_nanos().abs_diff(u128::from(nanos)) as f64;
            prop_assert!(off <= nanos as f64 * 0.05, "{} became {:?}", nanos, entries[0].0);
        }
    }
}
