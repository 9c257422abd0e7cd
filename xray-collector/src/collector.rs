//! The collector as a whole.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use xray_model::TraceId;
use xray_model::datagram;
use xray_model::document::Document;

use crate::clock;
use crate::ingest::{Listener, Received};
use crate::query::{self, ServiceSummary, TraceSummary};
use crate::rejects::{Reason, RejectedDatagram, Rejections};
use crate::settings::{REJECTED_BYTES_SHOWN, Settings};
use crate::store::{Pieces, Store};
use crate::trace::Trace;

/// Listens where SDKs expect the X-Ray daemon, and keeps the traces they send in memory.
///
/// Nothing that arrives makes it fail: what cannot be used is counted and kept for display in [`Self::rejected`], what does not fit is
/// counted in [`Self::stats`]. Dropping it closes the socket and ends its threads.
pub struct Collector {
    shared: Arc<Shared>,
    // Dropped with the collector; the threads hold only `shared`.
    listener: Listener,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    store: Store,
    rejections: Rejections,
    rejected: u64,
}

impl State {
    fn progress(&self) -> Progress {
        Progress {
            documents: self.store.counts.documents,
            rejected: self.rejected,
            traces: self.store.traces(),
            complete: self.store.counts.complete,
            segments: self.store.counts.segments,
        }
    }
}

/// How far a collector has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Documents that arrived so far.
    pub documents: u64,
    /// Datagrams rejected so far.
    pub rejected: u64,
    /// Traces in memory.
    pub traces: usize,
    /// Traces in memory that are complete, see [`Trace::is_complete`].
    pub complete: usize,
    /// Segments and subsegments in memory.
    pub segments: usize,
}

/// Figures of a collector: what it holds, and everything that was lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// What it holds.
    pub progress: Progress,
    /// Estimated bytes of memory of the traces.
    pub bytes: usize,
    /// Traces forgotten to make room for newer ones.
    pub traces_evicted: u64,
    /// Traces forgotten because of their age.
    pub traces_expired: u64,
    /// Documents refused because their trace alone fills the memory.
    pub documents_refused: u64,
    /// Datagrams dropped because too many were waiting to be read.
    pub lost_in_queue: u64,
    /// Datagrams dropped by the kernel because the receive buffer was full; `None` where the kernel does not tell.
    pub lost_in_kernel: Option<u64>,
    /// Errors of the socket.
    pub socket_errors: u64,
}

impl Collector {
    /// Listens on a UDP address with default settings. Port 0 takes any that is free, see [`Self::local_addr`].
    ///
    /// # Errors
    ///
    /// If the address cannot be bound.
    pub fn start(address: impl ToSocketAddrs) -> io::Result<Self> {
        Self::start_with(address, Settings::default())
    }

    /// Like [`Self::start`] with settings of one's own.
    ///
    /// # Errors
    ///
    /// If the address cannot be bound.
    pub fn start_with(address: impl ToSocketAddrs, settings: Settings) -> io::Result<Self> {
        let state = State { store: Store::new(&settings), rejections: Rejections::default(), rejected: 0 };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let receiver = Arc::clone(&shared);
        let keep = settings.rejected;
        let listener = Listener::start(address, &settings, move |received| receiver.receive(received, keep))?;
        Ok(Self { shared, listener })
    }

    /// The address it listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.listener.local_addr()
    }

    /// One line about each trace, in the order in which they began to arrive.
    #[must_use]
    pub fn traces(&self) -> Vec<TraceSummary> {
        self.all_traces().iter().map(Trace::summary).collect()
    }

    /// One trace, as far as it has arrived.
    #[must_use]
    pub fn trace(&self, id: TraceId) -> Option<Trace> {
        // Bound first: the lock must be gone before the work begins.
        let pieces = self.shared.current().store.pieces(id);
        pieces.map(Pieces::assemble)
    }

    /// All traces, in the order in which they began to arrive.
    #[must_use]
    pub fn all_traces(&self) -> Vec<Trace> {
        let pieces = self.shared.current().store.all_pieces();
        pieces.into_iter().map(Pieces::assemble).collect()
    }

    /// Each service's figures over all traces, by name.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceSummary> {
        query::services(&self.all_traces())
    }

    /// The datagrams that could not be used.
    #[must_use]
    pub fn rejected(&self) -> Rejections {
        self.shared.lock().rejections.clone()
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.shared.current().progress()
    }

    /// What it holds and what was lost.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let losses = self.listener.losses();
        let state = self.shared.current();
        let counts = state.store.counts;
        Stats {
            progress: state.progress(),
            bytes: counts.bytes,
            traces_evicted: counts.evicted,
            traces_expired: counts.expired,
            documents_refused: counts.refused,
            lost_in_queue: losses.queue,
            lost_in_kernel: losses.kernel,
            socket_errors: losses.errors,
        }
    }

    /// Waits until `reached` says yes to how far the collector has come, at most for `timeout`. Tells whether it did.
    ///
    /// `reached` is asked at once and after each datagram; it must not call the collector.
    #[must_use]
    pub fn wait_for(&self, timeout: Duration, mut reached: impl FnMut(&Progress) -> bool) -> bool {
        let state = self.shared.lock();
        let missing = |state: &mut State| !reached(&state.progress());
        let (_state, result) = self.shared.changed.wait_timeout_while(state, timeout, missing).unwrap_or_else(PoisonError::into_inner);
        !result.timed_out()
    }

    /// Waits for this many complete traces, at most for `timeout`. Tells whether they are there.
    #[must_use]
    pub fn wait_for_traces(&self, count: usize, timeout: Duration) -> bool {
        self.wait_for(timeout, |progress| progress.complete >= count)
    }

    /// Forgets all traces. The counts of what arrived and what was lost go on.
    pub fn clear(&self) {
        self.shared.lock().store.clear();
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").field("local_addr", &self.local_addr()).field("progress", &self.progress()).finish()
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state without traces that are too old.
    fn current(&self) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        state.store.expire(clock::now());
        state
    }

    fn receive(&self, received: Received, keep: usize) {
        // Read before the lock is taken, so that nobody who looks at traces waits for it.
        let read = read(&received.bytes);
        let mut state = self.lock();
        match read {
            Ok((document, size)) => state.store.insert(document, size, clock::now()),
            Err((reason, detail)) => {
                let shown = &received.bytes[..received.bytes.len().min(REJECTED_BYTES_SHOWN)];
                let datagram = RejectedDatagram {
                    at: clock::today(),
                    from: received.from,
                    reason,
                    detail,
                    size: received.bytes.len(),
                    beginning: String::from_utf8_lossy(shown).into_owned(),
                };
                state.rejected += 1;
                state.rejections.add(datagram, keep);
            }
        }
        drop(state);
        self.changed.notify_all();
    }
}

fn read(bytes: &[u8]) -> Result<(Document, usize), (Reason, String)> {
    let body = datagram::split(bytes).map_err(|reason| (Reason::Datagram(reason), String::new()))?;
    if [&b"T1S"[..], b"T1U", b"M1"].iter().any(|prefix| body.starts_with(prefix)) {
        return Err((Reason::Otlp, String::new()));
    }
    match Document::parse(body) {
        Ok(document) => Ok((document, body.len())),
        Err(error) => Err((Reason::Document, error.to_string())),
    }
}
