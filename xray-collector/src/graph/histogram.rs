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

impl Histogram {
    pub(crate) fn add(&mut self, time: Duration) {
        let (decade, mantissa) = bucket(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX));
        let row = self.rows[decade].get_or_insert_with(|| Box::new([0; MANTISSAS]));
        row[mantissa] = row[mantissa].saturating_add(1);
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
    pub(crate) fn count(&self) -> u64 {
        self.entries().map(|(_, count)| u64::from(count)).sum()
    }

    /// The time that `percent` of all did not exceed, by nearest rank and as exact as the buckets are; `None` if there are none.
    pub(crate) fn percentile(&self, percent: f64) -> Option<Duration> {
        let place = (percent / 100.0 * self.count() as f64).ceil().max(1.0) as u64;
        let mut passed = 0;
        let reached = self.entries().find(|(_, count)| {
            passed += u64::from(*count);
            passed >= place
        });
        reached.map(|(time, _)| time)
    }
}

/// Row and place in the row. What is shorter than 10 nanoseconds is in the first row, at a tenth of its value.
fn bucket(nanos: u64) -> (usize, usize) {
    if nanos < 10 {
        return (0, nanos as usize);
    }
    let digits = nanos.ilog10() as usize;
    let unit = 10u64.pow(digits as u32 - 1);
    let rounded = nanos / unit + u64::from(nanos % unit >= unit.div_ceil(2) && unit > 1);
    // 99.6 is 100, which is 10 of the next power.
    if rounded == 100 { (digits + 1, 0) } else { (digits, rounded as usize - 10) }
}

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
