//! What the called service is told.

use autoxray::{Sampling, TraceHeader};
use serde_json::json;

use super::*;

/// The headers that a request has under these settings, besides the client's own.
async fn added(server: &Server, recorder: &TestRecorder, request: RequestBuilder) -> Vec<String> {
    let work = async { traced::send(request).await.unwrap().text().await.unwrap() };
    assert_eq!(recorder.wrap(segment("s").trace(work)).await, "hello");
    without_ours(server.take()).1
}

#[tokio::test]
async fn the_header_names_the_subsegment() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.traceparent = true));
    let added = added(&server, &recorder, client.get(server.url("/ok"))).await;
    let trace = recorder.trace();
    let id = trace.expect("127.0.0.1").id();
    let header = TraceHeader::parse(added[0].strip_prefix("x-amzn-trace-id: ").unwrap());
    assert_eq!((header.root, header.parent), (Some(trace.id()), Some(id)));
    assert_eq!(added[0].split(';').next_back(), Some("Sampled=1"));
    assert_eq!(added[1], format!("traceparent: {}", header.to_traceparent().unwrap()));
    assert_eq!(added.len(), 2);
}

#[tokio::test]
async fn headers_of_the_program_are_left_alone() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.traceparent = true));
    let request = client.get(server.url("/ok")).header("X-Amzn-Trace-Id", "own");
    let sent = added(&server, &recorder, request).await;
    assert!(sent.contains(&"x-amzn-trace-id: own".to_owned()) && sent[1].starts_with("traceparent: 00-"), "{sent:?}");
    let request = client.get(server.url("/ok")).header("traceparent", "own");
    let sent = added(&server, &recorder, request).await;
    assert!(sent.contains(&"traceparent: own".to_owned()) && sent[1].starts_with("x-amzn-trace-id: Root=1-"), "{sent:?}");
    recorder.assert_tree("s\n  127.0.0.1 [remote]\ns\n  127.0.0.1 [remote]");
}

#[tokio::test]
async fn only_hosts_on_the_list_are_told() {
    let server = Server::start();
    let mut builder = Client::builder();
    for host in ["api.example.com", "example.com", "other.test"] {
        builder = builder.resolve(host, server.address);
    }
    let client = builder.build().unwrap();
    let list = |list: &mut Vec<String>| *list = vec!["*.Example.com".into()];
    let recorder =
        TestRecorder::with(|settings| settings.capture(|capture| (list(&mut capture.propagate_to), list(&mut capture.traced), ()).2));
    let mut traced = Vec::new();
    for (host, is_told) in [("API.example.com", true), ("example.com", false), ("other.test", false)] {
        let url = format!("http://{host}:{}/ok", server.address.port());
        assert_eq!(added(&server, &recorder, client.get(url)).await.len(), usize::from(is_told), "{host}");
        let document: Value = serde_json::from_str(recorder.documents().last().unwrap()).unwrap();
        let request = &document["subsegments"][0]["http"]["request"];
        traced.push(request["traced"].clone());
        assert_eq!(document["subsegments"][0]["name"], host.to_lowercase());
    }
    assert_eq!(traced, [json!(true), Value::Null, Value::Null]);
}

#[tokio::test]
async fn what_is_not_sampled_says_so() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Never));
    let added = added(&server, &recorder, client.get(server.url("/ok"))).await;
    assert!(added.len() == 1 && added[0].ends_with(";Sampled=0"), "{added:?}");
    assert!(recorder.documents().is_empty());
}

#[tokio::test]
async fn where_nothing_is_recorded_nothing_is_said() {
    let (server, client) = (Server::start(), Client::new());
    let off = TestRecorder::with(|settings| settings.enabled(false));
    assert_eq!(added(&server, &off, client.get(server.url("/ok"))).await.len(), 0);
    let not_captured = TestRecorder::with(|settings| settings.capture(|capture| capture.http = false));
    assert_eq!(added(&server, &not_captured, client.get(server.url("/ok"))).await.len(), 0);
    not_captured.assert_tree("s");
    let outside = TestRecorder::new();
    let response = outside.wrap(async { traced::send(client.get(server.url("/ok"))).await }).await.unwrap();
    assert_eq!(response.text().await.unwrap(), "hello");
    assert_eq!(without_ours(server.take()).1.len(), 0);
    outside.assert_tree("");
    assert_eq!(outside.stats().losses.len(), 1, "a call without a segment is counted");
}
