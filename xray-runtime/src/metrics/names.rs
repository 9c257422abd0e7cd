//! What CloudWatch takes as a name and as a value.
//!
//! Sources: "Specification: Embedded metric format", and "Dimension" and "MetricDatum" in the API reference of CloudWatch. Where they differ
//! the narrower rule is taken, since what one part of CloudWatch refuses is lost without a word.

use std::fmt;

use xray_model::limits::{
    DIMENSION_KEY_CHARS_MAX, DIMENSION_VALUE_CHARS_MAX, EMF_PROPERTIES_MAX, LOG_NAME_CHARS_MAX, METRIC_NAME_CHARS_MAX,
    METRIC_NAMESPACE_CHARS_MAX, METRIC_VALUE_MAX,
};

use crate::stats::LossReason;

/// The member of an EMF document that holds what describes the others.
const RESERVED: &str = "_aws";

/// A name that CloudWatch would refuse. The message has the name, what is wrong with it, and what may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    what: &'static str,
    text: String,
    problem: &'static str,
    remedy: &'static str,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot be used as {}: {}; {}", self.text, self.what, self.problem, self.remedy)
    }
}

impl std::error::Error for NameError {}

impl NameError {
    /// What is wrong, and the remedy, for a message that has the name itself already.
    pub(crate) fn why(&self) -> String {
        format!("{}; {}", self.problem, self.remedy)
    }
}

/// A kind of text, and its rules.
struct Rule {
    what: &'static str,
    chars_max: usize,
    remedy: &'static str,
}

impl Rule {
    fn error(&self, text: &str, problem: &'static str) -> NameError {
        NameError { what: self.what, text: crate::export::shown(text), problem, remedy: self.remedy }
    }

    /// What holds for all kinds: visible ASCII, not too much of it, and no colon in front.
    fn check(&self, text: &str) -> Result<(), NameError> {
        let problem = match text.as_bytes() {
            [] => "it is empty",
            bytes if bytes.len() > self.chars_max => "it is too long",
            bytes if !bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) => "it has a character that is not printable ASCII",
            bytes if bytes.iter().all(|byte| *byte == b' ') => "it is blank",
            [b':', ..] => "it begins with a colon",
            _ if text == RESERVED => "EMF documents have a member of this name",
            _ => return Ok(()),
        };
        Err(self.error(text, problem))
    }
}

/// Whether this can be a namespace.
pub(crate) fn namespace(text: &str) -> Result<(), NameError> {
    const RULE: Rule = Rule {
        what: "the namespace of metrics",
        chars_max: METRIC_NAMESPACE_CHARS_MAX,
        remedy: "write 1 to 256 letters, digits, blanks and ._#:/- of ASCII",
    };
    RULE.check(text)?;
    match () {
        // Source: "PutMetricData" in the API reference of CloudWatch.
        () if text.starts_with("AWS/") => Err(RULE.error(text, "AWS/ is for services of AWS")),
        () if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._#:/-".contains(&byte)) => Ok(()),
        () => Err(RULE.error(text, "it has a character that is not allowed")),
    }
}

/// Whether this can be the name of a metric.
pub(super) fn metric(text: &str) -> Result<(), NameError> {
    let remedy = "write 1 to 1024 printable characters of ASCII";
    Rule { what: "the name of a metric", chars_max: METRIC_NAME_CHARS_MAX, remedy }.check(text)
}

/// Whether this can be the key of a dimension.
pub(super) fn dimension_key(text: &str) -> Result<(), NameError> {
    let remedy = "write 1 to 250 printable characters of ASCII";
    Rule { what: "the key of a dimension", chars_max: DIMENSION_KEY_CHARS_MAX, remedy }.check(text)
}

/// A dimension that there is no room for, or that is there already.
pub(super) fn one_too_many(key: &str) -> NameError {
    let remedy = "write each key once, and at most 30";
    Rule { what: "the key of a dimension", chars_max: DIMENSION_KEY_CHARS_MAX, remedy }.error(key, "it comes twice, or after 30 others")
}

/// Whether this can be the name of a log group. Source: "CreateLogGroup" in the API reference of CloudWatch Logs.
pub(crate) fn log_group(text: &str) -> Result<(), NameError> {
    let remedy = "write 1 to 512 letters, digits and ._/#- of ASCII";
    let rule = Rule { what: "the name of a log group", chars_max: LOG_NAME_CHARS_MAX, remedy };
    rule.check(text)?;
    let is_usable = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._/#-".contains(&byte));
    if is_usable { Ok(()) } else { Err(rule.error(text, "it has a character that is not allowed")) }
}

