//! Which segments of a trace get a line, and which are folded into one.

use std::collections::HashMap;
use std::time::Duration;

use xray_model::document::{Forest, ForestBuilder, Node, Timestamp};

use crate::query::Status;
use crate::trace::{Placed, Trace};

/// A line of the tree that is shown.
pub(super) enum Row<'a> {
    Segment(Node<'a, Placed>),
    Folded(Folded<'a>),
}

/// Siblings of one name that share a line.
pub(super) struct Folded<'a> {
    pub(super) name: &'a str,
    pub(super) count: usize,
    pub(super) total: Duration,
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) worst: Status,
}

/// The tree of lines. It is built level by level with a list of what is left to do on each, so a deep trace needs no deep stack.
pub(super) fn rows(trace: &Trace, fold: usize) -> Forest<Row<'_>> {
    let mut tree = ForestBuilder::new();
    let mut open = vec![siblings(trace.tree().roots().collect(), fold).into_iter()];
    while let Some(left) = open.last_mut() {
        match left.next() {
            Some(row) => {
                let children = match &row {
                    Row::Segment(node) => node.children().collect(),
                    Row::Folded(_) => Vec::new(),
                };
                tree.open(row);
                open.push(siblings(children, fold).into_iter());
            }
            None => {
                open.pop();
                tree.close();
            }
        }
    }
    tree.finish()
}

fn siblings(nodes: Vec<Node<'_, Placed>>, fold: usize) -> Vec<Row<'_>> {
    if nodes.len() <= fold {
        return nodes.into_iter().map(Row::Segment).collect();
    }
    let mut groups = HashMap::<&str, Group>::new();
    for node in &nodes {
        groups.entry(name(*node)).or_default().size += 1;
    }
    let mut rows = Vec::new();
    for node in nodes {
        let group = groups.entry(name(node)).or_default();
        if group.shows(node, fold) {
            rows.push(Row::Segment(node));
            continue;
        }
        let place = *group.folded.get_or_insert(rows.len());
        match rows.get_mut(place) {
            Some(Row::Folded(folded)) => folded.add(node),
            _ => rows.push(Row::Folded(Folded::of(node))),
        }
    }
    rows
}

fn name<'a>(node: Node<'a, Placed>) -> &'a str {
    &node.value().segment.name
}

/// Siblings of one name.
#[derive(Default)]
struct Group {
    size: usize,
    shown: usize,
    shown_bad: usize,
    /// Where among the rows the others are folded.
    folded: Option<usize>,
}

impl Group {
    fn shows(&mut self, node: Node<'_, Placed>, fold: usize) -> bool {
        let within = |shown: &mut usize| {
            *shown += 1;
            *shown <= fold
        };
        // Hiding a single one would save no line.
        self.size <= fold + 1 || within(&mut self.shown) || (node.status() > Status::Ok && within(&mut self.shown_bad))
    }
}

impl<'a> Folded<'a> {
    fn of(node: Node<'a, Placed>) -> Self {
        let mut folded =
            Self { name: name(node), count: 0, total: Duration::ZERO, start: node.start_time, end: node.start_time, worst: Status::Ok };
        folded.add(node);
        folded
    }

    fn add(&mut self, node: Node<'_, Placed>) {
        self.count += 1;
        self.total = self.total.saturating_add(node.duration().unwrap_or_default());
        self.start = self.start.min(node.start_time);
        self.end = self.end.max(node.end_time.unwrap_or(node.start_time));
        self.worst = self.worst.max(node.status());
    }
}
