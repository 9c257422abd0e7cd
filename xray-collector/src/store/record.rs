//! One trace in the store: its documents as they came, and what is known about it without reading them again.

use std::sync::Arc;
use std::time::Instant;

use xray_model::TraceId;
use xray_model::document::Document;

use super::assemble::assemble;
use super::heap;
use super::merge::merge;
use super::pack::Packed;
use super::places::PLACE_BYTES;
use crate::facts::{Facts, Names};
use crate::settings::{TRACE_JSON_BYTES_MAX, TRACE_SEGMENTS_MAX};
use crate::trace::Trace;

/// Estimate of the memory that a trace takes beside its documents and its facts: its places in the store.
const RECORD_BYTES: usize = PLACE_BYTES + 32;

pub(super) struct Record {
    documents: Vec<Packed>,
    /// `None` until the first documents were put together.
    facts: Option<Arc<Facts>>,
    /// Bytes of the documents and the facts.
    bytes: usize,
    /// Segments and subsegments; those of documents that were not put together yet are counted in full.
    pub(super) segments: usize,
    /// Documents that arrived, also those that were there already.
    pub(super) arrived: u64,
    /// Place in the order of first documents; those from before this process are below zero.
    pub(super) born: i64,
    /// When the last document arrived.
    pub(super) changed: Instant,
    /// How many of the documents are in `facts`.
    known: u32,
    /// Bytes of JSON of the documents.
    json: u32,
}

impl Record {
    pub(super) fn new(born: i64, now: Instant) -> Self {
        Self { documents: Vec::new(), facts: None, bytes: 0, segments: 0, arrived: 0, born, changed: now, known: 0, json: 0 }
    }

    pub(super) fn bytes(&self) -> usize {
        // As much as the list of documents may have room for.
        let list = self.documents.capacity() * size_of::<Packed>();
        RECORD_BYTES + heap(list) + self.bytes
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

    /// Whether there is room in the trace for a document of so many segments and bytes of JSON.
    pub(super) fn has_room(&self, segments: usize, json: usize) -> bool {
        self.segments + segments <= TRACE_SEGMENTS_MAX && self.json as usize + json <= TRACE_JSON_BYTES_MAX
    }

    /// Whether most documents are not in the facts.
    pub(super) fn is_mostly_unknown(&self) -> bool {
        self.documents.len() >= 2 * self.known as usize
    }

    pub(super) fn add(&mut self, segments: usize, packed: Packed, now: Instant) {
        self.changed = self.changed.max(now);
        self.arrived += 1;
        self.segments += segments;
        self.bytes += packed.bytes();
        self.json = self.json.saturating_add(u32::try_from(packed.json_bytes()).unwrap_or(u32::MAX));
        if self.documents.is_empty() {
            // Most traces stay at one or a few.
            self.documents.reserve_exact(1);
        }
        self.documents.push(packed);
    }

    /// Puts the trace together again. `fresh` are the documents that were added last, if somebody still has them.
    pub(super) fn refresh(&mut self, id: TraceId, fresh: Vec<Document>, names: &mut Names) {
        let unread = self.documents.len() - fresh.len().min(self.documents.len());
        let read: Vec<Document> = self.documents.iter().take(unread).filter_map(Packed::read).chain(fresh).collect();
        let trace = Trace::new(id, self.arrived, assemble(merge(read)));
        each_once(&mut self.documents);
        self.segments = trace.tree().len();
        self.json = u32::try_from(self.documents.iter().map(Packed::json_bytes).sum::<usize>()).unwrap_or(u32::MAX);
        self.known = u32::try_from(self.documents.len()).unwrap_or(u32::MAX);
        let facts = Arc::new(Facts::of(&trace, names));
        self.bytes = self.documents.iter().map(Packed::bytes).sum::<usize>() + facts.bytes();
        self.facts = Some(facts);
    }
}

/// The documents of a trace, to be put together where the store is not locked.
pub(crate) struct Pieces {
    pub(super) id: TraceId,
    pub(super) arrived: u64,
    pub(super) documents: Vec<Packed>,
}

impl Pieces {
    /// Documents of one trace in the order in which they arrived; `None` if there are none.
    pub(crate) fn new(id: TraceId, mut documents: Vec<Packed>) -> Option<Self> {
        let arrived = documents.len() as u64;
        each_once(&mut documents);
        (arrived > 0).then_some(Self { id, arrived, documents })
    }

    pub(crate) fn assemble(self) -> Trace {
        Trace::new(self.id, self.arrived, assemble(merge(self.documents.iter().filter_map(Packed::read))))
    }

    /// The documents as they came.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Vec<u8>> {
        self.documents.iter().map(Packed::json)
    }
}

/// Leaves out documents that came more than once.
fn each_once(documents: &mut Vec<Packed>) {
    documents.sort_unstable_by_key(Packed::hash);
    documents.dedup_by(|one, other| one.is(other));
}
