//! Which segments and subsegments get a row. A loop over lists: a trace may be of any depth.

use std::collections::HashMap;

use xray_model::SegmentId;
use xray_model::document::{Node, Siblings, Timestamp};

use super::look::Look;
use crate::query::Status;
use crate::settings::GROUP_SIZE_MIN;
use crate::trace::{Placed, Trace};

/// A row of the timeline.
pub(super) struct Row<'a> {
    pub(super) what: What<'a>,
    pub(super) depth: usize,
}

pub(super) enum What<'a> {
    /// A segment or subsegment; `is_open` if it has children: whether they are shown.
    One { node: Node<'a, Placed>, is_open: Option<bool> },
    /// Siblings of one name.
    Group(Group<'a>),
}

/// Siblings of one name that share a row.
#[derive(Clone)]
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    /// The first of them.
    pub(super) first: Node<'a, Placed>,
    /// What names them when they are opened: their parent; of roots, the first of all.
    pub(super) key: SegmentId,
    pub(super) count: usize,
    pub(super) worst: Status,
    pub(super) end: Timestamp,
    pub(super) busy: std::time::Duration,
}

/// All rows; the page of them that is shown is cut out later.
pub(super) fn rows<'a>(trace: &'a Trace, look: &Look) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut open = vec![siblings(trace.tree().roots(), None, look).into_iter()];
    while let Some(level) = open.last_mut() {
        let Some(what) = level.next() else {
            open.pop();
            continue;
        };
        let depth = open.len() - 1;
        if let What::One { node, is_open: Some(_) } = &what {
            let is_deep = look.depth.is_some_and(|limit| depth + 1 >= limit);
            let is_open = !look.folded.contains(&node.id) && (!is_deep || look.opened.contains(&node.id));
            let node = *node;
            rows.push(Row { what: What::One { node, is_open: Some(is_open) }, depth });
            if is_open {
                open.push(siblings(node.children(), Some(node.id), look).into_iter());
            }
        } else {
            rows.push(Row { what, depth });
        }
    }
    rows
}

/// Siblings, with those of one name in one row if there are many. What did not end well has a row of its own, as has what is selected.
fn siblings<'a>(nodes: Siblings<'a, Placed>, parent: Option<SegmentId>, look: &Look) -> Vec<What<'a>> {
    let nodes: Vec<Node<'a, Placed>> = nodes.collect();
    let one = |node: Node<'a, Placed>| What::One { node, is_open: node.children().next().map(|_| true) };
    let key = parent.or(nodes.first().map(|node| node.id)).filter(|key| !look.opened.contains(key));
    let Some(key) = key.filter(|_| nodes.len() >= GROUP_SIZE_MIN) else { return nodes.into_iter().map(one).collect() };
    let mut sizes = HashMap::<&str, usize>::new();
    for node in &nodes {
        *sizes.entry(&node.value().segment.name).or_default() += 1;
    }
    let mut places = HashMap::<&str, usize>::new();
    let mut shown = HashMap::<&str, usize>::new();
    let mut rows = Vec::new();
    for node in nodes {
        let name = node.value().segment.name.as_str();
        let is_alone = sizes.get(name).is_none_or(|size| *size < GROUP_SIZE_MIN);
        let shown = shown.entry(name).or_default();
        // The first few as examples, and as many that went wrong.
        let stands_out = look.segment == Some(node.id) || (node.status() > Status::Ok && *shown < GROUP_SIZE_MIN);
        if is_alone || *shown < 2 || stands_out {
            *shown += 1;
            rows.push(one(node));
            continue;
        }
        let place = *places.entry(name).or_insert(rows.len());
        if place == rows.len() {
            rows.push(What::Group(Group {
                name,
                first: node,
                key,
                count: 0,
                worst: Status::Ok,
                end: node.start_time,
                busy: Default::default(),
            }));
        }
        if let Some(What::Group(group)) = rows.get_mut(place) {
            group.count += 1;
            group.worst = group.worst.max(node.status());
            group.end = group.end.max(node.end_time.unwrap_or(node.start_time));
            group.busy = group.busy.saturating_add(node.duration().unwrap_or_default());
        }
    }
    rows
}
