//! Requests as subsegments.

pub mod blocking;
mod body;
pub(in super::super) mod call;
pub(in super::super) mod failure;
pub(in super::super) mod sending;

use call::{Call, is_captured};
use sending::Sending;

use super::reqwest::{Client, IntoUrl, Request, RequestBuilder, Response, Result};

/// Like [`RequestBuilder::send`], and recorded, as [here](crate::reqwest) described.
#[track_caller]
pub fn send(builder: RequestBuilder) -> impl Future<Output = Result<Response>> {
    if !is_captured() {
        return Sending::unrecorded(builder.send());
    }
    let (client, request) = builder.build_split();
    match request {
        Ok(mut request) => {
            let call = Call::of(&mut request);
            Sending::new(RequestBuilder::from_parts(client, request).send(), call)
        }
        Err(error) => Sending::refused(error),
    }
}

/// Like [`Client::execute`], and recorded; see [`send`].
#[track_caller]
pub fn execute(client: &Client, mut request: Request) -> impl Future<Output = Result<Response>> + use<> {
    let call = if is_captured() { Call::of(&mut request) } else { None };
    Sending::new(client.execute(request), call)
}

/// Like `reqwest::get`, and recorded; see [`send`].
///
/// # Errors
///
/// Those of reqwest.
pub async fn get<U: IntoUrl>(url: U) -> Result<Response> {
    send(Client::builder().build()?.get(url)).await
}
