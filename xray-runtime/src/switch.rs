//! Whether anything can be recorded at all: the one thing that is looked at when tracing is switched off.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

static SWITCH: AtomicU8 = AtomicU8::new(UNDECIDED);

const UNDECIDED: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

/// Whether it is certain that nothing is recorded.
#[inline]
pub(crate) fn is_off() -> bool {
    SWITCH.load(Relaxed) == OFF
}

/// A recorder has been made that is enabled.
pub(crate) fn on() {
    SWITCH.store(ON, Relaxed);
}

/// The recorder of the process is not enabled. Recorders of tests may be, which then stays so.
pub(crate) fn process_is_off() {
    let _ = SWITCH.compare_exchange(UNDECIDED, OFF, Relaxed, Relaxed);
}
