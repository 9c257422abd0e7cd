//! What a trace has recorded and not sent yet.
//!
//! A trace is a table of records behind one lock. Opening a subsegment adds a record, closing it marks the record and hangs it below its
//! parent; when the root closes, the whole tree is encoded, and the table is empty again. Traces are allocated once and used again for
//! ever (`'static`), so that a context is a plain copyable value: no reference counts on the way in or out, nothing to drop in a
//! thread-local. A context that outlives its trace is recognised by its serial number, which is never used twice.

mod attach;
mod detour;
mod emit;
mod handler;
mod identity;
mod measure;
mod node;
mod table;

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

pub(crate) use handler::Within;
pub(crate) use identity::{Begin, Identity};
pub(crate) use measure::{Measured, Work};
pub(crate) use node::{Details, Flags, Key, Label, Metadata, NOWHERE, Phase, Record, Slot, trimmed_marker};
pub use node::{ErrorKind, Namespace};
pub(crate) use table::{Ending, NotOpened, Table};

use crate::clock::Tick;
use crate::export::Batch;
use crate::recorder::Recorder;
use crate::stats::{LossKind, LossReason};
use crate::sys;

/// A trace, or room for one.
#[derive(Debug)]
pub(crate) struct Trace {
    table: Mutex<Table>,
}

/// Traces that are not in use.
static POOL: Pool = Pool::new();

thread_local! {
    /// The trace that this thread used last: most begin and end on one thread, and need not meet at the pool.
    static SPARE: Spare = const { Spare(Cell::new(None)) };
}

struct Spare(Cell<Option<&'static Trace>>);

impl Drop for Spare {
    fn drop(&mut self) {
        if let Some(trace) = self.0.take() {
            Pool::lock().idle.push(trace);
        }
    }
}

/// The pool of one process.
struct Pool {
    /// 0 while it is nobody's.
    process: AtomicU32,
    traces: Mutex<Idle>,
    /// For a forked child: whoever holds the lock above may exist in its parent only.
    in_child: OnceLock<Box<Pool>>,
}

struct Idle {
    idle: Vec<&'static Trace>,
    made: usize,
}

impl Pool {
    const fn new() -> Self {
        Self { process: AtomicU32::new(0), traces: Mutex::new(Idle { idle: Vec::new(), made: 0 }), in_child: OnceLock::new() }
    }

    /// That of this process.
    fn lock() -> MutexGuard<'static, Idle> {
        let process = sys::process_id();
        let mut pool = &POOL;
        while pool.process.compare_exchange(0, process, Relaxed, Relaxed).is_err_and(|owner| owner != process) {
            pool = pool.in_child.get_or_init(|| Box::new(Self::new()));
        }
        pool.traces.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Trace {
    /// Puts a trace into use. `None` if there are too many already.
    pub(crate) fn begin(recorder: &Recorder, begin: Begin) -> Option<(&'static Self, Key)> {
        let trace = Self::take(recorder)?;
        let key = trace.lock().begin(recorder, begin);
        Some((trace, key))
    }

    fn take(recorder: &Recorder) -> Option<&'static Self> {
        if let Some(trace) = SPARE.try_with(|spare| spare.0.take()).ok().flatten() {
            return Some(trace);
        }
        let mut pool = Pool::lock();
        if let Some(trace) = pool.idle.pop() {
            return Some(trace);
        }
        if pool.made >= xray_model::limits::TRACES_OPEN_MAX {
            drop(pool);
            recorder.lost(LossKind::Segment, LossReason::Limit, 1);
            return None;
        }
        pool.made += 1;
        drop(pool);
        Some(Box::leak(Box::new(Self { table: Mutex::new(Table::default()) })))
    }

    fn give_back(&'static self) {
        let other = SPARE.try_with(|spare| spare.0.replace(Some(self))).unwrap_or(Some(self));
        if let Some(other) = other {
            // Each thread keeps one with room in it; however many there were at a time, the others keep none.
            other.lock().shrink();
            Pool::lock().idle.push(other);
        }
    }

    /// No code of the program runs under this lock, so it cannot be poisoned by a panic of the program.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a subsegment below `parent`.
    #[inline]
    pub(crate) fn open(&self, parent: Key, label: Label, namespace: Namespace) -> Result<Key, NotOpened> {
        let start = Tick::now();
        self.lock().open(parent, label, namespace, start)
    }

    /// Adds a record of what is over already.
    pub(crate) fn record_past(&'static self, parent: Key, label: Label, start: Tick, end: Tick) {
        self.finish(|table, batch| {
            let key = table.open(parent, label, Namespace::Local, start).ok()?;
            table.close(key, Ending { end, failure: None, cancelled: false }, batch)
        });
    }

    /// Sends what is open as it is now, and leaves it open; see [`Table::snapshot`].
    pub(crate) fn send_open(&'static self, key: Key) {
        self.finish(|table, batch| {
            table.snapshot(key, batch);
            None
        });
    }

    /// Ends a record, and sends what is complete by that.
    pub(crate) fn close(&'static self, key: Key, ending: Ending) {
        self.finish(|table, batch| table.close(key, ending, batch));
    }

    /// Takes back a record that nothing was opened in; any other is closed.
    pub(crate) fn discard(&'static self, key: Key) {
        self.finish(|table, batch| table.discard(key, batch));
    }

    /// Keeps the trace usable although nothing in it is open.
    pub(crate) fn hold(&self, key: Key) -> bool {
        self.lock().hold(key)
    }

    /// Ends a [`Self::hold`].
    pub(crate) fn release(&'static self) {
        self.finish(|table, _| {
            table.release();
            None
        });
    }

    fn finish(&'static self, change: impl FnOnce(&mut Table, &mut Option<Box<Batch>>) -> Option<Box<Measured>>) {
        let mut batch = None;
        let mut table = self.lock();
        let measured = change(&mut table, &mut batch);
        let recorder = if table.is_done() {
            let recorder = table.reset();
            drop(table);
            // Given back once: two that took it would mix.
            if recorder.is_some() {
                self.give_back();
            }
            recorder
        } else {
            let is_needed = batch.is_some() || measured.is_some();
            let recorder = if is_needed { table.recorder().cloned() } else { None };
            drop(table);
            recorder
        };
        // With no lock held: an exporter may take its time, or be traced itself, and so may a sink of metrics.
        if let (Some(recorder), Some(mut batch)) = (&recorder, batch) {
            recorder.send(&mut batch);
            batch.give_back();
        }
        if let (Some(recorder), Some(measured)) = (&recorder, measured) {
            recorder.measure(&measured);
        }
        crate::diag::say_pending();
    }
}
