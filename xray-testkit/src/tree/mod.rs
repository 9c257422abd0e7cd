//! Trees as text: written, read, compared.

mod compare;
mod expected;
mod line;

use std::fmt;

use xray_model::document;

use crate::Trace;
use crate::trace::Entry;
use expected::Expected;
use line::Line;

/// Whether the order of siblings plays a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Matters,
    Any,
}

/// Panics with the difference unless `traces` are what `expected` says. `more` is told then too.
#[track_caller]
pub(crate) fn assert(traces: &[Trace], expected: &str, order: Order, more: &str) {
    let mut expected = match expected::read(expected) {
        Ok(expected) => expected,
        Err(problem) => panic!("the expected tree cannot be read: {problem}"),
    };
    let mut recorded: Vec<_> = traces.iter().flat_map(|trace| trace.forest.iter()).map(Line::of).collect();
    if order == Order::Any {
        if compare::match_in_any_order(&expected, &recorded) {
            return;
        }
        // Put in the same order, the trees show where they differ.
        expected = compare::sorted(&expected, |line| (line.depth, line.to_string()));
        recorded = compare::sorted(&recorded, |line| (line.depth, line.to_string()));
    }
    if let Some(difference) = compare::difference(&expected, &recorded) {
        let more = if more.is_empty() { String::new() } else { format!("\n{more}") };
        panic!("the recorded tree is another one (- expected, + recorded):\n\n{difference}{more}");
    }
}

/// Writes nodes, one line each, indented from the first one's depth.
pub(crate) fn write<'a>(f: &mut fmt::Formatter<'_>, nodes: impl Iterator<Item = document::Node<'a, Entry>>) -> fmt::Result {
    let mut top = None;
    for node in nodes {
        let line = Line::of(node);
        let indent = 2 * (line.depth - *top.get_or_insert(line.depth));
        writeln!(f, "{:indent$}{line}", "")?;
    }
    Ok(())
}
