//! Segments and subsegments opened by hand.

use std::marker::PhantomData;
use std::thread;

use serde::Serialize;
use xray_model::TraceHeader;

use super::Open;
use crate::context::Here;
use crate::record::Ending;
use crate::value::{Failure, ToAnnotation};

/// An open segment or subsegment, which is current until this is dropped.
///
/// For synchronous code. It cannot be sent to another thread, and must not be held across an `.await`: the task may go on elsewhere, and
/// other tasks would take it for theirs. There is `trace` for futures.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{segment, subsegment};
///
/// let order = segment("orders").begin();
/// {
///     let price = subsegment("price").begin();
///     price.annotate("currency", "EUR");
/// }
/// order.end();
/// ```
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Guard {
    /// Where nothing is recorded, there is nothing to close.
    here: Option<Here>,
    before: Here,
    was_panicking: bool,
    not_send: PhantomData<*const ()>,
}

impl Guard {
    pub(crate) fn new(opened: impl Open) -> Self {
        let before = Here::current();
        let here = opened.open();
        if let Some(here) = here {
            std::mem::forget(here.enter());
        }
        Self { here, before, was_panicking: thread::panicking(), not_send: PhantomData }
    }

    /// Sets an annotation; see [`annotate`](crate::annotate()).
    pub fn annotate(&self, key: &'static str, value: impl ToAnnotation) {
        self.with(|here| here.annotate(key, &value));
    }

    /// Sets a metadata value; see [`metadata`](crate::metadata()).
    pub fn metadata(&self, key: &'static str, value: &(impl Serialize + ?Sized)) {
        self.with(|here| here.metadata("default", key, value));
    }

    /// Records an error; see [`record_error`](crate::record_error()).
    pub fn record_error(&self, failure: impl Into<Failure>) {
        if let Some(here) = self.here.filter(|here| here.is_observed()) {
            here.record_error(failure);
        }
    }

    /// The header for a call to another service from here; see [`trace_header`](crate::trace_header()).
    #[must_use]
    pub fn trace_header(&self) -> Option<TraceHeader> {
        // A subsegment of an unsampled segment is nothing of its own; those who are called have to be told all the same.
        self.here.unwrap_or(self.before).header()
    }

    /// Ends it now.
    pub fn end(self) {}

    fn with(&self, change: impl FnOnce(Here)) {
        if let Some(here) = self.here.filter(|here| here.is_recording()) {
            change(here);
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(here) = self.here else { return };
        // A guard made while a panic was under way, in some destructor, did not fail by it.
        if thread::panicking() && !self.was_panicking {
            here.panicked(None);
        } else {
            here.close(Ending::now());
        }
        here.leave(self.before);
    }
}
