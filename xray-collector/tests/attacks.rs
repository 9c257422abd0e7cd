//! What somebody might try who wants to read traces, to change rules, or to keep others from either.
#![cfg(feature = "serve")]

mod http;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Answer, connect, listening, local, post, raw, read_all};
use serde_json::{Value, json};

fn get(headers: &str) -> String {
    format!("GET / HTTP/1.1\r\n{headers}Connection: close\r\n\r\n")
}

fn rules(headers: &str) -> String {
    format!("POST /GetSamplingRules HTTP/1.1\r\n{headers}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}")
}

fn status(address: SocketAddr, request: &str) -> u16 {
    raw(address, request).unwrap_or_else(|| panic!("no answer to {request}")).status
}

/// Bytes that are no text.
fn send(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let mut stream = connect(address);
    let head = format!("{head}Host: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let text = read_all(&mut stream);
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text}"));
    Answer { status: head.split(' ').nth(1).unwrap().parse().unwrap(), head: head.to_owned(), body: body.to_owned() }
}

/// Everybody else is still served.
fn all_is_well(address: SocketAddr) {
    assert_eq!(status(address, &post("/GetSamplingRules", "", "{}")), 200);
}

#[test]
fn odd_forms_of_hosts_are_not_taken_for_this_machine() {
    let known =
        ["localhost", "LOCALHOST:80", "localhost:", "127.0.0.1", "127.0.0.1:65535", "[::1]", "[::1]:2000", "xray.test", "XRAY.TEST:1"];
    let unknown = [
        "localhost.",
        "localhost:2000a",
        "localhost:20:00",
        "localhost:-1",
        "localhost,evil.example",
        "localhost evil.example",
        "localhost/",
        "localhost#",
        "localhost?",
        "localhost\\evil.example",
        "evil.example#localhost",
        "user@localhost",
        "localhost@evil.example:80",
        "localhost%00.evil.example",
        "xlocalhost",
        "localhostx",
        "127.0.0.1.",
        "127.0.0.1.nip.io",
        "127.1",
        "127.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "017700000001",
        "127.000.000.001",
        "%31%32%37.0.0.1",
        "127.0.0.2",
        "0.0.0.0",
        "0",
        "::1",
        "[::1",
        "::1]",
        "[::1]x",
        "[::1]:80:80",
        "[[::1]]",
        "[::]",
        "[::2]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::1%25lo]",
        "[127.0.0.1]",
        "[localhost]",
        ".localhost",
        "xray.test.evil.example",
        "xray",
        "test",
        "*",
        "null",
        "http://localhost",
        ":80",
        ":",
    ];
    for address in ["127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"] {
        let local = listening(address);
        let at = local.local_addr();
        for host in known {
            assert_eq!(status(at, &get(&format!("Host: {host}\r\n"))), 200, "{host} at {at}");
            assert_eq!(status(at, &rules(&format!("Host: {host}\r\nOrigin: http://{host}\r\n"))), 200, "{host} at {at}");
        }
        for host in unknown.into_iter().filter(|host| !at.to_string().starts_with(host)) {
            assert!(matches!(status(at, &get(&format!("Host: {host}\r\n"))), 400 | 403), "{host} at {at}");
            assert!(matches!(status(at, &rules(&format!("Host: {host}\r\nOrigin: http://{host}\r\n"))), 400 | 403), "{host} at {at}");
        }
    }
}

/// Other machines may ask by any address, but no name that is not told: it might be an attacker's.
#[test]
fn in_the_open_only_addresses_and_told_names_are_known() {
    let local = listening("0.0.0.0:0");
    let at = SocketAddr::from(([127, 0, 0, 1], local.local_addr().port()));
    for host in ["10.1.2.3", "192.168.0.7:2000", "[fe80::1]:2000", "localhost", "xray.test"] {
        assert_eq!(status(at, &rules(&format!("Host: {host}\r\n"))), 200, "{host}");
        assert_eq!(status(at, &rules(&format!("Host: {host}\r\nOrigin: http://{host}\r\n"))), 200, "{host}");
        assert_eq!(status(at, &rules(&format!("Host: {host}\r\nOrigin: http://evil.example\r\n"))), 403, "{host}");
        assert_eq!(status(at, &rules(&format!("Host: {host}\r\nOrigin: http://10.1.2.4\r\n"))), 403, "{host}");
    }
    for host in ["evil.example", "10.1.2.3.evil.example", "10.1.2", "[fe80::1", "10.1.2.3:x"] {
        assert!(matches!(status(at, &rules(&format!("Host: {host}\r\n"))), 400 | 403), "{host}");
    }
}

