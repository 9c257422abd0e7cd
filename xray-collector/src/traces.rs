//! The traces of a collector, as everything that receives or shows them holds on to them.

use std::ops::RangeInclusive;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use xray_model::datagram;
use xray_model::document::{Document, ParseError, Timestamp};
use xray_model::{SegmentId, TraceId};

use crate::arrival::{self, Arrival, Readable};
use crate::clock;
use crate::collector::Progress;
use crate::disk;
use crate::facts::{Facts, Names};
use crate::ingest::{Batch, Received};
use crate::losses::{Losses, LossesSnapshot};
use crate::metrics::{self, Metrics, MetricsSnapshot};
use crate::rejects::{Reason, RejectedDatagram, Rejections};
use crate::relay::Sink;
use crate::settings::{REJECTED_BYTES_SHOWN, Settings};
use crate::store::{Counts, Packer, Pieces, Store};
use crate::trace::Trace;

/// Datagrams after which others get a turn at the traces.
const RECEIVED_AT_ONCE: usize = 256;

/// Traces that arrive while others look at them. Clones are about the same traces.
///
/// The lock is held to take or hand over what is shared; documents are read and traces put together outside of it.
#[derive(Clone)]
pub(crate) struct Traces {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    /// Taken before `state` where both are.
    packer: Mutex<Packer>,
    changed: Condvar,
    /// Rejected datagrams that are kept.
    rejected_max: usize,
    /// Nothing is kept.
    only_forward: bool,
    /// Set at most once; takes what is accepted without making anybody wait.
    sink: OnceLock<Arc<dyn Sink>>,
    /// Likewise; keeps what is accepted beyond the life of the process.
    disk: OnceLock<disk::Handle>,
}

struct State {
    store: Store,
    rejections: Rejections,
    rejected: u64,
    metrics: Metrics,
    losses: Losses,
}

impl Traces {
    pub(crate) fn new(settings: &Settings) -> Self {
        let state = State {
            store: Store::new(settings),
            rejections: Rejections::default(),
            rejected: 0,
            metrics: Metrics::default(),
            losses: Losses::default(),
        };
        let shared = Shared {
            state: Mutex::new(state),
            packer: Mutex::default(),
            changed: Condvar::new(),
            rejected_max: settings.rejected,
            only_forward: settings.only_forward,
            sink: OnceLock::new(),
            disk: OnceLock::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn packer(&self) -> MutexGuard<'_, Packer> {
        self.shared.packer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state without traces that are too old.
    fn current(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.store.expire(clock::now());
        state
    }

    /// Takes datagrams as they came in.
    pub(crate) fn receive(&self, batch: &Batch) {
        let mut received = batch.iter().peekable();
        while received.peek().is_some() {
            let some = received.by_ref().take(RECEIVED_AT_ONCE);
            if self.shared.only_forward { self.pass_on(some) } else { self.receive_some(some) }
        }
        self.shared.changed.notify_all();
    }

    /// Nothing is read but the daemon's header.
    fn pass_on<'a>(&self, some: impl Iterator<Item = Received<'a>>) {
        for received in some {
            match datagram::split(received.bytes) {
                Ok(body) => {
                    self.send_on_body(body);
                    self.lock().store.counts.documents += 1;
                }
                Err(why) => self.lock().reject(Reason::Datagram(why), String::new(), &received, self.shared.rejected_max),
            }
        }
    }

    fn receive_some<'a>(&self, some: impl Iterator<Item = Received<'a>>) {
        // Read before the lock is taken, so that nobody who looks at traces waits for it.
        let some = some.inspect(|received| self.send_on(received.bytes));
        let mut packer = self.packer();
        let read: Vec<_> = some.map(|received| (arrival::read(received.bytes, &mut packer), received)).collect();
        drop(packer);
        let mut state = self.lock();
        let arrived = Arrived::now();
        for (Arrival { documents, metrics, rejected }, received) in read {
            self.insert(&mut state, documents, arrived);
            if !metrics.is_empty() {
                state.metrics.add(metrics, arrived.today);
                self.disk().inspect(|disk| disk.keep_metrics(received.bytes, arrived.today));
            }
            if let Some((reason, detail)) = rejected {
                state.reject(reason, detail, &received, self.shared.rejected_max);
            }
        }
    }

