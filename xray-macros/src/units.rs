//! Units of CloudWatch.

use crate::diag;

/// As CloudWatch spells them. Source: "MetricDatum" in the API reference of CloudWatch.
const UNITS: [&str; 27] = [
    "Count",
    "None",
    "Percent",
    "Seconds",
    "Milliseconds",
    "Microseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "Count/Second",
    "Bytes/Second",
    "Kilobytes/Second",
    "Megabytes/Second",
    "Gigabytes/Second",
    "Terabytes/Second",
    "Bits/Second",
    "Kilobits/Second",
    "Megabits/Second",
    "Gigabits/Second",
    "Terabits/Second",
];

/// The same as variants of `Unit`.
const VARIANTS: [&str; 27] = [
    "Count",
    "None",
    "Percent",
    "Seconds",
    "Milliseconds",
    "Microseconds",
    "Bytes",
    "Kilobytes",
    "Megabytes",
    "Gigabytes",
    "Terabytes",
    "Bits",
    "Kilobits",
    "Megabits",
    "Gigabits",
    "Terabits",
    "CountPerSecond",
    "BytesPerSecond",
    "KilobytesPerSecond",
    "MegabytesPerSecond",
    "GigabytesPerSecond",
    "TerabytesPerSecond",
    "BitsPerSecond",
    "KilobitsPerSecond",
    "MegabitsPerSecond",
    "GigabitsPerSecond",
    "TerabitsPerSecond",
];

/// The variant for a unit that is spelled in either way.
pub(crate) fn find(text: &str) -> Option<&'static str> {
    let at = UNITS.iter().zip(VARIANTS).position(|(unit, variant)| *unit == text || variant == text)?;
    VARIANTS.get(at).copied()
}

/// The message for one that there is not.
pub(crate) fn unknown(text: &str) -> String {
    diag::unknown_text("unit", text, &UNITS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_known() {
        assert_eq!(
            (find("Bytes/Second"), find("BytesPerSecond"), find("None")),
            (Some("BytesPerSecond"), Some("BytesPerSecond"), Some("None"))
        );
        assert_eq!((find("count"), find(""), find("Second")), (None, None, None));
        for (unit, variant) in UNITS.iter().zip(VARIANTS) {
            assert_eq!(unit.replace("/Second", "PerSecond"), variant);
        }
        assert!(unknown("count").contains("did you mean `Count`?"), "{}", unknown("count"));
    }
}
