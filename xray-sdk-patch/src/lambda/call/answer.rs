//! What a handler gives back.

use std::fmt::Debug;
use std::ops::Deref;
use std::pin::Pin;

use futures_core::Stream;
use lambda_runtime::StreamResponse;
use lambda_runtime::streaming::Body;
use serde::Serialize;
use xray_runtime::lambda::OpenInvocation;

use super::super::respond::fail_items;
use super::super::streamed::Streamed;

/// Looks at the answer of a handler that can be serialised.
#[derive(Debug)]
pub struct Told<'a, R>(Plain<'a, R>);

impl<'a, R> Told<'a, R> {
    /// Looks at `result`.
    pub fn new(result: &'a R) -> Self {
        Self(Plain(Untold(result)))
    }
}

impl<T: Serialize, E> Told<'_, Result<T, E>> {
    /// Marks the records of a batch that the answer gives back.
    pub fn __autoxray_records(&self, invocation: &OpenInvocation) {
        if let Ok(response) = self.0.0.0 {
            fail_items(invocation, response);
        }
    }
}

impl<'a, R> Deref for Told<'a, R> {
    type Target = Plain<'a, R>;

    fn deref(&self) -> &Plain<'a, R> {
        &self.0
    }
}

/// One that cannot. Answers to requests have a status.
#[derive(Debug)]
pub struct Plain<'a, R>(pub(in crate::lambda) Untold<'a, R>);

impl<'a, R> Deref for Plain<'a, R> {
    type Target = Untold<'a, R>;

    fn deref(&self) -> &Untold<'a, R> {
        &self.0
    }
}

/// An answer of which nothing is known.
#[derive(Debug)]
pub struct Untold<'a, R>(pub(in crate::lambda) &'a R);

impl<R> Untold<'_, R> {
    /// Marks nothing.
    pub fn __autoxray_records(&self, _: &OpenInvocation) {}
}

/// What a handler returns, and its invocation.
#[derive(Debug)]
#[must_use]
pub struct Answer<R> {
    pub(in crate::lambda) result: R,
    pub(in crate::lambda) invocation: OpenInvocation,
}

impl<R> Answer<R> {
    /// Takes both.
    pub fn new(result: R, invocation: OpenInvocation) -> Self {
        Self { result, invocation }
    }
}

/// A body whose type leaves room for one that keeps the invocation open.
pub trait Reopen: Sized {
    /// The same body, which closes the invocation when it is over.
    fn reopen(self, invocation: OpenInvocation) -> Self;
}

impl Reopen for Body {
    fn reopen(self, invocation: OpenInvocation) -> Self {
        Self::new(Streamed::new(self, invocation))
    }
}

impl<T: 'static, E: Debug + 'static> Reopen for Pin<Box<dyn Stream<Item = Result<T, E>> + Send>> {
    fn reopen(self, invocation: OpenInvocation) -> Self {
        Box::pin(Streamed::new(self, invocation))
    }
}

impl<S: Reopen, E> Answer<Result<StreamResponse<S>, E>> {
    /// Closes the invocation with the end of the body.
    pub fn __autoxray_close(self) -> Result<StreamResponse<S>, E> {
        let Self { result, invocation } = self;
        match result {
            Ok(StreamResponse { metadata_prelude, stream }) => Ok(StreamResponse { metadata_prelude, stream: stream.reopen(invocation) }),
            Err(error) => {
                invocation.close();
                Err(error)
            }
        }
    }
}

/// Fallback for all that is no stream, or one that has its place in a type.
pub trait Close<R> {
    /// Closes the invocation with the answer.
    fn __autoxray_close(self) -> R;
}

impl<R> Close<R> for Answer<R> {
    fn __autoxray_close(self) -> R {
        self.invocation.close();
        self.result
    }
}
