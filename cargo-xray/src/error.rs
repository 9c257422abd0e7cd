//! What is told to the user instead of a result.

use std::fmt;

/// Why there is no result: a text that names the value and the remedy, of one line or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    text: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Nobody is there to be asked.
    Unreachable,
    /// What was asked for cannot be understood.
    Usage,
    Other,
}

impl Error {
    /// An error with this text.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Other }
    }

    /// The error that nobody is there to be asked.
    pub(crate) fn unreachable(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Unreachable }
    }

    pub(crate) fn is_unreachable(&self) -> bool {
        self.kind == Kind::Unreachable
    }

    /// The error that an argument cannot be understood.
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: Kind::Usage }
    }

    pub(crate) fn is_usage(&self) -> bool {
        self.kind == Kind::Usage
    }

    /// All of these in one, or `Ok` if there are none.
    pub(crate) fn all(problems: &[String]) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self::new(problems.join("\n"))) }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Error {}
