//! When the metrics of a process are written.
//!
//! With each invocation of a Lambda function, and elsewhere each second, by a thread that is started by the first measurement and sleeps
//! while there is none. What the last second has measured is written when the program exits.

use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::Metrics;
use crate::clock::Moment;
use crate::diag;
use crate::switch::Switch;
use crate::sys;

/// Whether a recorder can have metrics.
pub(crate) const IS_THERE: bool = true;

/// Whether anything is measured.
static MEASURES: Switch = Switch::new();

/// Whether it is certain that nothing is measured.
#[inline]
pub(crate) fn measures_nothing() -> bool {
    MEASURES.is_off()
}

/// The recorder of the process has no metrics.
pub(crate) fn process_does_not_measure() {
    MEASURES.process_is_off();
}

/// How often metrics are written.
const PERIOD: Duration = Duration::from_secs(1);

/// How long the program's exit may take because of us.
const EXIT_WAIT_MAX: Duration = Duration::from_millis(500);

/// How long a flush waits for the sink, on a thread that has nothing else to do.
const SINK_WAIT_MAX: Duration = Duration::from_millis(200);

/// Enough to write documents, which are not written recursively.
const STACK_BYTES: usize = 256 * 1024;

/// Shared with the thread that writes them.
pub(crate) type SharedPulse = Arc<Pulse>;

/// Metrics, and when they are written.
pub(crate) struct Pulse {
    metrics: Metrics,
    /// Whether these are the metrics of the process. Those of a test are written when it says so.
    beats: AtomicBool,
    beat: Beat,
}

/// The thread of one process.
#[derive(Debug)]
struct Beat {
    process: u32,
    /// Whether something has been measured since the metrics were written, and the thread knows.
    is_due: AtomicU8,
    state: Mutex<State>,
    changed: Condvar,
    /// For a forked child, which has no such thread, and where nobody may ever give back the lock.
    in_child: OnceLock<Box<Beat>>,
}

const NOT_DUE: u8 = 0;
const DUE: u8 = 1;
/// There is no thread that would write them.
const DUE_TO_NOBODY: u8 = 2;

#[derive(Debug, Default)]
struct State {
    has_thread: bool,
    /// When to try again to have one.
    retry: Option<Moment>,
    /// Whether the program waits for it.
    is_asked: bool,
}

impl Beat {
    fn new() -> Self {
        let process = sys::process_id();
        Self { process, is_due: AtomicU8::new(NOT_DUE), state: Mutex::default(), changed: Condvar::new(), in_child: OnceLock::new() }
    }

    /// That of this process.
    fn here(&self) -> &Self {
        if self.process == sys::process_id() { self } else { self.in_child.get_or_init(|| Box::new(Self::new())).here() }
    }

    /// Nothing runs under this lock that could panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Pulse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pulse").field(&self.metrics).finish()
    }
}

impl Pulse {
    pub(crate) fn shared(metrics: Metrics) -> SharedPulse {
        MEASURES.on();
        Arc::new(Self { metrics, beats: AtomicBool::new(false), beat: Beat::new() })
    }

    /// From here on they are written each second, and when the program exits.
    pub(crate) fn begin(&self) {
        self.beats.store(true, Relaxed);
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Writes what there is.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        // First: what is measured meanwhile is due again.
        self.beat.here().is_due.store(NOT_DUE, Relaxed);
        self.metrics.flush(timeout)
    }

    /// Something has been measured, and is to be written within a second.
    #[inline]
    pub(crate) fn due(self: &Arc<Self>) {
        if self.beat.here().is_due.load(Relaxed) != DUE {
            self.wake();
        }
    }

    #[cold]
    fn wake(self: &Arc<Self>) {
        let beat = self.beat.here();
        if !self.beats.load(Relaxed) {
            return beat.is_due.store(DUE, Relaxed);
        }
        let mut state = beat.lock();
        let is_first = state.retry.is_none();
        if !state.has_thread && state.retry.is_none_or(|retry| retry.wait().is_zero()) {
            let own = Arc::clone(self);
            let thread = thread::Builder::new().name("autoxray-metrics".into()).stack_size(STACK_BYTES);
            state.has_thread = thread.spawn(move || own.run()).is_ok();
            state.retry = Moment::after(PERIOD);
            if is_first {
                sys::at_exit(crate::recorder::at_exit);
            }
            if is_first && !state.has_thread {
                diag::later("no thread can be had that writes metrics each second: they are written at the end of the program".into());
            }
        }
        beat.is_due.store(if state.has_thread { DUE } else { DUE_TO_NOBODY }, Relaxed);
        drop(state);
        beat.changed.notify_all();
        diag::say_pending();
    }

    fn run(&self) {
        let beat = self.beat.here();
        let is_due = || beat.is_due.load(Relaxed) != NOT_DUE;
        loop {
            let mut state = beat.lock();
            while !is_due() && !state.is_asked {
                state = beat.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            let end = Moment::after(PERIOD);
            while let Some(left) = end.map(Moment::wait).filter(|left| !left.is_zero() && !state.is_asked) {
                state = beat.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
            }
            let was_asked = state.is_asked;
            drop(state);
            self.flush(SINK_WAIT_MAX);
            if was_asked {
                // Standard output may have been ours when the program wanted to flush it for the last time.
                let _ = std::io::stdout().flush();
                // Whatever has been measured since is asked for again, if anybody still waits.
                beat.lock().is_asked = false;
                beat.changed.notify_all();
            }
        }
    }

    /// Writes what there is before the program ends, and does not wait long for it.
    pub(crate) fn at_exit(&self) {
        let beat = self.beat.here();
        let mut state = beat.lock();
        if !state.has_thread {
            drop(state);
            if beat.is_due.load(Relaxed) != NOT_DUE {
                self.flush(SINK_WAIT_MAX);
            }
            return;
        }
        // Also where nothing is due: it may be about to be written.
        state.is_asked = true;
        beat.changed.notify_all();
        let end = Moment::after(EXIT_WAIT_MAX);
        while let Some(left) = end.map(Moment::wait).filter(|left| !left.is_zero() && state.is_asked) {
            state = beat.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
