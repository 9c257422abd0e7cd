//! Datagrams between the two threads, bounded in bytes.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::Received;
use crate::settings::{BURST_ROUND, BURST_ROUNDS_MAX};

pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    filled: Condvar,
    bytes_max: usize,
}

#[derive(Default)]
struct Waiting {
    datagrams: Vec<Received>,
    bytes: usize,
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
    pub(super) fn push(&self, datagram: Received) {
        let mut waiting = self.lock();
        // An empty datagram takes room too.
        let bytes = datagram.bytes.len() + size_of::<Received>();
        if waiting.bytes + bytes > self.bytes_max {
            waiting.dropped += 1;
            return;
        }
        waiting.bytes += bytes;
        waiting.datagrams.push(datagram);
        if waiting.datagrams.len() == 1 {
            // Only then may anybody be waiting; a wake-up costs as much as taking a datagram.
            self.filled.notify_one();
        }
    }

    /// Waits for datagrams and takes all there are; `None` once the queue is closed and empty.
    ///
    /// While a burst lasts, it only watches the queue fill: reading documents would take processor time from the thread that empties the
    /// socket, and what does not fit the kernel's small buffer meanwhile is lost.
    pub(super) fn take(&self) -> Option<Vec<Received>> {
        let waiting = self.lock();
        let mut waiting = self
            .filled
            .wait_while(waiting, |waiting| waiting.datagrams.is_empty() && !waiting.closed)
            .unwrap_or_else(PoisonError::into_inner);
        if waiting.datagrams.is_empty() {
            return None;
        }
        for _ in 0..BURST_ROUNDS_MAX {
            let (count, is_filling) = (waiting.datagrams.len(), waiting.bytes < self.bytes_max / 2);
            if waiting.closed || !is_filling {
                break;
            }
            drop(waiting);
            thread::sleep(BURST_ROUND);
            waiting = self.lock();
            if waiting.datagrams.len() == count {
                break;
            }
        }
        waiting.bytes = 0;
        Some(std::mem::take(&mut waiting.datagrams))
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
        let queue = Queue::new(2 * (size_of::<Received>() + 10));
        for byte in 0..5 {
            queue.push(Received { bytes: vec![byte; 10], from: ([127, 0, 0, 1], 1).into() });
        }
        assert_eq!(queue.dropped(), 3);
        assert_eq!(queue.take().unwrap().len(), 2);
        queue.push(Received { bytes: vec![0; 10], from: ([127, 0, 0, 1], 1).into() });
        queue.close();
        assert_eq!(queue.take().unwrap().len(), 1);
        assert!(queue.take().is_none());
        assert_eq!(queue.dropped(), 3);
    }
}
