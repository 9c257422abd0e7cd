//! Traces in memory: bounded, and indifferent to the order in which documents arrive.

mod assemble;
mod record;

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use xray_model::TraceId;
use xray_model::document::Document;

use crate::settings::Settings;
use crate::trace::Trace;
use record::Record;
pub(crate) use record::Slot;

/// All traces, and what had to go.
pub(crate) struct Store {
    segments_max: usize,
    bytes_max: usize,
    age_max: std::time::Duration,
    traces: HashMap<TraceId, Record>,
    /// Traces by the time of their last document: `Record::turn` to id.
    by_turn: BTreeMap<u64, TraceId>,
    turn: u64,
    pub(crate) counts: Counts,
}

/// What the store holds and what it lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) documents: u64,
    pub(crate) segments: usize,
    pub(crate) bytes: usize,
    pub(crate) complete: usize,
    /// Traces that had to make room.
    pub(crate) evicted: u64,
    /// Traces that were old.
    pub(crate) expired: u64,
    /// Documents of traces that alone fill the store.
    pub(crate) refused: u64,
}

impl Store {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            segments_max: settings.segments,
            bytes_max: settings.bytes,
            age_max: settings.age,
            traces: HashMap::new(),
            by_turn: BTreeMap::new(),
            turn: 0,
            counts: Counts::default(),
        }
    }

    pub(crate) fn traces(&self) -> usize {
        self.traces.len()
    }

    /// Adds a document that took `size` bytes.
    pub(crate) fn insert(&mut self, document: Document, size: usize, now: Instant) {
        self.expire(now);
        let id = document.trace_id();
        let slots = Slot::of(document, size);
        self.counts.documents += 1;
        let mut record = self.remove(id).unwrap_or_else(|| Record::new(self.turn, now));
        let bytes: usize = slots.iter().map(|(_, slot)| slot.bytes).sum();
        if record.segments() + slots.len() > self.segments_max || record.bytes() + bytes > self.bytes_max {
            self.counts.refused += 1;
        } else {
            record.add(slots, now);
        }
        if record.segments() == 0 {
            return;
        }
        while self.counts.segments + record.segments() > self.segments_max || self.counts.bytes + record.bytes() > self.bytes_max {
            let Some((_, &oldest)) = self.by_turn.first_key_value() else { break };
            self.remove(oldest);
            self.counts.evicted += 1;
        }
        self.put(id, record);
    }

    /// Forgets traces that got no document for longer than the limit.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some((_, &oldest)) = self.by_turn.first_key_value() {
            let quiet = self.traces.get(&oldest).map(|record| now.saturating_duration_since(record.changed));
            if quiet.is_some_and(|quiet| quiet <= self.age_max) {
                return;
            }
            self.remove(oldest);
            self.counts.expired += 1;
        }
    }

    fn put(&mut self, id: TraceId, mut record: Record) {
        self.turn += 1;
        record.turn = self.turn;
        self.by_turn.insert(self.turn, id);
        self.counts.segments += record.segments();
        self.counts.bytes += record.bytes();
        self.counts.complete += usize::from(record.is_complete());
        self.traces.insert(id, record);
    }

    fn remove(&mut self, id: TraceId) -> Option<Record> {
        let record = self.traces.remove(&id)?;
        self.by_turn.remove(&record.turn);
        self.counts.segments -= record.segments();
        self.counts.bytes -= record.bytes();
        self.counts.complete -= usize::from(record.is_complete());
        Some(record)
    }

    pub(crate) fn clear(&mut self) {
        self.traces.clear();
        self.by_turn.clear();
        self.counts = Counts { segments: 0, bytes: 0, complete: 0, ..self.counts };
    }

    /// The pieces of a trace, to be put together where the store is not locked.
    pub(crate) fn pieces(&self, id: TraceId) -> Option<Pieces> {
        let record = self.traces.get(&id)?;
        Some(Pieces { id, documents: record.documents, slots: record.slots().cloned().collect() })
    }

    /// The pieces of all traces, in the order of their first documents.
    pub(crate) fn all_pieces(&self) -> Vec<Pieces> {
        let mut ids: Vec<_> = self.traces.iter().map(|(id, record)| (record.born, *id)).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|(_, id)| self.pieces(id)).collect()
    }
}

/// A trace that is not put together yet.
pub(crate) struct Pieces {
    id: TraceId,
    documents: u64,
    slots: Vec<Slot>,
}

impl Pieces {
    pub(crate) fn assemble(self) -> Trace {
        Trace::new(self.id, self.documents, assemble::assemble(self.slots))
    }
}

#[cfg(test)]
mod tests;
