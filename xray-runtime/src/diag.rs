//! One line for the operator, now and then.

use std::io::Write;

/// Writes one line to standard error. What is said twice is the caller's to prevent.
///
/// A program whose standard error is closed must not notice, so `eprintln!`, which panics then, will not do.
#[cold]
pub(crate) fn log(message: &str) {
    let _ = writeln!(std::io::stderr(), "autoxray: {message}");
}
