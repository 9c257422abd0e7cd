//! What is said about a segment in the lines below its name.

use std::collections::HashMap;

use xray_model::document::{AnnotationValue, Cause, Exception, Node, Segment};

use super::paint::Style;
use super::{mark_of, number, style_of, text};
use crate::query::Status;
use crate::trace::{CANCELLED, Placed, Trace};

/// Lines that a message may take.
const MESSAGE_LINES_MAX: usize = 3;
/// Lines that annotations may take.
const ANNOTATION_LINES_MAX: usize = 3;
/// Columns that the value of one annotation may take.
const VALUE_COLUMNS_MAX: usize = 60;
/// Exceptions shown of one segment.
const EXCEPTIONS_MAX: usize = 8;

/// Pieces of one line, each in its style.
pub(super) type Pieces = Vec<(Style, String)>;

/// The lines below the name of a segment, in at most `columns` columns.
pub(super) fn details(node: Node<'_, Placed>, causes: &Causes<'_>, columns: usize) -> Vec<Pieces> {
    let mut lines = Vec::new();
    let facts = facts(node);
    if !facts.is_empty() {
        lines.push(vec![(Style::Faint, text::fit(&text::clean(&facts.join(" · ")), columns))]);
    }
    lines.extend(annotations(&node, columns));
    lines.extend(causes.of(node, columns));
    lines
}

/// What kind of call or service it is.
fn facts(node: Node<'_, Placed>) -> Vec<String> {
    let segment = &node.value().segment;
    let mut facts: Vec<String> = Vec::new();
    let missing = if node.is_subsegment { "parent" } else { "caller" };
    facts.extend(node.missing_parent.map(|id| format!("{missing} {id} not seen")));
    facts.extend(node.is_cancelled().then(|| "cancelled".to_owned()));
    facts.extend(segment.namespace.clone());
    let http = segment.http.as_ref();
    let request = http.and_then(|http| http.request.as_ref());
    let request: Vec<&str> =
        request.map_or_else(Vec::new, |request| [&request.method, &request.url].into_iter().flatten().map(String::as_str).collect());
    let status = segment.http_status();
    let mut call = aws(segment);
    if !request.is_empty() {
        call.push(request.join(" "));
    }
    match (call.last_mut(), status) {
        (Some(last), Some(status)) => last.push_str(&format!(" → {status}")),
        (None, Some(status)) => call.push(format!("HTTP {status}")),
        (_, None) => {}
    }
    facts.extend(call);
    if let Some(sql) = &segment.sql {
        facts.extend(sql.database_type.clone());
        facts.extend(sql.sanitized_query.clone().or_else(|| sql.url.clone()));
    }
    if !node.is_subsegment {
        facts.extend(segment.origin.clone());
        facts.extend(segment.service.get("version").and_then(|version| version.as_str()).map(|version| format!("version {version}")));
        facts.extend(segment.user.as_ref().map(|user| format!("user {user}")));
    }
    facts
}

/// The resource that an AWS call is about.
fn aws(segment: &Segment) -> Vec<String> {
    let Some(aws) = segment.aws.as_ref().filter(|_| segment.namespace.is_some()) else { return Vec::new() };
    let resources = [
        ("table", aws.table_name()),
        ("queue", aws.queue_url()),
        ("topic", aws.topic_arn()),
        ("bucket", aws.bucket_name()),
        ("function", aws.function_name()),
    ];
    let mut facts: Vec<String> = resources.into_iter().filter_map(|(kind, name)| Some(format!("{kind} {}", name?))).collect();
    facts.extend(aws.region().map(str::to_owned));
    if let Some(retries @ 1..) = aws.retries() {
        facts.push(if retries == 1 { "1 retry".to_owned() } else { format!("{} retries", number::count(retries)) });
    }
    facts
}

fn annotations(segment: &Segment, columns: usize) -> Vec<Pieces> {
    // That it was cancelled is among the facts already.
    let told = |key: &str, value: &AnnotationValue| key == CANCELLED && *value == AnnotationValue::Bool(true);
    let each = segment.annotations.iter().filter(|(key, value)| !told(key, value)).map(|(key, value)| {
        let value = match value {
            AnnotationValue::String(text) => text.clone(),
            AnnotationValue::Number(number) => number.to_string(),
            AnnotationValue::Bool(yes) => yes.to_string(),
            AnnotationValue::Invalid(value) => format!("{value} (not allowed)"),
        };
        // A blank inside is one that lines do not break at.
        format!("{key}={}", text::fit(&text::clean(&value), VALUE_COLUMNS_MAX)).replace(' ', "\u{a0}")
    });
    let all = text::clean(&each.collect::<Vec<_>>().join("  "));
    text::wrap(&all, columns, ANNOTATION_LINES_MAX).into_iter().map(|line| vec![(Style::Faint, line.replace('\u{a0}', " "))]).collect()
}

/// Where in a trace exceptions were recorded.
pub(super) struct Causes<'a> {
    by_id: HashMap<&'a str, (Node<'a, Placed>, &'a Exception)>,
    /// By type and message; the places in the order of the tree.
    by_content: HashMap<(&'a str, &'a str), Vec<Node<'a, Placed>>>,
}

fn kind(exception: &Exception) -> &str {
    exception.kind.as_deref().unwrap_or("exception")
}

fn message(exception: &Exception) -> &str {
    exception.message.as_deref().unwrap_or_default()
}

