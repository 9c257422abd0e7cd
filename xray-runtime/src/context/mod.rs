//! Which segment or subsegment is current.

mod handle;
#[cfg(feature = "tokio")]
mod task;

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

pub use handle::{Context, InContext, Scoped};
#[cfg(feature = "tokio")]
pub use task::{spawn, spawn_blocking};

use crate::clock::Tick;
use crate::diag;
use crate::ids;
use crate::metrics::Exemplar;
use crate::record::{Begin, Ending, Key, Label, NOWHERE, Namespace, NotOpened, Slot, Table, Trace, Within};
use crate::recorder::{self, Recorder};
use crate::stats::{LossKind, LossReason};
use crate::switch;
use crate::value::Failure;
use xray_model::{Sampled, TraceHeader};

thread_local! {
    /// The place of this thread in a trace. A plain value without a destructor: there is nothing to tear down when the thread ends.
    static CURRENT: Cell<Here> = const { Cell::new(Here::NOWHERE) };
}

/// How many places are current for longer than the code that made them so runs. Mostly none, and then no future has to ask its trace.
static DETOURS: AtomicUsize = AtomicUsize::new(0);

/// A place in a trace: what is opened next becomes a child of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here {
    trace: Option<&'static Trace>,
    // A `Key`, laid out so that `mode` fits behind it: this is what each traced future carries.
    serial: u64,
    slot: Slot,
    mode: Mode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// No segment is current.
    Nowhere,
    /// Below a recorder of its own, but in no segment.
    Scope,
    /// In a segment that is not sampled.
    Unsampled,
    /// In a segment that is recorded.
    Recording,
    /// In a segment that is not sampled, and is observed for metrics: what is opened is recorded and measured, and nothing is attached or sent.
    Measured,
    /// In a subsegment that is not recorded, as there are too many. What is opened in it belongs to the one around it, whose place this is.
    Crowded,
    /// In our own work: what an exporter does must not be exported in turn.
    Suppressed,
}

impl Here {
    const NOWHERE: Self = Self { trace: None, serial: 0, slot: NOWHERE, mode: Mode::Nowhere };

    fn new(trace: &'static Trace, key: Key, mode: Mode) -> Self {
        Self { trace: Some(trace), serial: key.serial, slot: key.slot, mode }
    }

    #[inline]
    pub(crate) fn current() -> Self {
        CURRENT.get()
    }

    /// Whether a segment is current that leaves nothing to do.
    #[inline(always)]
    pub(crate) fn is_passive() -> bool {
        matches!(CURRENT.get().mode, Mode::Unsampled | Mode::Suppressed)
    }

    /// Makes this the current place, until the result is restored or dropped.
    #[inline]
    pub(crate) fn enter(self) -> Entered {
        Entered { before: CURRENT.replace(self) }
    }

    #[inline]
    pub(crate) fn mode(self) -> Mode {
        self.mode
    }

    #[inline]
    pub(crate) fn is_recording(self) -> bool {
        self.mode == Mode::Recording
    }

    /// Whether there is a record of this place, be it for metrics only.
    #[inline]
    pub(crate) fn is_observed(self) -> bool {
        matches!(self.mode, Mode::Recording | Mode::Measured)
    }

    fn key(self) -> Key {
        Key { serial: self.serial, slot: self.slot }
    }

    fn is(self, other: Self) -> bool {
        self.key() == other.key() && self.trace.map(std::ptr::from_ref) == other.trace.map(std::ptr::from_ref)
    }

    /// Opens a subsegment here. `None` if the trace has ended, which is not the current place any more then.
    #[inline(always)]
    pub(crate) fn open(self, label: Label, namespace: Namespace) -> Option<Self> {
        let trace = self.trace?;
        match trace.open(self.key(), label, namespace) {
            Ok(key) => Some(Self::new(trace, key, self.mode_below(trace))),
            Err(refused) => self.not_opened(refused),
        }
    }

    #[inline(always)]
    fn mode_below(self, trace: &Trace) -> Mode {
        match self.mode {
            Mode::Crowded if !trace.lock().is_sampled() => Mode::Measured,
            Mode::Crowded => Mode::Recording,
            mode => mode,
        }
    }

    #[cold]
    fn not_opened(self, refused: NotOpened) -> Option<Self> {
        let place = match refused {
            NotOpened::Full => Some(Self { mode: Mode::Crowded, ..self }),
            NotOpened::Ended => {
                // Left behind by a guard that was dropped elsewhere.
                CURRENT.set(Self::NOWHERE);
                recorder::process().lost(LossKind::Subsegment, LossReason::TraceEnded, 1);
                None
            }
        };
        diag::say_pending();
        place
    }

