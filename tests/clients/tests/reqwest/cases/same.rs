//! The same call without us gives the same.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::reqwest::dns::{Addrs, Name, Resolve, Resolving};
use super::reqwest::{Body, Method, Request};
use super::*;

const REMOTE: &str = "s\n  127.0.0.1 [remote]";

#[tokio::test]
async fn an_answer_with_a_body() {
    let (server, client) = (Server::start(), Client::new());
    let (recorder, _) = same(&server, || client.get(server.url("/ok?key=secret#secret")), REMOTE).await;
    let call = call(&recorder);
    let response = json!({"status": 200, "content_length": 5});
    assert_eq!(call["http"], json!({"request": {"method": "GET", "url": server.url("/ok")}, "response": response}));
    let metadata = &call["metadata"]["http"];
    assert_eq!(metadata["body_bytes"], 5);
    assert!(metadata["headers_ms"].as_f64().unwrap() > 0.0 && metadata["body_ms"].as_f64().unwrap() >= 0.0);
    assert_eq!(metadata.as_object().unwrap().len(), 3);
    assert!(recorder.documents()[0].len() < 800, "{}", recorder.documents()[0]);
}

#[tokio::test]
async fn bodies_of_every_framing() {
    let (server, client) = (Server::start(), Client::new());
    for (path, bytes) in [("/chunked", 5), ("/until-close", 5), ("/pieces", 10)] {
        let (recorder, _) = same(&server, || client.get(server.url(path)), REMOTE).await;
        assert_eq!(call(&recorder)["metadata"]["http"]["body_bytes"], bytes, "{path}");
    }
}

#[tokio::test]
async fn answers_without_a_body() {
    let (server, client) = (Server::start(), Client::new());
    for (method, path, status) in [(Method::GET, "/empty", 204), (Method::GET, "/zero", 200), (Method::HEAD, "/ok", 200)] {
        let (recorder, _) = same(&server, || client.request(method.clone(), server.url(path)), REMOTE).await;
        let call = call(&recorder);
        assert_eq!(call["http"]["response"]["status"], status);
        assert!(call.get("metadata").is_none(), "{call}");
    }
    // It ends with its headers.
    let recorder = TestRecorder::new();
    let response = recorder.wrap(segment("s").trace(async { traced::send(client.get(server.url("/empty"))).await })).await.unwrap();
    recorder.assert_tree(REMOTE);
    drop(response);
}

#[tokio::test]
async fn statuses_are_marks() {
    let (server, client) = (Server::start(), Client::new());
    for (status, marks) in [(404, "error, remote"), (429, "throttle, error, remote"), (500, "fault, remote"), (304, "remote")] {
        let path = format!("/status/{status}");
        same(&server, || client.get(server.url(&path)), &format!("s\n  127.0.0.1 [{marks}]")).await;
    }
}

#[tokio::test]
async fn requests_with_a_body() {
    let (server, client) = (Server::start(), Client::new());
    let of_pieces = || Body::wrap_stream(futures::stream::iter([Ok::<_, std::io::Error>("a"), Ok("secret")]));
    same(&server, || client.post(server.url("/ok")).body("secret").header("x-a", "1").timeout(Duration::from_secs(9)), REMOTE).await;
    same(&server, || client.put(server.url("/ok")).json(&json!({"a": "secret"})).bearer_auth("secret"), REMOTE).await;
    same(&server, || client.patch(server.url("/ok")).body(of_pieces()), REMOTE).await;
    let failing = || Body::wrap_stream(futures::stream::iter([Ok("a"), Err(std::io::Error::other("at http://a.b/?secret"))]));
    let fault = "s\n  127.0.0.1 [fault, remote] !Request: ..";
    let (recorder, _) = same(&Server::start(), || client.post(server.url("/ok")).body(failing()), fault).await;
    let message = call(&recorder)["cause"]["exceptions"][0]["message"].to_string();
    assert!(message.contains("at http://a.b/\"") || message.contains("at http://a.b/:"), "{message}");
}

#[tokio::test]
async fn redirects_are_one_call() {
    let (server, other, client) = (Server::start(), Server::start(), Client::new());
    let to = format!("/redirect?to={}", server.url("/ok?key=secret"));
    let (recorder, _) = same(&server, || client.get(server.url(&to)), REMOTE).await;
    assert_eq!(call(&recorder)["metadata"]["http"]["final_url"], server.url("/ok"));
    assert_eq!(call(&recorder)["http"]["request"]["url"], server.url("/redirect"));

    let to = format!("/redirect?to={}", other.url("/empty"));
    let (recorder, _) = same(&server, || client.get(server.url(&to)), REMOTE).await;
    assert_eq!(call(&recorder)["metadata"]["http"], json!({"final_url": other.url("/empty")}));
    let (_, added) = without_ours(other.take());
    assert_eq!(added.len(), 1, "the header is carried on");

    let round = "/redirect?to=/redirect?to=/redirect";
    let limited = Client::builder().redirect(reqwest::redirect::Policy::limited(1)).build().unwrap();
    let fault = "s\n  127.0.0.1 [fault, remote] !Redirect: error following redirect: too many redirects";
    same(&server, || limited.get(server.url(round)), fault).await;
}