impl<'a> Causes<'a> {
    pub(super) fn of_trace(trace: &'a Trace) -> Self {
        let mut causes = Self { by_id: HashMap::new(), by_content: HashMap::new() };
        for node in trace.tree().iter() {
            for (index, exception) in node.value().segment.exceptions().iter().enumerate() {
                if let Some(id) = &exception.id {
                    causes.by_id.insert(id, (node, exception));
                }
                if index == 0 {
                    causes.by_content.entry((kind(exception), message(exception))).or_default().push(node);
                }
            }
        }
        causes
    }

    fn of(&self, node: Node<'a, Placed>, columns: usize) -> Vec<Pieces> {
        match &node.value().segment.cause {
            None => Vec::new(),
            Some(Cause::Reference(id)) => vec![self.reference(node, id, columns)],
            Some(Cause::Recorded(recorded)) => {
                let mut lines = self.exceptions(node, &recorded.exceptions, columns);
                if lines.is_empty() {
                    let said = recorded.message.clone().or_else(|| recorded.id.as_ref().map(|id| format!("see {id}")));
                    lines.extend(said.map(|said| headed(node, &said, columns)).unwrap_or_default());
                }
                lines
            }
        }
    }

    /// An exception that went through here on its way up.
    fn reference(&self, node: Node<'a, Placed>, id: &str, columns: usize) -> Pieces {
        match self.by_id.get(id) {
            Some((origin, exception)) => passed_on(node, kind(exception), *origin, columns),
            None => headed(node, &format!("cause {id} not seen"), columns).swap_remove(0),
        }
    }

    fn exceptions(&self, node: Node<'a, Placed>, exceptions: &'a [Exception], columns: usize) -> Vec<Pieces> {
        let Some(first) = exceptions.first() else { return Vec::new() };
        // An error that every function on the way recorded is told in full where it began.
        let below = node.index()..=node.index() + node.descendants().len();
        let same = self.by_content.get(&(kind(first), message(first)));
        let origin = same.and_then(|nodes| {
            let after = nodes.partition_point(|other| other.index() <= *below.end());
            nodes[..after].last().filter(|origin| origin.index() > node.index())
        });
        if let Some(origin) = origin {
            return vec![passed_on(node, kind(first), *origin, columns)];
        }
        let mut lines = Vec::new();
        for (index, exception) in exceptions.iter().take(EXCEPTIONS_MAX).enumerate() {
            let is_cause = index > 0 && exceptions.iter().any(|other| other.cause.is_some() && other.cause == exception.id);
            let said = match message(exception) {
                "" => kind(exception).to_owned(),
                // That is how the Rust SDK calls a cause whose type is not known at run time.
                message if is_cause && kind(exception) == "source" => message.to_owned(),
                message => format!("{}: {message}", kind(exception)),
            };
            let mut own = if is_cause { caused_by(&said, columns) } else { headed(node, &said, columns) };
            if let Some(place) = place(exception) {
                add_place(&mut own, &place, columns);
            }
            lines.append(&mut own);
        }
        if let Some(more @ 1..) = exceptions.len().checked_sub(EXCEPTIONS_MAX) {
            lines.push(vec![(Style::Faint, format!("  and {more} more"))]);
        }
        lines
    }
}

/// What is wrong, beginning with the segment's mark.
fn headed(node: Node<'_, Placed>, said: &str, columns: usize) -> Vec<Pieces> {
    let status = match node.status() {
        Status::Ok => Status::Error,
        status => status,
    };
    let style = style_of(status);
    let lines = text::wrap(&text::clean(said), columns.saturating_sub(2), MESSAGE_LINES_MAX);
    let line = |(index, line)| {
        let lead = if index == 0 { mark_of(status) } else { " " };
        vec![(style, format!("{lead} ")), (style, line)]
    };
    let lines: Vec<Pieces> = lines.into_iter().enumerate().map(line).collect();
    if lines.is_empty() { vec![vec![(style, mark_of(status).to_owned())]] } else { lines }
}

fn caused_by(said: &str, columns: usize) -> Vec<Pieces> {
    let lines = text::wrap(&text::clean(&format!("caused by {said}")), columns.saturating_sub(2), MESSAGE_LINES_MAX);
    lines.into_iter().map(|line| vec![(Style::Plain, format!("  {line}"))]).collect()
}

fn passed_on(node: Node<'_, Placed>, kind: &str, origin: Node<'_, Placed>, columns: usize) -> Pieces {
    headed(node, &format!("{kind}, from {}", origin.name), columns).swap_remove(0)
}

/// `path:line` of the innermost frame.
fn place(exception: &Exception) -> Option<String> {
    let frame = exception.stack.first()?;
    let path = frame.path.as_deref().or(frame.label.as_deref())?;
    Some(match frame.line {
        Some(line) => format!("at {path}:{line}"),
        None => format!("at {path}"),
    })
}

/// Behind the last line where there is room, else in one of its own.
fn add_place(lines: &mut Vec<Pieces>, place: &str, columns: usize) {
    let place = text::clean(place);
    let used: usize = lines.last().map_or(columns, |line| line.iter().map(|(_, piece)| text::width(piece)).sum());
    match lines.last_mut() {
        Some(line) if used + 2 + text::width(&place) <= columns => line.push((Style::Faint, format!("  {place}"))),
        _ => lines.push(vec![(Style::Faint, format!("  {}", text::fit(&place, columns.saturating_sub(2))))]),
    }
}
