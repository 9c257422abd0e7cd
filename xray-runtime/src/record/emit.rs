//! Turning complete subtrees into documents.

use std::collections::BinaryHeap;

use xray_model::limits::{ITEMS_HELD_BYTES_MAX, STREAM_BYTES_MIN};

use super::table::Table;
use super::{NOWHERE, Phase, Slot};
use crate::export::{Batch, Tree};

impl Table {
    /// Encodes the subtree of `top`, a closed record that hangs nowhere, and frees its records.
    pub(super) fn emit(&mut self, top: Slot, batch: &mut Option<Box<Batch>>) {
        self.encode(top, batch);
        self.pending_bytes = self.pending_bytes.saturating_sub(self.records[top as usize].tree_bytes);
        if self.is_done() {
            // All of it was in this tree, and the reset that follows frees it at once.
            return;
        }
        self.free_tree(top);
    }

    /// Sends completed subtrees ahead of the document that would have held them, the largest first, until there is room again.
    ///
    /// Subtrees whose own parent is complete too are not touched: they travel with it, in one datagram.
    pub(super) fn stream(&mut self, batch: &mut Option<Box<Batch>>) {
        // Heaps, not sorted lists, here and in other rare places: they are a tenth of the code.
        let mut parents = BinaryHeap::from(std::mem::take(&mut self.parents));
        while let Some(parent) = parents.pop() {
            let record = &self.records[parent as usize];
            if record.phase == Phase::Open && record.first_child != NOWHERE && self.parents.last() != Some(&parent) {
                self.parents.push(parent);
            }
        }
        let mut tops = BinaryHeap::new();
        // What becomes of items of a batch is only known with the answer, but not any number of them can wait for it.
        let items_too = self.pending_bytes > ITEMS_HELD_BYTES_MAX;
        for parent in &self.parents {
            let mut child = self.records[*parent as usize].first_child;
            while child != NOWHERE {
                let record = &self.records[child as usize];
                if items_too || !record.is_item {
                    tops.push((record.tree_bytes, child, *parent));
                }
                child = record.next;
            }
        }
        while let Some((bytes, child, parent)) = tops.pop().filter(|_| self.pending_bytes > STREAM_BYTES_MIN * 3 / 4) {
            let above = &mut self.records[parent as usize];
            above.tree_bytes = above.tree_bytes.saturating_sub(bytes);
            self.encode(child, batch);
            self.pending_bytes = self.pending_bytes.saturating_sub(bytes);
            self.free_tree(child);
        }
        self.unhang_freed();
    }

    /// Takes freed records out of the lists of open parents. Their own `next` is still good: no slot has been used again yet.
    fn unhang_freed(&mut self) {
        for parent in self.parents.iter().map(|parent| *parent as usize) {
            let mut last = NOWHERE;
            let mut child = std::mem::replace(&mut self.records[parent].first_child, NOWHERE);
            while child != NOWHERE {
                let next = std::mem::replace(&mut self.records[child as usize].next, NOWHERE);
                if self.records[child as usize].phase != Phase::Free {
                    match last {
                        NOWHERE => self.records[parent].first_child = child,
                        last => self.records[last as usize].next = child,
                    }
                    last = child;
                }
                child = next;
            }
        }
    }

    pub(super) fn encode(&mut self, top: Slot, batch: &mut Option<Box<Batch>>) {
        if !self.is_sampled() {
            return;
        }
        self.sort_children(top);
        let Some(identity) = &self.identity else { return };
        let record = &mut self.records[top as usize];
        if record.parent.slot == NOWHERE
            && let Some(losses) = identity.recorder.untold_losses(identity.origin)
        {
            record.details.get_or_insert_default().tell_losses(losses);
        }
        batch.get_or_insert_with(Batch::take).add(&Tree { identity, records: &self.records, top });
    }

    /// Lists of children are kept newest first; documents have the oldest first.
    fn sort_children(&mut self, top: Slot) {
        let mut at = top;
        loop {
            let first = self.reversed(self.records[at as usize].first_child);
            self.records[at as usize].first_child = first;
            match self.after(at, top, first) {
                NOWHERE => break,
                next => at = next,
            }
        }
    }

    fn reversed(&mut self, mut from: Slot) -> Slot {
        let mut done = NOWHERE;
        while from != NOWHERE {
            let next = std::mem::replace(&mut self.records[from as usize].next, done);
            done = from;
            from = next;
        }
        done
    }

    /// The record after `at` on the way through the tree of `top`, parents before children.
    fn after(&self, mut at: Slot, top: Slot, first_child: Slot) -> Slot {
        if first_child != NOWHERE {
            return first_child;
        }
        while at != top {
            let record = &self.records[at as usize];
            if record.next != NOWHERE {
                return record.next;
            }
            at = record.parent.slot;
        }
        NOWHERE
    }

    fn free_tree(&mut self, top: Slot) {
        let mut doomed = vec![top];
        while let Some(slot) = doomed.pop() {
            let record = &mut self.records[slot as usize];
            record.phase = Phase::Free;
            record.details = None;
            let mut child = record.first_child;
            while child != NOWHERE {
                doomed.push(child);
                child = self.records[child as usize].next;
            }
            self.free.push(slot);
        }
    }
}
