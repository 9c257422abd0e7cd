//! What only unsafe code can do; there is none elsewhere.

#![allow(unsafe_code)]

use std::sync::atomic::{
    AtomicU32,
    Ordering::{Relaxed, SeqCst},
};

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

/// A text of a few bytes, kept in place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ShortText {
    len: u8,
    /// Those up to `len` are whole strings, one after the other.
    bytes: [u8; Self::BYTES_MAX],
}

impl ShortText {
    /// Covers the names that dimensions mostly have, and keeps a future small.
    const BYTES_MAX: usize = 39;

    pub(crate) const EMPTY: Self = Self { len: 0, bytes: [0; Self::BYTES_MAX] };

    /// Adds a text, if it fits.
    #[inline]
    pub(crate) fn push(&mut self, more: &str) -> bool {
        let start = usize::from(self.len);
        let Some(room) = self.bytes.get_mut(start..start + more.len()) else { return false };
        room.copy_from_slice(more.as_bytes());
        self.len += more.len() as u8;
        true
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        let bytes = &self.bytes[..usize::from(self.len)];
        // SAFETY: these are the bytes that `push` has copied from whole strings, which is the only place that writes them.
        unsafe { std::str::from_utf8_unchecked(bytes) }
    }
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

/// Waits until something can be written to it, at most `timeout`. If it is a pipe, 4 KB can then be written without waiting.
#[cfg(unix)]
pub(crate) fn wait_writable(file: std::os::fd::BorrowedFd<'_>, timeout: std::time::Duration) -> bool {
    use std::ffi::{c_int, c_short, c_ulong};
    use std::os::fd::AsRawFd;

    #[repr(C)]
    struct PollFd {
        fd: c_int,
        events: c_short,
        revents: c_short,
    }
    /// The same on Linux, macOS and the BSDs.
    const POLLOUT: c_short = 4;
    unsafe extern "C" {
        fn poll(files: *mut PollFd, count: c_ulong, timeout: c_int) -> c_int;
    }
    let mut file = PollFd { fd: file.as_raw_fd(), events: POLLOUT, revents: 0 };
    let timeout = c_int::try_from(timeout.as_millis()).unwrap_or(c_int::MAX);
    // SAFETY: `poll` is POSIX, and gets one structure of its layout, which lives during the call. Its count is an `unsigned int` on some
    // systems, where one that is passed as a wider integer in a register is the same number. What cannot be waited for, it says at once.
    let ready = unsafe { poll(&raw mut file, 1, timeout) };
    // An error is for whoever writes to find out.
    ready != 0
}

/// Keeps the process from being forked, for the short time that a lock is held that the program has too: in a child, nobody would ever give
/// it back.
pub(crate) struct NoFork(());

/// How many keep it from being forked, and whether it is about to be.
static KEPT: AtomicU32 = AtomicU32::new(0);
static FORKING: AtomicU32 = AtomicU32::new(0);

impl NoFork {
    pub(crate) fn begin() -> Self {
        loop {
            KEPT.fetch_add(1, SeqCst);
            if FORKING.load(SeqCst) == 0 {
                return Self(());
            }
            KEPT.fetch_sub(1, SeqCst);
            std::thread::yield_now();
        }
    }
}

impl Drop for NoFork {
    fn drop(&mut self) {
        KEPT.fetch_sub(1, SeqCst);
    }
}

#[cfg(unix)]
mod fork {
    use std::ffi::c_int;

    use super::{FORKING, KEPT, SeqCst};

    type Handler = Option<extern "C" fn()>;

    /// Waits for those who keep the process from being forked, but not for ever: a program that is to be forked must be.
    extern "C" fn before() {
        FORKING.fetch_add(1, SeqCst);
        for _ in 0..1000 {
            if KEPT.load(SeqCst) == 0 {
                return;
            }
            std::thread::sleep(std::time::Duration::from_micros(100));
        }
    }

    extern "C" fn in_parent() {
        FORKING.fetch_sub(1, SeqCst);
    }

    unsafe extern "C" {
        fn pthread_atfork(prepare: Handler, parent: Handler, child: Handler) -> c_int;
    }

    /// Only what a signal handler may do: ask for the process id, and store numbers.
    extern "C" fn in_child() {
        FORKING.store(0, SeqCst);
        KEPT.store(0, SeqCst);
        super::PROCESS.store(std::process::id(), super::Relaxed);
    }

    /// Keeps the process id right in children.
    pub(super) fn watch() -> bool {
        // SAFETY: the function is POSIX and takes function pointers of this type or null. The handlers live as long as the program (a
        // library that is unloaded has its handlers removed) and do not unwind; `in_child` does only what is safe between fork and exec.
        unsafe { pthread_atfork(Some(before), Some(in_parent), Some(in_child)) == 0 }
    }
}

#[cfg(not(unix))]
mod fork {
    /// There is no fork.
    pub(super) fn watch() -> bool {
        true
    }
}
