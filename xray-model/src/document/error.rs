//! What is wrong with a document that cannot be read.

use std::fmt;

/// Characters shown of what was found.
const FOUND_CHARS_MAX: usize = 40;

/// A document that could not be read: where, what was expected, what was found.
///
/// ```
/// use xray_model::document::Document;
///
/// let error = Document::parse(br#"{"trace_id":"1-65f0c0de-a006649127e371903a2de979","http":{"response":{"status":true}}}"#).unwrap_err();
/// assert_eq!(error.to_string(), "http.response.status: expected an integer, found true (byte 79)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    field: String,
    offset: usize,
    expected: String,
    found: String,
}

impl ParseError {
    #[cold]
    pub(super) fn new(field: String, offset: usize, expected: impl Into<String>, rest: &str) -> Self {
        // What was found comes from outside: what is shown of it stays on one short line.
        let mut found = String::new();
        for (taken, char) in rest.chars().enumerate() {
            if taken == FOUND_CHARS_MAX {
                found.push('…');
                break;
            }
            // Quotes stay as they are, they are the JSON's own.
            if matches!(char, '"' | '\'') {
                found.push(char);
            } else {
                found.extend(char.escape_debug());
            }
        }
        Self { field, offset, expected: expected.into(), found }
    }

    /// The field, for example `subsegments[2].http.response.status`; empty where the document as a whole is meant.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Byte of the document at which the trouble is.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What would have been right.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// The beginning of what was found there; empty at the end of the document.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        let found = if self.found.is_empty() { "the end" } else { &self.found };
        write!(f, "expected {}, found {found} (byte {})", self.expected, self.offset)
    }
}

impl std::error::Error for ParseError {}
