//! One version of reqwest, blocking.

use super::recorded::blocking as recorded;
use super::reqwest::blocking::{Client, Request, RequestBuilder, Response};
use super::reqwest::{IntoUrl, Result};
use crate::call::kind::kind;
use crate::call::probe::Got;

kind!();

impl Recorded {
    /// Executes a request, and records that.
    pub fn execute(self, client: &Client, request: Request) -> Result<Response> {
        recorded::execute(client, request)
    }

    /// Gets a URL, and records that.
    pub fn get<U: IntoUrl>(self, url: U) -> Result<Response> {
        recorded::get(url)
    }
}

impl Unsent {
    /// Sends it, and records that.
    pub fn send(self) -> Result<Response> {
        recorded::send(self.0)
    }
}

impl Got<Result<Response>> {
    /// What this kind returns.
    #[must_use]
    pub fn __autoxray_blocking(&self) -> Recorded {
        Recorded
    }
}
