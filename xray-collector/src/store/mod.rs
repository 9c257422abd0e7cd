//! Traces in memory: bounded, and indifferent to the order in which documents arrive.

mod assemble;
mod fresh;
mod merge;
mod pack;
mod places;
mod record;

use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Instant;

use xray_model::TraceId;
use xray_model::document::{Document, Forest, Timestamp};

use crate::facts::{Facts, Names};
use crate::settings::Settings;
use crate::trace::Placed;
use fresh::Fresh;
pub(crate) use merge::Slot;
pub(crate) use pack::{Packed, Packer};
use places::{Place, Places};
pub(crate) use record::Pieces;
use record::Record;

/// Traces of more documents than this are put together again only when their number has doubled, when the store is asked, or when nothing
/// arrives for a moment. So a trace that is streamed in thousands of documents costs no square of them.
const DOCUMENTS_AT_ONCE: usize = 4;

/// Traces that make room after which texts that no trace holds any more are looked for, unless there are far more texts than that.
const EVICTED_UNTIL_SWEEP: usize = 4_096;

/// Makes trees of documents of one trace.
pub(crate) fn put_together(documents: impl IntoIterator<Item = Document>) -> Forest<Placed> {
    assemble::assemble(merge::merge(documents))
}

/// All traces, and what had to go.
pub(crate) struct Store {
    segments_max: usize,
    bytes_max: usize,
    age_max: std::time::Duration,
    traces: Places,
    /// Traces by the time they began.
    by_start: BTreeSet<(Timestamp, Place)>,
    /// Traces with documents that are not in their facts.
    stale: BTreeSet<Place>,
    fresh: Fresh,
    names: Names,
    evicted_since_sweep: usize,
    turn: u64,
    /// Documents from before.
    restored: i64,
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
    /// Documents of traces that alone fill the store, or are as large as one may be.
    pub(crate) refused: u64,
}

impl Counts {
    fn add(&mut self, record: &Record) {
        self.segments += record.segments;
        self.bytes += record.bytes();
        self.complete += usize::from(record.is_complete());
    }

    fn subtract(&mut self, record: &Record) {
        self.segments -= record.segments;
        self.bytes -= record.bytes();
        self.complete -= usize::from(record.is_complete());
    }
}

