//! What is wrong with a filter expression, and where.

use std::fmt;

use unicode_width::UnicodeWidthChar;

use crate::settings::FILTER_SHOWN_CHARS_MAX;

/// Characters of a word in a message.
const WORD_CHARS_SHOWN_MAX: usize = 40;

/// Why a text is no filter expression.
///
/// Displayed, it is the message, the expression, and a mark below the place:
///
/// ```
/// let error = xray_collector::filter::Filter::parse("responstime > 5").unwrap_err();
/// assert_eq!(error.column(), 1);
/// assert_eq!(error.to_string(), "\
/// `responstime` is no keyword; did you mean `responsetime`?
///   responstime > 5
///   ^");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    text: String,
    /// Characters before the place.
    before: usize,
}

impl Error {
    /// `at` is a byte in the text.
    pub(super) fn new(message: impl Into<String>, text: &str, at: usize) -> Self {
        let before = text.char_indices().take_while(|(index, _)| *index < at).count();
        // The text is the caller's, and may be as long as a body; what is far from the place is not shown.
        let text = text.chars().take(before + FILTER_SHOWN_CHARS_MAX).collect();
        Self { message: message.into(), text, before }
    }

    /// What is wrong, and what was expected.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The character at which it is wrong, counted from 1. It may be the one behind the last.
    #[must_use]
    pub fn column(&self) -> usize {
        self.before + 1
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // So much of the text that the place is in it.
        let from = self.before.saturating_sub(FILTER_SHOWN_CHARS_MAX / 2);
        let shown = || self.text.chars().map(visible).skip(from);
        let ellipsis = if from > 0 { "…" } else { "" };
        let before: usize = shown().take(self.before - from).map(|char| char.width().unwrap_or(0)).sum();
        let line: String = shown().take(FILTER_SHOWN_CHARS_MAX).collect();
        let indent = before + ellipsis.chars().count();
        write!(f, "{}\n  {ellipsis}{}\n  {:indent$}^", self.message, line.trim_end(), "")
    }
}

impl std::error::Error for Error {}

/// A word of the expression, for a message.
pub(super) fn short(word: &str) -> String {
    let mut shown: String = word.chars().map(visible).take(WORD_CHARS_SHOWN_MAX).collect();
    if word.chars().nth(WORD_CHARS_SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that would move the mark away from its place, or text around, as blanks and boxes.
fn visible(char: char) -> char {
    match char {
        char if char.is_whitespace() => ' ',
        char if char.is_control() || char.width().unwrap_or(0) == 0 => '□',
        char => char,
    }
}
