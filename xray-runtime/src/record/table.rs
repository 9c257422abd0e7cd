//! The table of a trace's records.

use xray_model::{Sampled, TraceHeader, limits};

use super::identity::{Begin, Identity, Root};
use super::measure::Measured;
use super::{Flags, Key, Label, NOWHERE, Namespace, Phase, Record, Slot};
use crate::clock::Tick;
use crate::export::Batch;
use crate::ids::Seed;
use crate::metrics::pulse;
use crate::recorder::Recorder;
use crate::stats::{LossKind, LossReason};
use crate::sys;
use crate::value::Failure;

/// Records that an idle trace keeps room for.
const KEPT_RECORDS_MAX: usize = 256;

/// How a record ends.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) end: Tick,
    /// Boxed, as it is rare and large.
    pub(crate) failure: Option<Box<Failure>>,
    pub(crate) cancelled: bool,
}

impl Ending {
    pub(crate) fn now() -> Self {
        Self { end: Tick::now(), failure: None, cancelled: false }
    }
}

/// Why a subsegment was not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotOpened {
    /// Its trace has ended.
    Ended,
    /// There are too many in its trace.
    Full,
}

/// All that is known of a trace in this process.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(super) identity: Option<Identity>,
    pub(super) records: Vec<Record>,
    pub(super) free: Vec<Slot>,
    /// Open records that got closed children; those that have none any more, or are closed, are taken out now and then.
    pub(super) parents: Vec<Slot>,
    /// Places whose code goes on at other ones; see [`Self::detour`].
    pub(super) detours: Vec<(Key, Key)>,
    /// Records that are open, and contexts that are held.
    pub(super) open: usize,
    /// Rough size of what is closed and not sent.
    pub(super) pending_bytes: usize,
    /// The serial of the root; serials go on rising when the trace is used again.
    pub(super) first_serial: u64,
    pub(super) next_serial: u64,
}

impl Table {
    pub(super) fn begin(&mut self, recorder: &Recorder, begin: Begin) -> Key {
        self.first_serial = self.next_serial;
        self.open += 1;
        let (root, label, upstream, is_sampled) = match begin {
            Begin::Segment(label, upstream) => (Root::Segment, Some(label), upstream, true),
            Begin::Measured(label, upstream) => (Root::Segment, Some(label), upstream, false),
            Begin::Unsampled(upstream) => (Root::Unsampled, None, upstream, false),
            Begin::Facade(upstream, is_sampled) => (Root::Facade, None, upstream, is_sampled),
            Begin::Scope => (Root::Scope, None, TraceHeader::default(), false),
        };
        let identity = self.identity.insert(Identity::new(recorder.clone(), upstream, root, is_sampled));
        let start = identity.origin.tick();
        match label {
            Some(label) => self.insert(Key { serial: 0, slot: NOWHERE }, label, Namespace::Local, start),
            None => {
                self.next_serial += 1;
                Key { serial: self.first_serial, slot: NOWHERE }
            }
        }
    }

    pub(super) fn open(&mut self, parent: Key, label: Label, namespace: Namespace, start: Tick) -> Result<Key, NotOpened> {
        let Some(identity) = self.identity_of(parent) else { return Err(NotOpened::Ended) };
        if self.records.len() - self.free.len() >= limits::SUBSEGMENTS_OPEN_MAX {
            identity.recorder.lost(LossKind::Subsegment, LossReason::Limit, 1);
            return Err(NotOpened::Full);
        }
        if identity.process != sys::process_id() {
            self.after_fork();
        }
        self.open += 1;
        Ok(self.insert(parent, label, namespace, start))
    }

    /// Parent and child of a fork both go on from what was recorded. It is the parent's to send; the child sends what it records from now
    /// on, each subsegment naming the one it was opened in, and makes ids of its own for it.
    #[cold]
    fn after_fork(&mut self) {
        let Some(identity) = &mut self.identity else { return };
        identity.process = sys::process_id();
        self.next_serial += Seed::jump();
        for (slot, record) in self.records.iter_mut().enumerate() {
            record.foreign = true;
            record.first_child = NOWHERE;
            if record.phase == Phase::Closed {
                record.phase = Phase::Free;
                record.details = None;
                self.free.push(slot as Slot);
            }
        }
        self.parents.clear();
        self.pending_bytes = 0;
    }