impl Store {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            segments_max: settings.segments,
            bytes_max: settings.bytes,
            age_max: settings.age,
            traces: Places::default(),
            by_start: BTreeSet::new(),
            stale: BTreeSet::new(),
            fresh: Fresh::default(),
            names: Names::default(),
            evicted_since_sweep: 0,
            turn: 0,
            restored: 0,
            counts: Counts::default(),
        }
    }

    pub(crate) fn traces(&self) -> usize {
        self.traces.len()
    }

    /// Estimate of the memory that everything takes.
    pub(crate) fn bytes(&self) -> usize {
        self.counts.bytes + self.names.bytes() + self.fresh.bytes()
    }

    /// Grows with each document; tells whether anything changed since one looked.
    pub(crate) fn turn(&self) -> u64 {
        self.turn
    }

    /// Adds a document, given as it was understood and as it came. Tells whether it is kept.
    pub(crate) fn insert(&mut self, document: Document, packed: Packed, now: Instant) -> bool {
        self.expire(now);
        self.counts.documents += 1;
        let id = document.trace_id();
        let there = self.traces.find(id);
        if !self.has_room(there, &document, &packed) {
            self.counts.refused += 1;
            return false;
        }
        self.turn += 1;
        let place = match there {
            Some(place) => {
                self.traces.touch(place);
                place
            }
            None => {
                let record = Record::new(self.turn.cast_signed(), now);
                self.counts.add(&record);
                self.traces.insert(id, record)
            }
        };
        self.add(place, document, packed, now);
        self.make_room();
        true
    }

    /// Adds a document from before all that are here, which arrived at `when`: documents are given from the last to the first. Tells whether
    /// there may be room for more; nothing makes room for what is older.
    pub(crate) fn restore(&mut self, document: Document, packed: Packed, when: Instant, now: Instant) -> bool {
        let is_full = self.counts.segments + document.tree().len() > self.segments_max || self.bytes() + packed.bytes() > self.bytes_max;
        if is_full {
            return false;
        }
        let id = document.trace_id();
        let there = self.traces.find(id);
        if there.is_none() && now.saturating_duration_since(when) > self.age_max {
            return true;
        }
        if !self.has_room(there, &document, &packed) {
            return true;
        }
        self.turn += 1;
        self.restored += 1;
        let born = -self.restored;
        let place = there.unwrap_or_else(|| {
            let record = Record::new(born, when);
            self.counts.add(&record);
            self.traces.insert_oldest(id, record)
        });
        if let Some((_, record)) = self.traces.get_mut(place) {
            record.born = born;
        }
        self.add(place, document, packed, when);
        true
    }

    /// Whether a document does not make its trace larger than a trace may be, or than the store.
    fn has_room(&self, place: Option<Place>, document: &Document, packed: &Packed) -> bool {
        let segments = document.tree().len();
        match place.and_then(|place| self.traces.get(place)) {
            None => segments <= self.segments_max && packed.bytes() <= self.bytes_max,
            Some((_, record)) => {
                record.has_room(segments, packed.json_bytes())
                    && record.segments + segments <= self.segments_max
                    && record.bytes() + packed.bytes() <= self.bytes_max
            }
        }
    }

    /// Adds a document to a trace that is there.
    fn add(&mut self, place: Place, document: Document, packed: Packed, when: Instant) {
        let (segments, json) = (document.tree().len(), packed.json_bytes());
        if let Some((_, record)) = self.traces.get_mut(place) {
            self.counts.subtract(record);
            record.add(segments, packed, when);
            self.counts.add(record);
        }
        self.stale.insert(place);
        self.fresh.add(place, document, json);
        self.refresh_overdue();
    }

    /// Forgets the traces that were quiet longest, until the limits hold. The newest stays.
    fn make_room(&mut self) {
        while self.counts.segments > self.segments_max || self.counts.bytes + self.names.bytes() > self.bytes_max {
            let Some(oldest) = self.traces.oldest().filter(|oldest| Some(*oldest) != self.traces.newest()) else { return };
            self.remove(oldest);
            self.counts.evicted += 1;
            self.evicted_since_sweep += 1;
            if self.evicted_since_sweep >= EVICTED_UNTIL_SWEEP.max(self.names.len() / 4) {
                self.evicted_since_sweep = 0;
                self.names.sweep();
            }
        }
    }

    fn refresh_overdue(&mut self) {
        while let Some(place) = self.fresh.overdue() {
            let record = self.traces.get(place).map(|(_, record)| record);
            if record.is_some_and(|record| record.documents().len() <= DOCUMENTS_AT_ONCE || record.is_mostly_unknown()) {
                self.refresh_one(place);
            } else {
                // They are read again when somebody asks.
                self.fresh.take(place);
            }
        }
    }

    /// Puts together what arrived and was not put together yet.
    pub(crate) fn refresh(&mut self) {
        while let Some(place) = self.stale.first().copied() {
            self.refresh_one(place);
        }
        self.make_room();
    }

    fn refresh_one(&mut self, place: Place) {
        self.stale.remove(&place);
        let fresh = self.fresh.take(place);
        let Some((id, record)) = self.traces.get_mut(place) else { return };
        self.counts.subtract(record);
        let before = record.facts().map(|facts| facts.start);
        record.refresh(id, fresh, &mut self.names);
        self.counts.add(record);
        let after = record.facts().map(|facts| facts.start);
        if before != after {
            before.map(|start| self.by_start.remove(&(start, place)));
            after.map(|start| self.by_start.insert((start, place)));
        }
    }

    /// Forgets traces that got no document for longer than the limit.
    pub(crate) fn expire(&mut self, now: Instant) {
        while let Some(oldest) = self.traces.oldest() {
            let quiet = self.traces.get(oldest).map(|(_, record)| now.saturating_duration_since(record.changed));
            if quiet.is_some_and(|quiet| quiet <= self.age_max) {
                return;
            }
            self.remove(oldest);
            self.counts.expired += 1;
        }
    }

    fn remove(&mut self, place: Place) {
        self.stale.remove(&place);
        self.fresh.take(place);
        let Some((_, record)) = self.traces.remove(place) else { return };
        if let Some(facts) = record.facts() {
            self.by_start.remove(&(facts.start, place));
        }
        self.counts.subtract(&record);
    }

    pub(crate) fn clear(&mut self) {
        self.traces = Places::default();
        self.by_start.clear();
        self.stale.clear();
        self.fresh = Fresh::default();
        self.names.sweep();
        self.counts = Counts { segments: 0, bytes: 0, complete: 0, ..self.counts };
    }

    /// The documents of a trace, to be put together where the store is not locked.
    pub(crate) fn pieces(&self, id: TraceId) -> Option<Pieces> {
        let (_, record) = self.traces.get(self.traces.find(id)?)?;
        Some(Pieces { id, arrived: record.arrived, documents: record.documents().to_vec() })
    }

    /// The documents of all traces, in the order of their first documents.
    pub(crate) fn all_pieces(&self) -> Vec<Pieces> {
        let mut ids: Vec<_> = self.traces.iter().map(|(id, record)| (record.born, id)).collect();
        ids.sort_unstable();
        ids.into_iter().filter_map(|(_, id)| self.pieces(id)).collect()
    }

    /// What is known of one trace.
    pub(crate) fn facts(&mut self, id: TraceId) -> Option<Arc<Facts>> {
        let place = self.traces.find(id)?;
        if self.stale.contains(&place) {
            self.refresh_one(place);
        }
        self.traces.get(place)?.1.facts().cloned()
    }

    /// What is known of the traces that began in a stretch of time, earliest first.
    pub(crate) fn facts_between(&mut self, range: RangeInclusive<Timestamp>) -> Vec<Arc<Facts>> {
        self.refresh();
        let (from, to) = (*range.start(), *range.end());
        if from > to {
            return Vec::new();
        }
        let places = self.by_start.range((from, Place::FIRST)..=(to, Place::LAST));
        places.filter_map(|(_, place)| self.traces.get(*place)?.1.facts().cloned()).collect()
    }
}

/// What the allocator takes for so many bytes: each piece has a head, and a size that is a multiple of 16.
pub(crate) const fn heap(bytes: usize) -> usize {
    if bytes == 0 {
        return 0;
    }
    let whole = (bytes + 8).next_multiple_of(16);
    if whole < 32 { 32 } else { whole }
}

#[cfg(test)]
mod tests;
