//! The table of a trace's records.

use xray_model::{Sampled, TraceHeader, TraceId, limits};

use super::node::Full;
use super::{Details, Flags, Key, Label, NOWHERE, Namespace, Phase, Record, Slot};
use crate::clock::{Origin, Tick};
use crate::export::Batch;
use crate::ids::{self, Seed};
use crate::recorder::Recorder;
use crate::stats::{LossKind, LossReason};
use crate::value::{Exception, Failure, Frame};

/// Records that an idle trace keeps room for.
const KEPT_RECORDS_MAX: usize = 256;

/// How a trace begins.
#[derive(Debug)]
pub(crate) enum Begin {
    /// A segment that is recorded.
    Segment(Label, TraceHeader),
    /// A segment that is not; kept for its header.
    Unsampled(TraceHeader),
    /// No segment: only says which recorder the segments begun below it belong to.
    Scope,
}

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

/// All that is known of a trace in this process.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(super) identity: Option<Identity>,
    pub(super) records: Vec<Record>,
    pub(super) free: Vec<Slot>,
    /// Records that are open, and contexts that are held.
    open: usize,
    /// Rough size of what is closed and not sent.
    pub(super) pending_bytes: usize,
    /// The serial of the root; serials go on rising when the trace is used again.
    first_serial: u64,
    next_serial: u64,
}

/// What stays the same from begin to end.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) recorder: Recorder,
    pub(crate) origin: Origin,
    pub(crate) trace_id: TraceId,
    pub(crate) seed: Seed,
    pub(crate) upstream: TraceHeader,
    recording: bool,
}

impl Identity {
    fn new(recorder: Recorder, upstream: TraceHeader, recording: bool) -> Self {
        let origin = Origin::now();
        let (trace_id, seed) = match upstream.root {
            Some(root) => (root, Seed::random()),
            None => ids::trace(origin.unix_seconds()),
        };
        Self { recorder, origin, trace_id, seed, upstream, recording }
    }
}

impl Table {
    pub(super) fn begin(&mut self, recorder: &Recorder, begin: Begin) -> Key {
        self.first_serial = self.next_serial;
        self.open += 1;
        let (label, upstream) = match begin {
            Begin::Segment(label, upstream) => (Some(label), upstream),
            Begin::Unsampled(upstream) => (None, upstream),
            Begin::Scope => (None, TraceHeader::default()),
        };
        let identity = self.identity.insert(Identity::new(recorder.clone(), upstream, label.is_some()));
        let start = identity.origin.tick();
        match label {
            Some(label) => self.insert(Key { serial: 0, slot: NOWHERE }, label, Namespace::Local, start),
            None => {
                self.next_serial += 1;
                Key { serial: self.first_serial, slot: NOWHERE }
            }
        }
    }

