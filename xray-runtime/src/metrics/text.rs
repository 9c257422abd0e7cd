//! Values of dimensions, kept for a moment.

use std::fmt::{self, Write};

use xray_model::limits::DIMENSION_VALUE_CHARS_MAX;

use crate::sys::ShortText;

/// A text that is mostly short, and then needs no allocation. What is longer than CloudWatch takes is cut behind that, so that it is still
/// seen to be.
#[derive(Clone, Debug)]
pub(crate) struct Text(Kept);

#[derive(Clone, Debug)]
enum Kept {
    Short(ShortText),
    Long(String),
}

impl Text {
    pub(crate) const EMPTY: Self = Self(Kept::Short(ShortText::EMPTY));

    /// What `value` displays; nothing if it cannot.
    pub(crate) fn of(value: &(impl fmt::Display + ?Sized)) -> Self {
        let mut text = Self::EMPTY;
        let is_whole = write!(text, "{value}").is_ok();
        // It also fails where it is cut.
        if is_whole || text.as_str().len() > DIMENSION_VALUE_CHARS_MAX { text } else { Self::EMPTY }
    }

    /// A name of our own making, so that CloudWatch takes it: what is not printable ASCII becomes `_`.
    pub(crate) fn usable(name: &str) -> Self {
        let mut text = Self::EMPTY;
        for (index, letter) in name.chars().enumerate().take(DIMENSION_VALUE_CHARS_MAX) {
            let is_usable = matches!(letter, ' '..='~') && (index > 0 || letter != ':');
            let _ = text.write_char(if is_usable { letter } else { '_' });
        }
        if text.as_str().trim_start_matches(' ').is_empty() { Self::of("_") } else { text }
    }

    #[inline]
    pub(crate) fn as_str(&self) -> &str {
        match &self.0 {
            Kept::Short(text) => text.as_str(),
            Kept::Long(text) => text,
        }
    }
}

impl Write for Text {
    #[inline]
    fn write_str(&mut self, more: &str) -> fmt::Result {
        let fits = if let Kept::Short(text) = &mut self.0 { text.push(more) } else { false };
        if fits { Ok(()) } else { self.write_long(more) }
    }
}

impl Text {
    #[cold]
    fn write_long(&mut self, more: &str) -> fmt::Result {
        let kept = self.as_str();
        if kept.len() > DIMENSION_VALUE_CHARS_MAX {
            return Err(fmt::Error);
        }
        let room = DIMENSION_VALUE_CHARS_MAX + 1 - kept.len();
        match &mut self.0 {
            Kept::Short(text) => {
                let mut long = String::with_capacity((text.as_str().len() + more.len()).min(2 * DIMENSION_VALUE_CHARS_MAX));
                long.push_str(text.as_str());
                long.extend(more.chars().take(room));
                self.0 = Kept::Long(long);
            }
            Kept::Long(text) => text.extend(more.chars().take(room)),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_any_length_come_back() {
        for length in [0, 1, 37, 38, 39, 100, 1024] {
            let expected = "x".repeat(length);
            assert_eq!(Text::of(&expected).as_str(), expected);
            let in_parts = Text::of(&format_args!("{}{}{}", "x".repeat(length / 3), "", "x".repeat(length - length / 3)));
            assert_eq!(in_parts.as_str(), expected);
        }
        assert_eq!(Text::of(&12.5).as_str(), "12.5");
        assert_eq!(Text::of("größe").as_str(), "größe");
        let cut = Text::of(&"ö".repeat(5000));
        assert!((1025..=2 * 1025).contains(&cut.as_str().len()), "{}", cut.as_str().len());
    }

    #[test]
    fn names_are_made_usable() {
        for (name, usable) in
            [("place", "place"), ("größe", "gr__e"), ("", "_"), ("  ", "_"), (":x", "_x"), ("a\nb", "a_b"), ("a:b", "a:b")]
        {
            assert_eq!(Text::usable(name).as_str(), usable);
        }
        assert_eq!(Text::usable(&"x".repeat(2000)).as_str().len(), 1024);
    }
}
