//! Datagrams that could not be used.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::net::SocketAddr;

use xray_model::datagram::Rejected;
use xray_model::document::Timestamp;

/// Why a datagram was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The datagram is not what the daemon takes.
    Datagram(Rejected),
    /// The body is OTLP (`T1S…`, `T1U…`) that cannot be read, or holds spans of OpenTelemetry that are none. Without the feature `otlp`: any OTLP.
    Otlp,
    /// The body is metrics of OpenTelemetry (`M1…`), which are not taken. Metrics in CloudWatch's embedded format are.
    OtlpMetrics,
    /// The datagram is a document of CloudWatch's embedded metric format that breaks its rules.
    Emf,
    /// The body is no segment document.
    Document,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Datagram(reason) => reason.fmt(f),
            Self::Otlp => f.write_str("OTLP that could not be used"),
            Self::OtlpMetrics => f.write_str("OTLP metrics"),
            Self::Emf => f.write_str("not in the embedded metric format"),
            Self::Document => f.write_str("not a segment document"),
        }
    }
}

/// A datagram that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RejectedDatagram {
    /// When it came in.
    pub at: Timestamp,
    /// Who sent it.
    pub from: SocketAddr,
    /// Why it was rejected.
    pub reason: Reason,
    /// More about the reason: which field of a document, and what was expected. Empty where the reason says it all.
    pub detail: String,
    /// Its size in bytes.
    pub size: usize,
    /// How it begins, as text; what is not UTF-8 is replaced. Not fit for a terminal as it is: [`view::rejected`](crate::view::rejected) is.
    pub beginning: String,
}

/// All datagrams that were rejected: counts of all, and the last of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejections {
    /// How many by reason.
    pub counts: BTreeMap<Reason, u64>,
    /// The last ones, oldest first; [`Settings::rejected`](crate::Settings::rejected) says how many.
    pub last: VecDeque<RejectedDatagram>,
}

impl Rejections {
    /// How many in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    pub(crate) fn add(&mut self, datagram: RejectedDatagram, keep: usize) {
        *self.counts.entry(datagram.reason).or_default() += 1;
        self.last.push_back(datagram);
        while self.last.len() > keep {
            self.last.pop_front();
        }
    }
}