    pub(super) fn open(&mut self, parent: Key, label: Label, namespace: Namespace, start: Tick) -> Option<Key> {
        let Some(identity) = self.identity.as_ref().filter(|_| parent.serial >= self.first_serial) else {
            crate::context::trace_ended();
            return None;
        };
        if self.records.len() - self.free.len() >= limits::SUBSEGMENTS_OPEN_MAX {
            identity.recorder.lost(LossKind::Subsegment, LossReason::Limit, 1);
            return None;
        }
        self.open += 1;
        Some(self.insert(parent, label, namespace, start))
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

    pub(super) fn close(&mut self, key: Key, ending: Ending, batch: &mut Option<Box<Batch>>) {
        if key.slot == NOWHERE {
            // The root of an unsampled trace, or a scope.
            self.open = self.open.saturating_sub(usize::from(key.serial >= self.first_serial));
            return;
        }
        if let Some(failure) = ending.failure {
            self.fail(key, *failure);
        }
        let Some(record) = self.get_mut(key).filter(|record| record.phase == Phase::Open) else { return };
        record.phase = Phase::Closed;
        // The clock is monotonic; this guards against ticks that were taken on the way in and out in the wrong order.
        record.end = ending.end.max(record.start);
        record.flags.cancelled = ending.cancelled;
        let bytes = record.bytes();
        record.tree_bytes += bytes;
        let parent = record.parent;
        self.open -= 1;
        self.pending_bytes += bytes;
        if self.get(parent).is_none() {
            // The root, or a subsegment whose parent has been sent already.
            self.emit(key.slot, batch);
        } else {
            self.adopt(parent.slot, key.slot);
            if self.pending_bytes > limits::STREAM_BYTES_MIN {
                self.stream(batch);
            }
        }
    }

    /// Hangs a closed record below its parent.
    fn adopt(&mut self, parent: Slot, child: Slot) {
        let tree_bytes = self.records[child as usize].tree_bytes;
        let serial = self.records[child as usize].serial;
        // Newest first. Children mostly close in the order they opened; those that do not are put in place if that is near.
        let mut before = NOWHERE;
        let mut after = self.records[parent as usize].first_child;
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
        let usable = self.identity.is_some() && key.serial >= self.first_serial;
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
        // One huge trace must not hold its memory for ever.
        self.records.shrink_to(KEPT_RECORDS_MAX);
        self.free.shrink_to(KEPT_RECORDS_MAX);
        self.pending_bytes = 0;
        self.first_serial = self.next_serial;
        self.identity.take().map(|identity| identity.recorder)
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
        self.recorder().filter(|_| key.serial >= self.first_serial)
    }

    /// The nearest ancestor of `key` that is open, itself included.
    pub(crate) fn nearest_open(&self, mut key: Key) -> Option<Key> {
        loop {
            let record = self.get(key)?;
            if record.phase == Phase::Open {
                return Some(key);
            }
            key = record.parent;
        }
    }

    /// Changes what is attached to a record, and counts what did not fit.
    fn attach(&mut self, key: Key, change: impl FnOnce(&mut Option<Box<Details>>, &mut Flags, &mut dyn FnMut(LossKind, LossReason))) {
        let Some(identity) = self.identity.as_ref().filter(|_| key.serial >= self.first_serial) else { return };
        let mut lost = |kind, reason| identity.recorder.lost(kind, reason, 1);
        match live(&mut self.records, key) {
            Some(record) => change(&mut record.details, &mut record.flags, &mut lost),
            None => lost(LossKind::Annotation, LossReason::TraceEnded),
        }
    }

    /// Attaches values, and counts the losses that making them cost.
    pub(crate) fn attach_all(&mut self, key: Key, values: Box<Details>, losses: &[(LossKind, LossReason)]) {
        self.attach(key, |details, _, lost| {
            losses.iter().for_each(|(kind, reason)| lost(*kind, *reason));
            match details {
                None => *details = Some(values),
                Some(details) => details.merge(*values, lost),
            }
        });
    }

    /// Sets the user of the segment that `key` is in.
    pub(crate) fn set_user(&mut self, key: Key, user: String) {
        let root = Key { serial: self.first_serial, slot: 0 };
        if key.serial >= self.first_serial {
            self.attach(root, |details, _, lost| {
                if let Err(full) = details.get_or_insert_default().set_user(user) {
                    let (kind, reason) = full.as_loss(LossKind::Annotation);
                    lost(kind, reason);
                }
            });
        }
    }

    pub(crate) fn set_namespace(&mut self, key: Key, namespace: Namespace) {
        let Some(record) = live(&mut self.records, key) else { return };
        if record.parent.slot != NOWHERE {
            record.namespace = namespace;
        } else if let Some(identity) = &self.identity {
            // A segment is always the program itself.
            identity.recorder.lost(LossKind::Annotation, LossReason::Unusable, 1);
        }
    }

    /// Marks a record as failed and attaches the exceptions.
    pub(crate) fn fail(&mut self, key: Key, failure: Failure) {
        let Some(record) = self.get(key) else { return };
        let (path, line) = record.label.place();
        let mut frame = Some(Frame::new(path, line, record.label.name()));
        let Some(seed) = self.identity.as_ref().map(|identity| identity.seed) else { return };
        let first = self.next_serial;
        let count = failure.chain.links.len() as u64;
        self.next_serial += count;
        let left_out = failure.chain.left_out;
        let exceptions = failure.chain.links.into_iter().zip(first..).map(|(link, serial)| Exception {
            id: seed.segment(serial),
            link,
            cause: (serial + 1 < first + count).then(|| seed.segment(serial + 1)),
            remote: failure.remote,
            frame: frame.take(),
        });
        let exceptions: Vec<_> = exceptions.collect();
        self.attach(key, |details, flags, lost| {
            flags.mark(failure.kind);
            if failure.chain.panicked {
                lost(LossKind::Exception, LossReason::Panicked);
            }
            (0..left_out).for_each(|_| lost(LossKind::Exception, LossReason::Limit));
            let details = details.get_or_insert_default();
            let mut exceptions = exceptions.into_iter();
            while let Some(exception) = exceptions.next() {
                let Err(full) = details.exception(exception) else { continue };
                let (kind, reason) = full.as_loss(LossKind::Exception);
                lost(kind, reason);
                if full == Full::Dropped {
                    // The chain ends here: what was kept must not name what was not.
                    details.exceptions.iter_mut().rev().take(1).for_each(|last| last.cause = None);
                    exceptions.by_ref().for_each(|_| lost(LossKind::Exception, LossReason::Limit));
                }
            }
        });
    }

    /// The header that names `key` as the caller.
    pub(crate) fn header(&self, key: Key) -> Option<TraceHeader> {
        let identity = self.identity.as_ref().filter(|_| key.serial >= self.first_serial)?;
        let sampled = if identity.recording { Sampled::Yes } else { Sampled::No };
        Some(TraceHeader::new(identity.trace_id, Some(identity.seed.segment(key.serial)), sampled).with_extras(identity.upstream.extras()))
    }

    /// Whether the upstream wants to know how the trace was sampled.
    pub(crate) fn was_asked(&self, key: Key) -> bool {
        let identity = self.identity.as_ref().filter(|_| key.serial >= self.first_serial);
        identity.is_some_and(|identity| identity.upstream.sampled == Sampled::Requested)
    }
}

fn live(records: &mut [Record], key: Key) -> Option<&mut Record> {
    records.get_mut(key.slot as usize).filter(|record| record.serial == key.serial && record.phase != Phase::Free)
}
