//! When an invocation is over: with the handler's answer, or with the end of what it streams.

use lambda_runtime::{FunctionResponse, StreamResponse};
use serde::Serialize;
use xray_runtime::lambda::OpenInvocation;

use super::streamed::Streamed;
use crate::facts::event;

/// What becomes of the answer `R` of a handler, and of the invocation with it.
pub trait Respond<R> {
    /// What the runtime gets.
    type Response;

    /// Closes the invocation, now or when the body is over.
    fn respond(response: R, invocation: OpenInvocation) -> Self::Response;
}

/// The invocation ends with the answer.
#[derive(Clone, Copy, Debug)]
pub struct Buffered;

impl<R> Respond<R> for Buffered {
    type Response = R;

    fn respond(response: R, invocation: OpenInvocation) -> R {
        invocation.close();
        response
    }
}

/// The invocation ends with the answer, which may give records of a batch back.
#[derive(Clone, Copy, Debug)]
pub struct Batch;

impl<R: Serialize> Respond<R> for Batch {
    type Response = R;

    fn respond(response: R, invocation: OpenInvocation) -> R {
        fail_items(&invocation, &response);
        invocation.close();
        response
    }
}

/// Marks the records that an answer gives back.
pub(super) fn fail_items<R: Serialize>(invocation: &OpenInvocation, response: &R) {
    // What is serialised twice may be another thing the second time: only where there is something to find.
    if invocation.has_items() {
        let mut items = Vec::new();
        invocation.attach(|values| {
            items = event::failed_items(response);
            if !items.is_empty() {
                values.annotate("batch_item_failures", items.len());
            }
        });
        items.iter().for_each(|id| invocation.fail_item(id));
    }
}

/// The invocation ends with the body.
#[derive(Clone, Copy, Debug)]
pub struct Streaming;

impl<S> Respond<StreamResponse<S>> for Streaming {
    type Response = StreamResponse<Streamed<S>>;

    fn respond(response: StreamResponse<S>, invocation: OpenInvocation) -> Self::Response {
        let StreamResponse { metadata_prelude, stream } = response;
        StreamResponse { metadata_prelude, stream: Streamed::new(stream, invocation) }
    }
}

impl<B, S> Respond<FunctionResponse<B, S>> for Streaming {
    type Response = FunctionResponse<B, Streamed<S>>;

    fn respond(response: FunctionResponse<B, S>, invocation: OpenInvocation) -> Self::Response {
        match response {
            FunctionResponse::BufferedResponse(response) => FunctionResponse::BufferedResponse(Buffered::respond(response, invocation)),
            FunctionResponse::StreamingResponse(response) => FunctionResponse::StreamingResponse(Self::respond(response, invocation)),
        }
    }
}
