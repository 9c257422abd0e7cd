//! The rules that a sender has to keep, as far as one document shows.
//!
//! Source: "X-Ray segment documents" in the developer guide, the segment document schema v1.0.0, and our own limits.

use std::collections::HashSet;
use std::fmt;

use serde_json::Value;

use super::{AnnotationValue, Cause, Forest, Node, Segment, parse};
use crate::SegmentId;
use crate::limits::{
    ANNOTATION_KEY_CHARS_MAX, ANNOTATION_VALUE_CHARS_MAX, DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX, NAME_CHARS_MAX, STRING_CHARS_MAX,
};

/// A rule that a document breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, for example `subsegments[0].annotations.user-id`; empty where the document as a whole is meant.
    pub field: String,
    /// What is wrong with it.
    pub rule: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "document" } else { &self.field };
        write!(f, "{field} {}", self.rule)
    }
}

/// What is wrong with the JSON of a document: everything that [`Document::check`](super::Document::check) finds, and also its size, nulls in place of missing
/// fields, keys written twice, and whether it can be read at all.
///
/// ```
/// use xray_model::document::check;
///
/// let problems = check(br#"{"name":"what?","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1,"user":null}"#);
/// let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
/// assert_eq!(problems, ["user is null instead of missing", "name has '?' in it", "end_time is missing, and so is in_progress"]);
/// ```
#[must_use]
pub fn check(json: &[u8]) -> Vec<Problem> {
    let mut problems = Vec::new();
    if json.len() > DOCUMENT_BYTES_MAX {
        let rule = format!("takes {} bytes, more than {DOCUMENT_BYTES_MAX}", json.len());
        problems.push(Problem { field: String::new(), rule });
    }
    match parse::document(json, true) {
        Ok((document, oddities)) => {
            problems.extend(oddities);
            problems.extend(document.check());
        }
        Err(error) => {
            let rule = format!("cannot be read: {error}");
            problems.push(Problem { field: error.field().to_owned(), rule });
        }
    }
    problems
}

pub(super) fn tree(tree: &Forest<Segment>) -> Vec<Problem> {
    let mut ids = HashSet::new();
    let mut problems = Vec::new();
    for node in tree.iter() {
        let mut judge = Judge { node, problems: &mut problems };
        if !ids.insert(node.id) {
            judge.broken("id", format!("{} occurs twice", node.id));
        }
        judge.name();
        judge.times();
        judge.place();
        judge.values();
        judge.strings();
        judge.cause();
    }
    problems
}

/// Judges one segment or subsegment.
struct Judge<'a> {
    node: Node<'a, Segment>,
    problems: &'a mut Vec<Problem>,
}

