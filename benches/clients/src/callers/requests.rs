//! `GET` over a kept connection, bare and under autoxray.

use std::net::SocketAddr;

use reqwest::{Client, RequestBuilder};

use super::{Caller, Executor};
use crate::cases::{Case, State, Who};

pub struct Requests {
    case: Case,
    client: Client,
    url: String,
}

/// What everybody asks for.
pub fn url(server: SocketAddr) -> String {
    format!("http://{server}/orders/1?verbose=yes")
}

impl Requests {
    pub fn new(case: Case, server: SocketAddr) -> Requests {
        // A proxy of the environment would be measured otherwise.
        let client = Client::builder().no_proxy().build().expect("a client");
        Requests { case, client, url: url(server) }
    }
}

async fn plain(builder: RequestBuilder) -> usize {
    let response = builder.send().await.expect("a response");
    response.bytes().await.expect("a body").len()
}

async fn recorded(builder: RequestBuilder) -> usize {
    let response = autoxray::reqwest::v0_13::send(builder).await.expect("a response");
    response.bytes().await.expect("a body").len()
}

impl Caller for Requests {
    fn call(&mut self, executor: &Executor, calls: u32) {
        if self.case.who == Who::Bare || matches!(self.case.state, State::SegmentOnly | State::UnsampledOnly) {
            executor.calls(self.case, calls, || plain(self.client.get(&self.url)));
        } else {
            executor.calls(self.case, calls, || recorded(self.client.get(&self.url)));
        }
    }

    fn exported(&self) -> Option<u64> {
        let stats = autoxray::stats();
        (self.case.who == Who::Autoxray).then_some(stats.segments + stats.subsegments)
    }
}
