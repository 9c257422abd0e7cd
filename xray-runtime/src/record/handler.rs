//! Traces of invocations: what the handler's subsegment is, and what is told of one that will not end in time.

use std::collections::BinaryHeap;

use super::table::Table;
use super::{Details, ErrorKind, Key, Label, Phase, Record};
use crate::clock::Tick;
use crate::export::Batch;
use crate::value::{Annotation, Failure};

/// Marks an item of a batch that the answer gives back.
const ITEM_FAILED: &str = "batch_item_failure";

/// Items of a batch that can be told of by their ids.
const ITEMS_MAX: usize = 10_000;

/// What is known of an invocation.
#[derive(Clone, Debug)]
pub(crate) struct Handled {
    /// The subsegment of the function that handles it.
    handler: Key,
    /// Whether that function is traced by itself, and ends it.
    ends_within: bool,
    /// Whether it has been recorded how the handler failed.
    failed: bool,
    /// The subsegments of the items of a batch, by the ids that the answer names them with.
    items: Vec<(String, Key)>,
}

impl Table {
    /// Says which subsegment is that of the handler.
    pub(crate) fn set_handler(&mut self, key: Key, ends_within: bool) {
        if let Some(identity) = self.identity.as_mut().filter(|_| key.serial >= self.first_serial) {
            identity.invocation = Some(Box::new(Handled { handler: key, ends_within, failed: false, items: Vec::new() }));
        }
    }

    fn invocation(&mut self, key: Key) -> Option<&mut Handled> {
        self.identity.as_mut().filter(|_| key.serial >= self.first_serial)?.invocation.as_deref_mut()
    }

    /// The subsegment of the handler that `key` is in, as long as it is open, and whether a function within ends it.
    pub(crate) fn handler(&self, key: Key) -> Option<(Key, bool)> {
        self.recorder_of(key)?;
        let Handled { handler, ends_within, .. } = **self.identity.as_ref()?.invocation.as_ref()?;
        self.get(handler).filter(|record| record.phase == Phase::Open).map(|_| (handler, ends_within))
    }

    /// Records what the handler `key` failed with, if nobody has done so before. The segment failed too, if it is ours.
    pub(crate) fn fail_handler(&mut self, key: Key, failure: Failure) {
        if self.invocation(key).is_some_and(|invocation| std::mem::replace(&mut invocation.failed, true)) {
            return;
        }
        let kind = failure.kind;
        self.fail(key, failure);
        let root = self.root();
        if self.invocation(key).is_some() && root != key && self.get(root).is_some() {
            self.fail(root, kind.into());
        }
    }

    /// Says that `key` is what becomes of the item `id` of a batch.
    pub(crate) fn set_item(&mut self, key: Key, id: String) {
        if let Some(invocation) = self.invocation(key).filter(|invocation| invocation.items.len() < ITEMS_MAX) {
            invocation.items.push((id, key));
        }
    }

    /// Marks what became of an item as failed, which the answer says.
    pub(crate) fn fail_item(&mut self, key: Key, id: &str) {
        let items = self.invocation(key).map(|invocation| &invocation.items);
        let Some(item) = items.and_then(|items| items.iter().find(|(other, _)| other == id)).map(|(_, item)| *item) else { return };
        let mut details = Box::<Details>::default();
        // The first one fits.
        let _ = details.annotate(ITEM_FAILED.into(), Annotation::Bool(true));
        self.attach_all(item, details, &[]);
        self.fail(item, ErrorKind::Fault.into());
    }

    /// Gives a record another name.
    pub(crate) fn rename(&mut self, key: Key, label: Label) {
        if let Some(record) = super::table::live(&mut self.records, key) {
            record.label = label;
        }
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
        let Some((handler, _)) = self.handler(key) else { return };
        let mut copy = Self { identity: self.identity.clone(), ..Self::default() };
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
