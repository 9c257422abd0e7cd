//! One line of a tree, as recorded.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use serde_json::Value;
use xray_model::document::{Cause, Exception, Node, Segment};

use crate::trace::{self, Entry};

/// What a line says of a segment or subsegment.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub(super) depth: usize,
    pub(super) name: String,
    pub(super) marks: BTreeSet<&'static str>,
    pub(super) annotations: BTreeMap<String, Value>,
    /// With the `!` before each; empty if there are none.
    pub(super) exceptions: String,
}

/// All marks there are.
pub(super) const MARKS: [&str; 9] =
    ["aws", "cancelled", "error", "fault", "in progress", "parent not seen", "remote", "segment", "throttle"];

impl Line {
    pub(super) fn of(node: Node<'_, Entry>) -> Self {
        let Entry { segment, is_segment, parent_seen } = node.value();
        let mut annotations: BTreeMap<_, _> =
            segment.annotations.iter().map(|(key, annotation)| (key.clone(), trace::value(annotation))).collect();
        let cancelled = annotations.get("cancelled") == Some(&Value::Bool(true));
        if cancelled {
            annotations.remove("cancelled");
        }
        let namespace = segment.namespace.as_deref();
        let marks = [
            namespace == Some("aws"),
            cancelled,
            segment.error,
            segment.fault,
            segment.in_progress,
            !parent_seen,
            namespace == Some("remote"),
            *is_segment && node.depth() > 0,
            segment.throttle,
        ];
        Self {
            depth: node.depth(),
            name: segment.name.clone(),
            marks: MARKS.into_iter().zip(marks).filter_map(|(mark, set)| set.then_some(mark)).collect(),
            annotations,
            exceptions: exceptions(segment),
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let annotations = self.annotations.iter().map(|(key, value)| format!("{key}={}", text(value)));
        write(f, &self.name, &self.marks, annotations, &self.exceptions)
    }
}

/// Writes the parts of a line, without the indentation.
pub(super) fn write(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    marks: &BTreeSet<&'static str>,
    annotations: impl Iterator<Item = String>,
    exceptions: &str,
) -> fmt::Result {
    f.write_str(name)?;
    if !marks.is_empty() {
        let marks: Vec<_> = marks.iter().copied().collect();
        write!(f, " [{}]", marks.join(", "))?;
    }
    let annotations: Vec<_> = annotations.collect();
    if !annotations.is_empty() {
        write!(f, " {{{}}}", annotations.join(", "))?;
    }
    if !exceptions.is_empty() {
        write!(f, " {exceptions}")?;
    }
    Ok(())
}

/// An annotation's value: text without quotes, unless it could be taken for something else.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) if is_bare(text) => text.clone(),
        other => other.to_string(),
    }
}

fn is_bare(text: &str) -> bool {
    let odd = |char: char| char.is_control() || matches!(char, ',' | '{' | '}' | '"');
    !text.is_empty() && text != "_" && text.trim() == text && !text.contains(odd) && serde_json::from_str::<Value>(text).is_err()
}

/// `!Type: message <- message of its cause`, for each exception that caused no other.
fn exceptions(segment: &Segment) -> String {
    if let Some(Cause::Reference(_)) = segment.cause {
        return "!elsewhere".to_owned();
    }
    let all = segment.exceptions();
    let by_id: HashMap<_, _> = all.iter().filter_map(|exception| Some((exception.id.as_deref()?, exception))).collect();
    let causes: BTreeSet<_> = all.iter().filter_map(|exception| exception.cause.as_deref()).collect();
    let first = all.iter().filter(|exception| exception.id.as_deref().is_none_or(|id| !causes.contains(id)));
    let chains = first.map(|exception| {
        let cause_of = |effect: &&Exception| by_id.get(effect.cause.as_deref()?).copied();
        // A circle is no chain: it is cut where it comes back.
        let chain = std::iter::successors(Some(exception), cause_of).take(all.len());
        format!("!{}", chain.map(one).collect::<Vec<_>>().join(" <- "))
    });
    chains.collect::<Vec<_>>().join(" ").trim_end().to_owned()
}

fn one(exception: &Exception) -> String {
    let message = exception.message.as_deref().map(|message| message.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'"));
    match (exception.kind.as_deref().unwrap_or("?"), message) {
        // What an error of unknown type is recorded as.
        ("source", Some(message)) => message,
        (kind, Some(message)) => format!("{}: {message}", without_path(kind)),
        (kind, None) => without_path(kind),
    }
}

/// `alloc::boxed::Box<dyn core::error::Error>` is `Box<dyn Error>`.
fn without_path(kind: &str) -> String {
    let mut short = String::new();
    let mut rest = kind;
    while let Some(at) = rest.find(|char: char| !(char.is_alphanumeric() || matches!(char, '_' | ':'))) {
        let (path, others) = rest.split_at(at);
        short.push_str(path.rsplit("::").next().unwrap_or_default());
        let char = others.chars().next().unwrap_or_default();
        short.push(char);
        rest = &others[char.len_utf8()..];
    }
    short + rest.rsplit("::").next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_lose_their_path() {
        for (kind, expected) in [
            ("shop::orders::OrderError", "OrderError"),
            ("alloc::boxed::Box<dyn core::error::Error + core::marker::Send>", "Box<dyn Error + Send>"),
            ("&str", "&str"),
            ("(a::B, [c::D; 3])", "(B, [D; 3])"),
            ("panic", "panic"),
            ("", ""),
        ] {
            assert_eq!(without_path(kind), expected);
        }
    }

    #[test]
    fn text_is_quoted_where_it_could_be_taken_for_something_else() {
        for (value, expected) in [
            (Value::from("gold"), "gold"),
            (Value::from("a b=c"), "a b=c"),
            (Value::from("7"), r#""7""#),
            (Value::from("true"), r#""true""#),
            (Value::from("_"), r#""_""#),
            (Value::from(""), r#""""#),
            (Value::from(" x"), r#"" x""#),
            (Value::from("a,b"), r#""a,b""#),
            (Value::from("a\nb"), r#""a\nb""#),
            (Value::from(7), "7"),
            (Value::from(0.5), "0.5"),
        ] {
            assert_eq!(text(&value), expected);
        }
    }
}
