//! Subsegments as values, for integrations.

use std::thread;
use std::time::Duration;

use xray_model::TraceHeader;

use super::{Open, Subsegment, Values};
use crate::context::Here;
use crate::record::{Ending, ErrorKind};
use crate::stats::LossKind;
use crate::value::Failure;

/// An open subsegment as a value to keep where a call is under way: in a client's state, a future, the body of a response.
///
/// It is not current by itself; [`run`](Self::run) makes it so. Dropped without [`close`](Self::close) it is recorded as cancelled, or as
/// failed if it is dropped by a panic: a caller who gives up drops the call without another word. Where nothing is recorded, all of this
/// does nothing, and [`header`](Self::header) still says what the called service is to be told.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{Namespace, segment, subsegment};
///
/// segment("orders").run(|| {
///     let call = subsegment("DynamoDB").namespace(Namespace::Aws).open();
///     let header = call.header().expect("a segment is current");
///     println!("X-Amzn-Trace-Id: {header}");
///     call.attach(|values| {
///         values.aws("operation", "GetItem");
///         values.aws("table_name", "orders");
///     });
///     call.close();
/// });
/// ```
#[derive(Debug)]
#[must_use = "dropped at once it is recorded as cancelled"]
pub struct OpenSubsegment {
    /// The subsegment; where none is recorded, the place it would have been opened in.
    here: Here,
    open: bool,
    was_panicking: bool,
}

impl Subsegment {
    /// Opens it as a value, without making it current.
    pub fn open(self) -> OpenSubsegment {
        let around = Here::current();
        let own = Open::open(self);
        OpenSubsegment { here: own.unwrap_or(around), open: own.is_some(), was_panicking: thread::panicking() }
    }
}

impl OpenSubsegment {
    /// Whether it is recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.open && self.here.is_recording()
    }

    /// The header for the called service: it names this subsegment as the caller, and says how the trace is sampled. `None` where no
    /// segment is current.
    #[must_use]
    pub fn header(&self) -> Option<TraceHeader> {
        self.here.header()
    }

    /// Runs `code` with this as the current subsegment.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let _entered = self.open.then(|| self.here.enter());
        code()
    }

    /// Attaches what `make` makes, which runs only if this is recorded. A panic in it is caught and counted.
    pub fn attach(&self, make: impl FnOnce(&mut Values)) {
        if self.is_recording() {
            Values::collect(make).attach(self.here);
        }
    }

    /// Whether there is anything to tell of it: it is recorded, or measured for [metrics](crate::metrics) although its segment is not sampled.
    #[must_use]
    pub fn is_observed(&self) -> bool {
        self.open && self.here.is_observed()
    }

    /// Records an error. An [`ErrorKind`] by itself marks the subsegment without an exception.
    pub fn record_error(&self, failure: impl Into<Failure>) {
        if self.is_observed() {
            self.here.record_error(failure);
        }
    }

    /// Marks it as failed by an HTTP status: 429 is a throttle, another 4xx an error, 5xx a fault, anything else none of them.
    ///
    /// Source: "X-Ray concepts", errors, faults and exceptions.
    pub fn record_status(&self, status: u16) {
        if let Some(kind) = ErrorKind::of_status(status) {
            self.record_error(kind);
        }
    }

    /// Says that it began this long ago, for calls that are told of when they have ended. It begins no earlier than what it is in.
    pub fn began_before(&self, ago: Duration) {
        if self.is_observed() {
            self.here.change(LossKind::Annotation, "", |table, key| table.began_before(key, ago));
        }
    }

    /// Says that it is what becomes of the item `id` of a batch that a Lambda function is invoked with. If the function's answer gives that item
    /// back as failed, this is marked.
    pub fn stands_for(&self, id: impl Into<String>) {
        if self.is_recording() {
            let id = id.into();
            self.here.with_table(|table, key| table.set_item(key, id));
        }
    }

    /// Makes it the current subsegment until the result is dropped, which closes it.
    ///
    /// In async code it stays current across `.await` in the future of a traced function or of an invocation itself, and not in futures that
    /// are polled beside others there, as in `join!`: those need futures of their own, such as [`Subsegment::trace`] gives.
    pub fn make_current(self) -> CurrentSubsegment {
        let before = Here::current();
        if self.open {
            self.here.begin_detour(before);
        }
        CurrentSubsegment { opened: Some(self), before }
    }

    /// Closes it now.
    pub fn close(mut self) {
        if std::mem::take(&mut self.open) {
            self.here.close(Ending::now());
        }
    }

    /// Takes it back: what it stood for did not happen. If something was opened in it, it stays and is closed.
    pub fn discard(mut self) {
        if std::mem::take(&mut self.open) {
            self.here.discard();
        }
    }
}

/// A subsegment that is current until this is dropped, wherever that may be. Made by [`OpenSubsegment::make_current`].
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct CurrentSubsegment {
    opened: Option<OpenSubsegment>,
    before: Here,
}

impl CurrentSubsegment {
    /// Attaches values to it; see [`OpenSubsegment::attach`].
    pub fn attach(&self, make: impl FnOnce(&mut Values)) {
        if let Some(opened) = &self.opened {
            opened.attach(make);
        }
    }

    /// Records an error; see [`OpenSubsegment::record_error`].
    pub fn record_error(&self, failure: impl Into<Failure>) {
        if let Some(opened) = &self.opened {
            opened.record_error(failure);
        }
    }
}

impl Drop for CurrentSubsegment {
    fn drop(&mut self) {
        let Some(opened) = self.opened.take() else { return };
        if opened.open {
            // Before it is closed: the trace may be another one's afterwards.
            opened.here.end_detour(self.before);
        }
        if thread::panicking() && !opened.was_panicking {
            drop(opened);
        } else {
            opened.close();
        }
    }
}

impl Drop for OpenSubsegment {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        if thread::panicking() && !self.was_panicking {
            self.here.panicked(None);
        } else {
            self.here.cancel();
        }
    }
}
