//! The future of a traced service.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;
use xray_runtime::lambda::Invoked;

use super::failure::Tell;
use super::respond::Respond;

pin_project! {
    /// The future of a [`TraceService`](super::TraceService): what the handler gives, with the invocation closed by it.
    #[must_use = "futures do nothing unless polled"]
    pub struct TraceFuture<F, K, D> {
        #[pin]
        handler: Invoked<F>,
        told: PhantomData<fn(K, D)>,
    }
}

impl<F, K, D> TraceFuture<F, K, D> {
    pub(super) fn new(handler: Invoked<F>) -> Self {
        Self { handler, told: PhantomData }
    }
}

impl<F, R, E, K, D> Future for TraceFuture<F, K, D>
where
    F: Future<Output = Result<R, E>>,
    K: Respond<R>,
    D: Tell<E>,
{
    type Output = Result<K::Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let (result, invocation) = ready!(this.handler.poll(cx));
        Poll::Ready(match result {
            Ok(response) => Ok(K::respond(response, invocation)),
            Err(error) => {
                invocation.fail(|| Some(D::tell(&error)));
                invocation.close();
                Err(error)
            }
        })
    }
}

impl<F, K, D> fmt::Debug for TraceFuture<F, K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceFuture").finish_non_exhaustive()
    }
}
