//! Requests of the blocking client as subsegments, which end with the headers: bodies of this client cannot be looked at.

use super::super::reqwest::blocking::{Client, Request, RequestBuilder, Response};
use super::call::{Answer, Call, is_captured};
use super::failure::Told;
use super::{IntoUrl, Result};

/// Like [`RequestBuilder::send`], and recorded.
///
/// # Errors
///
/// Those of reqwest.
#[track_caller]
pub fn send(builder: RequestBuilder) -> Result<Response> {
    if !is_captured() {
        return builder.send();
    }
    let (client, request) = builder.build_split();
    match request {
        Ok(request) => execute(&client, request),
        Err(error) => {
            end(Call::unbuilt(&error), &Err(&error));
            Err(error)
        }
    }
}

/// Like [`Client::execute`], and recorded.
///
/// # Errors
///
/// Those of reqwest.
#[track_caller]
pub fn execute(client: &Client, mut request: Request) -> Result<Response> {
    if !is_captured() {
        return client.execute(request);
    }
    let (call, headers) = Call::open(request.method(), request.url());
    headers.add_to(request.headers_mut());
    let Some(call) = call else { return client.execute(request) };
    let result = call.run(|| client.execute(request));
    end(Some(call), &result.as_ref());
    result
}

/// Like `reqwest::blocking::get`, and recorded.
///
/// # Errors
///
/// Those of reqwest.
#[track_caller]
pub fn get<U: IntoUrl>(url: U) -> Result<Response> {
    send(Client::builder().build()?.get(url))
}

fn end(call: Option<Box<Call>>, result: &std::result::Result<&Response, &super::super::reqwest::Error>) {
    let Some(mut call) = call else { return };
    match result {
        Ok(response) => {
            let (length, headers) = (response.content_length(), response.headers());
            call.answered(&Answer { status: response.status(), headers, length, url: response.url() }, false);
        }
        Err(error) => call.fail(Told(*error)),
    }
    call.close();
}
