//! Opening and closing segments and subsegments.

mod attach;
mod build;
mod future;
mod guard;
mod measured;
mod opened;
mod site;
mod sla;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

pub use attach::{
    Pending, Values, annotate, is_enabled, is_in_segment, is_observed, is_recording, metadata, metadata_in, record_error, response_header,
    set_namespace, set_user, trace_header, trace_id,
};
pub use build::{Segment, Subsegment, segment, subsegment};
pub use future::Traced;
pub use guard::Guard;
pub use measured::{Kept, MeasuredFuture, Measures, MeasuresResult, NotAResult, Plain, Returned, measured};
pub use opened::{CurrentSubsegment, OpenSubsegment};
pub use site::Site;
pub use sla::SlaWatch;

use crate::context::{Here, Mode};
use crate::record::{Ending, Label};
use crate::recorder::{self, Recorder};
use crate::stats::LossKind;
use crate::switch;
use crate::value::{Failure, Probe, quietly};
use site::Begin;
use xray_model::TraceHeader;

/// Something that can be opened.
pub(crate) trait Open {
    /// Opens it below what is current. `None` if nothing is recorded and nothing has to be entered.
    fn open(self) -> Option<Here>;
}

impl Open for &'static Site {
    /// Inlined into the traced function is only what it takes to find out that nothing is to be done.
    #[inline(always)]
    fn open(self) -> Option<Here> {
        if switch::is_off() || Here::is_passive() { None } else { open(self) }
    }
}

#[inline(never)]
fn open(site: &'static Site) -> Option<Here> {
    let here = Here::current();
    match here.mode() {
        Mode::Recording | Mode::Measured | Mode::Crowded => here.open(Label::Site(site), site.namespace).or_else(|| begin_anew(site)),
        Mode::Unsampled | Mode::Suppressed => None,
        Mode::Nowhere if matches!(site.begin, Begin::Never) => {
            missing(site, recorder::process());
            None
        }
        Mode::Nowhere | Mode::Scope => begin(site, here),
    }
}

fn missing(site: &'static Site, recorder: &Recorder) {
    if recorder.is_enabled() {
        recorder.context_missing(LossKind::Subsegment, || format!("subsegment `{}` ({}:{})", site.name, site.file, site.line));
    }
}

/// The trace had ended. A function that may begin a segment does so.
#[cold]
fn begin_anew(site: &'static Site) -> Option<Here> {
    if matches!(site.begin, Begin::Never) { None } else { begin(site, Here::current()) }
}

/// A traced function is called where no segment is current.
#[inline(never)]
fn begin(site: &'static Site, here: Here) -> Option<Here> {
    here.begin(TraceHeader::default(), |recorder| {
        let name = match site.begin {
            Begin::Never => {
                missing(site, recorder);
                return None;
            }
            Begin::Service => recorder.service_name().cloned(),
            Begin::Named(name) => Some(name.into()),
        };
        Some(Label::named(site, name))
    })
}

/// Runs `body` in what `opened` opens, and records how it ends.
#[inline]
pub(crate) fn run<R>(opened: impl Open, body: impl FnOnce() -> R, outcome: impl FnOnce(Probe<'_, R>) -> Option<Failure>) -> R {
    match opened.open() {
        None => body(),
        Some(here) => run_in(here, body, outcome),
    }
}

fn run_in<R>(here: Here, body: impl FnOnce() -> R, outcome: impl FnOnce(Probe<'_, R>) -> Option<Failure>) -> R {
    let entered = here.enter();
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => {
            let ending = end(here, &result, outcome);
            drop(entered);
            here.close(ending);
            result
        }
        Err(payload) => {
            drop(entered);
            here.panicked(Some(&*payload));
            resume_unwind(payload)
        }
    }
}

/// Looks at a result. The time is taken first: what `outcome` does is our doing.
#[inline]
fn end<R>(here: Here, result: &R, outcome: impl FnOnce(Probe<'_, R>) -> Option<Failure>) -> Ending {
    let mut ending = Ending::now();
    if here.is_observed() {
        ending.failure = quietly(|| outcome(Probe::new(result))).flatten().map(Box::new);
    }
    ending
}
