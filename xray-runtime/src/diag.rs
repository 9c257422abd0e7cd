//! One line for the operator, now and then.
//!
//! What is said twice is the caller's to prevent.

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, TryLockError};

/// Lines that wait for [`say_pending`].
static PENDING: Mutex<Vec<String>> = Mutex::new(Vec::new());
static IS_PENDING: AtomicBool = AtomicBool::new(false);

/// Writes one line to standard error, whatever becomes of it.
///
/// Not through `eprintln!`, which panics if standard error is closed, and waits for a lock that the program may hold while it waits for us.
#[cold]
pub(crate) fn log(message: &str) {
    let line = format!("autoxray: {message}\n");
    if let Some(mut stderr) = stderr() {
        let _ = stderr.write_all(line.as_bytes());
    }
}

/// Writes a line to standard error, as autoxray's own messages are written: something that whoever runs the program can mend. For
/// integrations, which say a thing once.
///
/// ```
/// # use xray_runtime as autoxray;
/// autoxray::tell_operator("orders-client 0.3 is not supported, and its calls are not recorded: use 0.4 or newer");
/// ```
#[cold]
pub fn tell_operator(message: &str) {
    log(message);
}

#[cfg(unix)]
fn stderr() -> Option<std::fs::File> {
    use std::os::fd::AsFd;
    std::io::stderr().as_fd().try_clone_to_owned().ok().map(std::fs::File::from)
}

#[cfg(not(unix))]
fn stderr() -> Option<std::io::Stderr> {
    Some(std::io::stderr())
}

/// Keeps a line until no lock of ours is held.
#[cold]
pub(crate) fn later(message: String) {
    if let Some(mut pending) = pending() {
        pending.push(message);
        IS_PENDING.store(true, Relaxed);
    }
}

/// The lines, unless the lock stays taken: in a forked child, whoever has it may not exist. A line is not worth waiting for.
fn pending() -> Option<MutexGuard<'static, Vec<String>>> {
    for _ in 0..1000 {
        match PENDING.try_lock() {
            Ok(pending) => return Some(pending),
            Err(TryLockError::Poisoned(pending)) => return Some(pending.into_inner()),
            Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
        }
    }
    None
}

/// Writes the lines that have been kept. To be called where no lock is held.
#[inline]
pub(crate) fn say_pending() {
    if IS_PENDING.load(Relaxed) {
        say();
    }
}

#[cold]
fn say() {
    IS_PENDING.store(false, Relaxed);
    let lines = pending().map(|mut pending| std::mem::take(&mut *pending)).unwrap_or_default();
    lines.iter().for_each(|line| log(line));
}
