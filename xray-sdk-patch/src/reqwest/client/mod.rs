//! Requests as subsegments.

pub mod blocking;

use super::reqwest::{Client, IntoUrl, Request, RequestBuilder, Response, Result};

/// Like [`RequestBuilder::send`], and recorded.
pub fn send(builder: RequestBuilder) -> impl Future<Output = Result<Response>> {
    builder.send()
}

/// Like [`Client::execute`], and recorded.
pub fn execute(client: &Client, request: Request) -> impl Future<Output = Result<Response>> + use<> {
    client.execute(request)
}

/// Like `reqwest::get`, and recorded.
pub async fn get<U: IntoUrl>(url: U) -> Result<Response> {
    super::reqwest::get(url).await
}