    /// Takes one document that came without a datagram around it.
    ///
    /// # Errors
    ///
    /// If it is no segment document; nothing is kept of it then.
    pub(crate) fn put(&self, json: &[u8]) -> Result<SegmentId, ParseError> {
        let document = Document::parse(json)?;
        self.send_on_body(json);
        let id = document.root().id;
        if self.shared.only_forward {
            return Ok(id);
        }
        let packed = self.packer().pack(&document, json);
        self.insert(&mut self.lock(), vec![Readable { document, packed }], Arrived::now());
        self.shared.changed.notify_all();
        Ok(id)
    }

    /// Takes what came in by another way than a datagram, and gives back why not all of it could be used.
    pub(crate) fn put_arrival(&self, read: impl FnOnce(&mut Packer) -> Arrival) -> Option<(Reason, String)> {
        let Arrival { documents, metrics, rejected } = read(&mut self.packer());
        let mut state = self.lock();
        let kept = if self.shared.only_forward { Vec::new() } else { documents };
        let arrived = Arrived::now();
        self.insert(&mut state, kept, arrived);
        state.metrics.add(metrics, arrived.today);
        drop(state);
        self.shared.changed.notify_all();
        rejected
    }

    fn insert(&self, state: &mut State, documents: Vec<Readable>, arrived: Arrived) {
        for Readable { document, packed } in documents {
            // Shares its bytes with the store.
            let kept = self.disk().map(|disk| (disk, document.trace_id(), packed.clone()));
            state.losses.hear(&document, arrived.today);
            if state.store.insert(document, packed, arrived.now)
                && let Some((disk, trace, packed)) = kept
            {
                disk.keep(trace, packed, arrived.today);
            }
        }
    }

    /// Has what is accepted from now on kept on disk, too. Tells whether that is so; there can be one disk only.
    pub(crate) fn keep_on(&self, disk: disk::Handle) -> bool {
        self.shared.disk.set(disk).is_ok()
    }

    pub(crate) fn disk(&self) -> Option<&disk::Handle> {
        self.shared.disk.get()
    }

    /// Takes documents that a disk had kept, from the last to the first. Tells how many can be read, and whether there is room for more.
    pub(crate) fn restore(&self, kept: &[disk::Kept], disk: &disk::Handle) -> (u64, bool) {
        let mut packer = self.packer();
        let read = kept.iter().filter_map(|disk::Kept { arrived, json }| {
            let document = Document::parse(json).ok()?;
            let packed = packer.pack(&document, json);
            Some((document, packed, *arrived))
        });
        let read: Vec<_> = read.collect();
        drop(packer);
        let mut state = self.lock();
        let arrived = Arrived::now();
        let mut count = 0;
        for (document, packed, at) in read {
            state.losses.hear(&document, at);
            let when = arrived.now.checked_sub(arrived.today.since(at)).unwrap_or(arrived.now);
            if disk.is_stopped() || !state.store.restore(document, packed, when, arrived.now) {
                return (count, false);
            }
            count += 1;
        }
        drop(state);
        self.shared.changed.notify_all();
        (count, true)
    }

    /// Takes metrics that a disk had kept, from the first to the last. Tells whether more are wanted.
    pub(crate) fn restore_metrics(&self, kept: &[disk::Kept], disk: &disk::Handle) -> bool {
        let read: Vec<_> = kept.iter().filter_map(|kept| Some((metrics::read(&kept.json).ok()?, kept.arrived))).collect();
        let mut state = self.lock();
        if disk.is_stopped() {
            return false;
        }
        read.into_iter().for_each(|(measured, arrived)| state.metrics.add(measured, arrived));
        true
    }

    /// The documents of a trace that is on disk only.
    fn pieces_on_disk(&self, id: TraceId) -> Option<Pieces> {
        let json = self.disk()?.documents(id, clock::today());
        let mut packer = self.packer();
        let packed = json.iter().filter_map(|json| Some(packer.pack(&Document::parse(json).ok()?, json)));
        Pieces::new(id, packed.collect())
    }

    /// As the daemon does it: whatever has its header is for X-Ray to judge, also what could not be read here.
    fn send_on(&self, datagram: &[u8]) {
        if self.sink().is_some()
            && let Ok(body) = datagram::split(datagram)
        {
            self.send_on_body(body);
        }
    }

