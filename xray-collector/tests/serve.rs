//! The HTTP side over raw sockets: who may ask, and what becomes of requests that no good client sends.
#![cfg(feature = "serve")]

mod http;

use std::io::{ErrorKind, Write};
use std::net::TcpStream;

use serde_json::Value;
use xray_collector::{Local, ServeSettings, Settings};

use http::{connect, local, post, raw, read_all};

#[test]
fn who_may_ask() {
    let local = local();
    let port = local.local_addr().port();
    let get = |headers: &str| format!("GET / HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    let rules = |headers: &str| format!("POST /GetSamplingRules HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}");
    let navigates = "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    let table: Vec<(String, u16)> = vec![
        // Names of the collector.
        (get("Host: {host}\r\n"), 200),
        (get("Host: 127.0.0.1\r\n"), 200),
        (get("Host: LocalHost\r\n"), 200),
        (get("Host: localhost:1\r\n"), 200),
        (get("Host: [::1]:2000\r\n"), 200),
        (get("Host: xray.test:2000\r\n"), 200),
        // A name that an attacker has made to point here.
        (get("Host: evil.example\r\n"), 403),
        (get("Host: evil.example:2000\r\n"), 403),
        (get("Host: localhost.evil.example\r\n"), 403),
        (get("Host: 127.0.0.1.evil.example\r\n"), 403),
        (get("Host: 10.0.0.1\r\n"), 403),
        (get("Host: localhost@evil.example\r\n"), 403),
        (get("Host: \r\n"), 403),
        (get("Host: caf\u{e9}\r\n"), 403),
        // None, or several.
        (get(""), 403),
        (get("Host: {host}\r\nHost: {host}\r\n"), 403),
        (get("Host: {host}\r\nHost: evil.example\r\n"), 403),
        ("GET / HTTP/1.0\r\n\r\n".to_owned(), 403),
        ("GET / HTTP/1.0\r\nHost: {host}\r\n\r\n".to_owned(), 200),
        // The target names the host as well.
        ("GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".to_owned(), 200),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".to_owned(), 403),
        ("GET http://{host}/ HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n".to_owned(), 403),
        // Pages of other origins.
        (rules("Host: {host}\r\nOrigin: http://{host}\r\n"), 200),
        (rules("Host: {host}\r\n"), 200),
        (rules("Host: {host}\r\nOrigin: https://evil.example\r\n"), 403),
        (rules("Host: {host}\r\nOrigin: http://127.0.0.1:1\r\n"), 403),
        (rules("Host: {host}\r\nOrigin: null\r\n"), 403),
        (rules("Host: {host}\r\nOrigin: \r\n"), 403),
        (rules("Host: {host}\r\nOrigin: http://{host}\r\nOrigin: https://evil.example\r\n"), 403),
        (rules("Host: {host}\r\nOrigin: https://evil.example\r\nContent-Type: text/plain\r\n"), 403),
        (rules("Host: {host}\r\nSec-Fetch-Site: cross-site\r\n"), 403),
        (rules("Host: {host}\r\nSec-Fetch-Site: same-site\r\n"), 403),
        (rules("Host: {host}\r\nSec-Fetch-Site: same-origin\r\n"), 200),
        (rules(&format!("Host: {{host}}\r\n{navigates}")), 403),
        // Images, scripts and frames of other origins; a link that is followed, and an address that is typed.
        (get("Host: {host}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n"), 403),
        (get("Host: {host}\r\nSec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\n"), 403),
        (get(&format!("Host: {{host}}\r\n{navigates}")), 200),
        (get("Host: {host}\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n"), 200),
    ];
    for (request, status) in table {
        let answer = raw(local.local_addr(), &request).unwrap_or_else(|| panic!("no answer to {request}"));
        assert_eq!(answer.status, status, "port {port}: {request}\n{answer:?}");
        if status == 403 {
            assert_eq!(answer.header("x-amzn-errortype"), Some("AccessDeniedException"), "{answer:?}");
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            assert!(body["Message"].as_str().unwrap().len() > 20, "{answer:?}");
        }
        // Whatever is answered may not be used elsewhere.
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"));
        assert_eq!((answer.header("x-content-type-options"), answer.header("x-frame-options")), (Some("nosniff"), Some("DENY")));
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
        assert_eq!(answer.header("access-control-allow-origin"), None, "{answer:?}");
    }
}

