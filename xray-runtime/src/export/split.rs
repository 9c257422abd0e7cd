//! A tree that does not fit one document becomes several: the largest subtrees travel as independent subsegments that name their parent.
//!
//! What a record needs by itself always fits; values were trimmed for that when they were attached.

use std::collections::BinaryHeap;

use xray_model::limits::{DATAGRAM_HEADER, DOCUMENT_BYTES_MAX, DOCUMENT_DEPTH_MAX};

use super::encode::{Batch, Stamps, Tree};
use crate::record::{NOWHERE, Slot};

/// Room for what the top of a document has on top of its own part, and for the brackets around children.
const HEADING_BYTES_MAX: usize = 900;

/// One record of the tree.
struct Node {
    slot: Slot,
    parent: usize,
    /// The own part, in the buffer of all own parts.
    own: (usize, usize),
    /// Bytes and levels of what stays below this record, itself included.
    bytes: usize,
    levels: usize,
    /// Whether it begins a document of its own.
    top: bool,
}

/// Adds the documents for `tree` and says how many records are in them.
pub(super) fn add(batch: &mut Batch, tree: &Tree<'_>, stamps: &mut Stamps) -> u64 {
    let mut own_parts = Vec::new();
    let mut nodes = flatten(tree, stamps, &mut own_parts);
    let children = children_of(&nodes);
    cut(&mut nodes, &children);
    for top in (0..nodes.len()).rev().filter(|index| nodes[*index].top) {
        batch.bytes.extend_from_slice(DATAGRAM_HEADER.as_bytes());
        write(batch, tree, &nodes, &children, &own_parts, top);
        batch.ends.push(batch.bytes.len());
    }
    nodes.len() as u64
}

/// All records, parents before children, with their own parts encoded.
fn flatten(tree: &Tree<'_>, stamps: &mut Stamps, own_parts: &mut Vec<u8>) -> Vec<Node> {
    let mut nodes: Vec<Node> = Vec::new();
    let mut todo = vec![(tree.top, usize::MAX)];
    while let Some((slot, parent)) = todo.pop() {
        let from = own_parts.len();
        tree.own(own_parts, slot, stamps);
        let bytes = own_parts.len() - from;
        let index = nodes.len();
        nodes.push(Node { slot, parent, own: (from, own_parts.len()), bytes, levels: 1, top: parent == usize::MAX });
        let mut child = tree.record(slot).first_child;
        while child != NOWHERE {
            todo.push((child, index));
            child = tree.record(child).next;
        }
    }
    nodes
}

/// The children of each node, oldest first.
fn children_of(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); nodes.len()];
    for (index, node) in nodes.iter().enumerate().skip(1).rev() {
        children[node.parent].push(index);
    }
    children
}

/// Decides, from the leaves up, which children have to go so that each record fits a document with what stays below it.
fn cut(nodes: &mut [Node], children: &[Vec<usize>]) {
    for index in (0..nodes.len()).rev() {
        let mut stay = children[index].clone();
        for child in &stay {
            if nodes[*child].levels >= DOCUMENT_DEPTH_MAX {
                nodes[*child].top = true;
            }
        }
        stay.retain(|child| !nodes[*child].top);
        let mut bytes: usize = nodes[index].bytes + HEADING_BYTES_MAX + stay.iter().map(|child| nodes[*child].bytes + 1).sum::<usize>();
        if bytes > DOCUMENT_BYTES_MAX {
            let mut by_size: BinaryHeap<(usize, usize)> = stay.iter().map(|child| (nodes[*child].bytes, *child)).collect();
            while let Some((size, largest)) = by_size.pop().filter(|_| bytes > DOCUMENT_BYTES_MAX) {
                nodes[largest].top = true;
                bytes -= size + 1;
            }
        }
        stay.retain(|child| !nodes[*child].top);
        nodes[index].levels = 1 + stay.iter().map(|child| nodes[*child].levels).max().unwrap_or(0);
        // The heading was counted to leave room for it; only the brackets are needed by each.
        nodes[index].bytes = bytes - HEADING_BYTES_MAX + 20;
    }
}

/// Writes the document that begins with `top`.
fn write(batch: &mut Batch, tree: &Tree<'_>, nodes: &[Node], children: &[Vec<usize>], own_parts: &[u8], top: usize) {
    enum Step {
        Open(usize),
        Text(&'static [u8]),
    }
    let mut todo = vec![Step::Open(top)];
    while let Some(step) = todo.pop() {
        let index = match step {
            Step::Text(text) => {
                batch.bytes.extend_from_slice(text);
                continue;
            }
            Step::Open(index) => index,
        };
        let (from, to) = nodes[index].own;
        batch.bytes.extend_from_slice(&own_parts[from..to]);
        if index == top {
            tree.heading(&mut batch.bytes, nodes[top].slot);
        }
        todo.push(Step::Text(b"}"));
        let mut stay = children[index].iter().rev().filter(|child| !nodes[**child].top).peekable();
        if stay.peek().is_none() {
            continue;
        }
        todo.push(Step::Text(b"]"));
        while let Some(child) = stay.next() {
            todo.push(Step::Open(*child));
            todo.push(Step::Text(if stay.peek().is_some() { b"," } else { b",\"subsegments\":[" }));
        }
    }
}
