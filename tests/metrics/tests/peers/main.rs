//! Beside AWS's own libraries: the same metrics, written by those for Python and by us, and compared member by member.
//!
//! What differs stands in a table, in `differences.rs`; nothing else may. The time is not compared, as it is never the same, nor the order of
//! members and of the keys in a set, which means nothing.
#![allow(missing_docs)]

mod differences;
mod fields;
mod ours;

use std::collections::{BTreeMap, BTreeSet};

use autoxray_metrics_tests::{check, python};
use differences::DIFFERENCES;
use fields::Fields;
use serde_json::Value;

/// The metrics to be written, which the libraries' script reads as well.
const CASES: &str = include_str!("cases.json");

/// What one side has written for one case, and what it has refused to.
struct Written {
    lines: Vec<String>,
    refused: Vec<String>,
}

/// What the libraries have written: `embedded` and `powertools`, for each case.
fn libraries() -> [Vec<Written>; 2] {
    let (is_right, output) = python("peers.py", &[], CASES.as_bytes());
    assert!(is_right, "{output}");
    let output: Value = serde_json::from_str(&output).unwrap();
    let texts = |value: &Value| value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect();
    let written = |value: &Value| Written { lines: texts(&value["lines"]), refused: texts(&value["refused"]) };
    ["embedded", "powertools"].map(|library| output[library].as_array().unwrap().iter().map(written).collect())
}

/// The fields of each case; the check judges the lines of all at once.
fn fields(written: &[Written]) -> Vec<Fields> {
    let lines: Vec<&String> = written.iter().flat_map(|written| &written.lines).collect();
    let checked = check(&lines);
    assert_eq!(checked.documents, lines.len());
    let mut before = 0;
    let of_case = |written: &Written| {
        let own = before + 1..=before + written.lines.len();
        before += written.lines.len();
        let problems =
            own.flat_map(|line| checked.problems.iter().filter_map(move |problem| problem.strip_prefix(&format!("line {line}: "))));
        fields::of(&written.lines, &written.refused, &problems.collect::<BTreeSet<_>>())
    };
    written.iter().map(of_case).collect()
}

#[test]
fn only_known_things_differ() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let names: Vec<&str> = cases.iter().map(|case| case["case"].as_str().unwrap()).collect();
    let [embedded, powertools] = libraries();
    let ours: Vec<Written> = cases.iter().map(ours::written).collect();
    let sides = [embedded, powertools, ours].map(|written| fields(&written));
    assert_eq!(sides.each_ref().map(Vec::len), [cases.len(); 3]);
    let mut seen: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    let mut problems = Vec::new();
    for (at, case) in names.iter().enumerate() {
        let sides = sides.each_ref().map(|fields| &fields[at]);
        assert!(sides[2].len() > 5 || sides[2].contains_key("refused"), "{case}: nothing was written");
        let fields: BTreeSet<&String> = sides.iter().flat_map(|fields| fields.keys()).collect();
        for field in fields {
            let values = sides.map(|fields| fields.get(field).map(String::as_str));
            if values[0] == values[2] && values[1] == values[2] {
                continue;
            }
            let fitting = DIFFERENCES.iter().position(|known| known.cases(&names).contains(case) && known.fits(field, values));
            match fitting {
                Some(known) => drop(seen.entry(known).or_default().insert(case)),
                None => problems
                    .push(format!("{case}: {field}: embedded {:?}, powertools {:?}, autoxray {:?}", values[0], values[1], values[2])),
            }
        }
    }
    for (at, known) in DIFFERENCES.iter().enumerate() {
        let missing: Vec<&str> =
            known.cases(&names).into_iter().filter(|case| !seen.get(&at).is_some_and(|seen| seen.contains(case))).collect();
        if !missing.is_empty() {
            problems.push(format!("no difference any more, or another one: {} ({}): {missing:?}", known.field, known.why));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}
