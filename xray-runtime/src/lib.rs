//! The runtime of autoxray: context, recording, sampling, export.
//!
//! Programs use it through the crate `autoxray`; integrations build on the public API here.

mod clock;
mod config;
mod context;
mod diag;
pub mod export;
mod ids;
pub mod lambda;
pub mod map;
pub mod metrics;
mod record;
mod recorder;
#[doc(hidden)]
pub mod rt;
mod sampling;
mod span;
mod stats;
#[cfg(feature = "recording")]
mod switch;
#[cfg(not(feature = "recording"))]
#[path = "switch_compiled_out.rs"]
mod switch;
mod sys;
mod told;
mod value;

pub use config::{Builder, Capture, Carriers, ContextMissing};
pub use context::{Context, InContext, Scoped};
#[cfg(feature = "tokio")]
pub use context::{spawn, spawn_blocking};
pub use diag::tell_operator;
pub use export::{Exporter, MemoryExporter, StdoutExporter, UdpExporter};
pub use record::{ErrorKind, Namespace};
pub use recorder::{AlreadyInstalled, Recorder, capture, flush, stats};
#[doc(hidden)]
pub use rt as __rt;
pub use sampling::Sampling;
pub use span::{
    CurrentSubsegment, Guard, OpenSubsegment, Segment, Subsegment, Traced, Values, annotate, is_enabled, is_in_segment, is_observed,
    is_recording, metadata, metadata_in, record_error, response_header, segment, set_namespace, set_user, subsegment, trace_header,
    trace_id,
};
pub use stats::{Loss, LossKind, LossReason, Stats};
pub use value::{Annotation, Classify, Failure, ToAnnotation};
pub use xray_model::console;
pub use xray_model::{Sampled, SegmentId, TRACE_HEADER_NAME, TraceHeader, TraceId};
