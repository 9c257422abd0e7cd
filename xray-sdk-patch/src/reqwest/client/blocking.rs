//! Requests of the blocking client as subsegments.

use super::super::reqwest::blocking::{self, Client, Request, RequestBuilder, Response};
use super::{IntoUrl, Result};

/// Like [`RequestBuilder::send`], and recorded.
///
/// # Errors
///
/// Those of reqwest.
pub fn send(builder: RequestBuilder) -> Result<Response> {
    builder.send()
}

/// Like [`Client::execute`], and recorded.
///
/// # Errors
///
/// Those of reqwest.
pub fn execute(client: &Client, request: Request) -> Result<Response> {
    client.execute(request)
}

/// Like `reqwest::blocking::get`, and recorded.
///
/// # Errors
///
/// Those of reqwest.
pub fn get<U: IntoUrl>(url: U) -> Result<Response> {
    blocking::get(url)
}