#[test]
fn errors_have_the_shape_of_the_service() {
    let local = local();
    let deep = format!("{{\"TraceIds\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let announced = "POST /Traces HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n";
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let chunks = format!("POST /Traces HTTP/1.1\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n{}0\r\n\r\n", chunk.repeat(6));
    let method = |method: &str| format!("{method} /Traces HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n");
    let table: Vec<(String, u16, &str, &str)> = vec![
        (post("/Traces", "", "{"), 400, "SerializationException", "The body is no JSON: EOF while parsing an object at line 1 column 1"),
        (post("/Traces", "", &deep), 400, "SerializationException", "recursion limit"),
        (post("/Traces", "", "[]"), 400, "InvalidRequestException", "send an object"),
        (post("/Traces", "", ""), 400, "InvalidRequestException", "TraceIds: none are given"),
        (post("/Traces", "", r#"{"TraceIds":["a\u001b[2J"]}"#), 400, "InvalidRequestException", r#"TraceIds[0]: "a[2J" is no trace id"#),
        (
            post(
                "/SamplingTargets",
                "",
                r#"{"SamplingStatisticsDocuments":[{"RuleName":"a","ClientID":"0123456789abcdef01234567","Timestamp":"now"}]}"#,
            ),
            400,
            "InvalidRequestException",
            r#"SamplingStatisticsDocuments[0].Timestamp: "now" is not allowed"#,
        ),
        (announced.to_owned(), 413, "RequestEntityTooLargeException", "more than 5242880 bytes"),
        (chunks, 413, "RequestEntityTooLargeException", "more than 5242880 bytes"),
        (post("/NoSuchOperation", "", "{}"), 404, "UnknownOperationException", "POST /NoSuchOperation"),
        (post("/Traces/x", "", "{}"), 404, "UnknownOperationException", "no operation"),
        (method("GET"), 405, "MethodNotAllowedException", "called with POST"),
        (method("PUT"), 405, "MethodNotAllowedException", "called with POST"),
        (method("OPTIONS"), 405, "MethodNotAllowedException", "called with POST"),
        (method("BREW"), 405, "MethodNotAllowedException", "called with POST"),
        (method("TRACE"), 405, "MethodNotAllowedException", "TRACE is not allowed"),
    ];
    for (request, status, kind, words) in table {
        let shown: String = request.chars().take(200).collect();
        let answer = raw(local.local_addr(), &request).unwrap_or_else(|| panic!("no answer to {shown}"));
        assert_eq!((answer.status, answer.header("x-amzn-errortype")), (status, Some(kind)), "{shown}\n{answer:?}");
        let body: Value = serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"));
        assert_eq!(body["__type"], kind);
        assert!(body["Message"].as_str().unwrap().contains(words), "{answer:?}");
    }
    let large = post("/TraceSegments", "", &format!(r#"{{"TraceSegmentDocuments":["{}"]}}"#, "x".repeat(5_000_000)));
    assert_eq!(raw(local.local_addr(), &large).unwrap().status, 200, "what is below the limit is read");
    let head = raw(local.local_addr(), &method("HEAD")).unwrap();
    assert_eq!((head.status, head.body.as_str(), head.header("allow")), (405, "", Some("POST")));
    // Operations and pages differ in capitals only.
    let page = raw(local.local_addr(), &post("/traces", "", "{}")).unwrap();
    assert_eq!((page.status, page.header("allow")), (405, Some("GET,HEAD")), "{page:?}");
    assert!(page.body.contains("POST is not allowed"), "{page:?}");
    let page = raw(local.local_addr(), "HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    assert_eq!((page.status, page.body.as_str()), (200, ""));
}

#[test]
fn requests_that_two_servers_would_read_differently_are_refused() {
    let local = local();
    let hidden = "GET /Traces HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n";
    let head = "POST /GetSamplingRules HTTP/1.1\r\nHost: {host}\r\n";
    let table = [
        format!("{head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{head}Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{{}}\n{hidden}"),
        format!("{head}Content-Length: 2, 3\r\n\r\n{{}}\n{hidden}"),
        format!("{head}Content-Length: +2\r\n\r\n{{}}{hidden}"),
        format!("{head}Content-Length: -2\r\n\r\n{{}}{hidden}"),
        format!("{head}Content-Length: 99999999999999999999999\r\n\r\n{{}}{hidden}"),
        format!("{head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{head}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{head}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n{hidden}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{{}}\r\n0\r\n\r\n{hidden}"),
        format!("{head} folded: header\r\nContent-Length: 2\r\n\r\n{{}}{hidden}"),
        format!("POST /GetSamplingRules HTTP/1.1\nHost: {{host}}\nX: \0\nContent-Length: 2\n\n{{}}{hidden}"),
        format!("POST /GetSampling Rules HTTP/1.1\r\nHost: {{host}}\r\n\r\n{hidden}"),
        format!("POST /GetSamplingRules HTTP/3.7\r\nHost: {{host}}\r\n\r\n{hidden}"),
        format!("GET / HTTP/1.1\r\nHost: {{host}}\r\nX: {}\r\n\r\n{hidden}", "x".repeat(1 << 20)),
        format!("GET /{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n{hidden}", "x".repeat(1 << 20)),
        format!("GET / HTTP/1.1\r\nHost: {{host}}\r\n{}\r\n{hidden}", "X: y\r\n".repeat(10_000)),
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ];
    for request in table {
        let shown: String = request.chars().take(200).collect();
        // Whatever the refusal is, what came behind is not taken for a request of its own.
        if let Some(answer) = raw(local.local_addr(), &request) {
            // Chunks beside a length are allowed, if the connection ends with them.
            let is_last = request.contains("0\r\n\r\n") && answer.header("connection") == Some("close");
            assert!((400..500).contains(&answer.status) || is_last, "{shown}\n{answer:?}");
            assert!(!answer.body.contains("HTTP/1.1"), "{shown}\n{answer:?}");
        }
    }
    let ordinary = raw(local.local_addr(), &post("/GetSamplingRules", "", "{}")).unwrap();
    assert_eq!(ordinary.status, 200, "all is well afterwards");
}

#[test]
fn one_connection_serves_many_requests() {
    let local = local();
    let mut stream = connect(local.local_addr());
    let request = format!("POST /GetSamplingRules HTTP/1.1\r\nHost: {}\r\nContent-Length: 2\r\n\r\n{{}}", local.local_addr());
    stream.write_all(request.repeat(3).as_bytes()).unwrap();
    stream.write_all(request.replace("Content-Length", "Connection: close\r\nContent-Length").as_bytes()).unwrap();
    let text = read_all(&mut stream);
    assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 4, "{text}");
}

/// Slow ones keep nobody else from being served, and are given up on.
#[test]
fn slow_clients_are_given_up_on() {
    let local = local();
    let host = local.local_addr();
    let waits = [
        // Nothing at all; half a head; a head without its body; half a body.
        String::new(),
        "POST /Traces HTTP/1.1\r\nHost: ".to_owned(),
        format!("POST /Traces HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\n\r\n"),
        format!("POST /Traces HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{"),
    ];
    let slow: Vec<TcpStream> = waits
        .iter()
        .map(|request| {
            let mut stream = connect(host);
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    assert_eq!(raw(host, &post("/GetSamplingRules", "", "{}")).unwrap().status, 200, "others are served meanwhile");
    let ends: Vec<String> = slow.into_iter().map(|mut stream| read_all(&mut stream)).collect();
    for (end, request) in ends.iter().zip(&waits) {
        match request.contains("\r\n\r\n") {
            true => assert!(end.starts_with("HTTP/1.1 408 ") && end.contains("RequestTimeoutException"), "{request}: {end}"),
            false => assert!(end.is_empty() || end.starts_with("HTTP/1.1 408 "), "{request}: {end}"),
        }
    }
}

/// More connections than are served at a time; and it ends while they are open.
#[test]
fn it_ends_with_more_connections_open_than_it_serves() {
    let local = local();
    let open: Vec<TcpStream> = (0..300).map(|_| connect(local.local_addr())).collect();
    drop(local);
    for mut stream in open {
        assert_eq!(read_all(&mut stream), "");
    }
}

#[test]
fn rules_that_cannot_be_used_are_told_at_the_start() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("rules-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let start = |name: &str, text: Option<&str>| {
        let path = folder.join(name);
        if let Some(text) = text {
            std::fs::write(&path, text).unwrap();
        }
        let mut serve = ServeSettings::default();
        serve.rules = Some(path);
        Local::start("127.0.0.1:0".parse().unwrap(), Settings::default(), serve)
    };
    let table = [
        (None, "cannot be read"),
        (Some("{"), "no JSON: EOF while parsing an object at line 1 column 1"),
        (Some("[]"), "send an object"),
        (Some("{}"), "There are no rules in it"),
        (
            Some(r#"{"SamplingRuleRecords":[{"SamplingRule":{"RuleName":"a","Priority":1,"FixedRate":2,"ReservoirSize":1}}]}"#),
            "SamplingRuleRecords[0].SamplingRule.FixedRate: 2 is not allowed: use a number from 0 to 1",
        ),
        (Some(r#"{"version":2,"rules":[]}"#), "default is missing"),
        (Some(r#"{"version":3,"default":{"fixed_target":1,"rate":0}}"#), "version: 3 is not allowed"),
        (Some(r#"{"version":2,"default":{"fixed_target":1,"rate":0},"rules":[{"host":"*"}]}"#), "rules[0].http_method is missing"),
    ];
    for (index, (text, words)) in table.into_iter().enumerate() {
        let error = start(&format!("{index}.json"), text).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains(words) && error.to_string().contains(&format!("{index}.json")), "{error}");
    }
    assert!(start("right.json", Some(r#"{"version":1,"default":{"fixed_target":1,"rate":0},"rules":[{"service_name":"a","http_method":"*","url_path":"*","fixed_target":0,"rate":0}]}"#)).is_ok());
    std::fs::remove_dir_all(folder).unwrap();
}
