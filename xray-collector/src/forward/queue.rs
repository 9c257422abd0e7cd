//! Documents that wait to be sent.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::settings::{FORWARD_BATCH, FORWARD_BATCH_BYTES};

/// The oldest make room, as in the daemon: what has just happened is worth more.
#[derive(Debug)]
pub(super) struct Queue {
    state: Mutex<State>,
    pub(super) changed: Notify,
    pub(super) closed: Notify,
    bytes_max: usize,
}

#[derive(Debug, Default)]
struct State {
    documents: VecDeque<Vec<u8>>,
    bytes: usize,
    is_closed: bool,
}

/// How things stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Empty,
    /// There are some, but not yet a batch.
    Some,
    /// A batch is full, or no more will come.
    Ready,
    Finished,
}

impl Queue {
    pub(super) fn new(bytes_max: usize) -> Self {
        Self { state: Mutex::default(), changed: Notify::new(), closed: Notify::new(), bytes_max }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a document; tells how many had to make room. `None` if no more are taken.
    pub(super) fn push(&self, document: &[u8]) -> Option<u64> {
        let mut state = self.lock();
        if state.is_closed {
            return None;
        }
        state.bytes += document.len();
        state.documents.push_back(document.to_vec());
        let mut spilled = 0;
        while state.bytes > self.bytes_max {
            let Some(oldest) = state.documents.pop_front() else { break };
            state.bytes -= oldest.len();
            spilled += 1;
        }
        // A wake-up is not for free: one for the first, and one for each batch.
        let wakes = state.documents.len() % FORWARD_BATCH <= 1 || state.bytes >= FORWARD_BATCH_BYTES;
        drop(state);
        if wakes {
            self.changed.notify_one();
        }
        Some(spilled)
    }

    pub(super) fn standing(&self) -> Standing {
        let state = self.lock();
        match state.documents.len() {
            0 if state.is_closed => Standing::Finished,
            0 => Standing::Empty,
            count if state.is_closed || count >= FORWARD_BATCH || state.bytes >= FORWARD_BATCH_BYTES => Standing::Ready,
            _ => Standing::Some,
        }
    }

    /// Takes a batch of the oldest.
    pub(super) fn take(&self) -> Vec<Vec<u8>> {
        let mut state = self.lock();
        let mut batch = Vec::new();
        let mut bytes = 0;
        while let Some(next) = state.documents.front().map(Vec::len) {
            let is_full = batch.len() >= FORWARD_BATCH || (bytes > 0 && bytes + next > FORWARD_BATCH_BYTES);
            if is_full {
                break;
            }
            bytes += next;
            batch.extend(state.documents.pop_front());
        }
        state.bytes -= bytes;
        batch
    }

    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
        self.closed.notify_one();
    }
}
