//! Stands in for `otlp` where that feature is off: its text is recognised, and refused.

use std::fmt;

/// See `otlp::Text`.
pub(crate) enum Text {
    Traces(Result<Translated, Malformed>),
    Metrics,
}

/// Never made here.
pub(crate) struct Translated {
    pub(crate) documents: Vec<String>,
    pub(crate) rejected: u64,
    pub(crate) why: String,
}

pub(crate) struct Malformed;

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this collector was built without the feature `otlp`")
    }
}

pub(crate) fn read_text(body: &[u8]) -> Option<Text> {
    match body {
        [b'M', b'1', ..] => Some(Text::Metrics),
        [b'T', b'1', b'S' | b'U', ..] => Some(Text::Traces(Err(Malformed))),
        _ => None,
    }
}

pub(crate) fn fuzzed(_: &[u8]) -> Vec<String> {
    Vec::new()
}
