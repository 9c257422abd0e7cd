//! Numbers for people.

use std::time::Duration;

use xray_model::civil_from_days;
use xray_model::document::Timestamp;

/// A duration with three digits: `412 ms`, `1.20 s`, `2,345 s`, `11.4 h`. At most eight columns.
pub(crate) fn duration(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    // Chosen by what is left after rounding: 999.6 µs is 1.00 ms.
    let units: [(u128, &str); 3] = [(1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")];
    match nanos {
        0 => return "<1 µs".to_owned(),
        1..1_000 => return format!("{nanos} ns"),
        // Most recorders know no more than microseconds; digits behind the point would say that they do.
        1_000..1_000_000 if nanos.is_multiple_of(1_000) => return format!("{} µs", nanos / 1_000),
        _ => {}
    }
    for (nanos_of_unit, unit) in units {
        if nanos * 2 < nanos_of_unit * 1999 {
            return format!("{} {unit}", three_digits(nanos, nanos_of_unit));
        }
    }
    let seconds = duration.as_secs_f64().round() as u64;
    if seconds < 10_000 {
        return format!("{} s", count(seconds));
    }
    let (nanos_of_hour, nanos_of_day) = (3_600_000_000_000, 86_400_000_000_000);
    if nanos * 2 < nanos_of_hour * 1999 {
        return format!("{} h", three_digits(nanos, nanos_of_hour));
    }
    format!("{} d", nanos / nanos_of_day)
}

/// `nanos` in some unit, rounded to three digits; less than 999.5 units.
fn three_digits(nanos: u128, nanos_of_unit: u128) -> String {
    let rounded = |decimals: u32| {
        let scale = 10u128.pow(decimals);
        (nanos * scale + nanos_of_unit / 2) / nanos_of_unit
    };
    let hundredths = rounded(2);
    if hundredths < 1_000 {
        return format!("{}.{:02}", hundredths / 100, hundredths % 100);
    }
    let tenths = rounded(1);
    if tenths < 1_000 {
        return format!("{}.{}", tenths / 10, tenths % 10);
    }
    rounded(0).to_string()
}

/// A whole number with commas: `1,980`.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number and its noun: `1 service`, `1,980 services`.
pub(crate) fn counted(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {noun}{plural}", count(number as u64))
}

/// A share of 0 to 1 in percent: `0`, `0.3 %`, `12 %`. Never `0 %` or `100 %` where that is not quite so.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.0;
    if percent <= 0.0 {
        return "0".to_owned();
    }
    if percent < 9.95 {
        return format!("{:.1} %", percent.max(0.1));
    }
    if percent > 99.0 && percent < 100.0 {
        return format!("{:.1} %", percent.min(99.9));
    }
    format!("{percent:.0} %")
}

/// The time of day in UTC: `20:53:50`.
pub(crate) fn time_of_day(time: Timestamp) -> String {
    let second = time.as_secs() % 86_400;
    format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
}

/// A point in time in UTC: `2024-03-12 20:53:50.101 UTC`.
pub(crate) fn moment(time: Timestamp) -> String {
    let (year, month, day) = civil_from_days(time.as_secs() / 86_400);
    let millis = time.as_nanos() / 1_000_000 % 1_000;
    format!("{year}-{month:02}-{day:02} {}.{millis:03} UTC", time_of_day(time))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_three_digits_and_eight_columns() {
        let table = [
            (0, "<1 µs"),
            (999, "999 ns"),
            (1_000, "1 µs"),
            (65_000, "65 µs"),
            (1_001, "1.00 µs"),
            (9_994, "9.99 µs"),
            (9_995, "10.0 µs"),
            (99_950, "100 µs"),
            (999_499, "999 µs"),
            (999_500, "1.00 ms"),
            (41_234_567, "41.2 ms"),
            (1_204_000_000, "1.20 s"),
            (59_960_000_000, "60.0 s"),
            (999_499_999_999, "999 s"),
            (999_500_000_000, "1,000 s"),
            (9_999_400_000_000, "9,999 s"),
            (10_000_000_000_000, "2.78 h"),
            (3_598_200_000_000_000, "41 d"),
            (u64::MAX, "213503 d"),
        ];
        for (nanos, expected) in table {
            assert_eq!(duration(Duration::from_nanos(nanos)), expected);
        }
        assert_eq!(duration(Duration::MAX).len(), "213503982334601 d".len());
    }

    #[test]
    fn counts_shares_and_moments() {
        assert_eq!([0, 999, 1_980, 1_234_567].map(count), ["0", "999", "1,980", "1,234,567"]);
        assert_eq!([0.0, 0.00001, 0.066_7, 0.25, 0.999_99, 1.0].map(percent), ["0", "0.1 %", "6.7 %", "25 %", "99.9 %", "100 %"]);
        let moments =
            [0, 951_782_400_999, 1_710_276_830_101, 4_107_542_400_000].map(|millis| moment(Timestamp::from_nanos(millis * 1_000_000)));
        assert_eq!(
            moments,
            ["1970-01-01 00:00:00.000 UTC", "2000-02-29 00:00:00.999 UTC", "2024-03-12 20:53:50.101 UTC", "2100-03-01 00:00:00.000 UTC",]
        );
    }
}
