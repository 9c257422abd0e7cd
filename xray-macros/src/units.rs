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

/// The variant of `Unit` for a unit that is spelled as CloudWatch does, or as the variant.
pub(crate) fn find(text: &str) -> Option<String> {
    let mut all = UNITS.iter().map(|unit| (unit, unit.replace("/Second", "PerSecond")));
    all.find(|(unit, variant)| **unit == text || variant == text).map(|(_, variant)| variant)
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
        for (text, variant) in [
            ("Bytes/Second", Some("BytesPerSecond")),
            ("BytesPerSecond", Some("BytesPerSecond")),
            ("None", Some("None")),
            ("count", None),
            ("", None),
            ("Second", None),
        ] {
            assert_eq!(find(text).as_deref(), variant, "{text}");
        }
        assert!(unknown("count").contains("did you mean `Count`?"), "{}", unknown("count"));
    }
}
