//! The current context as a value, to take elsewhere.

use std::pin::Pin;
use std::task::{self, Poll};

use pin_project_lite::pin_project;

use super::{Here, Mode};
use crate::record::{Begin, Ending, Trace};
use crate::recorder::Recorder;
use crate::switch;

/// The segment or subsegment that was current, to make current somewhere else: on another thread, in another task, in a callback.
///
/// As long as a context exists, what is opened in it is recorded, also after its segment has ended: it then travels as an independent
/// subsegment that names its parent.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::{Context, subsegment};
///
/// let context = Context::current();
/// std::thread::spawn(move || context.run(|| subsegment("on another thread").run(|| ()))).join().unwrap();
/// ```
#[derive(Debug)]
pub struct Context {
    here: Here,
}

impl Context {
    /// What is current on this thread, possibly nothing.
    #[must_use]
    pub fn current() -> Self {
        Self::holding(Here::current())
    }

    pub(crate) fn of_recorder(recorder: &Recorder) -> Self {
        if switch::is_off() {
            return Self::default();
        }
        // Without room for one more trace, nothing is recorded below, which has been counted.
        let here = Trace::begin(recorder, Begin::Scope).map_or(Here::NOWHERE, |(trace, key)| Here::new(trace, key, Mode::Scope));
        Self { here }
    }

    fn holding(here: Here) -> Self {
        // Where nothing is kept, such as in a segment that is not sampled, there is nothing to hold either.
        let held = here.trace.is_none_or(|trace| trace.hold(here.key()));
        Self { here: if held { here } else { Here::NOWHERE } }
    }

    /// Whether what is opened in this context is recorded.
    #[must_use]
    pub fn is_recording(&self) -> bool {
        self.here.is_recording()
    }

    /// Runs `code` in this context.
    pub fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        let _entered = self.here.enter();
        code()
    }

    /// Makes `future` run in this context, whichever task or thread polls it.
    pub fn wrap<F: Future>(self, future: F) -> Scoped<F> {
        Scoped { future: Some(future), context: self }
    }
}

impl Default for Context {
    /// No context at all.
    fn default() -> Self {
        Self { here: Here::NOWHERE }
    }
}

impl Clone for Context {
    fn clone(&self) -> Self {
        Self::holding(self.here)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let Some(trace) = self.here.trace else { return };
        if self.here.mode == Mode::Scope && self.here.slot == super::NOWHERE {
            trace.close(self.here.key(), Ending::now());
        } else {
            trace.release();
        }
    }
}

pin_project! {
    /// A future that runs in a [`Context`].
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Scoped<F> {
        #[pin]
        future: Option<F>,
        context: Context,
    }

    impl<F> PinnedDrop for Scoped<F> {
        fn drop(this: Pin<&mut Self>) {
            // What the future drops may be traced too.
            let mut this = this.project();
            let _entered = this.context.here.enter();
            this.future.set(None);
        }
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _entered = this.context.here.enter();
        this.future.as_pin_mut().map_or(Poll::Pending, |future| future.poll(cx))
    }
}

/// Takes the current context along.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::InContext;
///
/// async fn work() {}
/// // For executors other than tokio; with tokio, `autoxray::spawn` does this.
/// let task = work().in_current_context();
/// # let _ = task;
/// ```
pub trait InContext: Future + Sized {
    /// Makes this future run in the context that is current now.
    fn in_current_context(self) -> Scoped<Self> {
        Context::current().wrap(self)
    }
}

impl<F: Future> InContext for F {}
