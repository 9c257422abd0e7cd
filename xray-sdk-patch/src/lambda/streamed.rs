//! Bodies that keep their invocation open.

use std::any::type_name;
use std::fmt::Debug;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use http_body::{Body, Frame, SizeHint};
use xray_runtime::Failure;
use xray_runtime::lambda::OpenInvocation;

/// The body of a streaming response, unchanged. The invocation is closed when it is over; a body that is dropped before that is recorded as
/// cancelled.
#[derive(Debug)]
pub struct Streamed<B> {
    body: B,
    invocation: Option<OpenInvocation>,
}

impl<B> Streamed<B> {
    pub(super) fn new(body: B, invocation: OpenInvocation) -> Self {
        Self { body, invocation: Some(invocation) }
    }

    /// Polls in the invocation.
    fn poll<T, E: Debug>(&mut self, poll: impl FnOnce(&mut B) -> Poll<Option<Result<T, E>>>) -> Poll<Option<Result<T, E>>> {
        let Self { body, invocation } = self;
        let polled = match invocation {
            Some(invocation) => invocation.run(|| poll(body)),
            None => poll(body),
        };
        match &polled {
            Poll::Pending | Poll::Ready(Some(Ok(_))) => {}
            Poll::Ready(Some(Err(error))) => {
                if let Some(invocation) = &self.invocation {
                    invocation.fail(|| Some(Failure::new(type_name::<E>(), format_args!("{error:?}"))));
                }
            }
            Poll::Ready(None) => self.end(),
        }
        polled
    }

    fn end(&mut self) {
        if let Some(invocation) = self.invocation.take() {
            invocation.close();
        }
    }
}

impl<T, E: Debug, B: Stream<Item = Result<T, E>> + Unpin> Stream for Streamed<B> {
    type Item = Result<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(|body| Pin::new(body).poll_next(cx))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.body.size_hint()
    }
}

impl<B: Body<Error: Debug> + Unpin> Body for Streamed<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let polled = self.poll(|body| Pin::new(body).poll_frame(cx));
        // Who is told of the end does not ask for more.
        if self.body.is_end_stream() {
            self.end();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
