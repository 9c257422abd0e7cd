//! The tree that a test expects.

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

use super::line::{self, Line, MARKS};

/// A line of the expected tree.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Expected {
    pub(super) depth: usize,
    name: String,
    marks: BTreeSet<&'static str>,
    /// Any value where there is `None`.
    annotations: Vec<(String, Option<Value>)>,
    exceptions: String,
}

impl Expected {
    /// Whether a recorded line is the one expected, at the same depth.
    pub(super) fn is(&self, line: &Line) -> bool {
        let annotated = |(key, value): &(String, Option<Value>)| {
            line.annotations.get(key).is_some_and(|recorded| value.as_ref().is_none_or(|expected| expected == recorded))
        };
        let failed = match self.exceptions.strip_suffix("..") {
            Some(beginning) => line.exceptions.starts_with(beginning),
            None => line.exceptions == self.exceptions,
        };
        self.depth == line.depth && self.name == line.name && self.marks == line.marks && failed && self.annotations.iter().all(annotated)
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |value: &Option<Value>| value.as_ref().map_or("_".to_owned(), line::text);
        let annotations = self.annotations.iter().map(|(key, expected)| format!("{key}={}", value(expected)));
        line::write(f, &self.name, &self.marks, annotations, &self.exceptions)
    }
}

/// Reads a tree: one line for each node, empty ones left out.
///
/// What counts is which line is indented further than which, so the text can stand as far right as the code around it. The first line may
/// stand right behind the opening quote; all others are below it then.
pub(super) fn read(text: &str) -> Result<Vec<Expected>, String> {
    let mut lines = Vec::new();
    // Indentations of the lines that the next one may be below.
    let mut open: Vec<usize> = Vec::new();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let content = line.trim();
        let problem = |problem: &str| format!("line {}: {problem}: {content}", index + 1);
        let indent = line.len() - line.trim_start().len();
        let mut left = false;
        while open.last().is_some_and(|above| *above > indent) {
            open.pop();
            left = true;
        }
        if open.last() == Some(&indent) {
            open.pop();
        } else if left {
            return Err(problem("it is indented like no line above it"));
        }
        lines.push(one(content, open.len()).map_err(|told| problem(&told))?);
        open.push(indent);
    }
    Ok(lines)
}

fn one(content: &str, depth: usize) -> Result<Expected, String> {
    let end = [" [", " {", " !"].into_iter().filter_map(|part| content.find(part)).min().unwrap_or(content.len());
    let (name, mut rest) = content.split_at(end);
    if name.starts_with(['[', '{', '!']) {
        return Err("there is no name before it".to_owned());
    }
    let mut expected =
        Expected { depth, name: name.trim_end().to_owned(), marks: BTreeSet::new(), annotations: Vec::new(), exceptions: String::new() };
    loop {
        rest = rest.trim_start();
        if let Some(list) = rest.strip_prefix('[') {
            let (list, behind) = list.split_once(']').ok_or("a `]` is missing")?;
            for mark in list.split(',').map(str::trim) {
                let known = MARKS.into_iter().find(|known| *known == mark);
                expected.marks.insert(known.ok_or_else(|| format!("`{mark}` is no mark; there are {}", MARKS.join(", ")))?);
            }
            rest = behind;
        } else if let Some(list) = rest.strip_prefix('{') {
            rest = annotations(list, &mut expected.annotations)?;
        } else if rest.is_empty() || rest.starts_with('!') {
            expected.exceptions.push_str(rest);
            return Ok(expected);
        } else {
            return Err(format!("`{rest}` is neither [marks] nor {{annotations}} nor !exceptions"));
        }
    }
}

/// Reads `key=value, key=value}` and gives what stands behind it.
fn annotations<'a>(mut rest: &'a str, out: &mut Vec<(String, Option<Value>)>) -> Result<&'a str, String> {
    loop {
        rest = rest.trim_start_matches([' ', ',']);
        if let Some(behind) = rest.strip_prefix('}') {
            return Ok(behind);
        }
        let (key, value) = rest.split_once('=').ok_or("a `}` is missing, or a `=`")?;
        let (value, behind) = annotation(value)?;
        out.push((key.trim().to_owned(), value));
        rest = behind;
    }
}

/// A JSON value, `_`, or bare text up to the next `,` or `}`.
fn annotation(text: &str) -> Result<(Option<Value>, &str), String> {
    let mut json = serde_json::Deserializer::from_str(text).into_iter::<Value>();
    if let Some(Ok(value)) = json.next() {
        let behind = &text[json.byte_offset()..];
        if behind.trim_start().starts_with([',', '}']) {
            return Ok((Some(value), behind));
        }
    }
    let end = text.find([',', '}']).ok_or("a `}` is missing")?;
    let bare = text[..end].trim();
    let value = if bare == "_" { None } else { Some(Value::from(bare)) };
    Ok((value, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(usize, String)> {
        read(text).unwrap().iter().map(|line| (line.depth, line.to_string())).collect()
    }

    #[test]
    fn a_tree_may_stand_as_far_right_as_the_code_around_it() {
        let expected = [(0, "a".to_owned()), (1, "b".to_owned()), (2, "c".to_owned()), (1, "d".to_owned())];
        for text in [
            "a\n b\n  c\n d",
            "\n      a\n        b\n            c\n\n        d\n    ",
            "a\n        b\n          c\n        d",
            "a\n\tb\n\t\tc\n\td",
        ] {
            assert_eq!(shown(text), expected, "{text}");
        }
        assert_eq!(shown("a\nb"), [(0, "a".to_owned()), (0, "b".to_owned())]);
        assert_eq!(shown(" \n"), []);
    }

    #[test]
    fn all_parts_are_read() {
        for (text, expected) in [
            ("charge card", "charge card"),
            ("a=b  [remote,fault]{ b = 2 ,a=1}", "a=b [fault, remote] {b=2, a=1}"),
            ("a {k=12 EUR, l=_, m=true, n=\"}\"} !E: x {y} [z]", "a {k=12 EUR, l=_, m=true, n=\"}\"} !E: x {y} [z]"),
            ("a[0] !panic..", "a[0] !panic.."),
            ("## handler [parent not seen] {}", "## handler [parent not seen]"),
        ] {
            assert_eq!(shown(text), [(0, expected.to_owned())], "{text}");
        }
    }

    #[test]
    fn a_malformed_line_is_named() {
        for (text, problem) in [
            ("a\n   b\n  c", "line 3: it is indented like no line above it: c"),
            ("   a\n  b", "line 2: it is indented like no line above it: b"),
            ("[fault]", "line 1: there is no name before it"),
            ("a [broken]", "`broken` is no mark; there are aws,"),
            ("a [fault", "a `]` is missing"),
            ("a {k=1", "a `}` is missing"),
            ("a {k}", "a `}` is missing, or a `=`"),
            ("a [fault] b", "`b` is neither [marks]"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(problem), "{text}: {told}");
        }
    }
}
