//! Segments of a trace as documents, as BatchGetTraces returns them: one for each segment, with its subsegments inside, and one for each that is
//! inferred from a call.

use xray_model::document::{Document, Forest, ForestBuilder, Node, Segment};
use xray_model::{SegmentId, TraceId};

use super::token::hash;
use crate::facts::{REMOTE, called};
use crate::settings::TRACE_BYTES_MAX;
use crate::trace::{Placed, Trace};

/// The documents of a trace.
pub(super) struct Documents {
    /// Id and JSON of each.
    pub(super) segments: Vec<(SegmentId, String)>,
    /// There would be more of them than X-Ray gives.
    pub(super) limit_exceeded: bool,
}

/// The documents of a trace: what was sent first, then what is inferred, up to the size that X-Ray keeps of a trace.
pub(super) fn of(trace: &Trace) -> Documents {
    let mut making = Making { trace: trace.id(), left: TRACE_BYTES_MAX, done: Documents { segments: Vec::new(), limit_exceeded: false } };
    for node in trace.tree().iter().filter(|node| !node.is_subsegment || node.parent().is_none()) {
        let tree = making.nested(node);
        making.add(tree);
    }
    for node in trace.tree().iter().filter(|node| node.is_subsegment && !node.children().any(|child| !child.is_subsegment)) {
        if making.done.limit_exceeded {
            break;
        }
        if let Some(inferred) = inferred(trace.id(), &node.segment) {
            making.left = making.left.saturating_sub(size(&inferred, trace.id()));
            let mut tree = ForestBuilder::new();
            tree.leaf(inferred);
            making.add(tree.finish());
        }
    }
    making.done
}

struct Making {
    trace: TraceId,
    /// Bytes that may still be used.
    left: usize,
    done: Documents,
}

impl Making {
    /// A segment and the subsegments in it, as far as there is room.
    fn nested(&mut self, root: Node<'_, Placed>) -> Forest<Segment> {
        let mut tree = ForestBuilder::new();
        // Below a segment of another service everything is in its own document; below one that found no room, nothing has any.
        let mut skipped: Option<usize> = None;
        for node in std::iter::once(root).chain(root.descendants()) {
            if skipped.is_some_and(|depth| node.depth() > depth) {
                continue;
            }
            skipped = None;
            let depth = node.depth() - root.depth();
            if depth > 0 && !node.is_subsegment {
                skipped = Some(node.depth());
                continue;
            }
            let mut segment = Segment::clone(&node.segment);
            if depth == 0 {
                segment.trace_id = Some(self.trace);
            } else {
                // Said by the place in the document.
                (segment.trace_id, segment.parent_id, segment.kind) = (None, None, None);
            }
            let bytes = size(&segment, self.trace);
            if bytes > self.left {
                self.done.limit_exceeded = true;
                break;
            }
            self.left -= bytes;
            while tree.depth() > depth {
                tree.close();
            }
            tree.open(segment);
        }
        tree.finish()
    }

    fn add(&mut self, tree: Forest<Segment>) {
        // Without a root there was no room.
        if let Some(document) = Document::from_tree(tree) {
            self.done.segments.push((document.root().id, document.to_json()));
        }
    }
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