    /// Sends on what was taken, if that is wanted. Nobody waits for it.
    pub(crate) fn send_on_body(&self, body: &[u8]) {
        if let Some(sink) = self.sink() {
            sink.take(body);
        }
    }

    /// Has what is accepted from now on sent on. Tells whether that is so; there can be one place only.
    pub(crate) fn send_to(&self, sink: Arc<dyn Sink>) -> bool {
        self.shared.sink.set(sink).is_ok()
    }

    /// Where what is accepted is sent on to.
    pub(crate) fn sink(&self) -> Option<&dyn Sink> {
        self.shared.sink.get().map(|sink| &**sink)
    }

    /// The metrics that came in, by namespace, name and dimensions.
    pub(crate) fn metrics(&self) -> MetricsSnapshot {
        self.lock().metrics.snapshot()
    }

    /// What programs say they lost.
    pub(crate) fn losses(&self) -> LossesSnapshot {
        self.lock().losses.snapshot()
    }

    /// What is known of the traces that began in a stretch of time, earliest first.
    pub(crate) fn facts_between(&self, range: RangeInclusive<Timestamp>) -> Vec<Arc<Facts>> {
        self.current().store.facts_between(range)
    }

    /// What is known of a trace.
    pub(crate) fn facts(&self, id: TraceId) -> Option<Arc<Facts>> {
        let held = self.current().store.facts(id);
        held.or_else(|| Some(Arc::new(Facts::of(&self.pieces_on_disk(id)?.assemble(), &mut Names::default()))))
    }

    /// The documents of a trace, as they came.
    pub(crate) fn pieces(&self, id: TraceId) -> Option<Pieces> {
        let held = self.current().store.pieces(id);
        held.or_else(|| self.pieces_on_disk(id))
    }

    /// A trace, put together.
    pub(crate) fn trace(&self, id: TraceId) -> Option<Trace> {
        // Bound first: the lock must be gone before the work begins.
        let pieces = self.pieces(id);
        pieces.map(Pieces::assemble)
    }

    /// All traces, in the order in which they began to arrive.
    pub(crate) fn all(&self) -> Vec<Trace> {
        let pieces = self.current().store.all_pieces();
        pieces.into_iter().map(Pieces::assemble).collect()
    }

    /// Differs from an earlier answer if anything arrived since.
    pub(crate) fn turn(&self) -> u64 {
        self.lock().store.turn()
    }

    pub(crate) fn rejected(&self) -> Rejections {
        self.lock().rejections.clone()
    }

    pub(crate) fn counts(&self) -> (Progress, Counts) {
        let shared = self.packer().bytes();
        let mut state = self.current();
        let progress = state.progress();
        (progress, Counts { bytes: state.store.bytes() + shared, ..state.store.counts })
    }

    pub(crate) fn wait_for(&self, timeout: Duration, mut reached: impl FnMut(&Progress) -> bool) -> bool {
        let state = self.lock();
        let missing = |state: &mut State| !reached(&state.progress());
        let (_state, result) = self.shared.changed.wait_timeout_while(state, timeout, missing).unwrap_or_else(PoisonError::into_inner);
        !result.timed_out()
    }

    pub(crate) fn clear(&self) {
        let mut state = self.lock();
        state.store.clear();
        state.losses = Losses::default();
        self.disk().inspect(|disk| disk.clear());
    }
}

/// When something arrived, by both clocks.
#[derive(Clone, Copy)]
struct Arrived {
    now: Instant,
    today: Timestamp,
}

impl Arrived {
    fn now() -> Self {
        Self { now: clock::now(), today: clock::today() }
    }
}

impl State {
    fn progress(&mut self) -> Progress {
        self.store.refresh();
        Progress {
            documents: self.store.counts.documents,
            rejected: self.rejected,
            traces: self.store.traces(),
            complete: self.store.counts.complete,
            segments: self.store.counts.segments,
        }
    }

    fn reject(&mut self, reason: Reason, detail: String, received: &Received<'_>, keep: usize) {
        let shown = &received.bytes[..received.bytes.len().min(REJECTED_BYTES_SHOWN)];
        let datagram = RejectedDatagram {
            at: clock::today(),
            from: received.from,
            reason,
            detail,
            size: received.bytes.len(),
            beginning: String::from_utf8_lossy(shown).into_owned(),
        };
        self.rejected += 1;
        self.rejections.add(datagram, keep);
    }
}
