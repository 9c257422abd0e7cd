//! One trace, put together from its documents.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use xray_model::document::{AnnotationValue, Document, Forest, Node, Segment, Timestamp};
use xray_model::{SegmentId, TraceId};

use crate::query::{Status, TraceSummary};
use crate::store;

/// The annotation by which autoxray says that a subsegment's future was dropped.
pub(crate) const CANCELLED: &str = "cancelled";

/// A trace as far as its documents have arrived.
///
/// The same documents give the same trace, in whatever order they arrive. Of two documents about the same segment the complete one counts,
/// and of two complete ones the one that ends later.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    id: TraceId,
    documents: u64,
    tree: Forest<Placed>,
}

/// A segment or subsegment in a [`Trace`]. Reads like the [`Segment`] it holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Placed {
    /// What was sent. Shared, so that looking at a trace copies no documents.
    pub segment: Arc<Segment>,
    /// Whether it is a subsegment, inside a document or in one of its own.
    pub is_subsegment: bool,
    /// The parent it names that is not in the trace, or not above it because the two name each other. It stands at the root then.
    pub missing_parent: Option<SegmentId>,
}

impl Deref for Placed {
    type Target = Segment;

    fn deref(&self) -> &Segment {
        &self.segment
    }
}

impl Placed {
    /// How it ended, by its flags and HTTP status.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::of(&self.segment)
    }

    /// Whether its caller dropped it before it was done; autoxray says so in an annotation.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.segment.annotations.get(CANCELLED) == Some(&AnnotationValue::Bool(true))
    }

    /// Whether no end has arrived yet.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        self.segment.end_time.is_none()
    }
}

impl Trace {
    pub(crate) fn new(id: TraceId, documents: u64, tree: Forest<Placed>) -> Self {
        Self { id, documents, tree }
    }

    /// Puts a trace together from documents as `BatchGetTraces` returns them. `None` if none of them can be read.
    ///
    /// Those of other traces than the first one's are left out, and segments that X-Ray has inferred from calls: they say nothing that the
    /// calls do not.
    ///
    /// ```
    /// use xray_collector::Trace;
    ///
    /// let document = br#"{"name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1,"end_time":2}"#;
    /// assert_eq!(Trace::from_documents([&document[..]]).unwrap().root().unwrap().name, "shop");
    /// ```
    pub fn from_documents<'a>(documents: impl IntoIterator<Item = &'a [u8]>) -> Option<Self> {
        let mut documents = documents.into_iter().filter_map(|json| Document::parse(json).ok()).peekable();
        let id = documents.peek()?.trace_id();
        let sent: Vec<Document> = documents.filter(|document| document.trace_id() == id && !document.root().inferred).collect();
        (!sent.is_empty()).then(|| Self::new(id, sent.len() as u64, store::put_together(sent)))
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> TraceId {
        self.id
    }

    /// Documents that arrived for it.
    #[must_use]
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// Its segments and subsegments, children by start time. The roots: first the segments that nobody called, then those whose caller is
    /// not in the trace, then subsegments whose parent is not in the trace.
    #[must_use]
    pub fn tree(&self) -> &Forest<Placed> {
        &self.tree
    }

    /// The first root: the service that was asked first, as far as is known.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_, Placed>> {
        self.tree.get(0)
    }

    /// The segment or subsegment with this id.
    #[must_use]
    pub fn find(&self, id: SegmentId) -> Option<Node<'_, Placed>> {
        self.tree.iter().find(|node| node.id == id)
    }

    /// Earliest start of anything in the trace.
    #[must_use]
    pub fn start(&self) -> Timestamp {
        self.tree.iter().map(|node| node.start_time).min().unwrap_or_default()
    }

    /// Latest end of anything in the trace; of what is in progress, the start counts.
    #[must_use]
    pub fn end(&self) -> Timestamp {
        self.tree.iter().map(|node| node.end_time.unwrap_or(node.start_time).max(node.start_time)).max().unwrap_or_default()
    }

    /// Time from [`Self::start`] to [`Self::end`], work that went on after the response included.
    #[must_use]
    pub fn duration(&self) -> Duration {
        self.end().since(self.start())
    }

    /// Duration of the first segment: what the caller waited for. `None` while it is in progress or has not arrived.
    #[must_use]
    pub fn response_time(&self) -> Option<Duration> {
        self.root().filter(|root| !root.is_subsegment)?.duration()
    }

    /// Whether there is a segment, nothing is in progress, and no subsegment's parent is missing. More may still arrive.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let lacks_something = |node: &Placed| node.is_in_progress() || (node.is_subsegment && node.missing_parent.is_some());
        self.tree.iter().any(|node| !node.is_subsegment) && !self.tree.iter().any(|node| lacks_something(&node))
    }

    /// The trace in one line.
    #[must_use]
    pub fn summary(&self) -> TraceSummary {
        TraceSummary::of(self)
    }
}
