//! Texts in headers, paths and queries.

use super::Value;
use super::text::{CHARS_MAX, cut};

/// A text value of a header, path or query.
pub(super) fn value(text: &str) -> Value {
    Value::Text(cut(text.trim(), CHARS_MAX))
}

/// Text with its percent encoding undone; a `%` without two digits stays, bytes that are no UTF-8 become `U+FFFD`. Only as much is decoded
/// as can be kept: a character takes up to 4 bytes, and one more shows that there was more.
pub(super) fn percent_decoded(text: &str) -> String {
    let digit = |byte: Option<&u8>| (*byte? as char).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut rest = text.as_bytes();
    let mut bytes = Vec::with_capacity(rest.len().min(4 * CHARS_MAX));
    while let Some((&byte, tail)) = rest.split_first()
        && bytes.len() <= 4 * CHARS_MAX
    {
        let decoded = if byte == b'%' { digit(tail.first()).zip(digit(tail.get(1))) } else { None };
        rest = if decoded.is_some() { &tail[2..] } else { tail };
        bytes.push(decoded.map_or(byte, |(high, low)| high << 4 | low));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The decoded value of the first parameter of this name in a query or a form.
pub(super) fn parameter(pairs: &str, name: &str) -> Option<String> {
    let (_, value) = pairs.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| key.eq_ignore_ascii_case(name))?;
    Some(percent_decoded(&value.replace('+', " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_encoding_is_undone() {
        for (given, expected) in [
            ("a%20b", "a b"),
            ("arn%3Aaws%3alambda", "arn:aws:lambda"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("%+1", "%+1"),
            ("%C3%BC", "ü"),
            ("%ff", "\u{fffd}"),
            ("ü%", "ü%"),
            ("", ""),
        ] {
            assert_eq!(percent_decoded(given), expected, "{given}");
        }
        assert!(percent_decoded(&"%41".repeat(1_000_000)).len() <= 4 * CHARS_MAX + 1);
    }

    #[test]
    fn parameters_are_found() {
        for (pairs, expected) in [
            ("a=1&Prefix=x%2Fy+z&prefix=2", Some("x/y z")),
            ("prefix=", Some("")),
            ("prefix", None),
            ("&&==&", None),
            ("", None),
            ("aprefix=1", None),
        ] {
            assert_eq!(parameter(pairs, "prefix").as_deref(), expected, "{pairs}");
        }
    }
}
