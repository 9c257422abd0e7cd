//! What questions need of a trace: made once from its documents, so that a hundred thousand traces can be asked without reading any.
//!
//! Filter expressions, the service graph, summaries and statistics see traces as this only. Terms and rules are X-Ray's: a trace consists
//! of *services*, which are segments, and nodes that are *inferred* from calls to what sends no segments ("AWS X-Ray concepts").

mod figures;
mod infer;
mod make;
mod names;
mod shared;

#[cfg(test)]
pub(crate) mod tests;

use std::sync::Arc;
use std::time::Duration;

use xray_model::document::Timestamp;
use xray_model::{SegmentId, TraceId};

use crate::query::Status;
use crate::store::heap;
pub(crate) use infer::{REMOTE, called};
pub(crate) use names::Names;
pub(crate) use shared::{Few, Traits, What};

/// What is known of a trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) id: TraceId,
    /// Earliest start of anything in the trace.
    pub(crate) start: Timestamp,
    /// Latest end of anything in the trace.
    pub(crate) end: Timestamp,
    /// Duration of the first segment: what the caller waited for. `None` while it is in progress or has not arrived.
    pub(crate) response_time: Option<Duration>,
    /// How the first segment ended.
    pub(crate) status: Status,
    /// Anything in it was throttled.
    pub(crate) has_throttle: bool,
    /// Any segment or subsegment ended with a fault, or with an error: also those that were dealt with.
    pub(crate) any_fault: bool,
    pub(crate) any_error: bool,
    /// Something is in progress, or a segment is announced that has not arrived. See also `is_complete`.
    pub(crate) is_partial: bool,
    /// See [`Trace::is_complete`](crate::Trace::is_complete).
    pub(crate) is_complete: bool,
    /// Segments and subsegments.
    pub(crate) segments: u32,
    /// What took part, callers before what they call; the first is where the trace began. Never empty.
    pub(crate) services: Box<[Service]>,
    pub(crate) annotations: Box<[Annotation]>,
    /// Exceptions, outermost first.
    pub(crate) exceptions: Few<Exception>,
    /// Traces that are linked from this one.
    pub(crate) links: Few<Link>,
    /// Figures of the business.
    pub(crate) figures: Few<Figure>,
    /// Service levels, and whether they were kept.
    pub(crate) levels: Few<Level>,
    /// What is over [`SERVICES_MAX`](crate::settings::SERVICES_MAX): services that no question sees.
    pub(crate) services_left_out: u32,
}

/// A segment, or a node inferred from a call to something that sent none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Service {
    /// Its name, type, account and operation; they read as if they were here.
    pub(crate) what: Arc<What>,
    /// Of the segment, or of the subsegment that it is inferred from.
    pub(crate) id: SegmentId,
    pub(crate) is_inferred: bool,
    /// Nobody in the trace called it, and no caller is missing, as far as one can tell: a client did.
    pub(crate) is_entry: bool,
    /// The service that called it, by its place in the list; and the call as the caller saw it.
    pub(crate) caller: Option<u32>,
    pub(crate) call: Option<Call>,
    pub(crate) start: Timestamp,
    /// `None` while it is in progress.
    pub(crate) end: Option<Timestamp>,
    /// Latest end of its own work, what went on after its response included.
    pub(crate) work_end: Timestamp,
    pub(crate) status: Status,
    /// Less common facts.
    pub(crate) more: Option<Box<More>>,
}

/// A call as the caller saw it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Call {
    pub(crate) start: Timestamp,
    pub(crate) end: Option<Timestamp>,
    pub(crate) status: Status,
    /// Another service stands for this call too, a second attempt for example: it is counted there.
    pub(crate) is_again: bool,
    pub(crate) http_status: Option<u16>,
}

/// What not every service has.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct More {
    pub(crate) http_url: Option<Box<str>>,
    /// The rest; it reads as if it were here.
    pub(crate) traits: Arc<Traits>,
}

