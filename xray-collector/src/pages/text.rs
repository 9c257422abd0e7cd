//! Text from documents, made fit for a page.
//!
//! maud escapes what means something in HTML. What a document could still do is to be endless, to turn around the direction of what follows,
//! or to hold characters that HTML does not allow; that is dealt with here. Everything from documents goes through one of these.

use crate::settings::KEY_CHARS_MAX;
use crate::view::text::clean;

/// One line of at most so many characters, with `…` in place of what is gone.
pub(crate) fn line(text: &str, chars: usize) -> String {
    clean(&cut(text, chars))
}

/// Text whose line breaks stay.
pub(crate) fn block(text: &str, chars: usize) -> String {
    let cut = cut(text, chars);
    let lines: Vec<String> = cut.split('\n').map(|line| clean(&line.replace('\t', "    "))).collect();
    lines.join("\n")
}

/// The beginning of a name, by which addresses name it: one of a megabyte would be no address. Whatever it is compared with is to be cut, too.
pub(crate) fn key(name: &str) -> &str {
    name.char_indices().nth(KEY_CHARS_MAX).map_or(name, |(end, _)| &name[..end])
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        None => text.to_owned(),
        Some((at, _)) => format!("{}…", text[..at].trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_bounded_and_harmless() {
        assert_eq!(line("plain", 5), "plain");
        assert_eq!(line("a\nb\u{202e}\u{1b}[2Jcdefgh", 10), "a b\u{fffd}␛[2Jcd…");
        assert_eq!(block("a\n\tb\r\n\0", 100), "a\n    b \n␀");
        assert_eq!(line(&"x".repeat(1 << 20), 3), "xxx…");
    }
}
