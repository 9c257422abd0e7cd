//! Texts from elsewhere, cut to what a document takes.

/// Characters that are kept of a text, the mark of a cut included. Source: the segment document schema, most strings.
pub(super) const CHARS_MAX: usize = xray_model::limits::STRING_CHARS_MAX;

/// At most `max` characters; what is longer is cut between two characters and ends with `…`.
pub(super) fn cut(text: &str, max: usize) -> String {
    // Bytes are at least as many as characters.
    if text.len() <= max || text.chars().nth(max).is_none() {
        return text.to_owned();
    }
    text.chars().take(max - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcd", 3), "ab…");
        assert_eq!(cut("üöä", 3), "üöä");
        assert_eq!(cut("üöäß", 3), "üö…");
        assert_eq!(cut("", 3), "");
    }
}
