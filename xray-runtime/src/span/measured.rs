//! What is measured of a function from its beginning to its end, be it traced or not.
//!
//! It goes around the body, inside of the subsegment: what it attaches belongs there.

use std::convert::Infallible;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

/// Something that is measured. Dropped without another word, the function has panicked, or was dropped before it was done.
pub trait Measures<R> {
    /// The function has returned.
    fn returned(&mut self, result: &R);
}

impl<R> Measures<R> for () {
    fn returned(&mut self, _result: &R) {}
}

impl<R, A: Measures<R>, B: Measures<R>> Measures<R> for (A, B) {
    #[inline]
    fn returned(&mut self, result: &R) {
        self.0.returned(result);
        self.1.returned(result);
    }
}

/// A body that is measured.
#[inline]
pub fn measured<R>(mut measures: impl Measures<R>, body: impl FnOnce() -> R) -> impl FnOnce() -> R {
    move || {
        let result = body();
        measures.returned(&result);
        result
    }
}

pin_project! {
    /// A future that is measured.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct MeasuredFuture<F, M> {
        #[pin]
        future: F,
        measures: Option<M>,
    }
}

impl<F: Future, M: Measures<F::Output>> MeasuredFuture<F, M> {
    #[inline]
    pub(crate) fn new(measures: M, future: F) -> Self {
        Self { future, measures: Some(measures) }
    }
}

impl<F: Future, M: Measures<F::Output>> Future for MeasuredFuture<F, M> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        /// A panic is told at once, and not when somebody drops the future.
        struct Dropped<'a, M>(&'a mut Option<M>);
        impl<M> Drop for Dropped<'_, M> {
            fn drop(&mut self) {
                *self.0 = None;
            }
        }
        let this = self.project();
        let guard = Dropped(this.measures);
        let poll = this.future.poll(cx);
        if poll.is_pending() {
            std::mem::forget(guard);
            return Poll::Pending;
        }
        let result = ready!(poll);
        if let Some(measures) = guard.0 {
            measures.returned(&result);
        }
        Poll::Ready(result)
    }
}

/// What a function has returned: `returned.ok()`, `returned.err()`, `returned.all()`. Here for a `Result`; how that is told apart from other
/// types is said in `value/probe.rs`.
#[derive(Debug)]
pub struct Returned<'a, R>(Plain<'a, R>);

/// What a function has returned, if that is no `Result`.
#[derive(Debug)]
pub struct Plain<'a, R>(&'a R);

impl<'a, R> Returned<'a, R> {
    #[inline]
    pub(crate) fn new(result: &'a R) -> Self {
        Self(Plain(result))
    }

    /// All of it.
    #[inline]
    #[must_use]
    pub fn all(&self) -> Option<&'a R> {
        Some(self.0.0)
    }
}

impl<'a, T, E> Returned<'a, Result<T, E>> {
    /// What it gives if it is `Ok`.
    #[inline]
    #[must_use]
    pub fn ok(&self) -> Option<&'a T> {
        self.0.0.as_ref().ok()
    }

    /// What it gives if it is `Err`.
    #[inline]
    #[must_use]
    pub fn err(&self) -> Option<&'a E> {
        self.0.0.as_ref().err()
    }
}

impl<'a, R> Plain<'a, R> {
    /// It.
    #[inline]
    #[must_use]
    pub fn ok(&self) -> Option<&'a R> {
        Some(self.0)
    }

    /// Nothing: it did not fail.
    #[inline]
    #[must_use]
    pub fn err(&self) -> Option<&'a Infallible> {
        None
    }
}

impl<'a, R> Deref for Returned<'a, R> {
    type Target = Plain<'a, R>;

    #[inline]
    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
