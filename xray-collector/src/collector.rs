//! The collector as a whole.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use xray_model::TraceId;

use crate::disk::{self, Disk};
use crate::ingest::Listener;
use crate::query::{self, ServiceSummary, TraceSummary};
use crate::rejects::Rejections;
use crate::settings::Settings;
use crate::trace::Trace;
use crate::traces::Traces;

/// Listens where SDKs expect the X-Ray daemon, and keeps the traces they send in memory.
///
/// Nothing that arrives makes it fail: what cannot be used is counted and kept for display in [`Self::rejected`], what does not fit is
/// counted in [`Self::stats`]. Dropping it closes the socket and ends its threads.
pub struct Collector {
    traces: Traces,
    // Dropped with the collector; its threads hold only the traces.
    listener: Listener,
    // After the listener: what it accepts last is written, too.
    _disk: Option<Disk>,
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
    /// Documents refused because their trace alone fills the memory, or is larger than one may be (100,000 segments, 32 MB).
    pub documents_refused: u64,
    /// Datagrams dropped because too many were waiting to be read.
    pub lost_in_queue: u64,
    /// Datagrams dropped by the kernel because the receive buffer was full; `None` where the kernel does not tell.
    pub lost_in_kernel: Option<u64>,
    /// Errors of the socket.
    pub socket_errors: u64,
    /// Documents that were to be sent on and were not: [`ForwardStats`](crate::ForwardStats) says why.
    pub lost_in_forwarding: u64,
    /// Bytes that may wait in the kernel's receive buffer, as it was granted: less than [`Settings::receive_buffer`] where the system sets a
    /// limit (on Linux `net.core.rmem_max`).
    pub receive_buffer: usize,
}

/// What is on disk, and what did not get there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DiskStats {
    /// The file.
    pub file: PathBuf,
    /// Its bytes, after the last batch was written.
    pub bytes: u64,
    /// Documents that were written since the start, and are safe if the process ends.
    pub written: u64,
    /// Documents that wait to be written.
    pub waiting: u64,
    /// Documents that were read back at the start.
    pub read_back: u64,
    /// Whether there are more to be read back.
    pub is_reading: bool,
    /// Documents that were deleted since the start, because of their age or to make room.
    pub deleted: u64,
    /// Documents that are not on disk because too many were waiting.
    pub lost_in_queue: u64,
    /// Documents that are not on disk because they could not be written.
    pub lost_in_writing: u64,
    /// What went wrong last, and what to do.
    pub problem: Option<String>,
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
    /// If the address cannot be bound, or the folder for traces not be used.
    pub fn start_with(address: impl ToSocketAddrs, settings: Settings) -> io::Result<Self> {
        let traces = Traces::new(&settings);
        let disk = Disk::open(&settings)?;
        if let Some((_, handle)) = &disk {
            traces.keep_on(handle.clone());
        }
        let receiver = traces.clone();
        let listener = Listener::start(address, &settings, move |batch| receiver.receive(batch))?;
        let mut disk = disk.map(|(disk, _)| disk);
        if let Some(disk) = &mut disk {
            disk.read_back(traces.clone())?;
        }
        Ok(Self { traces, listener, _disk: disk })
    }

    /// What it holds, for those who answer questions about it.
    pub(crate) fn held(&self) -> &Traces {
        &self.traces
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
        self.traces.trace(id)
    }

    /// All traces, in the order in which they began to arrive.
    #[must_use]
    pub fn all_traces(&self) -> Vec<Trace> {
        self.traces.all()
    }

    /// Each service's figures over all traces, by name.
    #[must_use]
    pub fn services(&self) -> Vec<ServiceSummary> {
        query::services(&self.all_traces())
    }

    /// The datagrams that could not be used.
    #[must_use]
    pub fn rejected(&self) -> Rejections {
        self.traces.rejected()
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.traces.counts().0
    }

    /// What it holds and what was lost.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let losses = self.listener.losses();
        let (progress, counts) = self.traces.counts();
        Stats {
            progress,
            bytes: counts.bytes,
            traces_evicted: counts.evicted,
            traces_expired: counts.expired,
            documents_refused: counts.refused,
            lost_in_queue: losses.queue,
            lost_in_kernel: losses.kernel,
            socket_errors: losses.errors,
            lost_in_forwarding: self.traces.sink().map_or(0, |sink| sink.stats().lost()),
            receive_buffer: self.listener.buffer(),
        }
    }

    /// What is on disk, where there is [one](Settings::data).
    #[must_use]
    pub fn disk(&self) -> Option<DiskStats> {
        self.traces.disk().map(disk::Handle::stats)
    }

    /// Waits until `reached` says yes to how far the collector has come, at most for `timeout`. Tells whether it did.
    ///
    /// `reached` is asked at once and whenever datagrams arrived; it must not call the collector.
    #[must_use]
    pub fn wait_for(&self, timeout: Duration, reached: impl FnMut(&Progress) -> bool) -> bool {
        self.traces.wait_for(timeout, reached)
    }

    /// Waits for this many complete traces, at most for `timeout`. Tells whether they are there.
    #[must_use]
    pub fn wait_for_traces(&self, count: usize, timeout: Duration) -> bool {
        self.wait_for(timeout, |progress| progress.complete >= count)
    }

    /// Forgets all traces. The counts of what arrived and what was lost go on.
    pub fn clear(&self) {
        self.traces.clear();
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector").field("local_addr", &self.local_addr()).field("progress", &self.progress()).finish()
    }
}
