//! One trace in the store: its documents as they came, and what is known about it without reading them again.

use std::sync::Arc;
use std::time::Instant;

use xray_model::TraceId;
use xray_model::document::Document;

use super::assemble::assemble;
use super::merge::merge;
use super::pack::Packed;
use crate::facts::{Facts, Names};
use crate::trace::Trace;

/// Estimate of the memory that a trace takes beside its documents and its facts: its places in the store's maps.
const RECORD_BYTES: usize = size_of::<Record>() + 160;

/// Traces of at most this many documents are put together again with each new one; larger ones when their number has doubled, when the
/// store is asked, or when nothing arrives for a moment. So a trace that is streamed in thousands of documents costs no square of them.
const DOCUMENTS_AT_ONCE: usize = 4;

pub(super) struct Record {
    documents: Vec<Packed>,
    /// Documents that arrived, also those that were there already.
    pub(super) arrived: u64,
    /// Segments and subsegments; those of documents that were not put together yet are counted in full.
    pub(super) segments: usize,
    bytes: usize,
    /// `None` until the first documents were put together.
    facts: Option<Arc<Facts>>,
    /// How many of the documents are in `facts`.
    known: usize,
    /// Place in the order of first documents.
    pub(super) born: u64,
    /// When the last document arrived.
    pub(super) changed: Instant,
    /// Place in the order of `changed`.
    pub(super) turn: u64,
}

impl Record {
    pub(super) fn new(born: u64, now: Instant) -> Self {
        Self { documents: Vec::new(), arrived: 0, segments: 0, bytes: RECORD_BYTES, facts: None, known: 0, born, changed: now, turn: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes + self.facts.as_ref().map_or(0, |facts| facts.bytes())
    }

    pub(super) fn documents(&self) -> &[Packed] {
        &self.documents
    }

    pub(super) fn facts(&self) -> Option<&Arc<Facts>> {
        self.facts.as_ref()
    }

    /// See [`Trace::is_complete`].
    pub(super) fn is_complete(&self) -> bool {
        self.facts.as_ref().is_some_and(|facts| facts.is_complete)
    }

    /// Whether documents arrived that are not in the facts.
    pub(super) fn is_stale(&self) -> bool {
        self.known < self.documents.len()
    }

    pub(super) fn add(&mut self, document: Document, packed: Packed, names: &mut Names, now: Instant) {
        self.changed = now;
        self.arrived += 1;
        self.segments += document.tree().len();
        self.bytes += packed.bytes();
        self.documents.push(packed);
        if self.documents.len() == 1 {
            // Just read: no need to do it again.
            self.know(document.trace_id(), [document], names);
        } else if self.documents.len() <= DOCUMENTS_AT_ONCE || self.documents.len() >= 2 * self.known {
            self.refresh(document.trace_id(), names);
        }
    }

    /// Puts the trace together again.
    pub(super) fn refresh(&mut self, id: TraceId, names: &mut Names) {
        self.documents.sort_unstable();
        self.documents.dedup_by(|one, other| {
            let is_there = one == other;
            self.bytes -= if is_there { one.bytes() } else { 0 };
            is_there
        });
        let documents: Vec<Document> = self.documents.iter().filter_map(Packed::read).collect();
        self.know(id, documents, names);
    }

    fn know(&mut self, id: TraceId, documents: impl IntoIterator<Item = Document>, names: &mut Names) {
        let trace = Trace::new(id, self.arrived, assemble(merge(documents)));
        self.segments = trace.tree().len();
        self.known = self.documents.len();
        self.facts = Some(Arc::new(Facts::of(&trace, names)));
    }
}

/// The documents of a trace, to be put together where the store is not locked.
pub(crate) struct Pieces {
    pub(super) id: TraceId,
    pub(super) arrived: u64,
    pub(super) documents: Vec<Packed>,
}

impl Pieces {
    pub(crate) fn assemble(self) -> Trace {
        Trace::new(self.id, self.arrived, assemble(merge(self.documents.iter().filter_map(Packed::read))))
    }

    /// The documents as they came.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Vec<u8>> {
        self.documents.iter().map(Packed::json)
    }
}
