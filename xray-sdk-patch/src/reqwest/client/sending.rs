//! Requests as futures.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use xray_runtime::Failure;

use super::super::reqwest::{Error, Response};
use super::body;
use super::call::Call;
use super::failure::Told;

pin_project! {
    /// A request under way: the client's own future, and the subsegment that it runs in. It is `Send`, `Sync` and `Unpin` where the
    /// client's is.
    ///
    /// Time-outs of the client run from the moment its future is made, and its request cannot be changed any more then. So the subsegment is
    /// opened there, too, and taken back if the future is never polled.
    pub(crate) struct Sending<F, E = Error> {
        #[pin]
        future: Option<F>,
        // In place of the future: an error that was there before.
        refused: Option<E>,
        call: Option<Box<Call>>,
        polled: bool,
    }

    impl<F, E> PinnedDrop for Sending<F, E> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if !*this.polled && let Some(call) = this.call.take() {
                call.discard();
            }
        }
    }
}

impl<F, E> Sending<F, E> {
    pub(crate) fn new(future: F, call: Option<Box<Call>>) -> Self {
        Self { future: Some(future), refused: None, call, polled: false }
    }

    pub(super) fn unrecorded(future: F) -> Self {
        Self::new(future, None)
    }
}

impl<F> Sending<F> {
    /// A request that could not be built: the error comes when it is polled.
    #[track_caller]
    pub(super) fn refused(error: Error) -> Self {
        let call = Call::unbuilt(&error);
        Self { future: None, refused: Some(error), call, polled: false }
    }
}

impl<F: Future<Output = Result<Response, E>>, E> Future for Sending<F, E>
where
    for<'a> Failure: From<Told<'a, E>>,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        *this.polled = true;
        // While the future runs, the call is not in its place: a panic that passes here drops it, and it knows why.
        let call = this.call.take();
        let poll = match (this.future.as_pin_mut(), &call) {
            (Some(future), Some(call)) => call.run(|| future.poll(cx)),
            (Some(future), None) => return future.poll(cx),
            // As reqwest says it.
            (None, _) => Poll::Ready(Err(this.refused.take().expect("Pending error polled more than once"))),
        };
        match (poll, call) {
            (Poll::Ready(Ok(response)), Some(call)) => Poll::Ready(Ok(body::watch(response, call))),
            (Poll::Ready(Err(error)), Some(call)) => {
                call.fail(Told(&error));
                call.close();
                Poll::Ready(Err(error))
            }
            (poll, call) => {
                *this.call = call;
                poll
            }
        }
    }
}
