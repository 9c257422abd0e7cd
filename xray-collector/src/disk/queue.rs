//! What waits to be written, bounded in bytes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use xray_model::TraceId;
use xray_model::document::Timestamp;

use crate::settings::{DISK_BATCH_BYTES, DISK_BATCH_WAIT};
use crate::store::Packed;

/// What arrived and is to be kept.
pub(super) enum Item {
    /// Packed as the store holds it, so that it takes no memory twice.
    Document {
        trace: TraceId,
        packed: Packed,
        arrived: Timestamp,
    },
    Metrics {
        json: Box<[u8]>,
        arrived: Timestamp,
    },
}

impl Item {
    fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Document { packed, .. } => packed.json_bytes(),
                Self::Metrics { json, .. } => json.len(),
            }
    }
}

/// What is written at once.
#[derive(Default)]
pub(super) struct Batch {
    /// Whether all that was there before has to go first.
    pub(super) clear: bool,
    pub(super) items: Vec<Item>,
    bytes: usize,
}

impl Batch {
    fn is_empty(&self) -> bool {
        self.items.is_empty() && !self.clear
    }
}

pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    bytes_max: usize,
}

#[derive(Default)]
struct Waiting {
    batch: Batch,
    dropped: u64,
    closed: bool,
}

impl Queue {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { waiting: Mutex::default(), filled: Condvar::new(), bytes_max }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds something, or drops it where there is no room.
    pub(super) fn push(&self, item: Item) {
        let mut waiting = self.lock();
        let before = waiting.batch.bytes;
        let after = before + item.bytes();
        if after > self.bytes_max {
            waiting.dropped += 1;
            return;
        }
        waiting.batch.bytes = after;
        waiting.batch.items.push(item);
        if waiting.batch.items.len() == 1 || (before < DISK_BATCH_BYTES && after >= DISK_BATCH_BYTES) {
            self.filled.notify_one();
        }
    }

    /// Drops what waits, and has what was written before forgotten.
    pub(super) fn clear(&self) {
        self.lock().batch = Batch { clear: true, ..Batch::default() };
        self.filled.notify_one();
    }

    /// Waits for something, and a moment more for what comes with it; `None` once the queue is closed and empty.
    pub(super) fn take(&self) -> Option<Batch> {
        let waiting = self.lock();
        let is_empty = |waiting: &mut Waiting| waiting.batch.is_empty() && !waiting.closed;
        let waiting = self.filled.wait_while(waiting, is_empty).unwrap_or_else(PoisonError::into_inner);
        let has_room = |waiting: &mut Waiting| waiting.batch.bytes < DISK_BATCH_BYTES && !waiting.batch.clear && !waiting.closed;
        let (mut waiting, _) = self.filled.wait_timeout_while(waiting, DISK_BATCH_WAIT, has_room).unwrap_or_else(PoisonError::into_inner);
        let batch = std::mem::take(&mut waiting.batch);
        (!batch.is_empty()).then_some(batch)
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    /// How many wait, and how many were dropped.
    pub(super) fn counts(&self) -> (u64, u64) {
        let waiting = self.lock();
        (waiting.batch.items.len() as u64, waiting.dropped)
    }
}
