//! From segments in any order to trees.
//!
//! Everything here is a loop over lists: a trace may be a chain of any length, and one that was forged may even close to a ring.

use std::collections::HashMap;

use xray_model::SegmentId;
use xray_model::document::{Forest, ForestBuilder};

use super::Slot;
use crate::trace::Placed;

pub(super) fn assemble(mut slots: Vec<Slot>) -> Forest<Placed> {
    // What starts in the same moment stays as its document has it.
    slots.sort_unstable_by_key(|slot| (slot.segment.start_time, slot.index, slot.segment.id));
    let places: HashMap<SegmentId, usize> = slots.iter().enumerate().map(|(place, slot)| (slot.segment.id, place)).collect();
    let parents: Vec<Option<usize>> = slots.iter().map(|slot| places.get(&slot.parent?).copied()).collect();
    let mut growing = Growing { children: Children::of(&parents), slots, done: vec![false; parents.len()], tree: ForestBuilder::new() };
    let mut roots: Vec<usize> = (0..parents.len()).filter(|&place| parents[place].is_none()).collect();
    roots.sort_by_key(|&place| growing.rank(place));
    for root in roots {
        growing.grow(root);
    }
    // What no root leads to hangs on a ring.
    for place in 0..parents.len() {
        if !growing.done[place] {
            growing.grow(first_of_ring(place, &parents));
        }
    }
    growing.tree.finish()
}

/// The earliest slot of the ring that one gets to by going up from `place`.
fn first_of_ring(place: usize, parents: &[Option<usize>]) -> usize {
    let up = |place: usize| parents[place].unwrap_or(place);
    // Two walkers, one twice as fast: they meet in the ring.
    let (mut slow, mut fast) = (up(place), up(up(place)));
    while slow != fast {
        (slow, fast) = (up(slow), up(up(fast)));
    }
    let (mut first, mut walker) = (slow, up(slow));
    while walker != slow {
        (first, walker) = (first.min(walker), up(walker));
    }
    first
}

/// Children of each slot in their order, in one list.
struct Children {
    /// Where the children of each slot begin in `list`; one more at the end.
    begin: Vec<usize>,
    list: Vec<usize>,
}

impl Children {
    fn of(parents: &[Option<usize>]) -> Self {
        let mut begin = vec![0; parents.len() + 1];
        for parent in parents.iter().flatten() {
            begin[parent + 1] += 1;
        }
        for place in 0..parents.len() {
            begin[place + 1] += begin[place];
        }
        let mut next = begin.clone();
        let mut list = vec![0; begin[parents.len()]];
        for (place, parent) in parents.iter().enumerate() {
            if let Some(parent) = *parent {
                list[next[parent]] = place;
                next[parent] += 1;
            }
        }
        Self { begin, list }
    }
}

struct Growing {
    slots: Vec<Slot>,
    children: Children,
    done: Vec<bool>,
    tree: ForestBuilder<Placed>,
}

impl Growing {
    /// Order of the roots; equal ones stay in the order of time.
    fn rank(&self, place: usize) -> u8 {
        let slot = &self.slots[place];
        match (slot.is_subsegment, slot.parent) {
            (false, None) => 0,
            (false, Some(_)) => 1,
            (true, _) => 2,
        }
    }

    /// Adds a root and all below it.
    fn grow(&mut self, root: usize) {
        let missing = self.slots[root].parent;
        self.open(root, missing);
        let mut path = vec![(root, self.children.begin[root])];
        while let Some((place, next)) = path.last_mut() {
            if *next == self.children.begin[*place + 1] {
                self.tree.close();
                path.pop();
                continue;
            }
            let child = self.children.list[*next];
            *next += 1;
            // In a ring, the way down ends at the root it began with.
            if !self.done[child] {
                self.open(child, None);
                path.push((child, self.children.begin[child]));
            }
        }
    }

    fn open(&mut self, place: usize, missing_parent: Option<SegmentId>) {
        let slot = &self.slots[place];
        self.done[place] = true;
        self.tree.open(Placed { segment: slot.segment.clone(), is_subsegment: slot.is_subsegment, missing_parent });
    }
}
