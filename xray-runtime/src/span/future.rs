//! Futures that run in a subsegment.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::{Open, end};
use crate::context::Here;
use crate::value::{Failure, Probe};

pin_project! {
    /// A future that runs in a segment or subsegment of its own.
    ///
    /// It is opened when the future is first polled, below what is current there, is current whenever the future is polled, and is closed
    /// when the future is ready. A future that is dropped before that closes as `cancelled`.
    #[must_use = "futures do nothing unless polled"]
    pub struct Traced<F, N, O> {
        #[pin]
        future: Option<F>,
        state: State<N>,
        outcome: O,
    }

    impl<F, N, O> PinnedDrop for Traced<F, N, O> {
        fn drop(this: Pin<&mut Self>) {
            if let State::Open(here) = this.state {
                let this = this.project();
                *this.state = State::Passive;
                cancel(here, this.future);
            }
        }
    }
}

#[derive(Debug)]
enum State<N> {
    New(N),
    Open(Here),
    /// Nothing is recorded, or it has ended.
    Passive,
}

impl<F, N, O> Traced<F, N, O> {
    #[inline]
    pub(crate) fn new(opened: N, future: F, outcome: O) -> Self {
        Self { future: Some(future), state: State::New(opened), outcome }
    }
}

impl<F: Future, N: Open, O: Fn(Probe<'_, F::Output>) -> Option<Failure>> Future for Traced<F, N, O> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else { return Poll::Pending };
        if let State::New(_) = this.state
            && let State::New(opened) = std::mem::replace(this.state, State::Passive)
            && let Some(here) = opened.open()
        {
            *this.state = State::Open(here);
        }
        match *this.state {
            State::Open(here) => {
                // If it panics, it has been closed, and dropping it must not close it again.
                *this.state = State::Passive;
                let poll = poll_in(here, future, cx, this.outcome);
                if poll.is_pending() {
                    *this.state = State::Open(here);
                }
                poll
            }
            State::New(_) | State::Passive => future.poll(cx),
        }
    }
}

/// Polls inside of `here`, and closes it when that was the last time.
fn poll_in<F: Future>(
    here: Here,
    future: Pin<&mut F>,
    cx: &mut Context<'_>,
    outcome: &impl Fn(Probe<'_, F::Output>) -> Option<Failure>,
) -> Poll<F::Output> {
    let entered = here.resumed().enter();
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(poll) => {
            let result = ready!(poll);
            let ending = end(here, &result, outcome);
            drop(entered);
            here.close(ending);
            Poll::Ready(result)
        }
        Err(payload) => {
            drop(entered);
            here.panicked(Some(&*payload));
            resume_unwind(payload)
        }
    }
}

/// Drops a future that is not done, in its own subsegment, and closes that afterwards: what the future drops is still part of it.
#[cold]
fn cancel<F>(here: Here, mut future: Pin<&mut Option<F>>) {
    struct Cancel(Here);
    impl Drop for Cancel {
        fn drop(&mut self) {
            self.0.cancel();
        }
    }
    let _cancel = Cancel(here);
    let _entered = here.enter();
    future.set(None);
}

impl<F, N, O> std::fmt::Debug for Traced<F, N, O> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Traced").finish_non_exhaustive()
    }
}
