//! From documents to segments: of those about the same segment one counts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use xray_model::SegmentId;
use xray_model::document::{Document, Segment};

/// A segment or subsegment, and where it belongs.
#[derive(Clone, Debug)]
pub(crate) struct Slot {
    pub(crate) segment: Arc<Segment>,
    pub(crate) parent: Option<SegmentId>,
    pub(crate) is_subsegment: bool,
    /// Its place in its document.
    pub(crate) index: usize,
}

impl Slot {
    /// Takes a document apart.
    fn of(document: Document) -> impl Iterator<Item = Self> {
        let segments = document.into_segments();
        let ids: Vec<_> = segments.iter().map(|(segment, _)| segment.id).collect();
        segments.into_iter().enumerate().map(move |(index, (segment, around))| {
            let parent = around.map(|index| ids[index]).or(segment.parent_id);
            let is_subsegment = around.is_some() || segment.is_independent_subsegment();
            Self { segment: Arc::new(segment), parent, is_subsegment, index }
        })
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
}

/// Each segment of the documents once.
pub(super) fn merge(documents: impl IntoIterator<Item = Document>) -> Vec<Slot> {
    let mut slots = HashMap::new();
    for slot in documents.into_iter().flat_map(Slot::of) {
        match slots.entry(slot.segment.id) {
            Entry::Occupied(there) if !slot.beats(there.get()) => {}
            Entry::Occupied(mut there) => drop(there.insert(slot)),
            Entry::Vacant(free) => drop(free.insert(slot)),
        }
    }
    slots.into_values().collect()
}
