//! What was rewritten and what was not, for who asks: `AUTOXRAY_REWRITES` names a file, or is `1` for standard error.

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::Write as _;

use proc_macro2::Span;

const VARIABLE: &str = "AUTOXRAY_REWRITES";

/// One line for each call that was looked at.
#[derive(Default)]
pub(super) struct Notes {
    lines: Vec<(Span, String)>,
    changed: usize,
}

impl Notes {
    pub(super) fn rewritten(&mut self, at: Span, what: &str) {
        self.changed += 1;
        self.lines.push((at, format!("rewritten ({what})")));
    }

    pub(super) fn left(&mut self, at: Span, reason: &str) {
        self.lines.push((at, String::from(reason)));
    }

    /// Lines and rewritten calls so far.
    pub(super) fn state(&self) -> (usize, usize) {
        (self.lines.len(), self.changed)
    }

    /// Calls rewritten so far.
    pub(super) fn changed(&self) -> usize {
        self.changed
    }

    /// Forgets what was tried since.
    pub(super) fn back_to(&mut self, (lines, changed): (usize, usize)) {
        self.lines.truncate(lines);
        self.changed = changed;
    }

    pub(super) fn is_changed(&self) -> bool {
        self.changed > 0
    }

    /// Writes the lines to where the variable says. That it fails is no reason not to compile.
    pub(super) fn write(&self) {
        if self.lines.is_empty() {
            return;
        }
        let Some(place) = std::env::var_os(VARIABLE).filter(|place| !place.is_empty() && place != "0") else { return };
        let mut text = String::new();
        for (at, line) in &self.lines {
            let _ = if proc_macro::is_available() {
                let at = at.unwrap();
                writeln!(text, "{}:{}: {line}", at.file(), at.line())
            } else {
                writeln!(text, "{line}")
            };
        }
        let _ = if place == "1" {
            std::io::stderr().write_all(text.as_bytes())
        } else {
            // One write, because several compilers may write to one file.
            OpenOptions::new().create(true).append(true).open(place).and_then(|mut file| file.write_all(text.as_bytes()))
        };
    }
}
