//! Segments of a trace as documents, as BatchGetTraces returns them: one for each segment, with its subsegments inside, and one for each that is
//! inferred from a call.

use std::collections::VecDeque;

use xray_model::document::{Document, Forest, ForestBuilder, Node, Segment};
use xray_model::{SegmentId, TraceId};

use super::token::hash;
use crate::facts::{REMOTE, called};
use crate::trace::{Placed, Trace};

/// The documents of a trace.
pub(super) struct Documents {
    /// Id and JSON of each.
    pub(super) segments: Vec<(SegmentId, String)>,
    /// There would be more of them than X-Ray gives.
    pub(super) limit_exceeded: bool,
}

/// How much an answer may hold, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Of all documents of a trace; what is beyond is left out.
    pub(super) trace: usize,
    /// Of one document; subsegments that are beyond it get documents of their own.
    pub(super) document: usize,
}

/// The documents of a trace: what was sent first, then what is inferred.
pub(super) fn of(trace: &Trace, limits: Limits) -> Documents {
    let done = Documents { segments: Vec::new(), limit_exceeded: false };
    let mut making = Making { trace: trace.id(), limits, left: limits.trace, done };
    for node in trace.tree().iter().filter(|node| !node.is_subsegment || node.parent().is_none()) {
        let mut roots = VecDeque::from([node]);
        while let Some(root) = roots.pop_front() {
            let tree = making.nested(trace.tree(), root, &mut roots);
            making.add(tree);
        }
    }
    for node in trace.tree().iter().filter(|node| node.is_subsegment && !node.children().any(|child| !child.is_subsegment)) {
        if making.done.limit_exceeded {
            break;
        }
        if let Some(inferred) = inferred(trace.id(), &node.segment) {
            let bytes = size(&inferred, trace.id());
            if bytes > making.left {
                making.done.limit_exceeded = true;
                break;
            }
            making.left -= bytes;
            let mut tree = ForestBuilder::new();
            tree.leaf(inferred);
            making.add(tree.finish());
        }
    }
    making.done
}

struct Making {
    trace: TraceId,
    limits: Limits,
    /// Bytes that may still be used.
    left: usize,
    done: Documents,
}

impl Making {
    /// A segment and the subsegments in it, as far as there is room. Those that need documents of their own are put into `roots`.
    fn nested<'a>(&mut self, all: &'a Forest<Placed>, root: Node<'a, Placed>, roots: &mut VecDeque<Node<'a, Placed>>) -> Forest<Segment> {
        let mut tree = ForestBuilder::new();
        let mut room = self.limits.document;
        let mut at = root.index();
        let end = after(root);
        while let Some(node) = all.get(at).filter(|_| at < end) {
            let depth = node.depth() - root.depth();
            // Below a segment of another service everything is in its own document.
            if depth > 0 && !node.is_subsegment {
                at = after(node);
                continue;
            }
            let segment = self.written(node, depth == 0);
            let bytes = size(&segment, self.trace);
            if depth > 0 && bytes > room {
                roots.push_back(node);
                at = after(node);
                continue;
            }
            if bytes > self.left {
                self.done.limit_exceeded = true;
                break;
            }
            self.left -= bytes;
            room = room.saturating_sub(bytes);
            while tree.depth() > depth {
                tree.close();
            }
            tree.open(segment);
            at += 1;
        }
        tree.finish()
    }

    /// A segment as its document has it; what the place in the document says is left out.
    fn written(&self, node: Node<'_, Placed>, is_root: bool) -> Segment {
        let mut segment = Segment::clone(&node.segment);
        (segment.trace_id, segment.kind) = (None, None);
        if is_root {
            segment.trace_id = Some(self.trace);
            segment.kind = node.is_subsegment.then(|| "subsegment".to_owned());
            // It may have come inside another document.
            segment.parent_id = node.parent().map(|parent| parent.id).or(segment.parent_id);
        } else {
            segment.parent_id = None;
        }
        segment
    }

    fn add(&mut self, tree: Forest<Segment>) {
        // Without a root there was no room.
        if let Some(document) = Document::from_tree(tree) {
            self.done.segments.push((document.root().id, document.to_json()));
        }
    }
}

/// The place behind a segment and everything below it.
fn after(node: Node<'_, Placed>) -> usize {
    node.index() + 1 + node.descendants().len()
}

/// Bytes of a segment without its children.
fn size(segment: &Segment, trace: TraceId) -> usize {
    let mut tree = ForestBuilder::new();
    let mut whole = segment.clone();
    whole.trace_id = Some(trace);
    tree.leaf(whole);
    Document::from_tree(tree.finish()).map_or(0, |document| document.to_json().len())
}

/// The segment that what was called would have sent, as far as the caller knows.
fn inferred(trace: TraceId, call: &Segment) -> Option<Segment> {
    let (name, origin) = called(call)?;
    let bits = hash(&[b"inferred", &trace.to_bits().to_be_bytes(), &call.id.to_bits().to_be_bytes()]);
    let mut segment = Segment::new(name, SegmentId::from_bits(bits).unwrap_or(call.id), call.start_time);
    segment.trace_id = Some(trace);
    segment.parent_id = Some(call.id);
    segment.origin = (origin != REMOTE).then_some(origin);
    (segment.end_time, segment.in_progress) = (call.end_time, call.in_progress);
    (segment.error, segment.throttle, segment.fault) = (call.error, call.throttle, call.fault);
    (segment.http, segment.aws, segment.sql) = (call.http.clone(), call.aws.clone(), call.sql.clone());
    segment.inferred = true;
    Some(segment)
}
