//! OpenTelemetry's protocol and CloudWatch's metrics, over real sockets and from real senders.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use xray_collector::{Local, Reason, ServeSettings, Settings, View, view};
use xray_model::TraceId;
use xray_model::datagram::HEADER;

const LONG: Duration = Duration::from_secs(30);

fn local() -> Local {
    Local::start("127.0.0.1:0".parse().unwrap(), Settings::default(), ServeSettings::default()).unwrap()
}

/// Sends a request and gives back status and body of the answer.
fn post(local: &Local, headers: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(local.local_addr()).unwrap();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        local.local_addr(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // A server that does not want the body closes early.
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head") + 4;
    let status = String::from_utf8_lossy(&answer[9..12]).parse().unwrap();
    (status, answer[end..].to_vec())
}

/// Has OpenTelemetry's SDK for Python send one trace, and shows what became of it.
fn sent_by_python(way: &str) -> String {
    const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python/bin/python");
    let remedy = "run `scripts/test`, which sets it up (`scripts/test tests` for the tests alone)";
    assert!(Path::new(PYTHON).exists(), "{PYTHON} is missing: {remedy}");
    let local = local();
    let mut python = Command::new(PYTHON);
    python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/otlp/send.py")).arg(format!("http://{}", local.local_addr())).arg(way);
    let output = python.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let id = TraceId::from_w3c(String::from_utf8_lossy(&output.stdout).trim()).expect("an id");
    assert!(
        local.collector().wait_for(LONG, |progress| progress.segments == 7),
        "{:?} {:?}",
        local.collector().progress(),
        local.collector().rejected()
    );
    let trace = local.collector().trace(id).expect("the trace");
    assert_eq!((trace.is_complete(), local.collector().progress().traces), (true, 1));
    let segments = trace.tree().iter().map(|node| {
        let namespace = node.namespace.as_deref().unwrap_or("-");
        let what = if node.is_subsegment { "subsegment" } else { "segment" };
        let causes: Vec<_> = node.exceptions().iter().filter_map(|exception| exception.kind.as_deref()).collect();
        format!(
            "{}{what} {} {namespace} {}{}",
            "  ".repeat(node.depth()),
            node.name,
            if node.fault { "fault" } else { "ok" },
            causes.concat()
        )
    });
    segments.collect::<Vec<_>>().join("\n")
}

const SENT: &str = "\
segment shop - faultValueErrorKeyError
  subsegment reserve - ok
    subsegment DynamoDB aws ok
  subsegment payments.example remote ok
    segment payments - ok
    segment payments - ok
      subsegment settle remote ok";

#[test]
fn spans_of_the_sdk_for_python_arrive() {
    for way in ["plain", "gzip", "udp"] {
        assert_eq!(sent_by_python(way), SENT, "{way}");
    }
}

const JSON: &str = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
    {"traceId":"65f0c0dea006649127e371903a2de979","spanId":"0000000000000011","name":"a","kind":2,"startTimeUnixNano":"1","endTimeUnixNano":"2"},
    {"traceId":"65f0c0dea006649127e371903a2de979","spanId":"","name":"no id"}]}]}]}"#;

#[test]
fn requests_are_answered_as_the_protocol_asks() {
    let local = local();
    let (status, body) = post(&local, "Content-Type: application/json; charset=utf-8\r\n", JSON.as_bytes());
    let answer = r#"{"partialSuccess":{"errorMessage":"a span without an id of 8 bytes","rejectedSpans":"1"}}"#;
    assert_eq!((status, &*String::from_utf8_lossy(&body)), (200, answer));
    assert_eq!(local.collector().progress().documents, 1);
    // An empty request is one, and so is its answer.
    assert_eq!(post(&local, "Content-Type: application/x-protobuf\r\n", b""), (200, Vec::new()));
    // The same as protocol buffers: a trace id of one byte. Its answer: partial_success, 1 rejected, and why.
    let one = [0x0a, 0x07, 0x12, 0x05, 0x12, 0x03, 0x0a, 0x01, 0x07];
    let (status, body) = post(&local, "Content-Type: application/x-protobuf\r\n", &one);
    assert_eq!((status, &body[..6]), (200, &[0x0a, 41, 0x08, 0x01, 0x12, 37][..]), "{body:?}");

    let large = vec![b' '; (5 << 20) + 1];
    let mut zipped = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    zipped.write_all(&large).unwrap();
    let zipped = zipped.finish().unwrap();
    let protobuf = "Content-Type: application/x-protobuf\r\n";
    let json = "Content-Type: application/json\r\n";
    let table: [(String, &[u8], u16, &str); 9] = [
        (String::new(), b"", 415, "Content-Type"),
        ("Content-Type: text/plain\r\n".into(), b"", 415, "Content-Type"),
        (format!("{json}Content-Encoding: br\r\n"), b"{}", 415, "use gzip, or none"),
        (format!("{json}Content-Encoding: gzip\r\n"), b"{}", 400, "not gzip"),
        (json.into(), b"{", 400, "the request cannot be read: EOF"),
        (json.into(), &large, 413, "5242880 bytes"),
        (format!("{json}Content-Encoding: gzip\r\n"), &zipped, 413, "5242880 bytes"),
        (protobuf.into(), b"\x0a\x05\x01", 400, "the request cannot be read"),
        (format!("{protobuf}Origin: http://evil.example\r\n"), b"", 403, "may not ask"),
    ];
    for (headers, body, expected, said) in table {
        let (status, body) = post(&local, &headers, body);
        let body = String::from_utf8_lossy(&body);
        assert!(status == expected && body.contains(said), "{headers}: {status} {body:?}");
    }
    assert_eq!(local.collector().progress().documents, 1);
}

#[test]
fn what_cannot_be_used_is_counted() {
    let local = local();
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    client.connect(local.local_addr()).unwrap();
    for body in ["T1Sx!", "T1SCgQ=", "M1CgQ=", "T1U", "T1SCgcSBRIDCgEH"] {
        client.send(format!("{HEADER}{body}").as_bytes()).unwrap();
    }
    client.send(b"{\"_aws\":{\"Timestamp\":1,\"CloudWatchMetrics\":[{}]}}\n").unwrap();
    client
        .send(b"{\"_aws\":{\"Timestamp\":1,\"CloudWatchMetrics\":[{\"Namespace\":\"n\",\"Metrics\":[{\"Name\":\"m\"}]}]},\"m\":1}\n")
        .unwrap();
    assert!(local.collector().wait_for(LONG, |progress| progress.rejected == 5));
    let rejected = local.collector().rejected();
    let counts: Vec<_> = rejected.counts.into_iter().collect();
    assert_eq!(counts, [(Reason::Otlp, 3), (Reason::OtlpMetrics, 1), (Reason::Emf, 1)]);
    let details: Vec<_> = rejected.last.iter().map(|each| each.detail.as_str()).collect();
    assert_eq!(details[3], "1 spans: a span without a trace id of 16 bytes");
    let shown = view::rejected(&local.collector().rejected(), &View::default());
    assert!(shown.contains("OTLP that could not be used") && shown.contains("not in the embedded metric format"), "{shown}");
}
