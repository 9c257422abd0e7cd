//! Segments and subsegments by name.

use std::borrow::Cow;
use std::error::Error;
use std::panic::Location;

use xray_model::TraceHeader;

use super::{Guard, Open, Traced, run};
use crate::context::{Here, Mode};
use crate::record::{Label, Namespace};
use crate::stats::LossKind;
use crate::switch;
use crate::value::{Failure, Probe};

/// A segment to be begun: the work of this program on one request, message or job.
///
/// Made by [`segment`]. It is a trace of its own, or belongs to the trace in the header it is given.
#[derive(Clone, Debug)]
#[must_use = "nothing begins until `begin`, `run` or `trace`"]
pub struct Segment {
    name: Option<Cow<'static, str>>,
    header: TraceHeader,
    location: &'static Location<'static>,
}

/// A segment with this name; an empty name stands for the service's.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{TraceHeader, segment};
///
/// // A request comes in, with a header from the caller.
/// let header = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
/// let answer = segment("orders").header(header).run(|| 42);
/// assert_eq!(answer, 42);
/// ```
#[track_caller]
pub fn segment(name: impl Into<Cow<'static, str>>) -> Segment {
    let name = Some(name.into()).filter(|name| !name.is_empty()).map(crate::value::name);
    Segment { name, header: TraceHeader::default(), location: Location::caller() }
}

impl Segment {
    /// Makes it part of the caller's trace: its id, its parent and its sampling decision are taken over.
    pub fn header(mut self, header: TraceHeader) -> Self {
        self.header = header;
        self
    }
}

impl Open for Segment {
    fn open(self) -> Option<Here> {
        if switch::is_off() {
            return None;
        }
        Here::current().begin(self.header, |recorder| {
            let name = self.name.or_else(|| recorder.service_name().cloned()).unwrap_or(Cow::Borrowed("service"));
            Some(Label::Text(name, self.location))
        })
    }
}

/// A subsegment to be opened: a piece of work within the current segment or subsegment.
///
/// Made by [`subsegment`].
#[derive(Clone, Debug)]
#[must_use = "nothing is opened until `begin`, `run` or `trace`"]
pub struct Subsegment {
    name: Cow<'static, str>,
    namespace: Namespace,
    location: &'static Location<'static>,
}

/// A subsegment with this name.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{Namespace, segment, subsegment};
///
/// segment("orders").run(|| {
///     subsegment("warehouse.example.com").namespace(Namespace::Remote).run(|| { /* call it */ });
/// });
/// ```
#[track_caller]
pub fn subsegment(name: impl Into<Cow<'static, str>>) -> Subsegment {
    Subsegment { name: name.into(), namespace: Namespace::Local, location: Location::caller() }
}

impl Subsegment {
    /// What it stands for: work of this program, or a call to another service.
    pub fn namespace(mut self, namespace: Namespace) -> Self {
        self.namespace = namespace;
        self
    }
}

impl Open for Subsegment {
    fn open(self) -> Option<Here> {
        if switch::is_off() {
            return None;
        }
        let here = Here::current();
        match here.mode() {
            Mode::Recording | Mode::Measured | Mode::Crowded => {
                here.open(Label::Text(crate::value::name(self.name), self.location), self.namespace)
            }
            Mode::Unsampled | Mode::Suppressed => None,
            Mode::Nowhere | Mode::Scope => {
                let recorder = here.recorder();
                if recorder.is_enabled() {
                    recorder.context_missing(LossKind::Subsegment, || format!("subsegment `{}` ({})", self.name, self.location));
                }
                None
            }
        }
    }
}

/// How both are used.
macro_rules! ways_to_use {
    ($builder:ident, $verb:literal) => {
        impl $builder {
            #[doc = concat!($verb, " it until the guard is dropped. For synchronous code only.")]
            pub fn begin(self) -> Guard {
                Guard::new(self)
            }

            /// Runs `code` in it. A panic is recorded and goes on.
            pub fn run<R>(self, code: impl FnOnce() -> R) -> R {
                run(self, code, |_| None)
            }

            /// Runs `code` in it, and records an `Err` as a fault.
            ///
            /// # Errors
            ///
            /// Those of `code`, unchanged.
            pub fn try_run<T, E: Error>(self, code: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
                run(self, code, fault)
            }

            /// Makes `future` run in it. It is opened when the future is first polled.
            pub fn trace<F: Future>(self, future: F) -> Traced<F, Self, impl Fn(Probe<'_, F::Output>) -> Option<Failure>> {
                Traced::new(self, future, |_: Probe<'_, F::Output>| None)
            }

            /// Makes `future` run in it, and records an `Err` as a fault.
            pub fn try_trace<T, E: Error, F: Future<Output = Result<T, E>>>(
                self,
                future: F,
            ) -> Traced<F, Self, impl Fn(Probe<'_, F::Output>) -> Option<Failure>> {
                Traced::new(self, future, fault)
            }
        }
    };
}
ways_to_use!(Segment, "Begins");
ways_to_use!(Subsegment, "Opens");

fn fault<T, E: Error>(result: Probe<'_, Result<T, E>>) -> Option<Failure> {
    result.failure()
}