    #[inline]
    fn insert(&mut self, parent: Key, label: Label, namespace: Namespace, start: Tick) -> Key {
        let serial = self.next_serial;
        self.next_serial += 1;
        let record = Record {
            serial,
            parent,
            start,
            end: start,
            label,
            details: None,
            first_child: NOWHERE,
            next: NOWHERE,
            tree_bytes: 0,
            namespace,
            flags: Flags::default(),
            phase: Phase::Open,
            foreign: false,
            is_item: false,
        };
        let slot = match self.free.pop() {
            Some(slot) => {
                self.records[slot as usize] = record;
                slot
            }
            None => {
                self.records.push(record);
                // Fits: `SUBSEGMENTS_OPEN_MAX` is far below.
                (self.records.len() - 1) as Slot
            }
        };
        Key { serial, slot }
    }

    /// Ends a record, and says what there is to measure of it.
    pub(super) fn close(&mut self, key: Key, ending: Ending, batch: &mut Option<Box<Batch>>) -> Option<Box<Measured>> {
        if key.slot == NOWHERE {
            // A root that is not recorded here.
            self.open = self.open.saturating_sub(usize::from(key.serial >= self.first_serial));
            return None;
        }
        let Some(identity) = &self.identity else { return None };
        let is_measured = pulse::IS_THERE && identity.is_measured;
        if identity.process != sys::process_id() {
            self.after_fork();
        }
        if let Some(failure) = ending.failure {
            self.fail(key, *failure);
        }
        let record = self.get_mut(key).filter(|record| record.phase == Phase::Open)?;
        record.phase = Phase::Closed;
        // The clock is monotonic; this guards against ticks that were taken on the way in and out in the wrong order.
        record.end = ending.end.max(record.start);
        record.flags.cancelled = ending.cancelled;
        let is_foreign = record.foreign;
        self.open -= 1;
        if is_foreign {
            self.forget(key.slot);
            return None;
        }
        let measured = if is_measured { self.measure(key) } else { None };
        self.keep(key.slot, batch);
        measured
    }

    /// Keeps what has been closed until it can be sent. So is what is not sampled: places within it are to be found as long as in any other trace.
    fn keep(&mut self, slot: Slot, batch: &mut Option<Box<Batch>>) {
        let record = &mut self.records[slot as usize];
        let bytes = record.bytes();
        record.tree_bytes += bytes;
        let parent = record.parent;
        self.pending_bytes += bytes;
        if self.get(parent).is_none_or(|parent| parent.foreign) {
            // The root, or a subsegment whose parent has been sent already, or is another process's to send.
            self.emit(slot, batch);
        } else {
            self.adopt(parent.slot, slot);
            if self.pending_bytes > limits::STREAM_BYTES_MIN {
                self.stream(batch);
            }
        }
    }

    /// Frees a record that is not to be sent.
    fn forget(&mut self, slot: Slot) {
        let record = &mut self.records[slot as usize];
        record.phase = Phase::Free;
        record.details = None;
        self.free.push(slot);
    }

    /// Whether what is recorded is sent.
    pub(crate) fn is_sampled(&self) -> bool {
        self.identity.as_ref().is_some_and(|identity| identity.is_sampled)
    }

    pub(super) fn discard(&mut self, key: Key, batch: &mut Option<Box<Batch>>) -> Option<Box<Measured>> {
        let is_parent = self.records.iter().any(|record| record.parent == key && record.phase != Phase::Free);
        match self.get_mut(key) {
            Some(record) if record.phase == Phase::Open && !record.foreign && !is_parent => {
                self.open -= 1;
                self.forget(key.slot);
                None
            }
            _ => self.close(key, Ending::now(), batch),
        }
    }

    /// Hangs a closed record below its parent.
    pub(super) fn adopt(&mut self, parent: Slot, child: Slot) {
        let tree_bytes = self.records[child as usize].tree_bytes;
        let serial = self.records[child as usize].serial;
        // Newest first. Children mostly close in the order they opened; those that do not are put in place if that is near.
        let mut before = NOWHERE;
        let mut after = self.records[parent as usize].first_child;
        if after == NOWHERE && self.records[parent as usize].phase == Phase::Open {
            self.parents.push(parent);
        }
        for _ in 0..8 {
            if after == NOWHERE || self.records[after as usize].serial < serial {
                break;
            }
            before = after;
            after = self.records[after as usize].next;
        }
        self.records[child as usize].next = after;
        match before {
            NOWHERE => self.records[parent as usize].first_child = child,
            before => self.records[before as usize].next = child,
        }
        // A parent that closed before its child has already been counted in its own parent.
        let mut ancestor = parent;
        loop {
            let record = &mut self.records[ancestor as usize];
            record.tree_bytes += tree_bytes;
            let above = record.parent;
            if record.phase == Phase::Open || self.get(above).is_none() {
                break;
            }
            ancestor = above.slot;
        }
    }

