//! Futures that run in an invocation.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::OpenInvocation;

pin_project! {
    /// A future that runs in an invocation, and gives that back together with what it gives itself. Made by [`OpenInvocation::trace`].
    ///
    /// Dropped before that, the invocation is recorded as cancelled.
    #[must_use = "futures do nothing unless polled"]
    pub struct Invoked<F> {
        #[pin]
        future: Option<F>,
        invocation: Option<OpenInvocation>,
    }

    impl<F> PinnedDrop for Invoked<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if let Some(invocation) = this.invocation.take() {
                // What the future drops is still part of it.
                let _entered = invocation.place().enter();
                this.future.set(None);
            }
        }
    }
}

impl<F> Invoked<F> {
    pub(super) fn new(invocation: OpenInvocation, future: F) -> Self {
        Self { future: Some(future), invocation: Some(invocation) }
    }
}

impl<F: Future> Future for Invoked<F> {
    type Output = (F::Output, OpenInvocation);

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (Some(future), Some(invocation)) = (this.future.as_pin_mut(), this.invocation.take()) else { return Poll::Pending };
        let entered = invocation.place().resumed().enter();
        let polled = catch_unwind(AssertUnwindSafe(|| future.poll(cx)));
        drop(entered);
        match polled {
            Ok(Poll::Ready(output)) => Poll::Ready((output, invocation)),
            Ok(Poll::Pending) => {
                *this.invocation = Some(invocation);
                Poll::Pending
            }
            Err(payload) => {
                invocation.panicked(&*payload);
                resume_unwind(payload)
            }
        }
    }
}

impl<F> std::fmt::Debug for Invoked<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invoked").field("invocation", &self.invocation).finish_non_exhaustive()
    }
}
