//! What is known to differ, and why.

use std::collections::BTreeSet;

/// A field that is not the same in all three.
pub(crate) struct Difference {
    /// With a star at its end: all fields that begin so.
    pub(crate) field: &'static str,
    /// Some of the cases, or `all`.
    cases: &'static str,
    embedded: &'static str,
    powertools: &'static str,
    ours: &'static str,
    pub(crate) why: &'static str,
}

/// There is no such field.
const NONE: &str = "—";
/// What autoxray has.
const SAME: &str = "same";
/// Any value.
const ANY: &str = "…";

/// What aws-embedded-metrics has.
const SAME_AS_FIRST: &str = "the same";

const ODD_VALUE: &str = "a dimension that is not ASCII";
const ODD_KEY: &str = "a dimension that begins with a colon";

pub(crate) const DIFFERENCES: &[Difference] = &[
    row("shape of *", "one count, one value, 150 metrics", [SAME, "array", "number"], "Powertools has arrays of one; both are allowed"),
    row("shape of Orders", "five counts", ["array", "array", "number"], "what is counted is added up before it is sent"),
    row("values of Orders", "five counts", ["1.0,1.0,1.0,1.0,1.0", "1.0,1.0,1.0,1.0,1.0", "5.0"], "the sum is the same, not `SampleCount`"),
    row("order of metrics", "every unit", [ANY, SAME_AS_FIRST, ANY], "ours is that of their names; it means nothing"),
    row("order of metrics", "100 metrics", [ANY, ANY, ANY], "likewise, and Powertools has the last one twice"),
    row("sets", "a set without dimensions", [SAME, r#"[["route"]]"#, ANY], "Powertools has no way to say the empty set beside others"),
    row(
        "sets",
        "a set twice",
        [ANY, SAME_AS_FIRST, r#"[["route","service"]]"#],
        "a metric that is named twice would have each value twice",
    ),
    row("wrong", "a set twice", ["a set of dimensions comes twice", SAME_AS_FIRST, NONE], "likewise"),
    row("refused", "30 dimensions", [NONE, "SchemaValidationError", NONE], "Powertools keeps one for its `service`"),
    row("documents", "30 dimensions", [SAME, "0", "1"], "likewise"),
    row("*", "30 dimensions", [SAME, NONE, ANY], "likewise"),
    row(
        "dimension *",
        "dimensions of the environment",
        [ANY, NONE, NONE],
        "added unless `set_dimensions` is called; ours are those of the program",
    ),
    row("sets", "dimensions of the environment", [ANY, SAME, ANY], "likewise"),
    row("refused", "a long name", [ANY, ANY, NONE], "theirs have at most 250 and 255 characters; the specification has 1,024"),
    row("documents", "a long name", [SAME, "0", "1"], "likewise"),
    row("wrong", "a long name", [ANY, NONE, NONE], "the document that then has no metric is written all the same"),
    row("order of metrics", "a long name", ["", NONE, ANY], "likewise"),
    row("definition of *", "a long name", [NONE, NONE, ANY], "likewise"),
    row("shape of *", "a long name", [NONE, NONE, ANY], "likewise"),
    row("values of *", "a long name", [NONE, NONE, ANY], "likewise"),
    row("*", "a long name", [SAME, NONE, ANY], "likewise"),
    row(
        "dimension service",
        "a property with a dimension's name",
        [r#""else""#, r#""else""#, r#""orders""#],
        "theirs takes the place of the dimension",
    ),
    row("refused", "a property with a dimension's name", [NONE, NONE, "1 property unusable"], "likewise"),
    row("refused", "a property with a metric's name", [NONE, NONE, "1 property unusable"], "theirs loses it as well, without a word"),
    row(
        "property trace_id",
        "250 values",
        [r#""1""#, r#""1""#, r#""1" in 1 of 3 documents"#],
        "ours are those of a flush; what is full leaves before",
    ),
    row("documents", "100 metrics", ["1", "2", "1"], "Powertools sends when there are 100 names, and not all values yet"),
    row(
        "documents",
        "one name in two units",
        ["1", "1", "2"],
        "two units are two metrics; theirs give all values the first or the last unit",
    ),
    row(
        "definition of Size",
        "one name in two units",
        [r#"{"Name":"Size","Unit":"Bytes"}"#, r#"{"Name":"Size","Unit":"Kilobytes"}"#, ANY],
        "likewise",
    ),
    row("shape of Size", "one name in two units", ["array", "array", "array | number"], "likewise"),
    row(
        "wrong",
        "no number",
        [NONE, "NaN is no JSON", NONE],
        "Powertools writes what no reader of JSON takes, and with it all that is beside it",
    ),
    row("wrong", "infinity", [NONE, "-Infinity is no JSON", NONE], "likewise"),
    row("refused", "no number, infinity", ["InvalidMetricError", NONE, "1 measurement unusable"], "an exception there, counted here"),
    row("*", "no number, infinity", [SAME, NONE, ANY], "likewise"),
    row("wrong", "a number out of range", ["metric \"Latency\" has a value beyond 2^360", SAME_AS_FIRST, NONE], "CloudWatch takes ±2^360"),
    row("refused", "a number out of range", [NONE, NONE, "1 measurement too large"], "likewise"),
    row("values of Latency", "a number out of range", ["1.0,1e200,2.0", "1.0,1e200,2.0", "1.0,2.0"], "likewise"),
    row("wrong", "a dimension that is not ASCII, a dimension that begins with a colon", [NONE, ANY, NONE], "Powertools does not look"),
    row("refused", ODD_VALUE, ["InvalidDimensionError", NONE, "2 dimensions unusable"], "an exception there, counted here"),
    row("dimension route", ODD_VALUE, [NONE, ANY, "\"other\""], "the measurements are kept, with another value"),
    row("documents", ODD_VALUE, ["0", "1", "1"], "an exception leaves nothing to write"),
    row("*", ODD_VALUE, [NONE, ANY, ANY], "likewise"),
    row("refused", ODD_KEY, ["InvalidDimensionError", NONE, "2 measurement unusable"], "an exception there, counted here"),
    row("documents", ODD_KEY, ["0", "1", "0"], "likewise"),
    row("*", ODD_KEY, [NONE, ANY, NONE], "likewise"),
];

const fn row(field: &'static str, cases: &'static str, values: [&'static str; 3], why: &'static str) -> Difference {
    let [embedded, powertools, ours] = values;
    Difference { field, cases, embedded, powertools, ours, why }
}

impl Difference {
    /// Whether this is what the three have.
    pub(crate) fn fits(&self, field: &str, [embedded, powertools, ours]: [Option<&str>; 3]) -> bool {
        let is = |known: &str, value: Option<&str>| match known {
            NONE => value.is_none(),
            SAME => value == ours,
            SAME_AS_FIRST => value == embedded,
            ANY => value.is_some(),
            known => value == Some(known),
        };
        let is_field = self.field.strip_suffix('*').map_or(self.field == field, |begin| field.starts_with(begin));
        is_field && is(self.embedded, embedded) && is(self.powertools, powertools) && is(self.ours, ours)
    }

    /// The cases that differ so.
    pub(crate) fn cases<'a>(&self, all: &[&'a str]) -> BTreeSet<&'a str> {
        let named: Vec<&str> = self.cases.split(", ").collect();
        let cases: BTreeSet<&str> = all.iter().copied().filter(|case| self.cases == "all" || named.contains(case)).collect();
        assert!(self.cases == "all" || cases.len() == named.len(), "not all of these are cases: {}", self.cases);
        cases
    }
}
