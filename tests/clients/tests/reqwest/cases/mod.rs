//! Compiled once for each version.

mod blocking;
mod drops;
mod headers;
mod same;

use std::error::Error as _;
use std::fmt::Write;

use autoxray::segment;
use serde_json::Value;
use xray_testkit::TestRecorder;

use super::reqwest::{Client, Error, RequestBuilder, Response};
use super::{reqwest, traced};
use crate::server::{Server, http2, nobody};

/// All that a program can see of an answer.
async fn seen(result: Result<Response, Error>) -> String {
    match result {
        Ok(mut response) => {
            let mut seen = format!("{response:?}\n{:?} {:?}", response.version(), response.content_length());
            write!(seen, " {:?} {}", response.remote_addr(), response.extensions().len()).unwrap();
            loop {
                match response.chunk().await {
                    Ok(Some(chunk)) => write!(seen, "\n{chunk:?}").unwrap(),
                    Ok(None) => return seen,
                    Err(error) => return seen + &told(&error),
                }
            }
        }
        Err(error) => told(&error),
    }
}

fn told(error: &Error) -> String {
    let facts = [error.is_timeout(), error.is_connect(), error.is_redirect(), error.is_body(), error.is_decode()];
    let more = [error.is_builder(), error.is_request(), error.is_status()];
    let mut told = format!("\n{error} {:?} {facts:?} {more:?} {:?}", error.url().map(|url| url.as_str()), error.status());
    let mut source = error.source();
    while let Some(cause) = source {
        // A body has two links more; see the documentation.
        if !["request or response body error", "error decoding response body"].contains(&&*cause.to_string()) {
            write!(
                told,
                "
  {cause}"
            )
            .unwrap();
        }
        source = cause.source();
    }
    told
}

/// Requests without what we add, and what we added.
fn without_ours(requests: Vec<String>) -> (Vec<String>, Vec<String>) {
    let mut ours = Vec::new();
    let mut rest = |request: &String| {
        let (our, other) = request
            .split_inclusive("\r\n")
            .partition::<Vec<&str>, _>(|line| line.starts_with("x-amzn-trace-id:") || line.starts_with("traceparent:"));
        ours.extend(our.iter().map(|line| line.trim().to_owned()));
        other.concat()
    };
    let rest = requests.iter().map(&mut rest).collect();
    (rest, ours)
}

/// Sends the request as it is and through us: what goes over the wire and what comes back is the same. `tree` is what is recorded.
async fn same(server: &Server, make: impl Fn() -> RequestBuilder, tree: &str) -> (TestRecorder, String) {
    let plain = seen(make().send().await).await;
    let plain_requests = server.take();
    let recorder = TestRecorder::new();
    let ours = recorder.wrap(segment("s").trace(async { seen(traced::send(make()).await).await })).await;
    assert_eq!(ours, plain);
    let (requests, added) = without_ours(server.take());
    assert_eq!(requests, plain_requests);
    assert_eq!(added.len(), requests.len(), "{added:?}");
    recorder.assert_tree(tree);
    assert!(!recorder.documents().concat().contains("secret"), "{:?}", recorder.documents());
    assert_eq!(recorder.stats().losses, []);
    (recorder, plain)
}

/// The recorded call, which is the only one.
fn call(recorder: &TestRecorder) -> Value {
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    document["subsegments"][0].clone()
}