#[test]
fn pages_of_other_origins_can_do_nothing() {
    let local = local();
    let at = local.local_addr();
    let origins = [
        "http://{host}.evil.example",
        "http://{host}@evil.example",
        "http://{host}/",
        "http://{host}#",
        "http://{host}:1",
        "ftp://{host}",
        "://{host}",
        "{host}",
        "http:{host}",
        "http:///{host}",
        "javascript://{host}",
        "chrome-extension://{host}",
        "file://",
        "http://localhost:1",
        "http://[::1]",
        "http://evil.example http://{host}",
        "http://evil.example,http://{host}",
        "null",
    ];
    for origin in origins {
        for request in [rules(&format!("Host: {{host}}\r\nOrigin: {origin}\r\n")), get(&format!("Host: {{host}}\r\nOrigin: {origin}\r\n"))]
        {
            let answer = raw(at, &request).unwrap();
            assert_eq!(answer.status, 403, "{request}");
            assert!(!answer.head.to_ascii_lowercase().contains("access-control-"), "{answer:?}");
        }
    }
    // What browsers ask before: whether a page may send JSON, or may reach a private network.
    let before = "OPTIONS /GetSamplingRules HTTP/1.1\r\nHost: {host}\r\nOrigin: https://evil.example\r\nConnection: close\r\n\
                  Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\
                  Access-Control-Request-Private-Network: true\r\n\r\n";
    let answer = raw(at, before).unwrap();
    assert_eq!((answer.status, answer.head.to_ascii_lowercase().contains("access-control-")), (403, false), "{answer:?}");
    // Two of anything that decides.
    for name in ["Host", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode"] {
        let twice = |first: &str, second: &str| {
            let host = if name == "Host" { "" } else { "Host: {host}\r\n" };
            let navigates = if name == "Sec-Fetch-Mode" { "Sec-Fetch-Site: cross-site\r\n" } else { "" };
            status(at, &get(&format!("{host}{navigates}{name}: {first}\r\n{name}: {second}\r\n")))
        };
        let (good, bad) = match name {
            "Host" => ("{host}", "evil.example"),
            "Origin" => ("http://{host}", "http://evil.example"),
            "Sec-Fetch-Site" => ("same-origin", "cross-site"),
            _ => ("navigate", "cors"),
        };
        for (first, second) in [(good, bad), (bad, good), (good, good)] {
            assert!(matches!(twice(first, second), 400 | 403), "{name}: {first}, {second}");
        }
    }
}

#[test]
fn targets_in_all_their_forms() {
    let local = local();
    let at = local.local_addr();
    let head = "HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
    let table = [
        ("POST /GetSamplingRules?a=b", 200),
        ("POST http://{host}/GetSamplingRules", 200),
        ("POST http://localhost/GetSamplingRules", 200),
        ("POST http://evil.example/GetSamplingRules", 403),
        ("POST http://127.0.0.1@evil.example/GetSamplingRules", 403),
        ("POST http://user@127.0.0.1/GetSamplingRules", 403),
        ("POST https://evil.example:2000/GetSamplingRules", 403),
        ("POST //evil.example/GetSamplingRules", 404),
        ("POST /GetSamplingRules/", 404),
        ("POST //GetSamplingRules", 404),
        ("POST /./GetSamplingRules", 404),
        ("POST /x/../GetSamplingRules", 404),
        ("POST /getsamplingrules", 404),
        ("POST /GetSamplingRules%00", 404),
        ("POST /%2e%2e/%2e%2e/etc/passwd", 404),
        ("GET /assets/../../../etc/passwd", 404),
        ("GET /assets/%2e%2e%2f%2e%2e%2fetc/passwd", 404),
        ("OPTIONS *", 404),
        ("CONNECT {host}", 405),
        ("CONNECT evil.example:443", 403),
        ("TRACE /", 405),
    ];
    for (target, expected) in table {
        assert_eq!(status(at, &format!("{target} {head}")), expected, "{target}");
    }
    // Neither old nor new: no version, and one of the future.
    for line in ["GET /", "GET / HTTP/0.9", "GET / HTTP/2.0", "GET / HTTP/1.2"] {
        if let Some(answer) = raw(at, &format!("{line}\r\nHost: {{host}}\r\nConnection: close\r\n\r\n")) {
            assert_eq!(answer.status, 400, "{line}");
        }
    }
    let kept = "GET / HTTP/1.0\r\nHost: {host}\r\nConnection: keep-alive\r\n\r\nGET /none HTTP/1.0\r\nHost: {host}\r\n\r\n";
    assert_eq!(raw(at, kept).unwrap().status, 200);
}

