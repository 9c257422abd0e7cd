//! Futures and bodies that are dropped, at every point; many at once; panics.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use autoxray::subsegment;
use serde_json::json;

use super::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use super::*;

#[tokio::test]
async fn a_future_that_is_never_polled_was_no_request() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let work = async {
        drop(traced::send(client.get(server.url("/ok"))));
        drop(traced::send(client.get("no url")));
        drop(traced::execute(&client, client.get(server.url("/ok")).build().unwrap()));
        drop(traced::get(server.url("/ok")));
    };
    recorder.wrap(segment("s").trace(work)).await;
    recorder.assert_tree("s");
    assert_eq!(server.take(), [""; 0]);
}

/// Polls a future so many times, and drops it.
async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = times;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(cx).map(Some)
    })
    .await
}

#[tokio::test]
async fn dropped_at_any_point_it_is_cancelled() {
    let (server, client) = (Server::start(), Client::new());
    for times in 0.. {
        let recorder = TestRecorder::new();
        let work = async {
            let read = async { traced::send(client.get(server.url("/pieces"))).await.unwrap().bytes().await.unwrap() };
            polled(read, times).await
        };
        let done = recorder.wrap(segment("s").trace(work)).await;
        if let Some(bytes) = done {
            assert_eq!(bytes, "helloworld");
            assert!(times > 2, "there is something to wait for");
            recorder.assert_tree("s\n  127.0.0.1 [remote]");
            return;
        }
        let trace = recorder.trace();
        let mut calls = trace.nodes().skip(1);
        let call = calls.next();
        assert_eq!(call.is_none(), times == 0);
        if let Some(call) = call {
            let how = call.metadata_in("http", "body");
            assert!(call.is_cancelled() != how.is_string(), "{how} after {times} polls");
        }
    }
}

#[tokio::test]
async fn time_runs_from_send_as_reqwests_does() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let work = async {
        let late = traced::send(client.get(server.url("/ok")).timeout(Duration::from_millis(20)));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(late.await.unwrap_err().is_timeout());
    };
    recorder.wrap(segment("s").trace(work)).await;
    recorder.assert_tree("s\n  127.0.0.1 [fault, remote] !Timeout: ..");
    assert!(recorder.trace().expect("127.0.0.1").duration() > Duration::from_millis(50));
}

#[tokio::test]
async fn a_body_that_is_dropped_says_so() {
    let (server, client) = (Server::start(), Client::new());
    for (path, chunks, how) in [
        ("/stall", 0, json!("dropped after 0 bytes")),
        ("/stall", 1, json!("dropped after 5 bytes")),
        // All that was promised has been read.
        ("/ok", 1, Value::Null),
    ] {
        let recorder = TestRecorder::new();
        let work = async {
            let mut response = traced::send(client.get(server.url(path))).await.unwrap();
            for _ in 0..chunks {
                response.chunk().await.unwrap();
            }
        };
        recorder.wrap(segment("s").trace(work)).await;
        recorder.assert_tree("s\n  127.0.0.1 [remote]");
        assert_eq!(call(&recorder)["metadata"]["http"]["body"], how, "{path}");
    }
}

#[tokio::test]
async fn a_body_outlives_its_segment() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let response = recorder.wrap(segment("s").trace(async { traced::send(client.get(server.url("/pieces"))).await })).await.unwrap();
    assert_eq!(tokio::spawn(response.text()).await.unwrap().unwrap(), "helloworld");
    recorder.assert_tree("s\n  127.0.0.1 [remote]");
    assert!(recorder.trace().expect("127.0.0.1").duration() > Duration::from_millis(25));
}

#[tokio::test]
async fn many_at_once_stand_side_by_side() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let work = async {
        let builder = client.post(server.url("/ok")).body("a");
        let one = |builder: RequestBuilder| async { traced::send(builder).await.unwrap().text().await.unwrap() };
        let many = futures::future::join_all((0..20).map(|_| one(builder.try_clone().unwrap())));
        let (many, other) = tokio::join!(many, subsegment("other").trace(one(builder)));
        assert!(many.len() == 20 && other == "hello");
    };
    recorder.wrap(segment("s").trace(work)).await;
    let tree = "s\n".to_owned() + &"  127.0.0.1 [remote]\n".repeat(20) + "  other\n    127.0.0.1 [remote]";
    recorder.assert_tree_in_any_order(&tree);
    let (requests, added) = without_ours(server.take());
    assert_eq!(requests.len(), 21);
    let mut parents: Vec<_> = added.iter().map(|header| header.split(';').nth(1).unwrap()).collect();
    parents.sort_unstable();
    parents.dedup();
    assert_eq!(parents.len(), 21, "each names its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_who_sends_is_the_parent() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let work = async {
        let sent = subsegment("sends").run(|| traced::send(client.get(server.url("/ok"))));
        tokio::spawn(async { sent.await.unwrap().text().await.unwrap() }).await.unwrap()
    };
    assert_eq!(recorder.wrap(segment("s").trace(work)).await, "hello");
    recorder.assert_tree("s\n  sends\n    127.0.0.1 [remote]");
}

