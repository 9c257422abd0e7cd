//! Sampling rules as a daemon or collector serves them: which one a request meets.

use std::io;
use std::path::Path;

use serde_json::Value;

use super::check::Check;

/// A request to be sampled.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) service: String,
    pub(super) method: String,
    pub(super) path: String,
}

/// Judges the records of `GetSamplingRules`; `None` if there are none to be had.
pub(super) fn check(records: Option<&[Value]>, sample: &Sample) -> Check {
    let name = "sampling rules";
    let Some(records) = records else { return Check::ok(name, "nobody serves any; XRAY_SAMPLING_RATE, or the code, decides") };
    let mut rules: Vec<&Value> = records.iter().filter_map(|record| record.get("SamplingRule")).filter(|rule| is_usable(rule)).collect();
    rules.sort_by_key(|rule| (text(rule, "RuleName") == "Default", rule["Priority"].as_i64().unwrap_or(i64::MAX), text(rule, "RuleName")));
    let Sample { service, method, path } = sample;
    let count = match rules.len() {
        1 => "1 rule".to_owned(),
        count => format!("{count} rules"),
    };
    let note = "programs with autoxray do not ask for rules yet: XRAY_SAMPLING_RATE, or the code, decides there";
    match rules.iter().find(|rule| meets(rule, sample)) {
        Some(rule) => Check::ok(
            name,
            format!(
                "{count}; {method} {path} of `{service}` meets `{}`: {} a second, and {} % of the rest",
                xray_model::shown(text(rule, "RuleName")),
                rule["ReservoirSize"].as_u64().unwrap_or_default(),
                rule["FixedRate"].as_f64().unwrap_or_default() * 100.0
            ),
        )
        .with(note),
        None => Check::warn(
            name,
            format!("{count}, of which {method} {path} of `{service}` meets none"),
            "add a rule called Default that has `*` for everything",
        ),
    }
}

/// Judges a file of rules; `None` if none is named.
pub(super) fn file(path: Option<&Path>, read: impl Fn(&Path) -> io::Result<usize>) -> Check {
    let name = "rules file";
    let Some(path) = path else { return Check::ok(name, "none is named by `--rules`") };
    match read(path) {
        Ok(count) => Check::ok(name, format!("{} can be used: {count} rules, with `Default`", path.display())),
        Err(error) => Check::fail(name, error.to_string(), "correct it; a collector that runs keeps the rules that it had before"),
    }
}

fn text<'a>(rule: &'a Value, key: &str) -> &'a str {
    rule[key].as_str().unwrap_or_default()
}

/// What SDKs leave aside: rules of a later version, for one resource, or with attributes.
fn is_usable(rule: &Value) -> bool {
    let has_attributes = rule["Attributes"].as_object().is_some_and(|attributes| !attributes.is_empty());
    rule["Version"].as_i64().unwrap_or(1) == 1 && matches!(text(rule, "ResourceARN"), "*" | "") && !has_attributes
}

/// What the request does not say is met by any rule.
fn meets(rule: &Value, sample: &Sample) -> bool {
    [("ServiceName", &sample.service), ("HTTPMethod", &sample.method), ("URLPath", &sample.path)]
        .into_iter()
        .all(|(key, value)| rule[key].as_str().is_none_or(|pattern| matches(pattern, value)))
}

/// `*` is any run of letters, `?` any one of them; capital letters are no others.
fn matches(pattern: &str, value: &str) -> bool {
    let (pattern, value): (Vec<char>, Vec<char>) = (pattern.to_lowercase().chars().collect(), value.to_lowercase().chars().collect());
    let (mut place, mut at) = (0, 0);
    // After the last star: where to go on in the pattern, and what it has eaten so far.
    let mut star = None;
    while at < value.len() {
        match pattern.get(place) {
            Some('*') => {
                star = Some((place + 1, at));
                place += 1;
            }
            Some(&letter) if letter == '?' || letter == value[at] => (place, at) = (place + 1, at + 1),
            _ => {
                let Some((after, eaten)) = star else { return false };
                star = Some((after, eaten + 1));
                (place, at) = (after, eaten + 1);
            }
        }
    }
    pattern[place..].iter().all(|letter| *letter == '*')
}
