//! What was recorded, what was sent, and what was lost and why.

use std::fmt;
use std::sync::atomic::Ordering::{Relaxed, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::time::Duration;

macro_rules! names {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant,)* }

        impl $name {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $(Self::$variant => $text,)* })
            }
        }
    };
}

names! {
    /// What kind of thing was lost.
    LossKind {
        /// A whole document: a segment or an independent subsegment with all that is in it.
        Document = "document",
        /// A segment that was not begun.
        Segment = "segment",
        /// A subsegment that was not opened or never closed.
        Subsegment = "subsegment",
        /// An annotation.
        Annotation = "annotation",
        /// A metadata value, or part of one.
        Metadata = "metadata",
        /// An exception, or part of its cause chain.
        Exception = "exception",
        /// A setting from the environment or from code.
        Setting = "setting",
        /// A measurement: one value recorded for a metric.
        Measurement = "measurement",
        /// The values of a measurement's dimensions; the measurement was recorded with `other` in their place.
        Dimensions = "dimensions",
        /// A property of an EMF document.
        Property = "property",
    }
}

names! {
    /// Why it was lost.
    LossReason {
        /// No segment was current; see [`ContextMissing`](crate::ContextMissing).
        ContextMissing = "context missing",
        /// Its segment had ended and been sent.
        TraceEnded = "trace ended",
        /// A limit of [`xray_model::limits`] was reached.
        Limit = "over the limit",
        /// It was larger than allowed and was cut or left out.
        TooLarge = "too large",
        /// It cannot be written in a segment document, such as an annotation key without a usable character.
        Unusable = "unusable",
        /// Code of the program panicked while making the value.
        Panicked = "panicked",
        /// Nobody listens at the daemon's address, or at that of the CloudWatch agent.
        Refused = "no daemon listening",
        /// The send buffer of the socket was full, or what is kept until there is room in it.
        BufferFull = "socket buffer full",
        /// The daemon's host name could not be resolved, or not yet.
        Unresolved = "daemon address not resolved",
        /// Any other failure to send.
        Failed = "not sent",
    }
}

const KINDS: usize = LossKind::ALL.len();
pub(crate) const REASONS: usize = LossReason::ALL.len();

/// The live counters of one recorder.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    segments: AtomicU64,
    subsegments: AtomicU64,
    unsampled: AtomicU64,
    documents: AtomicU64,
    bytes: AtomicU64,
    export_nanos: AtomicU64,
    losses: [[AtomicU64; REASONS]; KINDS],
    /// Whether something was lost that no document tells of.
    untold: AtomicBool,
}

/// Documents after which an exporter is asked for what it lost since.
const DOCUMENTS_UNTIL_ASKED: u64 = 64;

impl Counters {
    /// Counts `count` losses and says whether these are the first of their kind and reason.
    #[must_use]
    pub(crate) fn lost(&self, kind: LossKind, reason: LossReason, count: u64) -> bool {
        let first = self.losses[kind as usize][reason as usize].fetch_add(count, SeqCst) == 0;
        self.have_untold();
        first
    }

    /// Has the next document tell what was lost.
    ///
    /// All is in one order (`SeqCst`): who finds here that it will be told anyway has counted before [`Self::take_untold`] lets the telling
    /// begin. Where much is lost on many threads, they only read this.
    pub(crate) fn have_untold(&self) {
        if !self.untold.load(SeqCst) {
            self.untold.store(true, SeqCst);
        }
    }

    #[inline]
    pub(crate) fn has_untold(&self) -> bool {
        self.untold.load(Relaxed)
    }

    /// Whether there are losses to tell; to be asked before they are read.
    pub(crate) fn take_untold(&self) -> bool {
        self.untold.swap(false, SeqCst)
    }

    pub(crate) fn unsampled(&self) {
        self.unsampled.fetch_add(1, Relaxed);
    }

    /// Counts what was exported, and says now and then that it is time to ask what was lost of it since.
    pub(crate) fn exported(&self, export: &Exported) -> bool {
        for (counter, amount) in [
            (&self.segments, export.segments),
            (&self.subsegments, export.subsegments),
            (&self.bytes, export.bytes),
            (&self.export_nanos, export.nanos),
        ] {
            if amount > 0 {
                counter.fetch_add(amount, Relaxed);
            }
        }
        let before = self.documents.fetch_add(export.documents, Relaxed);
        before / DOCUMENTS_UNTIL_ASKED != before.wrapping_add(export.documents) / DOCUMENTS_UNTIL_ASKED
    }

    pub(crate) fn snapshot(&self) -> Stats {
        let pairs = LossKind::ALL.iter().flat_map(|kind| LossReason::ALL.iter().map(move |reason| (*kind, *reason)));
        let all = pairs.map(|(kind, reason)| Loss { kind, reason, count: self.losses[kind as usize][reason as usize].load(SeqCst) });
        Stats {
            segments: self.segments.load(Relaxed),
            subsegments: self.subsegments.load(Relaxed),
            unsampled: self.unsampled.load(Relaxed),
            documents: self.documents.load(Relaxed),
            bytes: self.bytes.load(Relaxed),
            export_time: Duration::from_nanos(self.export_nanos.load(Relaxed)),
            losses: all.filter(|loss| loss.count > 0).collect(),
        }
    }
}

/// One export's share of the counters.
#[derive(Debug, Default)]
pub(crate) struct Exported {
    pub(crate) segments: u64,
    pub(crate) subsegments: u64,
    pub(crate) documents: u64,
    pub(crate) bytes: u64,
    pub(crate) nanos: u64,
}

/// A snapshot of the recorder's own figures; see [`stats`](crate::stats()).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Segments encoded.
    pub segments: u64,
    /// Subsegments encoded.
    pub subsegments: u64,
    /// Segments that the sampling decision left unrecorded.
    pub unsampled: u64,
    /// Documents handed to the exporter without an error.
    pub documents: u64,
    /// Bytes of these documents, as sent.
    pub bytes: u64,
    /// Time spent encoding and sending, over all threads.
    pub export_time: Duration,
    /// Everything lost, by kind and reason; empty when nothing was.
    pub losses: Vec<Loss>,
}

impl Stats {
    /// How many were lost of this kind for this reason.
    #[must_use]
    pub fn lost(&self, kind: LossKind, reason: LossReason) -> u64 {
        self.losses.iter().find(|loss| loss.kind == kind && loss.reason == reason).map_or(0, |loss| loss.count)
    }

    pub(crate) fn and_lost(mut self, kind: LossKind, late: &[(LossReason, u64)]) -> Self {
        for (reason, count) in late.iter().copied().filter(|(_, count)| *count > 0) {
            match self.losses.iter_mut().find(|loss| loss.kind == kind && loss.reason == reason) {
                Some(loss) => loss.count = loss.count.saturating_add(count),
                None => self.losses.push(Loss { kind, reason, count }),
            }
        }
        self
    }

    pub(crate) fn and_all_lost(self, other: &Self) -> Self {
        other.losses.iter().fold(self, |stats, loss| stats.and_lost(loss.kind, &[(loss.reason, loss.count)]))
    }
}

/// A number of losses of one kind for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loss {
    /// What was lost.
    pub kind: LossKind,
    /// Why.
    pub reason: LossReason,
    /// How many.
    pub count: u64,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} × {}: {}", self.count, self.kind, self.reason)
    }
}
