//! Tells of invocations that will not end in time.
//!
//! When Lambda's time is up, the process is gone without a word. So a thread waits, and shortly before that sends what is open. A timer of the
//! async runtime would do for a handler that waits, but not for one that blocks its thread, and that is what time-outs often come from.
//! The thread is started by the first invocation that has a deadline, and sleeps until the earliest of those under way is near; ending an
//! invocation does not wake it.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use crate::clock::Moment;
use crate::context::Here;
use crate::sys;

static WATCHDOG: Watchdog =
    Watchdog { state: Mutex::new(State { watched: Vec::new(), next_number: 0, wakes_at: None, process: 0 }), changed: Condvar::new() };

struct Watchdog {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    watched: Vec<Watched>,
    next_number: u64,
    /// When the thread wakes by itself.
    wakes_at: Option<Moment>,
    /// The process that the thread is in; a child that was forked off has none.
    process: u32,
}

struct Watched {
    number: u64,
    handler: Here,
    at: Moment,
}

/// Watches an invocation until it is dropped.
#[derive(Debug)]
pub(super) struct Watch {
    number: u64,
}

/// Watches an invocation, and sends what is open in it after `patience`. `None` if no thread can be had for it.
pub(super) fn watch(handler: Here, patience: Duration) -> Option<Watch> {
    let at = Moment::after(patience)?;
    let mut state = lock();
    if state.process != sys::process_id() {
        state.watched.clear();
        state.wakes_at = None;
        let thread = thread::Builder::new().name("autoxray-timeouts".into()).stack_size(STACK_BYTES);
        thread.spawn(run).ok()?;
        state.process = sys::process_id();
    }
    let number = state.next_number;
    state.next_number += 1;
    state.watched.push(Watched { number, handler, at });
    if state.wakes_at.is_none_or(|wakes_at| at < wakes_at) {
        state.wakes_at = Some(at);
        WATCHDOG.changed.notify_one();
    }
    Some(Watch { number })
}

/// Enough to encode documents, which are not written recursively.
const STACK_BYTES: usize = 256 * 1024;

impl Drop for Watch {
    fn drop(&mut self) {
        let mut state = lock();
        if let Some(place) = state.watched.iter().position(|watched| watched.number == self.number) {
            state.watched.swap_remove(place);
        }
    }
}

/// Nothing runs under this lock that could panic.
fn lock() -> MutexGuard<'static, State> {
    WATCHDOG.state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn run() {
    let mut state = lock();
    loop {
        if let Some(place) = state.watched.iter().position(|watched| watched.at.wait().is_zero()) {
            let Watched { handler, .. } = state.watched.swap_remove(place);
            // It may end while it is told of; then there is nothing to tell.
            drop(state);
            handler.send_open();
            // So does what has been measured; the recorder of the invocation is gone when that has ended meanwhile, and it has written them.
            handler.flush_metrics();
            state = lock();
            continue;
        }
        let next = state.watched.iter().map(|watched| watched.at).min();
        state.wakes_at = next;
        state = match next {
            Some(next) => WATCHDOG.changed.wait_timeout(state, next.wait()).unwrap_or_else(PoisonError::into_inner).0,
            None => WATCHDOG.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
        };
    }
}
