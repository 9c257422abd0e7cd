//! Text from documents, made fit for one line of a terminal.

use unicode_width::UnicodeWidthChar;

/// Combining characters kept on one letter; more of them would paint over other lines.
const COMBINING_MAX: usize = 2;

/// Columns that a character takes.
fn char_width(char: char) -> usize {
    char.width().unwrap_or(0)
}

/// Columns that clean text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(char_width).sum()
}

/// Takes away what text could do to a terminal beyond being read: control characters and escapes become visible, what changes direction
/// or has no width of its own goes.
pub(crate) fn clean(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut combining = 0;
    for char in text.chars() {
        let shown = match char {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
            // The pictures of control characters.
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(char)).unwrap_or('\u{fffd}'),
            '\x7f' => '\u{2421}',
            '\u{80}'..='\u{9f}' => '\u{fffd}',
            // Direction: marks, overrides, isolates.
            '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
            _ if is_joiner(char) => continue,
            _ => char,
        };
        combining = if char_width(shown) == 0 { combining + 1 } else { 0 };
        if combining <= COMBINING_MAX {
            cleaned.push(shown);
        }
    }
    cleaned
}

/// Characters that show nothing, or that change the width of the character before: terminals disagree about them.
fn is_joiner(char: char) -> bool {
    matches!(
        char,
        '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200d}'
            | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Clean text cut to a number of columns, with `…` in place of what is gone.
pub(super) fn fit(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let (mut cut, mut used) = (String::new(), 0);
    for char in text.chars() {
        used += char_width(char);
        if used >= columns {
            break;
        }
        cut.push(char);
    }
    cut.truncate(cut.trim_end().len());
    if columns > 0 {
        cut.push('…');
    }
    cut
}

/// Clean text in lines of at most `columns`, at most `lines` of them, broken between words where there are any. What is left over is cut
/// off with `…`.
pub(super) fn wrap(text: &str, columns: usize, lines: usize) -> Vec<String> {
    let mut wrapped = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if wrapped.len() + 1 >= lines || width(rest) <= columns {
            wrapped.push(fit(rest, columns));
            break;
        }
        let at = line_end(rest, columns.max(2));
        wrapped.push(rest[..at].trim_end().to_owned());
        rest = rest[at..].trim_start();
    }
    wrapped
}

/// Where to break text that is wider than `columns`: after the last blank that fits, but not so early that half the line stays empty.
fn line_end(text: &str, columns: usize) -> usize {
    let (mut used, mut last_blank, mut fitting) = (0, 0, 0);
    for (at, char) in text.char_indices() {
        if char == ' ' && used * 2 >= columns {
            last_blank = at;
        }
        used += char_width(char);
        if used > columns {
            break;
        }
        fitting = at + char.len_utf8();
    }
    if last_blank > 0 { last_blank } else { fitting }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn hostile_text_becomes_harmless() {
        let table = [
            ("plain", "plain"),
            ("a\tb\r\nc", "a b  c"),
            ("\u{1b}[31mred\u{1b}[0m", "␛[31mred␛[0m"),
            ("\u{9b}31m\u{7}\u{7f}\0", "\u{fffd}31m␇␡␀"),
            ("abc\u{202e}cba\u{2066}x\u{200f}", "abc\u{fffd}cba\u{fffd}x\u{fffd}"),
            ("z\u{200b}w\u{200d}j\u{feff}\u{e0041}", "zwj"),
            ("Z\u{301}\u{302}\u{303}\u{304}\u{305}a\u{301}", "Z\u{301}\u{302}a\u{301}"),
            ("👍🏽 日本", "👍 日本"),
            ("line\u{2028}para\u{2029}", "line para "),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text), expected);
        }
    }

    #[test]
    fn cutting_and_wrapping_count_columns() {
        assert_eq!(fit("abcdef", 6), "abcdef");
        assert_eq!(fit("abcdef", 5), "abcd…");
        assert_eq!(fit("abc def", 5), "abc…");
        assert_eq!(fit("日本語", 5), "日本…");
        assert_eq!(fit("日本語", 4), "日…");
        assert_eq!(fit("abc", 1), "…");
        assert_eq!(fit("abc", 0), "");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
        assert_eq!(wrap("one two three four", 9, 9), ["one two", "three", "four"]);
        assert_eq!(wrap("one two three four", 9, 2), ["one two", "three fo…"]);
        assert_eq!(wrap("abcdefghijkl", 5, 9), ["abcde", "fghij", "kl"]);
        assert_eq!(wrap("a bcdefghijkl", 5, 9), ["a bcd", "efghi", "jkl"]);
        assert_eq!(wrap("日本語", 5, 9), ["日本", "語"]);
        assert_eq!(wrap("  ", 5, 9), [""; 0]);
    }

    proptest! {
        #[test]
        fn no_text_escapes(text in "(?s).{0,60}", columns in 0usize..40, lines in 1usize..5) {
            let cleaned = clean(&text);
            prop_assert!(!cleaned.chars().any(char::is_control));
            prop_assert_eq!(&clean(&cleaned), &cleaned);
            prop_assert!(width(&fit(&cleaned, columns)) <= columns);
            let wrapped = wrap(&cleaned, columns + 2, lines);
            prop_assert!(wrapped.len() <= lines && wrapped.iter().all(|line| width(line) <= columns + 2));
        }
    }
}
