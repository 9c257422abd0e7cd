//! Traces of invocations: what the handler's subsegment is, and what is told of one that will not end in time.

use std::collections::BinaryHeap;

use super::table::Table;
use super::{Details, ErrorKind, Identity, Key, Label, Phase, Record};
use crate::clock::Tick;
use crate::export::Batch;
use crate::value::{Annotation, Failure};

/// Marks an item of a batch that the answer gives back.
const ITEM_FAILED: &str = "batch_item_failure";

/// Items of a batch that can be told of by their ids.
const ITEMS_MAX: usize = 10_000;

/// What a function within an invocation may do with it that is traced by itself. The first one that comes takes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Within {
    /// Nothing: it is a call like any other.
    #[default]
    Nothing,
    /// It is the handler, and knows best what that is called and fails with.
    Tell,
    /// It is the handler, and the invocation ends with it.
    End,
}

/// What is known of an invocation.
#[derive(Debug)]
pub(crate) struct Handled {
    /// The subsegment of the function that handles it.
    pub(super) handler: Key,
    within: Within,
    /// What the function within failed with. Whether the invocation did is for whoever ends it to say.
    told: Option<Failure>,
    /// The subsegments of the items of a batch, by the ids that the answer names them with.
    items: Vec<(String, Key)>,
    /// The item after the one that was asked for last: answers mostly name them in their order.
    next_item: usize,
    /// What handled it, once it has.
    pub(super) operation: Option<Label>,
}

impl Table {
    /// Says which subsegment is that of the handler.
    pub(crate) fn set_handler(&mut self, key: Key, within: Within) {
        if let Some(identity) = self.identity.as_mut().filter(|_| key.serial >= self.first_serial) {
            let handled = Handled { handler: key, within, told: None, items: Vec::new(), next_item: 0, operation: None };
            identity.invocation = Some(Box::new(handled));
        }
    }

    /// Takes the invocation that `key` is in for a function within, if it is open and nobody has; `within` is for the next one. Says what may be
    /// done with the handler's subsegment.
    pub(crate) fn claim(&mut self, key: Key, label: &Label, within: Within) -> Option<(Key, Within)> {
        let handler = self.handler(key)?;
        let invocation = self.invocation(key)?;
        if invocation.within == Within::Nothing {
            return None;
        }
        let granted = std::mem::replace(&mut invocation.within, within);
        if let Some(record) = super::table::live(&mut self.records, handler) {
            record.label = label.clone();
        }
        Some((handler, granted))
    }

    fn invocation(&mut self, key: Key) -> Option<&mut Handled> {
        self.identity.as_mut().filter(|_| key.serial >= self.first_serial)?.invocation.as_deref_mut()
    }

    /// The subsegment of the handler that `key` is in, as long as it is open.
    fn handler(&self, key: Key) -> Option<Key> {
        self.recorder_of(key)?;
        let handler = self.identity.as_ref()?.invocation.as_ref()?.handler;
        self.get(handler).filter(|record| record.phase == Phase::Open).map(|_| handler)
    }

    /// Keeps what the function within failed with, in case the invocation fails by it.
    pub(crate) fn tell_failure(&mut self, key: Key, failure: Failure) {
        if let Some(invocation) = self.invocation(key) {
            invocation.told.get_or_insert(failure);
        }
    }

    /// Records what the handler `key` failed with: what the function within said, if it did. The segment failed too, if it is ours.
    pub(crate) fn fail_handler(&mut self, key: Key, failure: Failure) {
        let Some(invocation) = self.invocation(key).filter(|invocation| invocation.handler == key) else { return self.fail(key, failure) };
        let failure = invocation.told.take().unwrap_or(failure);
        let kind = failure.kind;
        self.fail(key, failure);
        let root = self.root();
        if root != key && self.get(root).is_some() {
            self.fail(root, kind.into());
        }
    }

    /// Whether there are items of a batch that could be told of.
    pub(crate) fn has_items(&mut self, key: Key) -> bool {
        self.invocation(key).is_some_and(|invocation| !invocation.items.is_empty())
    }

    /// Says that `key` is what becomes of the item `id` of a batch.
    pub(crate) fn set_item(&mut self, key: Key, id: String) {
        if let Some(invocation) = self.invocation(key).filter(|invocation| invocation.items.len() < ITEMS_MAX) {
            invocation.items.push((id, key));
            if let Some(record) = super::table::live(&mut self.records, key) {
                record.is_item = true;
            }
        }
    }

    /// Marks what became of an item as failed, which the answer says.
    pub(crate) fn fail_item(&mut self, key: Key, id: &str) {
        let Some(Handled { items, next_item, .. }) = self.invocation(key) else { return };
        let (before, after) = items.split_at(*next_item);
        let Some(at) = after.iter().chain(before).position(|(other, _)| other == id) else { return };
        let at = (*next_item + at) % items.len();
        let item = items[at].1;
        *next_item = at + 1;
        if self.get(item).is_none() {
            // It had to be sent before. How many failed stands at the handler.
            return;
        }
        let mut details = Box::<Details>::default();
        // The first one fits.
        let _ = details.annotate(ITEM_FAILED.into(), Annotation::Bool(true));
        self.attach_all(item, details, &[]);
        self.fail(item, ErrorKind::Fault.into());
    }

    /// Sets the user of an invocation, whose segment is not ours: an annotation can be searched for as well.
    pub(super) fn set_user_of_handler(&mut self, user: String) {
        if let Some(key) = self.identity.as_ref().and_then(|identity| identity.invocation.as_ref()).map(|invocation| invocation.handler) {
            let mut details = Box::<Details>::default();
            // The first one fits.
            let _ = details.annotate("user".into(), Annotation::Text(user));
            self.attach_all(key, details, &[]);
        }
    }

    /// Documents of what is open, as if it ended now, marked `timeout`. Nothing changes by it: what ends after all is sent again, whole and
    /// with the same ids, and takes the place of these.
    pub(super) fn snapshot(&mut self, key: Key, batch: &mut Option<Box<Batch>>) {
        let Some(handler) = self.handler(key) else { return };
        let mut copy = Self { identity: self.identity.as_ref().map(Identity::to_write), ..Self::default() };
        copy.records = self.records.iter_mut().map(Record::lend).collect();
        let end = Tick::now();
        let records = (0..).zip(&mut copy.records);
        let mut open = BinaryHeap::new();
        for (slot, record) in records.filter(|(_, record)| record.phase == Phase::Open && !record.foreign) {
            (record.phase, record.end, record.flags.timeout) = (Phase::Closed, end.max(record.start), true);
            record.flags.fault |= record.serial == handler.serial;
            record.tree_bytes += record.bytes();
            open.push((record.serial, slot));
        }
        // Those opened last come first, so that each hangs below its parent before that is written.
        while let Some((_, slot)) = open.pop() {
            let parent = copy.records[slot as usize].parent;
            match copy.get(parent).is_some_and(|parent| !parent.foreign) {
                true => copy.adopt(parent.slot, slot),
                false => copy.encode(slot, batch),
            }
        }
        for (own, copied) in self.records.iter_mut().zip(&mut copy.records) {
            own.details = copied.details.take();
        }
    }
}