    /// Begins a segment from here, sampled or not. `None` if tracing is switched off, or `label` gives none.
    pub(crate) fn begin(self, upstream: TraceHeader, label: impl FnOnce(&Recorder) -> Option<Label>) -> Option<Self> {
        if switch::is_off() || self.mode == Mode::Suppressed {
            return None;
        }
        let own = self.own_recorder();
        let recorder = own.as_ref().unwrap_or_else(|| recorder::process());
        let label = if recorder.is_enabled() { label(recorder)? } else { return None };
        let (begin, mode) = if recorder.sample(upstream.sampled) {
            (Begin::Segment(label, upstream), Mode::Recording)
        } else if recorder.is_measuring() {
            (Begin::Measured(label, upstream), Mode::Measured)
        } else if own.is_none() && upstream.root.is_none() {
            // Nothing has to be kept for it, neither a header nor a recorder.
            let key = Key { serial: ids::unsampled_number(), slot: NOWHERE };
            return Some(Self { trace: None, serial: key.serial, slot: key.slot, mode: Mode::Unsampled });
        } else {
            (Begin::Unsampled(upstream), Mode::Unsampled)
        };
        let (trace, key) = Trace::begin(recorder, begin)?;
        Some(Self::new(trace, key, mode))
    }

    /// Begins in a segment that somebody else sends, which `upstream` names. It is recorded if `upstream` says so in full.
    pub(crate) fn begin_in_facade(recorder: &Recorder, upstream: TraceHeader) -> Option<Self> {
        let complete = upstream.root.is_some() && upstream.parent.is_some();
        // What is not decided there is not decided here: the segment would be missing.
        let decision = if complete && upstream.sampled == Sampled::Yes { Sampled::Yes } else { Sampled::No };
        let sampled = recorder.sample(decision);
        let mode = match sampled {
            true => Mode::Recording,
            false if recorder.is_measuring() => Mode::Measured,
            false => Mode::Unsampled,
        };
        let (trace, key) = Trace::begin(recorder, Begin::Facade(upstream, sampled))?;
        Some(Self::new(trace, key, mode))
    }

    /// Records what happened before this, from `start` to `end`.
    pub(crate) fn record_past(self, label: Label, start: Tick, end: Tick) {
        if let (Some(trace), Mode::Recording) = (self.trace, self.mode) {
            trace.record_past(self.key(), label, start, end);
        }
    }

    /// Makes nothing be recorded on this thread, until the result is dropped.
    pub(crate) fn suppress() -> Entered {
        Self { mode: Mode::Suppressed, ..Self::NOWHERE }.enter()
    }

    /// The recorder that segments begun here belong to, if it is not that of the process.
    fn own_recorder(self) -> Option<Recorder> {
        self.trace?.lock().recorder_of(self.key()).cloned()
    }

    /// Looks at the recorder that segments begun here belong to.
    #[inline]
    pub(crate) fn with_recorder<R>(self, look: impl FnOnce(&Recorder) -> R) -> R {
        match self.own_recorder() {
            Some(own) => look(&own),
            None => look(recorder::process()),
        }
    }

    /// The recorder that segments begun here belong to.
    #[cold]
    pub(crate) fn recorder(self) -> Recorder {
        self.own_recorder().unwrap_or_else(|| recorder::process().clone())
    }

    #[inline]
    pub(crate) fn close(self, ending: Ending) {
        match (self.trace, self.mode) {
            // Its place is that of the one around it.
            (_, Mode::Crowded) => {}
            (Some(trace), _) => trace.close(self.key(), ending),
            (None, _) => {}
        }
    }

    /// Takes back what was opened.
    pub(crate) fn discard(self) {
        if let (Some(trace), Mode::Recording | Mode::Measured) = (self.trace, self.mode) {
            trace.discard(self.key());
        }
    }

    /// Closes what was dropped before it was done.
    #[cold]
    pub(crate) fn cancel(self) {
        self.close(Ending { end: Tick::now(), failure: None, cancelled: true });
    }

    /// Ends with a panic.
    #[cold]
    pub(crate) fn panicked(self, payload: Option<&(dyn std::any::Any + Send)>) {
        self.close(Ending { end: Tick::now(), failure: Some(Box::new(Failure::panic(payload))), cancelled: false });
    }

    /// This place, or if it has ended meanwhile, the nearest above it that has not.
    pub(crate) fn nearest_open(self) -> Self {
        let (Some(trace), Mode::Recording | Mode::Measured) = (self.trace, self.mode) else { return self };
        let open = trace.lock().nearest_open(self.key());
        open.map_or(Self::NOWHERE, |key| Self::new(trace, key, self.mode))
    }

    /// Where a future goes on that runs here: here, or in what it has made current since.
    #[inline]
    pub(crate) fn resumed(self) -> Self {
        if DETOURS.load(Relaxed) == 0 { self } else { self.detour() }
    }