#[tokio::test]
async fn transport_errors_are_faults() {
    let server = Server::start();
    let client = Client::builder().timeout(Duration::from_millis(300)).build().unwrap();
    let nobody = nobody();
    for (url, exception) in [
        (nobody.url("/?key=secret"), "127.0.0.1 [fault, remote] !Connect: .."),
        (server.url("/silent?key=secret"), "127.0.0.1 [fault, remote] !Timeout: error sending request: operation timed out"),
        (server.url("/hang-up?key=secret"), "127.0.0.1 [fault, remote] !Request: .."),
        ("ftp://ann:secret@example.com/".into(), "example.com [fault, remote] !Builder: builder error: URL scheme is not allowed"),
    ] {
        let plain = seen(client.get(&url).send().await).await;
        let recorder = TestRecorder::new();
        let ours = recorder.wrap(segment("s").trace(async { seen(traced::send(client.get(&url)).await).await })).await;
        assert_eq!(ours, plain);
        recorder.assert_tree(&format!("s\n  {exception}"));
        assert!(!recorder.documents()[0].contains("secret"), "{}", recorder.documents()[0]);
    }
}

/// Knows no host, and says so, or never does.
struct Unknown {
    says_so: bool,
}

impl Resolve for Unknown {
    fn resolve(&self, _: Name) -> Resolving {
        if self.says_so {
            return Box::pin(async { Err("no such host in http://a.b/?secret".into()) });
        }
        Box::pin(std::future::pending::<Result<Addrs, _>>())
    }
}

#[tokio::test]
async fn a_host_that_is_not_known() {
    for (says_so, exception, facts) in [(true, "Connect", "[false, true, "), (false, "Timeout", "[true, true, ")] {
        let (server, lookup) = (Server::start(), Arc::new(Unknown { says_so }));
        let client = Client::builder().dns_resolver(lookup).connect_timeout(Duration::from_millis(30)).build().unwrap();
        let tree = format!("s\n  nowhere.example.com [fault, remote] !{exception}: ..");
        let (_, seen) = same(&server, || client.get("http://nowhere.example.com/?secret"), &tree).await;
        assert!(seen.contains(facts), "{seen}");
    }
}

#[tokio::test]
async fn bodies_fail_on_the_way() {
    let server = Server::start();
    let of_read = Client::builder().read_timeout(Duration::from_millis(250)).build().unwrap();
    let of_all = Client::builder().timeout(Duration::from_millis(250)).build().unwrap();
    let timeout = "s\n  127.0.0.1 [fault, remote] !Timeout: ..";
    for (client, path, tree) in
        [(&of_read, "/stall", timeout), (&of_all, "/stall", timeout), (&Client::new(), "/cut", "s\n  127.0.0.1 [fault, remote] !Body: ..")]
    {
        let (recorder, seen) = same(&server, || client.get(server.url(path)), tree).await;
        assert!(seen.contains("b\"hello\""), "{seen}");
        let metadata = &call(&recorder)["metadata"]["http"];
        assert_eq!((&metadata["body"], &metadata["body_bytes"]), (&json!("failed after 5 bytes"), &json!(5)));
    }
}

#[tokio::test]
async fn the_cause_of_a_failed_body_is_found_by_its_type() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let read = async { traced::send(client.get(server.url("/cut"))).await.unwrap().bytes().await };
    let error = recorder.wrap(segment("s").trace(read)).await.unwrap_err();
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.downcast_ref::<hyper::Error>().is_some_and(hyper::Error::is_incomplete_message) {
            return;
        }
        source = cause.source();
    }
    // 1.x of hyper says it as a broken body.
    assert!(format!("{error:?}").contains("hyper::Error"), "{error:?}");
}

#[tokio::test]
async fn a_request_that_cannot_be_built() {
    let (server, client) = (Server::start(), Client::new());
    let tree = "s\n  unknown host [fault, remote] !Builder: ..";
    let plain = seen(client.get("no url, secret").send().await).await;
    let recorder = TestRecorder::new();
    let ours = recorder.wrap(segment("s").trace(async { seen(traced::send(client.get("no url, secret")).await).await })).await;
    assert_eq!(ours, plain);
    recorder.assert_tree(tree);
    assert!(!recorder.documents()[0].contains("secret"));
    drop(server);
}

