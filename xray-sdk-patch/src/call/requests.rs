//! One version of reqwest, async.

use super::recorded;
use super::reqwest::{Client, IntoUrl, Request, RequestBuilder, Response, Result};
use crate::call::kind::kind;
use crate::call::verdict::Returned;

kind!();

impl Recorded {
    /// Executes a request, and records that.
    pub fn execute(self, client: &Client, request: Request) -> impl Future<Output = Result<Response>> + use<> {
        recorded::execute(client, request)
    }

    /// Gets a URL, and records that.
    pub fn get<U: IntoUrl>(self, url: U) -> impl Future<Output = Result<Response>> + use<U> {
        recorded::get(url)
    }
}

impl Unsent {
    /// Sends it, and records that.
    pub fn send(self) -> impl Future<Output = Result<Response>> {
        recorded::send(self.0)
    }
}

impl Returned for Result<Response> {
    type Verdict = Recorded;
    const VERDICT: Recorded = Recorded;
}
