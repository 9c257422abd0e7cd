//! What a check says.

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// Nothing to do.
    Ok,
    /// It works, but perhaps not as meant.
    Warn,
    /// Traces are lost, or not made.
    Fail,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    pub(crate) name: String,
    pub(crate) status: Verdict,
    /// What was seen, and what follows from it.
    pub(crate) seen: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
    /// Nothing was set, and all is as it always is.
    #[serde(skip)]
    pub(crate) is_default: bool,
}

impl Check {
    pub(crate) fn ok(name: &str, seen: impl Into<String>) -> Self {
        Self { name: name.into(), status: Verdict::Ok, seen: seen.into(), remedy: None, is_default: false }
    }

    pub(crate) fn warn(name: &str, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: Verdict::Warn, ..Self::ok(name, seen).with(remedy) }
    }

    pub(crate) fn fail(name: &str, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { status: Verdict::Fail, ..Self::ok(name, seen).with(remedy) }
    }

    /// With advice.
    pub(crate) fn with(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}