/// Is traced itself, or panics.
struct Lookup {
    asked: AtomicUsize,
    panics: bool,
}

impl Resolve for Lookup {
    fn resolve(&self, _: Name) -> Resolving {
        self.asked.fetch_add(1, Ordering::Relaxed);
        subsegment("lookup").run(|| ());
        assert!(!self.panics, "in the resolver");
        Box::pin(async { Ok(Box::new(std::iter::once(SocketAddr::from(([127, 0, 0, 1], 0)))) as Addrs) })
    }
}

#[tokio::test]
async fn what_the_client_calls_is_in_it() {
    let server = Server::start();
    for panics in [false, true] {
        let lookup = Arc::new(Lookup { asked: AtomicUsize::new(0), panics });
        let client = Client::builder().dns_resolver(lookup.clone()).build().unwrap();
        let recorder = TestRecorder::new();
        let url = format!("http://a.test:{}/ok", server.address.port());
        let work = async { traced::send(client.get(url)).await.map(|response| response.status()) };
        let work = recorder.wrap(segment("s").trace(work));
        let result = futures::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(work)).await;
        assert_eq!((result.is_err(), lookup.asked.load(Ordering::Relaxed)), (panics, 1));
        recorder.assert_tree(if panics {
            "s [fault] !panic: ..\n  a.test [fault, remote] !panic\n    lookup"
        } else {
            "s\n  a.test [remote]\n    lookup"
        });
    }
}

/// Says how its own text comes to be: not at all.
#[derive(Debug)]
struct Unspeakable;

impl std::fmt::Display for Unspeakable {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}

impl std::error::Error for Unspeakable {}

#[tokio::test]
async fn a_cause_that_panics_costs_only_its_text() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let body = reqwest::Body::wrap_stream(futures::stream::iter([Ok("a"), Err(Unspeakable)]));
    let error =
        recorder.wrap(segment("s").trace(async { traced::send(client.post(server.url("/ok")).body(body)).await })).await.unwrap_err();
    assert!(error.is_request());
    recorder.assert_tree("s\n  127.0.0.1 [fault, remote] !Request");
}

fn is_send<T: Send>(value: T) -> T {
    value
}

fn is_sync<T: Sync>(value: T) -> T {
    value
}

fn is_unpin<T: Unpin>(value: T) -> T {
    value
}

#[tokio::test]
async fn futures_can_do_what_reqwests_can() {
    let client = Client::new();
    let builder = || client.get("http://127.0.0.1:1/");
    drop(is_sync(is_send(is_unpin(builder().send()))));
    drop(is_sync(is_send(is_unpin(traced::send(builder())))));
    let request = || builder().build().unwrap();
    drop(is_sync(is_send(is_unpin(client.execute(request())))));
    drop(is_sync(is_send(is_unpin(traced::execute(&client, request())))));
    drop(is_send(reqwest::get("http://127.0.0.1:1/")));
    drop(is_send(traced::get("http://127.0.0.1:1/")));
    let sent: Pin<Box<dyn Future<Output = Result<Response, Error>> + Send + Sync + 'static>> = {
        let client = Client::new();
        Box::pin(traced::execute(&client, request()))
    };
    drop(sent);
}

#[tokio::test]
async fn a_response_is_shared_and_moved_as_before() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let response = recorder.wrap(segment("s").trace(async { traced::send(client.get(server.url("/ok"))).await })).await.unwrap();
    let shared = Arc::new(Mutex::new(is_sync(is_send(response))));
    let runtime = tokio::runtime::Handle::current();
    let text = std::thread::spawn(move || {
        let response = Arc::into_inner(shared).unwrap().into_inner().unwrap();
        runtime.block_on(response.text()).unwrap()
    });
    // The connection is driven here.
    while !text.is_finished() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(text.join().unwrap(), "hello");
    recorder.assert_tree("s\n  127.0.0.1 [remote]");
}
