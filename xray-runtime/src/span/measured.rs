//! What is measured of a function from its beginning to its end, be it traced or not.
//!
//! It goes around the body, inside of the subsegment: what it attaches belongs there.

use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use pin_project_lite::pin_project;

/// Something that is measured.
pub trait Measures {
    /// The function begins to run. What it is given has been looked at before.
    fn begins(&mut self);

    /// It has panicked, or was dropped before it was done.
    fn broke_off(&mut self, panicked: bool);
}

/// The same, where it is known what the function returns.
pub trait MeasuresResult<R>: Measures {
    /// The function has returned.
    fn returned(&mut self, result: &R);
}

impl Measures for () {
    fn begins(&mut self) {}

    fn broke_off(&mut self, _panicked: bool) {}
}

impl<R> MeasuresResult<R> for () {
    fn returned(&mut self, _result: &R) {}
}

impl<A: Measures, B: Measures> Measures for (A, B) {
    #[inline]
    fn begins(&mut self) {
        self.0.begins();
        self.1.begins();
    }

    #[inline]
    fn broke_off(&mut self, panicked: bool) {
        self.0.broke_off(panicked);
        self.1.broke_off(panicked);
    }
}

impl<R, A: MeasuresResult<R>, B: MeasuresResult<R>> MeasuresResult<R> for (A, B) {
    #[inline]
    fn returned(&mut self, result: &R) {
        self.0.returned(result);
        self.1.returned(result);
    }
}

/// What is measured of something that may panic. Only that can keep it from being taken out.
struct UnlessPanics<'a, M: Measures>(Option<&'a mut M>);

impl<M: Measures> Drop for UnlessPanics<'_, M> {
    #[inline]
    fn drop(&mut self) {
        if let Some(measures) = &mut self.0 {
            measures.broke_off(true);
        }
    }
}

/// A body that is measured.
#[inline]
pub fn measured<R>(mut measures: impl MeasuresResult<R>, body: impl FnOnce() -> R) -> impl FnOnce() -> R {
    move || {
        measures.begins();
        let mut guard = UnlessPanics(Some(&mut measures));
        let result = body();
        guard.0 = None;
        drop(guard);
        measures.returned(&result);
        result
    }
}

pin_project! {
    /// A future that is measured, from when it is first polled.
    #[must_use = "futures do nothing unless polled"]
    pub struct MeasuredFuture<F, M: Measures> {
        // Dropped with what it measures still in place.
        #[pin]
        future: Option<F>,
        measures: M,
        state: State,
    }

    impl<F, M: Measures> PinnedDrop for MeasuredFuture<F, M> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            this.future.set(None);
            if *this.state == State::Running {
                this.measures.broke_off(false);
            }
        }
    }
}

impl<F, M: Measures> std::fmt::Debug for MeasuredFuture<F, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MeasuredFuture").finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    New,
    Running,
    Over,
}

impl<F: Future, M: MeasuresResult<F::Output>> MeasuredFuture<F, M> {
    #[inline]
    pub(crate) fn new(measures: M, future: F) -> Self {
        Self { future: Some(future), measures, state: State::New }
    }
}

impl<F: Future, M: MeasuresResult<F::Output>> Future for MeasuredFuture<F, M> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let Some(future) = this.future.as_pin_mut() else { return Poll::Pending };
        if std::mem::replace(this.state, State::Over) == State::New {
            this.measures.begins();
        }
        let mut guard = UnlessPanics(Some(this.measures));
        let poll = future.poll(cx);
        guard.0 = None;
        drop(guard);
        match &poll {
            Poll::Pending => *this.state = State::Running,
            Poll::Ready(result) => this.measures.returned(result),
        }
        poll
    }
}

/// What is measured of a function whose result is not looked at: how it ends is told when this is dropped.
#[derive(Debug)]
#[must_use = "it ends when it is dropped"]
pub struct Kept<M: Measures> {
    measures: M,
    was_panicking: bool,
}

impl<M: Measures> Kept<M> {
    pub(crate) fn new(mut measures: M) -> Self {
        measures.begins();
        Self { measures, was_panicking: thread::panicking() }
    }
}

impl<M: Measures> Drop for Kept<M> {
    fn drop(&mut self) {
        self.measures.broke_off(thread::panicking() && !self.was_panicking);
    }
}

/// What a function has returned: `returned.ok()`, `returned.err()`, `returned.all()`. Here for a `Result`; how that is told apart from other
/// types is said in `value/probe.rs`.
#[derive(Debug)]
pub struct Returned<'a, R>(Plain<'a, R>);

/// What a function has returned, if that is no `Result`.
#[derive(Debug)]
pub struct Plain<'a, R>(&'a R);

/// The error of a function that returns no `Result`. There is none.
#[derive(Debug)]
pub enum NotAResult {}

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

    /// Nothing: what is not looked at has not failed.
    #[inline]
    #[must_use]
    pub fn none(&self) -> Option<&'a R> {
        None
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
    pub fn err(&self) -> Option<&'a NotAResult> {
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