/// Whether this can be the name of a log stream. Source: "CreateLogStream", likewise.
pub(crate) fn log_stream(text: &str) -> Result<(), NameError> {
    let remedy = "write 1 to 512 printable characters of ASCII without : and *";
    let rule = Rule { what: "the name of a log stream", chars_max: LOG_NAME_CHARS_MAX, remedy };
    rule.check(text)?;
    if text.contains([':', '*']) { Err(rule.error(text, "it has a character that is not allowed")) } else { Ok(()) }
}

/// Whether this can be the value of a dimension.
pub(super) fn dimension_value(text: &str) -> Result<(), NameError> {
    let rule = Rule {
        what: "the value of a dimension",
        chars_max: DIMENSION_VALUE_CHARS_MAX,
        remedy: "write 1 to 1024 printable characters of ASCII",
    };
    // A value is no member's name.
    if text == RESERVED { Ok(()) } else { rule.check(text) }
}

/// Why a property at the root of an EMF document cannot be written there; `index` counts those that can.
pub(super) fn property(index: usize, key: &str, value: &str) -> Option<LossReason> {
    match () {
        () if index >= EMF_PROPERTIES_MAX => Some(LossReason::Limit),
        () if key.len() > DIMENSION_KEY_CHARS_MAX || value.len() > DIMENSION_VALUE_CHARS_MAX => Some(LossReason::TooLarge),
        () if key.is_empty() || key == RESERVED => Some(LossReason::Unusable),
        () => None,
    }
}

/// Why a number cannot be the value of a metric.
#[inline]
pub(super) fn value(value: f64) -> Result<(), LossReason> {
    // Not a number compares as false.
    match value.abs() <= METRIC_VALUE_MAX {
        true => Ok(()),
        false if value.is_finite() => Err(LossReason::TooLarge),
        false => Err(LossReason::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_used_is_named_with_the_remedy() {
        let long = |count| "x".repeat(count);
        type Check = fn(&str) -> Result<(), NameError>;
        let all: [(Check, usize, &str); 4] = [
            (namespace, 256, "1 to 256"),
            (metric, 1024, "1 to 1024"),
            (dimension_key, 250, "1 to 250"),
            (dimension_value, 1024, "1 to 1024"),
        ];
        for (check, chars_max, remedy) in all {
            assert_eq!(check(&long(chars_max)), Ok(()));
            for (text, problem) in [
                ("", "empty"),
                (long(chars_max + 1).as_str(), "too long"),
                ("  ", "blank"),
                (":x", "begins with a colon"),
                ("größe", "not printable ASCII"),
                ("a\nb", "not printable ASCII"),
            ] {
                let message = check(text).unwrap_err().to_string();
                assert!(message.contains(problem) && message.contains(remedy), "{message}");
                assert!(!message.contains('\n'));
            }
        }
        assert!(namespace("AWS/Lambda").unwrap_err().to_string().contains("services of AWS"));
        assert_eq!((log_group("/aws/lambda/f_1.x#"), log_stream("2026/11/21/[$LATEST]a b")), (Ok(()), Ok(())));
        for (refused, problem) in [(log_group("a b"), "not allowed"), (log_stream("a:b"), "not allowed"), (log_group(""), "empty")] {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(problem) && message.contains("1 to 512"), "{message}");
        }
        assert!(namespace("a\"b").unwrap_err().to_string().contains("not allowed"));
        assert_eq!(namespace("My App_1.0#x:y/z-"), Ok(()));
        assert!(metric("_aws").is_err() && dimension_key("_aws").is_err() && dimension_value("_aws").is_ok());
    }

    #[test]
    fn numbers() {
        for number in [0.0, -0.0, 1e-300, METRIC_VALUE_MAX, -METRIC_VALUE_MAX, 2f64.powi(360)] {
            assert_eq!(value(number), Ok(()), "{number}");
        }
        for (number, reason) in [
            (f64::NAN, LossReason::Unusable),
            (f64::INFINITY, LossReason::Unusable),
            (f64::NEG_INFINITY, LossReason::Unusable),
            (2f64.powi(360) * 1.000_001, LossReason::TooLarge),
            (f64::MIN, LossReason::TooLarge),
        ] {
            assert_eq!(value(number), Err(reason), "{number}");
        }
    }
}
