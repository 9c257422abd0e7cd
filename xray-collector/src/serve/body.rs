//! Bodies of requests: read whole before anything else is done, up to a size and a time.

use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use crate::api::Error;
use crate::settings::{BODIES_BYTES_MAX, BODY_BYTES_MAX, BODY_TIME_MAX, SMALL_BODY_BYTES};

/// Room for the bodies of all requests together.
#[derive(Clone)]
pub(super) struct Limits {
    room: Arc<Semaphore>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { room: Arc::new(Semaphore::new(BODIES_BYTES_MAX)) }
    }
}

/// Hands on a request with its whole body, or answers why it cannot be read.
pub(super) async fn read(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    // Beside chunks there may have been a length, which hyper drops. What stands between here and the client could have believed that, so
    // nothing that follows counts as a request.
    let is_last = parts.headers.contains_key(header::TRANSFER_ENCODING);
    if body.is_end_stream() {
        return next.run(Request::from_parts(parts, Body::empty())).await;
    }
    // What a client announces is believed up to the limit; one that announces nothing may send all of that.
    let announced = body.size_hint().exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(BODY_BYTES_MAX);
    if announced > BODY_BYTES_MAX {
        return too_large();
    }
    let read = async {
        // Small ones take none of the room, so that a few slow clients with large ones keep nobody from asking.
        let room = if announced <= SMALL_BODY_BYTES { 0 } else { u32::try_from(announced).unwrap_or(u32::MAX) };
        let held = Arc::clone(&limits.room).acquire_many_owned(room).await;
        (held, axum::body::to_bytes(body, BODY_BYTES_MAX).await)
    };
    match tokio::time::timeout(BODY_TIME_MAX, read).await {
        Ok((held, Ok(bytes))) => {
            let mut response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
            drop(held);
            if is_last {
                close(&mut response);
            }
            response
        }
        Ok((_, Err(error))) if is_too_large(&error) => too_large(),
        Ok((_, Err(_))) => closing(Error::new(
            StatusCode::BAD_REQUEST,
            "SerializationException",
            "The body ended before its announced length, or is not encoded as HTTP says: send it whole",
        )),
        Err(_) => {
            let seconds = BODY_TIME_MAX.as_secs();
            closing(Error::new(
                StatusCode::REQUEST_TIMEOUT,
                "RequestTimeoutException",
                format!("The body took more than {seconds} s: send it at once"),
            ))
        }
    }
}

fn too_large() -> Response {
    let message = format!("The body has more than {BODY_BYTES_MAX} bytes: send it in several requests");
    closing(Error::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException", message))
}

/// Where a body was not read to its end, the connection cannot go on.
fn closing(error: Error) -> Response {
    let mut response = error.into_response();
    close(&mut response);
    response
}

pub(super) fn close(response: &mut Response) {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        source = error.source();
    }
    false
}
