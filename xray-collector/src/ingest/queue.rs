//! Datagrams between the two threads, bounded in bytes.

use std::net::SocketAddr;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::batch::Batch;
use crate::settings::{BURST_ROUND, BURST_ROUNDS_MAX};

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

    /// Adds a datagram, or drops it where there is no room.
    pub(super) fn push(&self, datagram: &[u8], from: SocketAddr) {
        let mut waiting = self.lock();
        if waiting.batch.bytes_with(datagram) > self.bytes_max {
            waiting.dropped += 1;
            return;
        }
        waiting.batch.push(datagram, from);
        if waiting.batch.len() == 1 {
            // Only then may anybody be waiting; a wake-up costs as much as taking a datagram.
            self.filled.notify_one();
        }
    }

    /// Waits for datagrams and takes all there are, and leaves `emptied` to be filled; `None` once the queue is closed and empty.
    ///
    /// While a burst lasts, it only watches the queue fill: reading documents would take processor time from the thread that empties the
    /// socket, and what does not fit the kernel's small buffer meanwhile is lost.
    pub(super) fn take(&self, emptied: Batch) -> Option<Batch> {
        let waiting = self.lock();
        let mut waiting =
            self.filled.wait_while(waiting, |waiting| waiting.batch.is_empty() && !waiting.closed).unwrap_or_else(PoisonError::into_inner);
        if waiting.batch.is_empty() {
            return None;
        }
        for _ in 0..BURST_ROUNDS_MAX {
            let (count, is_filling) = (waiting.batch.len(), waiting.batch.bytes_with(&[]) < self.bytes_max / 2);
            if waiting.closed || !is_filling {
                break;
            }
            drop(waiting);
            thread::sleep(BURST_ROUND);
            waiting = self.lock();
            if waiting.batch.len() == count {
                break;
            }
        }
        Some(std::mem::replace(&mut waiting.batch, emptied))
    }

    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_all();
    }

    pub(super) fn dropped(&self) -> u64 {
        self.lock().dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_drops_and_counts() {
        let from = ([127, 0, 0, 1], 1).into();
        let queue = Queue::new(2 * (size_of::<(usize, SocketAddr)>() + 10));
        for byte in 0..5 {
            queue.push(&[byte; 10], from);
        }
        assert_eq!(queue.dropped(), 3);
        let batch = queue.take(Batch::default()).unwrap();
        assert_eq!(batch.iter().map(|received| received.bytes[0]).collect::<Vec<_>>(), [0, 1]);
        queue.push(&[0; 10], from);
        queue.close();
        let batch = queue.take(batch.emptied()).unwrap();
        assert_eq!(batch.len(), 1);
        assert!(queue.take(batch.emptied()).is_none());
        assert_eq!(queue.dropped(), 3);
    }
}