/// What stands behind a refused request is not looked at; the good ones before it are answered.
#[test]
fn nothing_is_smuggled_behind_a_refusal() {
    let local = local();
    let at = local.local_addr();
    let good = format!("POST /GetSamplingRules HTTP/1.1\r\nHost: {at}\r\nContent-Length: 2\r\n\r\n{{}}");
    let bad = [
        good.replace(&at.to_string(), "evil.example"),
        good.replace("Content-Length: 2", "Origin: http://evil.example\r\nContent-Length: 2"),
        good.replace("Content-Length: 2", &format!("Content-Length: {}", usize::MAX)),
        good.replace("Content-Length: 2\r\n\r\n{}", "Transfer-Encoding: chunked\r\n\r\n7fffffff\r\n{}\r\n0\r\n\r\n"),
    ];
    for bad in bad {
        let mut stream = connect(at);
        stream.write_all(format!("{good}{good}{bad}{good}{good}").as_bytes()).unwrap();
        let _ = stream.shutdown(std::net::Shutdown::Write);
        let text = read_all(&mut stream);
        assert_eq!(text.matches("HTTP/1.1 200 OK").count(), 2, "{bad}\n{text}");
    }
    // Chunks as one may send them: cut small, with extensions, and with fields behind them.
    let cut: String = r#"{"NextToken":null}"#.chars().map(|char| format!("1;a=b\r\n{char}\r\n")).collect();
    let chunks = |body: &str| format!("POST /GetSamplingRules HTTP/1.1\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n{body}");
    assert_eq!(status(at, &chunks(&format!("{cut}0\r\nX: y\r\n\r\n"))), 200);
    let too_much = [
        // An extension, fields behind the chunks, and a size without end.
        chunks(&format!("2;{}\r\n{{}}\r\n0\r\n\r\n", "x".repeat(1 << 20))),
        chunks(&format!("2\r\n{{}}\r\n0\r\n{}\r\n", "X: y\r\n".repeat(100_000))),
        chunks(&format!("{}\r\n\r\n", "0".repeat(1 << 20))),
    ];
    for request in too_much {
        if let Some(answer) = raw(at, &request) {
            assert!(matches!(answer.status, 200 | 400 | 413), "{answer:?}");
        }
    }
    all_is_well(at);
}

