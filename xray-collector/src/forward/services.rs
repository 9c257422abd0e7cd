//! Which service a subsegment belongs to that comes as a document of its own: it does not say.

use std::collections::VecDeque;
use std::sync::Arc;

use hashbrown::HashMap;
use xray_model::document::Document;
use xray_model::{SegmentId, TraceId};

use super::convert::is_segment;
use super::fields;
use crate::otlp::message::Resource;
use crate::settings::FORWARD_SERVICES_MAX;

/// What was seen lately; the oldest is forgotten first.
#[derive(Debug, Default)]
pub(super) struct Services {
    /// With an id, what that segment or subsegment belongs to; without, what came last in that trace.
    known: HashMap<(TraceId, Option<SegmentId>), Arc<Resource>>,
    order: VecDeque<(TraceId, Option<SegmentId>)>,
}

impl Services {
    /// Notes that a segment or subsegment belongs to a service.
    pub(super) fn learn(&mut self, trace: TraceId, id: SegmentId, service: &Arc<Resource>) {
        self.set((trace, Some(id)), service);
        self.set((trace, None), service);
    }

    /// Notes it of all that stand in a document.
    pub(super) fn learn_all(&mut self, document: &Document, service: &Arc<Resource>) {
        for node in document.tree().iter() {
            self.set((document.trace_id(), Some(node.id)), service);
        }
    }

    /// The service of a document: what it says, or else that of its parent, or else one of its trace; or else nothing is known.
    pub(super) fn of(&self, document: &Document) -> Arc<Resource> {
        let (root, trace) = (document.root(), document.trace_id());
        let of_parent = || self.known.get(&(trace, Some(root.parent_id?)));
        match is_segment(root) {
            true => Arc::new(fields::resource(&root)),
            false => of_parent().or_else(|| self.known.get(&(trace, None))).cloned().unwrap_or_default(),
        }
    }

    fn set(&mut self, key: (TraceId, Option<SegmentId>), service: &Arc<Resource>) {
        if self.known.insert(key, Arc::clone(service)).is_none() {
            self.order.push_back(key);
        }
        while self.order.len() > FORWARD_SERVICES_MAX {
            let Some(oldest) = self.order.pop_front() else { break };
            self.known.remove(&oldest);
        }
    }
}
