//! Traces and figures as text for a terminal.
//!
//! Pure functions. Whether there is a terminal, how wide it is and whether colours are welcome (`NO_COLOR`) is for the caller to find out.
//! With colours the same characters are written as without, only with styles around them.
//!
//! Whatever a document holds, it cannot do more to the terminal than be read: control characters and escapes are shown as pictures.

mod bar;
mod details;
pub(crate) mod number;
mod paint;
mod rows;
mod tables;
pub(crate) mod text;
mod waterfall;

#[cfg(test)]
mod tests;

pub use tables::{rejected, services, traces};
pub use waterfall::waterfall;

use crate::query::Status;
use paint::Style;

/// How to show things.
///
/// ```
/// use xray_collector::View;
///
/// let view = View { width: 120, colour: true, ..View::default() };
/// assert_eq!(view.fold, 5);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Columns of a line: 80. Less than 60 is taken as 60.
    pub width: usize,
    /// Whether to write ANSI colours: no.
    pub colour: bool,
    /// Siblings of one name that are shown, before the rest of them is folded into one line: 5. What did not end well is shown also
    /// beyond that, up to this number again.
    pub fold: usize,
}

impl Default for View {
    fn default() -> Self {
        Self { width: 80, colour: false, fold: 5 }
    }
}

impl View {
    fn columns(&self) -> usize {
        self.width.clamp(60, 1_000)
    }
}

/// Looks of a status.
fn style_of(status: Status) -> Style {
    match status {
        Status::Ok => Style::Ok,
        Status::Error => Style::Error,
        Status::Throttle => Style::Throttle,
        Status::Fault => Style::Fault,
    }
}

/// Sign of a status.
pub(crate) fn mark_of(status: Status) -> &'static str {
    match status {
        Status::Ok => "✓",
        Status::Error => "!",
        Status::Throttle => "⊖",
        Status::Fault => "✗",
    }
}

/// Name of a status.
pub(crate) fn word_of(status: Status) -> &'static str {
    match status {
        Status::Ok => "ok",
        Status::Error => "error",
        Status::Throttle => "throttled",
        Status::Fault => "fault",
    }
}