#[test]
fn small_bodies_that_become_large() {
    let local = local();
    let at = local.local_addr();
    let zipped = |bytes: &[u8], times: usize| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        (0..times).for_each(|_| encoder.write_all(bytes).unwrap());
        encoder.finish().unwrap()
    };
    // 200 MB in 200 KB, and that once more.
    let bomb = zipped(&vec![b' '; 1 << 20], 200);
    assert!(bomb.len() < 300_000);
    for kind in ["application/json", "application/x-protobuf"] {
        let head = format!("POST /v1/traces HTTP/1.1\r\nContent-Type: {kind}\r\nContent-Encoding: gzip\r\n");
        assert_eq!(send(at, &head, &bomb).status, 413);
        assert_eq!(send(at, &head, &zipped(&bomb, 1)).status, 400, "it is unpacked once only");
        assert_eq!(send(at, &head, &bomb[..bomb.len() / 2]).status, 413);
        assert_eq!(send(at, &head, b"\x1f\x8b\x08").status, 400);
        assert_eq!(send(at, &head.replace("gzip", "br"), &bomb).status, 415);
        assert_eq!(send(at, &head.replace("gzip", "gzip, gzip"), &zipped(&bomb, 1)).status, 415);
    }
    // X-Ray's operations take none.
    let answer = send(at, "POST /TraceSegments HTTP/1.1\r\nContent-Encoding: gzip\r\n", &zipped(b"{}", 1));
    assert_eq!((answer.status, answer.header("x-amzn-errortype")), (415, Some("UnsupportedMediaTypeException")), "{answer:?}");
    // JSON that takes many times its size as values, and numbers of any size.
    let lists = format!(r#"{{"TraceSegmentDocuments":["{{}}"],"x":[{}[0]]}}"#, "[0],".repeat(1_200_000));
    let objects =
        format!(r#"{{"TraceSegmentDocuments":["{{}}"],{}"y":0}}"#, (0..250_000).map(|at| format!("\"x{at}\":{{}},")).collect::<String>());
    for body in [lists, objects] {
        assert_eq!(status(at, &post("/TraceSegments", "", &body)), 200);
    }
    for time in ["1e400", "-1e400", "1e-400", "99999999999999999999", "-0", "-1", "0.1e1", "1E+9", &"9".repeat(100_000)] {
        let answer = raw(at, &post("/ServiceGraph", "", &format!(r#"{{"StartTime":{time},"EndTime":{time}}}"#))).unwrap();
        assert!(matches!(answer.status, 200 | 400) && answer.body.len() < 2_000, "{time}: {answer:?}");
    }
    all_is_well(at);
}

/// Clients that announce large bodies and send next to nothing of them, and clients that ask for much and read nothing.
#[test]
fn slow_ones_keep_nobody_waiting() {
    let local = local();
    let at = local.local_addr();
    let document = |number: u32| {
        let text = "x".repeat(40_000);
        json!({"name": "large", "id": format!("{number:016x}"), "trace_id": "1-65f0c0de-000000000000000000000001", "start_time": 1, "end_time": 2,
               "metadata": {"default": {"text": text}}})
        .to_string()
    };
    for first in 0..2 {
        let documents: Vec<String> = (1..=10).map(|number| document(first * 10 + number)).collect();
        assert_eq!(status(at, &post("/TraceSegments", "", &json!({"TraceSegmentDocuments": documents}).to_string())), 200);
    }
    let body = r#"{"TraceIds":["1-65f0c0de-000000000000000000000001"]}"#;
    let ask = format!("POST /Traces HTTP/1.1\r\nHost: {at}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
    let announce = format!("POST /TraceSegments HTTP/1.1\r\nHost: {at}\r\nContent-Length: 5000000\r\n\r\n{{");
    let open: Vec<TcpStream> = (0..60)
        .map(|number| {
            let mut stream = connect(at);
            let request = if number % 2 == 0 { announce.clone() } else { ask.repeat(5) };
            stream.write_all(request.as_bytes()).unwrap();
            stream
        })
        .collect();
    for _ in 0..5 {
        all_is_well(at);
        assert_eq!(status(at, &get("Host: {host}\r\n")), 200);
        let put = post("/TraceSegments", "", &json!({"TraceSegmentDocuments": [document(99)]}).to_string());
        assert_eq!(status(at, &put), 200, "documents of a daemon as well");
    }
    drop(open);
    all_is_well(at);
}

/// Names that would be code, commands or lines of their own wherever they are put.
#[test]
fn hostile_texts_stay_texts() {
    let local = local();
    let at = local.local_addr();
    let texts = [
        "</script><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "a\r\nSet-Cookie: a=b\r\n\r\n<html>",
        "\u{1b}[2J\u{7}\u{9b}",
        "\u{202e}gnp.exe\u{2066}",
        "\0",
        "';--",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "%s%n",
        "../../etc/passwd",
        "\u{feff}\u{fffe}\u{10ffff}",
    ];
    for (number, text) in texts.into_iter().enumerate() {
        let trace = format!("1-65f0c0de-{number:024x}");
        let document = json!({"name": text, "id": "0000000000000001", "trace_id": trace, "start_time": 100, "end_time": 101, "user": text,
            "annotations": {"text": text, "other": true}, "metadata": {text: {text: text}}, "origin": text, "fault": true,
            "cause": {"exceptions": [{"id": "0000000000000002", "type": text, "message": text}]},
            "subsegments": [{"name": text, "id": "0000000000000003", "start_time": 100, "end_time": 101, "namespace": "remote"}]});
        let ask = |path: &str, body: Value| {
            let answer = raw(at, &post(path, "", &body.to_string())).unwrap_or_else(|| panic!("no answer: {text:?}"));
            assert_eq!(answer.header("content-type"), Some("application/json"), "{answer:?}");
            assert!(!answer.head.contains("Set-Cookie") && !answer.body.contains(|char: char| char.is_control()), "{answer:?}");
            let value: Value = serde_json::from_str(&answer.body).unwrap();
            (answer.status, value)
        };
        let times = json!({"StartTime": 0, "EndTime": 86_400});
        let (_, put) = ask("/TraceSegments", json!({"TraceSegmentDocuments": [document.to_string()]}));
        assert_eq!(put, json!({"UnprocessedTraceSegments": []}));
        let (_, traces) = ask("/Traces", json!({"TraceIds": [trace]}));
        let returned: Value = serde_json::from_str(traces["Traces"][0]["Segments"][0]["Document"].as_str().unwrap()).unwrap();
        assert_eq!((&returned["name"], &returned["metadata"][text][text]), (&json!(text), &json!(text)));
        assert_eq!(ask("/TraceSummaries", times.clone()).0, 200);
        assert_eq!(ask("/TraceGraph", json!({"TraceIds": [trace]})).0, 200);
        // In errors, too.
        for (path, body) in [
            ("/TraceSummaries", json!({"StartTime": 0, "EndTime": 1, "FilterExpression": text})),
            ("/TraceSummaries", json!({"StartTime": text, "EndTime": 1})),
            ("/Traces", json!({"TraceIds": [text]})),
            ("/GetGroup", json!({"GroupName": text})),
            ("/ListTagsForResource", json!({"ResourceARN": text})),
            ("/TraceSegments", json!({"TraceSegmentDocuments": [text]})),
        ] {
            ask(path, body);
        }
        let hostile = format!(
            "POST /{} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            text.replace(['\r', '\n', ' ', '\0'], "")
        );
        if let Some(answer) = raw(at, &hostile) {
            assert!(matches!(answer.status, 400 | 404 | 405) && !answer.head.contains("Set-Cookie"), "{answer:?}");
        }
    }
}

/// One trace of thousands of services, each called by the one before, or all by one; of subsegments as deep as a document may be.
#[test]
fn traces_of_odd_shapes_are_answered() {
    const SERVICES: u64 = 4_000;
    let local = local();
    let at = local.local_addr();
    let document = |trace: u8, id: u64, parent: u64| {
        json!({"name": format!("s{}", id % 50), "id": format!("{:016x}", id + 1), "parent_id": format!("{:016x}", parent + 1), "fault": true,
               "trace_id": format!("1-65f0c0de-{trace:024x}"), "start_time": 100, "end_time": 101,
               "http": {"request": {"url": "http://a", "method": "GET"}, "response": {"status": 500}}})
        .to_string()
    };
    let deep = |levels: usize| {
        let inner = r#"{"name":"a","id":"~","start_time":100,"end_time":101,"namespace":"remote","subsegments":["#;
        let nested: String = (0..levels).map(|level| inner.replace('~', &format!("{:016x}", level + 2))).collect();
        let root = r#"{"name":"a","id":"0000000000000001","trace_id":"1-65f0c0de-000000000000000000000003","start_time":100,"end_time":101,"subsegments":["#;
        format!("{root}{nested}{}", "]}".repeat(levels + 1))
    };
    let mut documents: Vec<String> = Vec::new();
    documents.extend((0..SERVICES).map(|id| document(1, id, id.wrapping_sub(1).min(SERVICES))));
    documents.extend((0..SERVICES).map(|id| document(2, id, if id == 0 { SERVICES } else { 0 })));
    // And a ring.
    documents.extend((0..SERVICES).map(|id| document(4, id, (id + 1) % SERVICES)));
    documents.push(deep(600));
    for some in documents.chunks(400) {
        let answer = raw(at, &post("/TraceSegments", "", &json!({"TraceSegmentDocuments": some}).to_string())).unwrap();
        assert_eq!(answer.body, r#"{"UnprocessedTraceSegments":[]}"#);
    }
    let ids: Vec<String> = [1, 2, 3, 4].map(|trace| format!("1-65f0c0de-{trace:024x}")).into();
    let times = json!({"StartTime": 0, "EndTime": 1_000});
    let filter = r#"service("s1") { fault } AND edge("s1", "s2") AND rootcause.fault.service { name = "s3" }"#;
    let filtered = json!({"StartTime": 0, "EndTime": 1_000, "FilterExpression": filter});
    let series = json!({"StartTime": 0, "EndTime": 1_000, "EntitySelectorExpression": r#"edge("s1", "s2")"#});
    for (path, body) in [
        ("/Traces", json!({"TraceIds": ids})),
        ("/TraceGraph", json!({"TraceIds": ids})),
        ("/ServiceGraph", times.clone()),
        ("/TraceSummaries", times),
        ("/TraceSummaries", filtered),
        ("/TimeSeriesServiceStatistics", series),
    ] {
        let answer = raw(at, &post(path, "", &body.to_string())).unwrap();
        assert_eq!(answer.status, 200, "{path} {}", answer.body);
        let value: Value = serde_json::from_str(&answer.body).unwrap();
        assert!(value.as_object().unwrap().values().any(|member| member.as_array().is_some_and(|list| !list.is_empty())), "{path}");
    }
}
