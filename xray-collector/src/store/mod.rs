//! Traces in memory: bounded, and indifferent to the order in which documents arrive.

mod assemble;
mod merge;
mod pack;
mod record;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Instant;

use xray_model::TraceId;
use xray_model::document::{Document, Forest, Timestamp};

use crate::facts::{Facts, Names};
use crate::settings::Settings;
use crate::trace::Placed;
pub(crate) use merge::Slot;
pub(crate) use pack::Packed;
pub(crate) use record::Pieces;
use record::Record;

/// Makes trees of documents of one trace.
pub(crate) fn put_together(documents: impl IntoIterator<Item = Document>) -> Forest<Placed> {
    assemble::assemble(merge::merge(documents))
}

/// All traces, and what had to go.
pub(crate) struct Store {
    segments_max: usize,
    bytes_max: usize,
    age_max: std::time::Duration,
    traces: HashMap<TraceId, Record>,
    /// Traces by the time of their last document: `Record::turn` to id.
    by_turn: BTreeMap<u64, TraceId>,
    /// Traces by the time they began.
    by_start: BTreeMap<(Timestamp, TraceId), Arc<Facts>>,
    /// Traces with documents that are not in their facts.
    stale: BTreeSet<TraceId>,
    names: Names,
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
            by_start: BTreeMap::new(),
            stale: BTreeSet::new(),
            names: Names::default(),
            turn: 0,
            counts: Counts::default(),
        }
    }

    pub(crate) fn traces(&self) -> usize {
        self.traces.len()
    }

    /// Grows with each document; tells whether anything changed since one looked.
    pub(crate) fn turn(&self) -> u64 {
        self.turn
    }

    /// Adds a document, given as it was understood and as it came.
    pub(crate) fn insert(&mut self, document: Document, packed: Packed, now: Instant) {
        self.expire(now);
        let id = document.trace_id();
        self.counts.documents += 1;
        let mut record = self.remove(id).unwrap_or_else(|| Record::new(self.turn, now));
        if record.segments + document.tree().len() > self.segments_max || record.bytes() + packed.bytes() > self.bytes_max {
            self.counts.refused += 1;
        } else {
            record.add(document, packed, &mut self.names, now);
        }
        if record.segments == 0 {
            return;
        }
        while self.counts.segments + record.segments > self.segments_max || self.counts.bytes + record.bytes() > self.bytes_max {
            let Some((_, &oldest)) = self.by_turn.first_key_value() else { break };
            self.remove(oldest);
            self.counts.evicted += 1;
        }
        self.turn += 1;
        record.turn = self.turn;
        self.put(id, record);
    }

    /// Puts together what arrived and was not put together yet.
    pub(crate) fn refresh(&mut self) {
        while let Some(id) = self.stale.first().copied() {
            let Some(mut record) = self.remove(id) else {
                self.stale.remove(&id);
                continue;
            };
            record.refresh(id, &mut self.names);
            self.put(id, record);
        }
    }

    /// Whether [`Self::refresh`] has anything to do.
    pub(crate) fn is_stale(&self) -> bool {
        !self.stale.is_empty()
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

    fn put(&mut self, id: TraceId, record: Record) {
        self.by_turn.insert(record.turn, id);
        if let Some(facts) = record.facts() {
            self.by_start.insert((facts.start, id), Arc::clone(facts));
        }
        if record.is_stale() {
            self.stale.insert(id);
        }
        self.counts.segments += record.segments;
        self.counts.bytes += record.bytes();
        self.counts.complete += usize::from(record.is_complete());
        self.traces.insert(id, record);
    }

    fn remove(&mut self, id: TraceId) -> Option<Record> {
        let record = self.traces.remove(&id)?;
        self.by_turn.remove(&record.turn);
        if let Some(facts) = record.facts() {
            self.by_start.remove(&(facts.start, id));
        }
        self.stale.remove(&id);
        self.counts.segments -= record.segments;
        self.counts.bytes -= record.bytes();
        self.counts.complete -= usize::from(record.is_complete());
        Some(record)
    }

    pub(crate) fn clear(&mut self) {
        self.traces.clear();
        self.by_turn.clear();
        self.by_start.clear();
        self.stale.clear();
        self.counts = Counts { segments: 0, bytes: 0, complete: 0, ..self.counts };
    }

    /// The documents of a trace, to be put together where the store is not locked.
    pub(crate) fn pieces(&self, id: TraceId) -> Option<Pieces> {
        let record = self.traces.get(&id)?;
        Some(Pieces { id, arrived: record.arrived, documents: record.documents().to_vec() })
    }

    /// The documents of all traces, in the order of their first documents.
    pub(crate) fn all_pieces(&self) -> Vec<Pieces> {
        let mut ids: Vec<_> = self.traces.iter().map(|(id, record)| (record.born, *id)).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|(_, id)| self.pieces(id)).collect()
    }

    /// What is known of one trace.
    pub(crate) fn facts(&mut self, id: TraceId) -> Option<Arc<Facts>> {
        self.refresh();
        self.traces.get(&id)?.facts().cloned()
    }

    /// What is known of the traces that began in a stretch of time, earliest first.
    pub(crate) fn facts_between(&mut self, range: RangeInclusive<Timestamp>) -> Vec<Arc<Facts>> {
        self.refresh();
        let (from, to) = (*range.start(), *range.end());
        if from > to {
            return Vec::new();
        }
        let ids = (from, TraceId::from_bits(0))..=(to, TraceId::from_bits(u128::MAX));
        self.by_start.range(ids).map(|(_, facts)| Arc::clone(facts)).collect()
    }
}

#[cfg(test)]
mod tests;
