//! Sending on what arrives, as the rest of the collector sees it: something that takes documents, and figures to show.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

/// Why documents were not sent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Loss {
    /// Too many were waiting; the oldest made room.
    Spilled,
    /// No answer in time.
    TimedOut,
    /// Nobody accepted the connection.
    Refused,
    /// The name of the host is not known.
    UnknownHost,
    /// There are no credentials, or they could not be got.
    NoCredentials,
    /// The request was answered with a status from 400 to 499.
    Status4xx,
    /// The request was answered with a status from 500 to 599.
    Status5xx,
    /// The request was taken, but not this document.
    Rejected,
    /// It could not be translated.
    Untranslated,
    /// Still waiting when the program ended.
    Stopped,
    /// Something else went wrong with the connection.
    Other,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Spilled => "too many were waiting",
            Self::TimedOut => "no answer in time",
            Self::Refused => "connection refused",
            Self::UnknownHost => "unknown host",
            Self::NoCredentials => "no credentials",
            Self::Status4xx => "answered with 4xx",
            Self::Status5xx => "answered with 5xx",
            Self::Rejected => "rejected by the receiver",
            Self::Untranslated => "could not be translated",
            Self::Stopped => "waiting when the program ended",
            Self::Other => "connection failed",
        })
    }
}

/// What became of the documents that were to be sent on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForwardStats {
    /// Where they go, for people.
    pub target: String,
    /// Documents that were to be sent on.
    pub received: u64,
    /// Documents that were taken at the other end.
    pub sent: u64,
    /// Documents that wait, or are on their way.
    pub waiting: u64,
    /// Documents that were lost, by reason.
    pub lost: BTreeMap<Loss, u64>,
    /// Text of unsampled traces, which is not sent on.
    pub unsampled: u64,
    /// Requests that failed, by reason; those that were tried again are here, too.
    pub failed_requests: BTreeMap<Loss, u64>,
    /// What the last failure said.
    pub last_failure: Option<String>,
}

impl ForwardStats {
    /// How many documents were lost.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost.values().sum()
    }
}

/// An answer that somebody else gave, which may be an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// `x-amzn-errortype`.
    pub(crate) error: Option<String>,
    /// How long to wait before the next request, if that was said.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

/// An answer that is to come; or why there will be none.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Answered, String>> + Send>>;

/// Takes what arrives.
pub(crate) trait Sink: Send + Sync {
    /// Takes a document that was accepted, or OTLP as text in place of one. Returns at once, whatever becomes of it.
    fn take(&self, body: &[u8]);

    fn stats(&self) -> ForwardStats;

    /// Whether AWS has the sampling rules.
    fn has_rules(&self) -> bool;

    /// Asks AWS what clients of the daemon want to know of AWS. `None` if this path is answered here.
    fn ask(&self, path: &str, body: &[u8]) -> Option<Answer>;
}
