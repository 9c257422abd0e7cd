//! What only unsafe code can do; there is none elsewhere.

#![allow(unsafe_code)]

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Whether the processor's time stamp counter may be used instead of the monotonic clock.
///
/// It is half the price of a clock read, and two of those are a large part of what a subsegment costs. It is used only where Linux keeps
/// time by it right now: the kernel has then found it to run at one rate, through sleep states too, and in step on all processors; it
/// watches that and changes its clock source if it no longer holds.
pub(crate) fn counter_is_trusted() -> bool {
    let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    cfg!(target_arch = "x86_64") && source.is_ok_and(|source| source.trim() == "tsc")
}

/// A reading of the counter.
#[inline]
pub(crate) fn counter() -> u64 {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: every x86-64 processor has the instruction, and it touches no memory. An operating system can forbid it to programs; one that
    // does so cannot let them keep time by it, and `counter_is_trusted` has seen that Linux does.
    unsafe {
        core::arch::x86_64::_rdtsc()
    }
    #[cfg(not(target_arch = "x86_64"))]
    0
}

/// The id of this process, 0 while it has not been asked for.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The id of this process, right also after a fork, and without a system call.
#[inline]
pub(crate) fn process_id() -> u32 {
    match PROCESS.load(Relaxed) {
        0 => first_process_id(),
        id => id,
    }
}

#[cold]
fn first_process_id() -> u32 {
    let id = std::process::id();
    if fork::watch() {
        PROCESS.store(id, Relaxed);
    }
    id
}

/// Runs `handler` when the program exits: after `main`, or by [`std::process::exit`]. Not where it ends by a signal.
#[cfg(unix)]
pub(crate) fn at_exit(handler: extern "C" fn()) {
    unsafe extern "C" {
        fn atexit(handler: extern "C" fn()) -> std::ffi::c_int;
    }
    // SAFETY: the function is of standard C and takes a function pointer of this type. The handler lives as long as the program (a library
    // that is unloaded has its handlers run then), and as an `extern "C"` function it does not unwind.
    unsafe {
        atexit(handler);
    }
}

/// There is no such thing.
#[cfg(not(unix))]
pub(crate) fn at_exit(_handler: extern "C" fn()) {}

#[cfg(unix)]
mod fork {
    use std::ffi::c_int;

    type Handler = Option<extern "C" fn()>;

    unsafe extern "C" {
        fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
    }

    /// Only what a signal handler may do: ask for the process id, and store it.
    extern "C" fn in_child() {
        super::PROCESS.store(std::process::id(), super::Relaxed);
    }

    /// Keeps the process id right in children.
    pub(super) fn watch() -> bool {
        // SAFETY: the function is POSIX and takes function pointers of this type or null. `in_child` lives as long as the program (a
        // library that is unloaded has its handlers removed), does not unwind, and does only what is safe between fork and exec.
        unsafe { pthread_atfork(None, None, Some(in_child)) == 0 }
    }
}

#[cfg(not(unix))]
mod fork {
    /// There is no fork.
    pub(super) fn watch() -> bool {
        true
    }
}
