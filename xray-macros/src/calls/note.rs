//! What was rewritten and what was not, for who asks: `AUTOXRAY_REWRITES` names a file, or is `1` for standard error.

use std::ffi::OsStr;
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
        if let Some(place) = std::env::var_os(VARIABLE).filter(|place| !place.is_empty() && place != "0") {
            self.write_to(&place);
        }
    }

    fn write_to(&self, place: &OsStr) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_added_to_a_file() {
        let file = std::env::temp_dir().join(format!("autoxray-notes-{}", std::process::id()));
        let mut notes = Notes::default();
        notes.rewritten(Span::call_site(), "send");
        let before = notes.state();
        notes.rewritten(Span::call_site(), "tried");
        notes.back_to(before);
        notes.left(Span::call_site(), "a closure captures it");
        notes.write_to(file.as_os_str());
        notes.write_to(file.as_os_str());
        let written = std::fs::read_to_string(&file).unwrap();
        std::fs::remove_file(&file).unwrap();
        let once = "rewritten (send)\na closure captures it\n";
        assert_eq!(written, once.repeat(2));
        assert!(notes.is_changed());
        // What cannot be written is not worth a word.
        notes.write_to(std::env::temp_dir().as_os_str());
    }
}
