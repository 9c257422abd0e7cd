//! What a trace begins with, and what of it stays the same.

use xray_model::{SegmentId, TraceHeader, TraceId};

use super::handler::Handled;
use super::{Key, Label, NOWHERE};
use crate::clock::Origin;
use crate::ids::{self, Seed};
use crate::recorder::Recorder;
use crate::sys;

/// How a trace begins.
#[derive(Debug)]
pub(crate) enum Begin {
    /// A segment that is recorded.
    Segment(Label, TraceHeader),
    /// A segment that is not, and is observed for metrics.
    Measured(Label, TraceHeader),
    /// A segment that is not; kept for its header.
    Unsampled(TraceHeader),
    /// A segment that somebody else sends, as Lambda does for its functions. What is opened in it is sent from here, if it is sampled.
    Facade(TraceHeader, bool),
    /// No segment: only says which recorder the segments begun below it belong to.
    Scope,
}

/// What a trace begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    Segment,
    Unsampled,
    Facade,
    Scope,
}

/// What stays the same from begin to end.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) recorder: Recorder,
    pub(crate) origin: Origin,
    pub(crate) trace_id: TraceId,
    pub(crate) seed: Seed,
    pub(crate) upstream: TraceHeader,
    pub(super) root: Root,
    /// Whether it is sampled. What is not is recorded only as far as metrics need it, and not sent.
    pub(super) is_sampled: bool,
    /// Whether there are metrics to be made of it.
    pub(super) is_measured: bool,
    /// What is known of the invocation, if the trace is that of one.
    pub(super) invocation: Option<Box<Handled>>,
    /// The process that recorded it.
    pub(super) process: u32,
}

impl Identity {
    pub(super) fn new(recorder: Recorder, upstream: TraceHeader, root: Root, is_sampled: bool) -> Self {
        let origin = Origin::now();
        let (trace_id, seed) = match upstream.root {
            Some(root) => (root, Seed::below(upstream.parent)),
            None => ids::trace(origin.unix_seconds()),
        };
        let is_measured = recorder.is_measuring();
        Self { recorder, origin, trace_id, seed, upstream, root, is_sampled, is_measured, invocation: None, process: sys::process_id() }
    }

    /// What documents need of it.
    pub(super) fn to_write(&self) -> Self {
        let Self { origin, trace_id, seed, root, is_sampled, is_measured, process, .. } = *self;
        let (recorder, upstream) = (self.recorder.clone(), self.upstream.clone());
        Self { recorder, origin, trace_id, seed, upstream, root, is_sampled, is_measured, invocation: None, process }
    }

    /// Whether a record below `parent` is a segment, and no subsegment.
    pub(crate) fn is_segment(&self, parent: Key) -> bool {
        parent.slot == NOWHERE && self.root != Root::Facade
    }

    /// The id of a record that others are below.
    pub(crate) fn parent_id(&self, parent: Key) -> Option<SegmentId> {
        if parent.slot == NOWHERE { self.upstream.parent } else { Some(self.seed.segment(parent.serial)) }
    }
}
