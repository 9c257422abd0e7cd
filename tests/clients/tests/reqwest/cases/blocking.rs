//! The blocking client.

use std::time::Duration;

use autoxray::export::{Document, Exporter};
use autoxray::{LossReason, Recorder, Sampling};

use super::reqwest::blocking::{self, Client, Response};
use super::*;

fn seen(result: Result<Response, Error>) -> String {
    match result {
        Ok(response) => {
            let seen = format!("{response:?} {:?} {:?}", response.content_length(), response.remote_addr());
            match response.text() {
                Ok(text) => seen + &text,
                Err(error) => seen + &told(&error),
            }
        }
        Err(error) => told(&error),
    }
}

#[test]
fn the_same_call_without_us_gives_the_same() {
    let server = Server::start();
    let client = Client::builder().timeout(Duration::from_millis(500)).build().unwrap();
    let nobody = nobody();
    for (url, tree) in [
        (server.url("/ok?key=secret"), "127.0.0.1 [remote]"),
        (server.url("/empty"), "127.0.0.1 [remote]"),
        (server.url("/status/429"), "127.0.0.1 [throttle, error, remote]"),
        (nobody.url("/?secret"), "127.0.0.1 [fault, remote] !Connect: .."),
        (server.url("/silent?secret"), "127.0.0.1 [fault, remote] !Timeout: .."),
        // It ends with the headers.
        (server.url("/stall"), "127.0.0.1 [remote]"),
        ("secret".into(), "unknown host [fault, remote] !Builder: .."),
    ] {
        let plain = seen(client.get(&url).send());
        let plain_requests = server.take();
        let recorder = TestRecorder::new();
        let ours = recorder.run(|| segment("s").run(|| seen(traced::blocking::send(client.get(&url)))));
        assert_eq!(ours, plain);
        let (requests, added) = without_ours(server.take());
        assert_eq!((added.len(), &requests), (requests.len(), &plain_requests));
        recorder.assert_tree(&format!("s\n  {tree}"));
        assert!(!recorder.documents()[0].contains("secret"), "{}", recorder.documents()[0]);
    }
}

#[test]
fn other_ways_to_call() {
    let server = Server::start();
    let recorder = TestRecorder::new();
    let client = Client::new();
    let text = |response: Response| response.text().unwrap();
    recorder.run(|| {
        segment("s").run(|| {
            let request = client.post(server.url("/ok")).body("a").build().unwrap();
            assert_eq!(text(traced::blocking::execute(&client, request).unwrap()), "hello");
            assert_eq!(text(traced::blocking::get(server.url("/ok")).unwrap()), "hello");
            let streamed = client.post(server.url("/ok")).body(blocking::Body::new(&b"abc"[..]));
            assert_eq!(text(traced::blocking::send(streamed).unwrap()), "hello");
        });
    });
    recorder.assert_tree("s\n  127.0.0.1 [remote]\n  127.0.0.1 [remote]\n  127.0.0.1 [remote]");
    assert_eq!(without_ours(server.take()).1.len(), 3);
    assert_eq!(call(&recorder)["http"]["response"]["content_length"], 5);
}

#[test]
fn nothing_is_recorded_where_it_is_off() {
    let server = Server::start();
    let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.http = false));
    let client = Client::new();
    let get = || traced::blocking::send(client.get(server.url("/ok"))).unwrap().text().unwrap();
    assert_eq!(recorder.run(|| segment("s").run(get)), "hello");
    recorder.assert_tree("s");
    assert_eq!(without_ours(server.take()).1.len(), 0);
}

/// Sends documents by the client that is recorded.
#[derive(Debug)]
struct OverHttp(Client, String);

impl Exporter for OverHttp {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        let sent = traced::blocking::send(self.0.post(&self.1).body(document.json().to_owned()));
        sent.map(drop).map_err(|_| LossReason::Failed)
    }
}

#[test]
fn what_an_exporter_sends_is_not_recorded() {
    let server = Server::start();
    let exporter = OverHttp(Client::new(), server.url("/ok"));
    let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter).build();
    recorder.run(|| segment("s").run(|| ()));
    let (requests, added) = without_ours(server.take());
    assert_eq!((requests.len(), added.len(), recorder.stats().subsegments), (1, 0, 0));
    assert_eq!(recorder.stats().losses, []);
}
