//! Whether anything can be recorded at all: the one thing that is looked at when tracing is switched off.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

static SWITCH: Switch = Switch::new();

/// Whether something is done anywhere in the process. Nobody knows until the first recorder is made.
pub(crate) struct Switch(AtomicU8);

const UNDECIDED: u8 = 0;
const OFF: u8 = 1;
const ON: u8 = 2;

impl Switch {
    pub(crate) const fn new() -> Self {
        Self(AtomicU8::new(UNDECIDED))
    }

    /// Whether it is certain that nothing is done.
    #[inline]
    pub(crate) fn is_off(&self) -> bool {
        self.0.load(Relaxed) == OFF
    }

    /// There is a recorder that does it.
    pub(crate) fn on(&self) {
        self.0.store(ON, Relaxed);
    }

    /// The recorder of the process does not. Recorders of tests may, which then stays so.
    pub(crate) fn process_is_off(&self) {
        let _ = self.0.compare_exchange(UNDECIDED, OFF, Relaxed, Relaxed);
    }
}

/// Whether it is certain that nothing is recorded.
#[inline]
pub(crate) fn is_off() -> bool {
    SWITCH.is_off()
}

/// A recorder has been made that is enabled.
pub(crate) fn on() {
    SWITCH.on();
}

/// The recorder of the process is not enabled.
pub(crate) fn process_is_off() {
    SWITCH.process_is_off();
}