    #[inline(never)]
    fn detour(self) -> Self {
        match (self.trace, self.mode) {
            (Some(trace), Mode::Recording | Mode::Measured) => Self::new(trace, trace.lock().detour(self.key()), self.mode),
            _ => self,
        }
    }

    /// Makes this the current place for whatever goes on at `before`, until [`Self::end_detour`].
    pub(crate) fn begin_detour(self, before: Self) {
        if let Some(trace) = self.trace {
            DETOURS.fetch_add(1, Relaxed);
            trace.lock().begin_detour(before.key(), self.key());
        }
        CURRENT.set(self);
    }

    pub(crate) fn end_detour(self, before: Self) {
        if let Some(trace) = self.trace {
            trace.lock().end_detour(self.key());
            DETOURS.fetch_sub(1, Relaxed);
        }
        self.leave(before);
    }

    /// Takes the invocation that this is in; see [`Table::claim`].
    pub(crate) fn claim(self, label: &Label, within: Within) -> Option<(Self, Within)> {
        let trace = self.trace?;
        let (key, granted) = trace.lock().claim(self.key(), label, within)?;
        Some((Self::new(trace, key, self.mode), granted))
    }

    /// Changes what is known of the trace.
    pub(crate) fn with_table<R>(self, change: impl FnOnce(&mut Table, Key) -> R) -> Option<R> {
        self.trace.map(|trace| change(&mut trace.lock(), self.key()))
    }

    /// Sends what is open in the invocation that this is in; it stays open.
    pub(crate) fn send_open(self) {
        if let Some(trace) = self.trace {
            trace.send_open(self.key());
        }
    }

    /// Writes what has been measured, without waiting.
    pub(crate) fn flush_metrics(self) {
        let recorder = self.recorder();
        if recorder.is_measuring() {
            let _ = recorder.flush(Duration::ZERO);
        }
    }

    /// Leaves `self` for `before`, unless something else has become current: guards may be dropped in any order.
    pub(crate) fn leave(self, before: Self) {
        if Self::current().is(self) {
            CURRENT.set(before.nearest_open());
        }
    }

    /// What the caller of the current segment is told.
    pub(crate) fn response_header(self) -> Option<TraceHeader> {
        let asked = self.trace.is_some_and(|trace| trace.lock().was_asked(self.key()));
        let header = self.header()?;
        let sampled = if asked { header.sampled } else { Sampled::Undecided };
        Some(TraceHeader::new(header.root?, None, sampled))
    }

    /// The trace and the id to name as parent.
    pub(crate) fn header(self) -> Option<TraceHeader> {
        match (self.trace, self.mode) {
            (Some(trace), Mode::Recording | Mode::Measured | Mode::Crowded | Mode::Unsampled) => trace.lock().header(self.key()),
            (None, Mode::Unsampled) => {
                let (root, parent) = ids::unsampled(self.serial);
                Some(TraceHeader::new(root, Some(parent), Sampled::No))
            }
            _ => None,
        }
    }

    /// The trace and the id by which this place is found, if it is recorded.
    pub(crate) fn exemplar(self) -> Option<Exemplar> {
        let header = if self.is_recording() { self.header()? } else { return None };
        Some(Exemplar { trace: header.root?, segment: header.parent? })
    }

    /// Changes a record, or counts a loss of this `kind` where none is current.
    pub(crate) fn change(self, kind: LossKind, what: impl std::fmt::Display, change: impl FnOnce(&mut Table, Key)) {
        if switch::is_off() {
            return;
        }
        match (self.trace, self.mode) {
            (Some(trace), Mode::Recording | Mode::Measured) => change(&mut trace.lock(), self.key()),
            _ => self.not_changed(kind, &what),
        }
        diag::say_pending();
    }

    /// There is no record to change. Compiled once, for all changes.
    #[cold]
    fn not_changed(self, kind: LossKind, what: &dyn std::fmt::Display) {
        match (self.trace, self.mode) {
            (Some(trace), Mode::Crowded) => {
                let table = trace.lock();
                if let Some(recorder) = table.recorder_of(self.key()).filter(|_| table.is_sampled()) {
                    recorder.lost(kind, LossReason::Limit, 1);
                }
            }
            (_, Mode::Nowhere | Mode::Scope) => {
                let recorder = self.recorder();
                if recorder.is_enabled() {
                    recorder.context_missing(kind, || format!("{kind} {what}"));
                }
            }
            _ => {}
        }
    }
}

/// Puts the place before back, also when a panic passes by.
#[derive(Debug)]
pub(crate) struct Entered {
    before: Here,
}

impl Drop for Entered {
    #[inline]
    fn drop(&mut self) {
        CURRENT.set(self.before);
    }
}

/// The recorder that is current here.
pub(crate) fn current_recorder() -> Recorder {
    Here::current().recorder()
}
