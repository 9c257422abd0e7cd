//! The body of a response, watched until it has been read or dropped.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use aws_smithy_types::body::SdkBody;
use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::call::Call;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Passes a body on as it is, and keeps the call's subsegment open meanwhile.
pub(super) struct Watched {
    body: SdkBody,
    /// Until the end of the body.
    call: Option<Call>,
    bytes: u64,
}

impl Watched {
    pub(super) fn new(body: SdkBody, call: Call) -> Self {
        Self { body, call: Some(call), bytes: 0 }
    }

    /// The body was read to its end, failed, or is dropped.
    fn end(&mut self, error: Option<&(dyn std::error::Error + 'static)>) {
        if let Some(call) = self.call.take() {
            let complete = error.is_none() && (self.body.is_end_stream() || self.body.size_hint().exact() == Some(0));
            call.body_ended(self.bytes, complete, error);
        }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.bytes += data.len() as u64;
                    if let Some(call) = &this.call {
                        call.body_passes(data);
                    }
                }
                if this.body.is_end_stream() {
                    this.end(None);
                }
            }
            Some(Err(error)) => this.end(Some(&**error)),
            None => {
                if let Some(call) = this.call.take() {
                    call.body_ended(this.bytes, true, None);
                }
            }
        }
        Poll::Ready(frame)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end(None);
    }
}