impl Judge<'_> {
    #[cold]
    fn broken(&mut self, field: &str, rule: impl Into<String>) {
        let mut path = Vec::new();
        let mut node = self.node;
        while let Some(parent) = node.parent() {
            let position = parent.children().position(|child| child.index() == node.index()).unwrap_or_default();
            path.push(format!("subsegments[{position}]."));
            node = parent;
        }
        path.reverse();
        self.problems.push(Problem { field: path.concat() + field, rule: rule.into() });
    }

    fn is_subsegment(&self) -> bool {
        self.node.depth() > 0 || self.node.is_independent_subsegment()
    }

    fn name(&mut self) {
        let name = &self.node.value().name;
        if name.is_empty() {
            self.broken("name", "is empty");
        }
        self.chars("name", name, NAME_CHARS_MAX);
        // X-Ray prescribes the letters of segments' names only; a control character is no part of any name.
        let wrong = |char: &char| if self.is_subsegment() { char.is_control() } else { !is_name_char(*char) };
        if let Some(char) = name.chars().find(wrong) {
            self.broken("name", format!("has {char:?} in it"));
        }
    }

    fn times(&mut self) {
        match (self.node.end_time, self.node.in_progress) {
            (None, false) => self.broken("end_time", "is missing, and so is in_progress"),
            (Some(_), true) => self.broken("end_time", "is there, and so is in_progress"),
            (Some(end), false) if end < self.node.start_time => self.broken("end_time", "is before start_time"),
            _ => {}
        }
    }

    fn place(&mut self) {
        let node = self.node.value();
        if self.node.depth() == DOCUMENT_DEPTH_MAX + 1 {
            self.broken("name", format!("is nested deeper than {DOCUMENT_DEPTH_MAX} levels"));
        }
        if let Some(parent) = self.node.parent() {
            if node.parent_id.is_some_and(|id| id != parent.id) {
                self.broken("parent_id", "is not the id of the one it stands in");
            }
            if node.trace_id.is_some_and(|id| Some(id) != root_of(self.node).trace_id) {
                self.broken("trace_id", "is not the document's");
            }
        } else if node.is_independent_subsegment() && node.parent_id.is_none() {
            self.broken("parent_id", "is missing on an independent subsegment");
        }
        if node.kind.as_deref().is_some_and(|kind| kind != "subsegment") {
            self.broken("type", "is not \"subsegment\"");
        }
        if node.namespace.is_some() && !self.is_subsegment() {
            self.broken("namespace", "is for subsegments only");
        }
        if node.namespace.as_deref().is_some_and(|namespace| !matches!(namespace, "aws" | "remote")) {
            self.broken("namespace", "is neither \"aws\" nor \"remote\"");
        }
    }

    fn values(&mut self) {
        let node = self.node.value();
        for (key, value) in &node.annotations {
            let field = format!("annotations.{key}");
            if key.is_empty() || !key.chars().all(|char| char.is_ascii_alphanumeric() || matches!(char, '_' | '.')) {
                self.broken(&field, "has a key of other characters than A-Z, a-z, 0-9, `_` and `.`");
            }
            self.chars(&field, key, ANNOTATION_KEY_CHARS_MAX);
            match value {
                AnnotationValue::String(text) => self.chars(&field, text, ANNOTATION_VALUE_CHARS_MAX),
                AnnotationValue::Invalid(_) => self.broken(&field, "is neither text nor number nor boolean"),
                AnnotationValue::Number(_) | AnnotationValue::Bool(_) => {}
            }
        }
        for (namespace, value) in &node.metadata {
            if !value.is_object() {
                self.broken(&format!("metadata.{namespace}"), "is not an object");
            }
            if namespace.starts_with("AWS.") {
                self.broken(&format!("metadata.{namespace}"), "is reserved for AWS");
            }
        }
    }

    fn strings(&mut self) {
        let node = self.node.value();
        let request = node.http.as_ref().and_then(|http| http.request.as_ref());
        let sql = node.sql.as_ref();
        let version = node.service.get("version").and_then(Value::as_str);
        let fields = [
            ("user", node.user.as_deref()),
            ("origin", node.origin.as_deref()),
            ("service.version", version),
            ("http.request.method", request.and_then(|request| request.method.as_deref())),
            ("http.request.url", request.and_then(|request| request.url.as_deref())),
            ("http.request.user_agent", request.and_then(|request| request.user_agent.as_deref())),
            ("http.request.client_ip", request.and_then(|request| request.client_ip.as_deref())),
            ("sql.user", sql.and_then(|sql| sql.user.as_deref())),
        ];
        for (field, text) in fields {
            self.chars(field, text.unwrap_or_default(), STRING_CHARS_MAX);
        }
        let preparation = sql.and_then(|sql| sql.preparation.as_deref());
        if preparation.is_some_and(|preparation| !matches!(preparation, "call" | "statement")) {
            self.broken("sql.preparation", "is neither \"call\" nor \"statement\"");
        }
    }

    fn cause(&mut self) {
        let node = self.node.value();
        if let Some(Cause::Reference(id)) = &node.cause {
            self.id("cause", Some(id));
        }
        for (index, exception) in node.exceptions().iter().enumerate() {
            self.id(&format!("cause.exceptions[{index}].id"), exception.id.as_ref());
            self.id(&format!("cause.exceptions[{index}].cause"), exception.cause.as_ref());
        }
    }

    fn id(&mut self, field: &str, text: Option<&String>) {
        if text.is_some_and(|text| text.parse::<SegmentId>().is_err()) {
            self.broken(field, "is not 16 hex digits");
        }
    }

    fn chars(&mut self, field: &str, text: &str, limit: usize) {
        // Bytes bound characters, so short text needs no counting.
        if text.len() > limit && text.chars().count() > limit {
            self.broken(field, format!("has more than {limit} characters"));
        }
    }
}

fn is_name_char(char: char) -> bool {
    char.is_alphanumeric() || (char.is_whitespace() && !char.is_control()) || "_.:/%&#=+\\-@".contains(char)
}

fn root_of(node: Node<'_, Segment>) -> Node<'_, Segment> {
    let mut root = node;
    while let Some(parent) = root.parent() {
        root = parent;
    }
    root
}
