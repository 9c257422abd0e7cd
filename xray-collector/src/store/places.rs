//! The traces of the store: found by id, and in the order of their last documents.
//!
//! All in one list with places that are used again, so that a trace costs no allocation, and finding it four bytes beside it.

use hashbrown::{DefaultHashBuilder, HashTable};
use std::hash::BuildHasher;

use xray_model::TraceId;

use super::record::Record;

/// The place of a trace, until it is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u32);

impl Place {
    pub(super) const FIRST: Self = Self(0);
    pub(super) const LAST: Self = Self(u32::MAX);
}

/// Where a chain ends. There are never as many traces.
const NONE: Place = Place::LAST;

/// Bytes of memory of a trace beside what its record holds: its place, and its share of the table, which is three quarters full.
pub(super) const PLACE_BYTES: usize = size_of::<Option<Entry>>() + 8;

struct Entry {
    id: TraceId,
    record: Record,
    older: Place,
    newer: Place,
}

pub(super) struct Places {
    entries: Vec<Option<Entry>>,
    free: Vec<Place>,
    by_id: HashTable<Place>,
    hasher: DefaultHashBuilder,
    oldest: Place,
    newest: Place,
}

impl Default for Places {
    fn default() -> Self {
        let (by_id, hasher) = (HashTable::new(), DefaultHashBuilder::default());
        Self { entries: Vec::new(), free: Vec::new(), by_id, hasher, oldest: NONE, newest: NONE }
    }
}

impl Places {
    pub(super) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// The trace whose last document came before all others'.
    pub(super) fn oldest(&self) -> Option<Place> {
        (self.oldest != NONE).then_some(self.oldest)
    }

    /// The trace whose last document came after all others'.
    pub(super) fn newest(&self) -> Option<Place> {
        (self.newest != NONE).then_some(self.newest)
    }

    pub(super) fn find(&self, id: TraceId) -> Option<Place> {
        let entries = &self.entries;
        self.by_id.find(self.hasher.hash_one(id), |at| entry(entries, *at).is_some_and(|entry| entry.id == id)).copied()
    }

    pub(super) fn get(&self, at: Place) -> Option<(TraceId, &Record)> {
        entry(&self.entries, at).map(|entry| (entry.id, &entry.record))
    }

    pub(super) fn get_mut(&mut self, at: Place) -> Option<(TraceId, &mut Record)> {
        self.entry_mut(at).map(|entry| (entry.id, &mut entry.record))
    }

    /// All traces, in no order that means anything.
    pub(super) fn iter(&self) -> impl Iterator<Item = (TraceId, &Record)> {
        self.entries.iter().flatten().map(|entry| (entry.id, &entry.record))
    }

    /// Adds a trace that is not there, as the newest.
    pub(super) fn insert(&mut self, id: TraceId, record: Record) -> Place {
        let at = self.put(id, record);
        self.link(at);
        at
    }

    /// Adds a trace that is not there, as the oldest.
    pub(super) fn insert_oldest(&mut self, id: TraceId, record: Record) -> Place {
        let at = self.put(id, record);
        let after = std::mem::replace(&mut self.oldest, at);
        match self.entry_mut(after) {
            Some(entry) => entry.older = at,
            None => self.newest = at,
        }
        if let Some(entry) = self.entry_mut(at) {
            (entry.older, entry.newer) = (NONE, after);
        }
        at
    }

    /// Gives a trace a place, and none in the order yet.
    fn put(&mut self, id: TraceId, record: Record) -> Place {
        let at = self.free.pop().unwrap_or_else(|| {
            if self.entries.len() == self.entries.capacity() {
                // Twice as much each time would be memory that nobody uses; a list of this size is moved without copying.
                self.entries.reserve_exact(64.max(self.entries.len() / 8));
            }
            self.entries.push(None);
            Place(u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX))
        });
        if let Some(place) = self.entries.get_mut(at.0 as usize) {
            *place = Some(Entry { id, record, older: NONE, newer: NONE });
        }
        let (entries, hasher) = (&self.entries, &self.hasher);
        let hash_of = |at: &Place| entry(entries, *at).map_or(0, |entry| hasher.hash_one(entry.id));
        self.by_id.insert_unique(hasher.hash_one(id), at, hash_of);
        at
    }

    /// Makes a trace the newest.
    pub(super) fn touch(&mut self, at: Place) {
        if self.newest != at {
            self.unlink(at);
            self.link(at);
        }
    }

    pub(super) fn remove(&mut self, at: Place) -> Option<(TraceId, Record)> {
        entry(&self.entries, at)?;
        self.unlink(at);
        let removed = self.entries.get_mut(at.0 as usize)?.take()?;
        if let Ok(found) = self.by_id.find_entry(self.hasher.hash_one(removed.id), |other| *other == at) {
            found.remove();
        }
        self.free.push(at);
        Some((removed.id, removed.record))
    }

    fn entry_mut(&mut self, at: Place) -> Option<&mut Entry> {
        self.entries.get_mut(at.0 as usize)?.as_mut()
    }

    fn link(&mut self, at: Place) {
        let before = std::mem::replace(&mut self.newest, at);
        match self.entry_mut(before) {
            Some(entry) => entry.newer = at,
            None => self.oldest = at,
        }
        if let Some(entry) = self.entry_mut(at) {
            (entry.older, entry.newer) = (before, NONE);
        }
    }

    fn unlink(&mut self, at: Place) {
        let Some((older, newer)) = entry(&self.entries, at).map(|entry| (entry.older, entry.newer)) else { return };
        match self.entry_mut(older) {
            Some(entry) => entry.newer = newer,
            None => self.oldest = newer,
        }
        match self.entry_mut(newer) {
            Some(entry) => entry.older = older,
            None => self.newest = older,
        }
    }
}

fn entry(entries: &[Option<Entry>], at: Place) -> Option<&Entry> {
    entries.get(at.0 as usize)?.as_ref()
}
