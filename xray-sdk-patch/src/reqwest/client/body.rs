//! Bodies that tell when they have been read.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use xray_runtime::capture;

use super::super::reqwest::{Body, Error, Response, ResponseBuilderExt};
use super::call::{Answer, Call};
use super::failure::Told;

/// The response, which keeps the call open until its body is over. Where there is no body, the call ends here, and the response is not
/// touched.
pub(super) fn watch(response: Response, mut call: Box<Call>) -> Response {
    let length = response.content_length();
    // A connection that was switched to another protocol belongs to the program.
    let has_body = length != Some(0) && response.status() != http::StatusCode::SWITCHING_PROTOCOLS && capture(|capture| capture.bodies);
    let answer = Answer { status: response.status(), headers: response.headers(), length, url: response.url() };
    call.answered(&answer, has_body);
    // The way through `http::Response` keeps all but the URL, for which there is an extension.
    let url = http::Response::builder().url(response.url().clone()).body(());
    let (true, Ok(url)) = (has_body, url) else {
        call.close();
        return response;
    };
    let (mut parts, body) = http::Response::<Body>::from(response).into_parts();
    parts.extensions.extend(url.into_parts().0.extensions);
    let body = Watched { body, length, bytes: 0, call: Some(call) };
    Response::from(http::Response::from_parts(parts, Body::wrap(body)))
}

/// A body, unchanged.
struct Watched {
    body: Body,
    /// All bytes, if that is known.
    length: Option<u64>,
    /// Bytes read so far.
    bytes: u64,
    /// Until it is over.
    call: Option<Box<Call>>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let poll = Pin::new(&mut self.body).poll_frame(cx);
        match &poll {
            Poll::Pending => {}
            Poll::Ready(Some(Ok(frame))) => {
                self.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                // Who knows the length does not ask for more. Early versions of 0.12 do not say that it is the end.
                if self.length == Some(self.bytes) || self.body.is_end_stream() {
                    self.end(None);
                }
            }
            Poll::Ready(Some(Err(error))) => {
                if let Some(call) = &self.call {
                    call.fail(Told(error));
                }
                self.end(Some("failed"));
            }
            Poll::Ready(None) => self.end(None),
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Watched {
    fn end(&mut self, how: Option<&str>) {
        if let Some(call) = self.call.take() {
            call.close_body(self.bytes, how.map(|how| format!("{how} after {} bytes", self.bytes)));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.end(Some("dropped"));
    }
}
