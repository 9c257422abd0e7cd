//! Values that the program attaches to what is recorded.
//!
//! They are made before any state of ours is touched: `Display`, `Debug`, `Serialize` and closures are the program's code, which may
//! panic, or be traced itself.

mod annotation;
mod failure;
mod metadata;
pub(crate) mod probe;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use annotation::{Annotation, ToAnnotation};
pub(crate) use annotation::{key, name, user};
pub(crate) use failure::{Chain, Exception, Frame};
pub use failure::{Classify, Failure};
pub(crate) use metadata::json;
pub(crate) use probe::Probe;

/// Runs code of the program for our own ends; `None` if it panicked. (The panic hook has run by then; that cannot be helped.)
pub(crate) fn quietly<T>(code: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(code)).map_err(discard).ok()
}

/// Drops what a panic carried. That is the program's too, and may panic in turn; what it carries then is left alone.
#[cold]
fn discard(payload: Box<dyn std::any::Any + Send>) {
    if let Err(next) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(next);
    }
}

/// Formats with `write` at most `chars` characters. A `Display` of 10 MB is stopped there and not run to its end.
pub(crate) fn bounded(chars: usize, write: impl FnOnce(&mut dyn std::fmt::Write) -> std::fmt::Result) -> Bounded {
    let mut text = Bounded { text: String::new(), chars_left: chars, cut: false };
    let _ = write(&mut text);
    text
}

/// Text that was cut between two characters if it was too long.
pub(crate) struct Bounded {
    pub(crate) text: String,
    chars_left: usize,
    pub(crate) cut: bool,
}

impl std::fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        // Whole pieces are the common case; bytes are at least as many as characters.
        if text.len() <= self.chars_left {
            self.chars_left -= text.chars().count();
            self.text.push_str(text);
            return Ok(());
        }
        for letter in text.chars() {
            if self.chars_left == 0 {
                self.cut = true;
                return Err(std::fmt::Error);
            }
            self.chars_left -= 1;
            self.text.push(letter);
        }
        Ok(())
    }
}