    pub(super) fn hold(&mut self, key: Key) -> bool {
        let usable = self.identity_of(key).is_some();
        self.open += usize::from(usable);
        usable
    }

    pub(super) fn release(&mut self) {
        self.open = self.open.saturating_sub(1);
    }

    pub(super) fn is_done(&self) -> bool {
        self.open == 0
    }

    /// Makes room for the next trace and hands out the recorder of this one.
    pub(super) fn reset(&mut self) -> Option<Recorder> {
        self.records.clear();
        self.free.clear();
        self.parents.clear();
        self.detours.clear();
        // One huge trace must not hold its memory for ever.
        self.records.shrink_to(KEPT_RECORDS_MAX);
        self.free.shrink_to(KEPT_RECORDS_MAX);
        self.parents.shrink_to(KEPT_RECORDS_MAX);
        self.pending_bytes = 0;
        self.first_serial = self.next_serial;
        self.identity.take().map(|identity| identity.recorder)
    }

    /// Gives back the room for records.
    pub(super) fn shrink(&mut self) {
        self.records.shrink_to_fit();
        self.free.shrink_to_fit();
        self.parents.shrink_to_fit();
    }

    /// The trace that `key` belongs to, unless it has ended: the table may serve another one by now.
    fn identity_of(&self, key: Key) -> Option<&Identity> {
        self.identity.as_ref().filter(|_| key.serial >= self.first_serial)
    }

    pub(super) fn recorder(&self) -> Option<&Recorder> {
        self.identity.as_ref().map(|identity| &identity.recorder)
    }

    pub(crate) fn get(&self, key: Key) -> Option<&Record> {
        self.records.get(key.slot as usize).filter(|record| record.serial == key.serial && record.phase != Phase::Free)
    }

    fn get_mut(&mut self, key: Key) -> Option<&mut Record> {
        live(&mut self.records, key)
    }

    /// The recorder that `key` belongs to, unless its trace has ended.
    pub(crate) fn recorder_of(&self, key: Key) -> Option<&Recorder> {
        self.identity_of(key).map(|identity| &identity.recorder)
    }

    /// The nearest ancestor of `key` that is open, itself included.
    pub(crate) fn nearest_open(&self, mut key: Key) -> Option<Key> {
        while let Some(record) = self.get(key) {
            if record.phase == Phase::Open {
                return Some(key);
            }
            key = record.parent;
        }
        // What was on the way has been sent ahead; the segment itself may go on.
        let root = self.root();
        let is_open = root.slot == NOWHERE || self.get(root).is_some_and(|record| record.phase == Phase::Open);
        (is_open && self.identity_of(key).is_some()).then_some(root)
    }

    pub(super) fn root(&self) -> Key {
        let is_facade = self.identity.as_ref().is_some_and(|identity| identity.root == Root::Facade);
        Key { serial: self.first_serial, slot: if is_facade { NOWHERE } else { 0 } }
    }

    /// The header that names `key` as the caller.
    pub(crate) fn header(&self, key: Key) -> Option<TraceHeader> {
        let identity = self.identity_of(key)?;
        let sampled = match identity.root {
            // The segment is somebody else's, and so is what is said of it; and of what is not recorded there is nothing else to say.
            Root::Facade if key.slot == NOWHERE || !identity.is_sampled => {
                return Some(identity.upstream.clone()).filter(|header| header.root.is_some());
            }
            _ if identity.is_sampled => Sampled::Yes,
            _ => Sampled::No,
        };
        Some(TraceHeader::new(identity.trace_id, Some(identity.seed.segment(key.serial)), sampled).with_extras(identity.upstream.extras()))
    }

    /// Whether the upstream wants to know how the trace was sampled.
    pub(crate) fn was_asked(&self, key: Key) -> bool {
        self.identity_of(key).is_some_and(|identity| identity.upstream.sampled == Sampled::Requested)
    }
}

pub(super) fn live(records: &mut [Record], key: Key) -> Option<&mut Record> {
    records.get_mut(key.slot as usize).filter(|record| record.serial == key.serial && record.phase != Phase::Free)
}
