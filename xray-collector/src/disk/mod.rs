//! What arrived, on disk: a restart shows the same traces.
//!
//! One file of SQLite's with each document as it came, and nothing that could be made of them. What the store accepts goes into a bounded queue
//! ([`queue`]), so that nobody who receives ever waits for a disk; one thread writes it in batches ([`write`]). At the start another reads back
//! what fits into memory, the latest first, while new documents arrive already ([`read`]). A file that cannot be used is told of and left as it is.

mod file;
mod lock;
mod queue;
mod read;
mod write;

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use xray_model::TraceId;
use xray_model::document::Timestamp;

use crate::collector::DiskStats;
use crate::settings::{DISK_BYTES_OVER, DISK_QUEUE_BYTES, Settings};
use crate::store::Packed;
use crate::traces::Traces;
use file::File;
use lock::Lock;
use queue::{Item, Queue};

/// A document, or metrics, from before.
pub(crate) struct Kept {
    pub(crate) arrived: Timestamp,
    pub(crate) json: Vec<u8>,
}

/// The file and the threads that work on it. When dropped, all that was accepted is on disk.
pub(crate) struct Disk {
    handle: Handle,
    threads: Vec<JoinHandle<()>>,
    // Last: the folder is given back when nobody works on it any more.
    _lock: Lock,
}

/// What takes documents for the disk. Clones are about the same one.
#[derive(Clone)]
pub(crate) struct Handle(Arc<Shared>);

struct Shared {
    queue: Queue,
    /// For questions about single traces.
    reader: Mutex<File>,
    /// Nothing more is read back.
    stopped: AtomicBool,
    /// What is on disk is about to be forgotten.
    clearing: AtomicBool,
    stats: Mutex<DiskStats>,
    age_max: Duration,
    bytes_max: u64,
}

impl Disk {
    /// Opens the file in the folder that the settings name, if they do.
    ///
    /// # Errors
    ///
    /// If the folder or the file cannot be used; the message says what to do.
    pub(crate) fn open(settings: &Settings) -> io::Result<Option<(Self, Handle)>> {
        let Some(folder) = &settings.data else { return Ok(None) };
        let lock = lock::folder(folder)?;
        let path = folder.join(file::NAME);
        let (writer, reader) = (File::open(&path)?, File::open(&path)?);
        let bytes_max = settings.disk_bytes.saturating_mul(DISK_BYTES_OVER);
        writer.limit(bytes_max).map_err(|error| file::unusable(&path, &error))?;
        let handle = Handle::new(settings, &path, reader);
        let mut disk = Self { handle: handle.clone(), threads: Vec::new(), _lock: lock };
        let shared = Arc::clone(&handle.0);
        disk.threads.push(thread::Builder::new().name("xray-disk".into()).spawn(move || write::write(&shared, writer))?);
        Ok(Some((disk, handle)))
    }

    /// Begins to read back what fits into memory.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or no thread started.
    pub(crate) fn read_back(&mut self, traces: Traces) -> io::Result<()> {
        let path = self.handle.stats().file;
        let (file, handle) = (File::open(&path)?, self.handle.clone());
        let last = file.last().map_err(|error| file::unusable(&path, &error))?;
        self.handle.note(|stats| stats.is_reading = true);
        let read = move || {
            let result = read::read_back(&handle, &file, &traces, last);
            handle.note(|stats| {
                stats.is_reading = false;
                stats.problem = result.err().map(|error| file::unusable(&path, &error).to_string()).or(stats.problem.take());
            });
        };
        self.threads.push(thread::Builder::new().name("xray-disk-read".into()).spawn(read)?);
        Ok(())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.handle.0.stopped.store(true, Ordering::Release);
        self.handle.0.queue.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Handle {
    fn new(settings: &Settings, path: &Path, reader: File) -> Self {
        Self(Arc::new(Shared {
            queue: Queue::new(DISK_QUEUE_BYTES),
            reader: Mutex::new(reader),
            stopped: AtomicBool::new(false),
            clearing: AtomicBool::new(false),
            stats: Mutex::new(DiskStats { file: path.to_owned(), ..DiskStats::default() }),
            age_max: settings.age,
            bytes_max: settings.disk_bytes,
        }))
    }

    /// Takes a document that was accepted. Never waits; what has no room is counted.
    pub(crate) fn keep(&self, trace: TraceId, packed: Packed, arrived: Timestamp) {
        self.0.queue.push(Item::Document { trace, packed, arrived });
    }

    /// Takes metrics as they came.
    pub(crate) fn keep_metrics(&self, json: &[u8], arrived: Timestamp) {
        self.0.queue.push(Item::Metrics { json: json.into(), arrived });
    }

    /// The documents of a trace on disk, in the order in which they arrived.
    pub(crate) fn documents(&self, trace: TraceId, now: Timestamp) -> Vec<Vec<u8>> {
        if self.0.clearing.load(Ordering::Acquire) {
            return Vec::new();
        }
        let reader = self.0.reader.lock().unwrap_or_else(PoisonError::into_inner);
        match reader.of_trace(trace) {
            // What is too old goes with the next batch that is written.
            Ok(kept) if kept.iter().any(|kept| now.since(kept.arrived) <= self.0.age_max) => {
                kept.into_iter().map(|kept| kept.json).collect()
            }
            Ok(_) => Vec::new(),
            Err(error) => {
                let problem = file::unusable(&self.stats().file, &error).to_string();
                self.note(|stats| stats.problem = Some(problem));
                Vec::new()
            }
        }
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        self.0.stopped.store(true, Ordering::Release);
        self.0.clearing.store(true, Ordering::Release);
        self.0.queue.clear();
    }

    /// Whether nothing more is wanted from before.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.stopped.load(Ordering::Acquire)
    }

    pub(crate) fn stats(&self) -> DiskStats {
        let (waiting, lost) = self.0.queue.counts();
        let stats = self.0.stats().clone();
        DiskStats { waiting: stats.waiting + waiting, lost_in_queue: lost, ..stats }
    }

    fn note(&self, change: impl FnOnce(&mut DiskStats)) {
        change(&mut self.0.stats());
    }
}

impl Shared {
    fn stats(&self) -> MutexGuard<'_, DiskStats> {
        self.stats.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