#[tokio::test]
async fn users_in_urls_stay_unknown() {
    let (server, client) = (Server::start(), Client::new());
    let url = format!("http://ann:secret@{}/ok", server.address);
    same(&server, || client.get(&url), REMOTE).await;
    let request = Request::new(Method::GET, url.parse().unwrap());
    let recorder = TestRecorder::new();
    let work = async { assert_eq!(traced::execute(&client, request).await.unwrap().url().as_str(), url) };
    recorder.wrap(segment("s").trace(work)).await;
    recorder.assert_tree(REMOTE);
    assert!(!recorder.documents()[0].contains("secret"));
    assert_eq!(call(&recorder)["http"]["request"]["url"], server.url("/ok"));
}

#[tokio::test]
async fn version_6_addresses() {
    let (Ok(server), client) = (Server::at("[::1]:0"), Client::new()) else { return };
    // X-Ray's names have no brackets.
    let (recorder, _) = same(&server, || client.get(server.url("/ok")), "s\n  ::1 [remote]").await;
    assert_eq!(call(&recorder)["http"]["request"]["url"], server.url("/ok"));
}

#[tokio::test]
async fn every_way_to_read_a_body() {
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let get = |path: &str| traced::send(client.get(server.url(path)));
    let read = async {
        assert_eq!(get("/json").await.unwrap().json::<Value>().await.unwrap(), json!({"a": 1}));
        assert_eq!(get("/ok").await.unwrap().bytes().await.unwrap(), "hello");
        assert_eq!(get("/ok").await.unwrap().text().await.unwrap(), "hello");
        let mut response = get("/ok").await.unwrap();
        assert_eq!(response.chunk().await.unwrap().unwrap(), "hello");
        let pieces: Vec<_> = futures::StreamExt::collect(get("/chunked").await.unwrap().bytes_stream()).await;
        let pieces: Vec<bytes::Bytes> = pieces.into_iter().map(Result::unwrap).collect();
        assert_eq!(pieces.concat(), b"hello");
        let body = http_body_util::BodyExt::collect(Body::from(get("/chunked").await.unwrap())).await.unwrap();
        assert_eq!(body.trailers().unwrap()["x-sum"], "1");
        assert!(get("/json").await.unwrap().json::<u8>().await.unwrap_err().is_decode());
        assert!(get("/status/404").await.unwrap().error_for_status().unwrap_err().is_status());
        assert_eq!(traced::get(server.url("/ok")).await.unwrap().text().await.unwrap(), "hello");
    };
    recorder.wrap(segment("s").trace(read)).await;
    let tree = "s\n".to_owned() + &"  127.0.0.1 [remote]\n".repeat(7) + "  127.0.0.1 [error, remote]\n  127.0.0.1 [remote]";
    recorder.assert_tree(&tree);
    let trace = recorder.trace();
    for call in trace.nodes().skip(1) {
        let (bytes, how) = (call.metadata_in("http", "body_bytes"), call.metadata_in("http", "body"));
        let expected = if call.is_error() { json!("dropped after 0 bytes") } else { Value::Null };
        assert_eq!(how, expected, "{bytes}");
    }
}

#[tokio::test]
async fn upgraded_connections_belong_to_the_program() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let (server, client) = (Server::start(), Client::new());
    let recorder = TestRecorder::new();
    let request = client.get(server.url("/upgrade")).header("connection", "upgrade").header("upgrade", "echo");
    let response = recorder.wrap(segment("s").trace(async { traced::send(request).await })).await.unwrap();
    assert_eq!(response.status(), 101);
    let mut connection = response.upgrade().await.unwrap();
    connection.write_all(b"echo").await.unwrap();
    let mut said = [0; 4];
    connection.read_exact(&mut said).await.unwrap();
    assert_eq!(&said, b"echo");
    recorder.assert_tree(REMOTE);
}

#[tokio::test]
async fn http_2() {
    let address = http2(None).await;
    let client = Client::builder().http2_prior_knowledge().build().unwrap();
    for (path, bytes) in [("a", json!(true)), ("empty", Value::Null)] {
        let url = format!("http://{address}/{path}");
        let plain = client.get(&url).send().await.unwrap();
        let recorder = TestRecorder::new();
        let work = async {
            let response = traced::send(client.get(&url)).await.unwrap();
            assert_eq!((response.version(), response.status()), (plain.version(), plain.status()));
            assert_eq!(response.content_length().is_some(), plain.content_length().is_some());
            response.text().await.unwrap()
        };
        let text = recorder.wrap(segment("s").trace(work)).await;
        recorder.assert_tree(REMOTE);
        assert_eq!(text.starts_with("HTTP/2.0 Root=1-"), bytes == true, "{text}");
        assert_eq!(call(&recorder)["metadata"]["http"]["body_bytes"].is_number(), bytes == true);
    }
}
