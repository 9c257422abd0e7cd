//! One trace in the store: its segments by id, and what is known about it without putting it together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::Instant;

use xray_model::SegmentId;
use xray_model::document::{Document, Segment};

/// Estimate of the memory that a segment takes beside its text: its fields, its slot and its place in the map.
const SEGMENT_BYTES: usize = size_of::<Segment>() + size_of::<Slot>() + 64;

/// A segment or subsegment, and where it belongs.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) segment: Arc<Segment>,
    pub(crate) parent: Option<SegmentId>,
    pub(crate) is_subsegment: bool,
    pub(crate) bytes: usize,
    /// Its place in its document.
    pub(crate) index: usize,
}

impl Slot {
    /// Takes a document of `size` bytes apart.
    pub(crate) fn of(document: Document, size: usize) -> Vec<(SegmentId, Self)> {
        let share = size / document.tree().len() + SEGMENT_BYTES;
        let segments = document.into_segments();
        let ids: Vec<_> = segments.iter().map(|(segment, _)| segment.id).collect();
        let slot = |(index, (segment, around)): (usize, (Segment, Option<usize>))| {
            let parent = around.map(|index| ids[index]).or(segment.parent_id);
            let is_subsegment = around.is_some() || segment.is_independent_subsegment();
            (segment.id, Self { segment: Arc::new(segment), parent, is_subsegment, bytes: share, index })
        };
        segments.into_iter().enumerate().map(slot).collect()
    }

    /// Whether this one counts when both are about the same segment.
    ///
    /// A total order on what was sent, not on when it arrived: that is what makes traces independent of the order of arrival.
    fn beats(&self, other: &Self) -> bool {
        let rank = |slot: &Self| (slot.segment.end_time, slot.segment.start_time, slot.is_subsegment, slot.parent, slot.index);
        let (own, others) = (rank(self), rank(other));
        if own != others {
            return own > others;
        }
        // Rare: about the same time, but not the same.
        self.segment != other.segment && format!("{:?}", self.segment) > format!("{:?}", other.segment)
    }

    fn is_open(&self) -> bool {
        self.segment.end_time.is_none()
    }
}

pub(super) struct Record {
    slots: HashMap<SegmentId, Slot>,
    pub(super) documents: u64,
    bytes: usize,
    /// Segments without an end.
    open: usize,
    /// Slots that are no subsegments.
    segments_proper: usize,
    /// Parents named by subsegments that are not here, and by how many.
    missing: HashMap<SegmentId, usize>,
    /// Place in the order of first documents.
    pub(super) born: u64,
    /// When the last document arrived.
    pub(super) changed: Instant,
    /// Place in the order of `changed`.
    pub(super) turn: u64,
}

impl Record {
    pub(super) fn new(born: u64, now: Instant) -> Self {
        Self {
            slots: HashMap::new(),
            documents: 0,
            bytes: size_of::<Self>(),
            open: 0,
            segments_proper: 0,
            missing: HashMap::new(),
            born,
            changed: now,
            turn: 0,
        }
    }

    pub(super) fn segments(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.slots.values()
    }

    /// See [`Trace::is_complete`](crate::Trace::is_complete).
    pub(super) fn is_complete(&self) -> bool {
        self.segments_proper > 0 && self.open == 0 && self.missing.is_empty()
    }

    pub(super) fn add(&mut self, slots: Vec<(SegmentId, Slot)>, now: Instant) {
        self.changed = now;
        self.documents += 1;
        for (id, slot) in slots {
            self.add_slot(id, slot);
        }
    }

    fn add_slot(&mut self, id: SegmentId, slot: Slot) {
        match self.slots.entry(id) {
            Entry::Occupied(there) if !slot.beats(there.get()) => return,
            Entry::Occupied(mut there) => {
                let replaced = there.insert(slot.clone());
                self.count(&replaced, false);
            }
            Entry::Vacant(free) => {
                free.insert(slot.clone());
                self.missing.remove(&id);
            }
        }
        self.count(&slot, true);
    }

    fn count(&mut self, slot: &Slot, added: bool) {
        let change = |count: &mut usize, by: usize| *count = if added { *count + by } else { *count - by };
        change(&mut self.bytes, slot.bytes);
        change(&mut self.open, usize::from(slot.is_open()));
        change(&mut self.segments_proper, usize::from(!slot.is_subsegment));
        let Some(parent) = slot.parent.filter(|parent| slot.is_subsegment && !self.slots.contains_key(parent)) else { return };
        let children = self.missing.entry(parent).or_default();
        change(children, 1);
        if *children == 0 {
            self.missing.remove(&parent);
        }
    }
}