/// An annotation that X-Ray would index: at most [`ANNOTATIONS_INDEXED_MAX`](crate::settings::ANNOTATIONS_INDEXED_MAX) in a trace.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Annotation {
    pub(crate) key: Arc<str>,
    pub(crate) value: AnnotationValue,
    /// The service that it is on, by its place in the list.
    pub(crate) service: u32,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum AnnotationValue {
    Text(Box<str>),
    Number(f64),
    Bool(bool),
}

/// An exception, where it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exception {
    /// Its type.
    pub(crate) kind: Arc<str>,
    /// Begin of its message.
    pub(crate) message: Box<str>,
    /// Where it happened: the innermost frame, else the name of the segment or subsegment.
    pub(crate) site: Arc<str>,
    /// The service that it is in, by its place in the list.
    pub(crate) service: u32,
    pub(crate) status: Status,
    /// Another exception of the same segment has it as its cause; that one is what was thrown.
    pub(crate) is_cause: bool,
}

/// Another trace that led to this one, by a message that was sent there for example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Link {
    pub(crate) trace: TraceId,
    /// The segment or subsegment of that trace.
    pub(crate) id: Option<SegmentId>,
    /// The service of this trace that was led to, by its place in the list.
    pub(crate) service: u32,
}

/// A figure of the business: revenue, orders placed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Figure {
    pub(crate) name: Arc<str>,
    pub(crate) value: f64,
    /// Empty if it has none.
    pub(crate) unit: Arc<str>,
    /// Its dimensions in one text, `country=de item=tea`; empty if it has none.
    pub(crate) dimensions: Arc<str>,
    /// When the segment or subsegment that has it began.
    pub(crate) at: Timestamp,
    /// The service that it is on, by its place in the list.
    pub(crate) service: u32,
}

/// A service level: how long an operation may take, and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Level {
    pub(crate) operation: Arc<str>,
    pub(crate) target: Option<Duration>,
    pub(crate) actual: Option<Duration>,
    pub(crate) is_violated: bool,
    /// When the segment or subsegment that has it began.
    pub(crate) at: Timestamp,
    /// The service that it is on, by its place in the list.
    pub(crate) service: u32,
}

impl Facts {
    /// Time from the earliest start to the latest end.
    pub(crate) fn duration(&self) -> Duration {
        self.end.since(self.start)
    }

    /// Where the trace began.
    pub(crate) fn root(&self) -> &Service {
        &self.services[0]
    }

    /// The first segment ended with a fault (5xx).
    pub(crate) fn has_fault(&self) -> bool {
        self.status == Status::Fault
    }

    /// The first segment ended with an error (4xx), throttling included.
    pub(crate) fn has_error(&self) -> bool {
        matches!(self.status, Status::Error | Status::Throttle)
    }

    /// Estimate of the memory it takes beside what it shares with others.
    pub(crate) fn bytes(&self) -> usize {
        let texts =
            self.annotations.iter().map(Annotation::bytes).chain(self.exceptions.iter().map(|exception| heap(exception.message.len())));
        let lists = [
            heap(size_of::<Self>() + 2 * size_of::<usize>()),
            heap(size_of_val(&*self.services)),
            heap(size_of_val(&*self.annotations)),
            self.exceptions.bytes(),
            self.links.bytes(),
            self.figures.bytes(),
            self.levels.bytes(),
        ];
        lists.into_iter().chain(self.services.iter().map(Service::bytes)).chain(texts).sum()
    }
}

impl Service {
    /// How long it took; `None` while it is in progress.
    pub(crate) fn duration(&self) -> Option<Duration> {
        Some(self.end?.since(self.start))
    }

    fn bytes(&self) -> usize {
        self.more.as_ref().map_or(0, |more| heap(size_of::<More>()) + more.http_url.as_ref().map_or(0, |url| heap(url.len())))
    }
}

impl Call {
    /// How long it took; `None` while it is in progress.
    pub(crate) fn duration(&self) -> Option<Duration> {
        Some(self.end?.since(self.start))
    }
}

impl Annotation {
    fn bytes(&self) -> usize {
        if let AnnotationValue::Text(text) = &self.value { heap(text.len()) } else { 0 }
    }
}
