//! Texts of errors, which may be of any length.

use std::fmt;

use xray_model::limits::EXCEPTION_MESSAGE_CHARS_MAX;

/// As much text as is looked at, and no more.
#[derive(Default)]
pub(crate) struct Bounded(pub(crate) String);

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let left = (EXCEPTION_MESSAGE_CHARS_MAX * 4).saturating_sub(self.0.len());
        let end = (0..=left.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        self.0.push_str(&text[..end]);
        if end < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}
