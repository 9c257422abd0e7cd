//! Sending on, over real sockets: to another collector, to moto, and to servers that fail.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use xray_collector::{Forward, ForwardOtlp, ForwardStats, ForwardXray, Forwarder, Local, Loss, ServeSettings, Settings};
use xray_model::datagram::HEADER;

const LONG: Duration = Duration::from_secs(60);
const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";
/// An OTLP request with one server span, in base64, as AWS's distributions of OpenTelemetry send it by UDP.
const T1S: &str =
    "T1SCl4KGAoWCgxzZXJ2aWNlLm5hbWUSBgoEb3RlbBJCEkAKEFdZ6Yi9hi4/4b5GqZQnJ5MSCBERERERERERIggAAAAAAAAADCoEc2hvcDACOYCjSS63H7wXQQA64i63H7wX";

fn local() -> Local {
    Local::start("127.0.0.1:0".parse().unwrap(), Settings::default(), ServeSettings::default()).unwrap()
}

fn xray(endpoint: impl std::fmt::Display) -> ForwardXray {
    let mut xray = ForwardXray::default();
    xray.region = Some("eu-west-1".to_owned());
    xray.endpoint = Some(format!("http://{endpoint}"));
    xray.keys = Some(("AKIDEXAMPLE".to_owned(), "secret".to_owned()));
    xray
}

fn segment(name: &str, id: &str, more: Value) -> String {
    let mut segment = json!({"name": name, "id": id, "trace_id": TRACE, "start_time": 1_710_276_830.101, "end_time": 1_710_276_830.2});
    for (key, value) in more.as_object().unwrap() {
        segment[key] = value.clone();
    }
    segment.to_string()
}

/// A trace of two services and a call of AWS, in several documents.
fn documents() -> Vec<String> {
    let inside = json!({"name": "checkout", "id": "000000000000000b", "start_time": 1_710_276_830.11, "end_time": 1_710_276_830.15, "fault": true,
        "cause": {"exceptions": [{"id": "00000000000000e1", "type": "Refused", "message": "no money"}]}});
    vec![
        segment(
            "DynamoDB",
            "000000000000000d",
            json!({"type": "subsegment", "parent_id": "000000000000000a", "namespace": "aws", "aws": {"operation": "GetItem", "table_name": "orders"}}),
        ),
        segment("bank", "000000000000000c", json!({"parent_id": "000000000000000d", "error": true, "http": {"response": {"status": 404}}})),
        segment("shop", "000000000000000a", json!({"subsegments": [inside], "annotations": {"order": 17}})),
    ]
}

fn send(to: SocketAddr, bodies: &[String]) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for body in bodies {
        socket.send_to(&[HEADER.as_bytes(), body.as_bytes()].concat(), to).unwrap();
    }
}

/// A trace as lines, without what each end makes up for itself.
fn shape(local: &Local) -> Vec<String> {
    let trace = local.collector().trace(TRACE.parse().unwrap()).expect("the trace");
    let line = |node: xray_model::document::Node<'_, xray_collector::Placed>| {
        let exceptions: Vec<_> =
            node.exceptions().iter().map(|exception| format!("{:?} {:?}", exception.kind, exception.message)).collect();
        format!(
            "{}{} {} {} {:?}-{:?} {:?} {} {} {:?} {:?} {exceptions:?}",
            "  ".repeat(node.depth()),
            node.name,
            node.id,
            node.is_subsegment,
            node.start_time,
            node.end_time,
            node.namespace,
            node.error,
            node.fault,
            node.http_status(),
            node.annotations.get("order")
        )
    };
    trace.tree().iter().map(line).collect()
}

/// Waits until the counts are as they should be.
fn wait(forwarder: &Forwarder, mut reached: impl FnMut(&ForwardStats) -> bool) -> ForwardStats {
    let begun = Instant::now();
    loop {
        let stats = forwarder.stats();
        if reached(&stats) {
            return stats;
        }
        assert!(begun.elapsed() < LONG, "{stats:?}");
        thread::sleep(Duration::from_millis(10));
    }
}

fn post(to: SocketAddr, path: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(to).unwrap();
    write!(stream, "POST {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n{body}", body.len()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    (head[9..12].parse().unwrap(), body.to_owned())
}

/// A request that a server was sent.
#[derive(Clone, Debug)]
struct Asked {
    head: String,
    body: Vec<u8>,
}

/// Answers each request with the next of these statuses, and then with the last; with 0 it does not answer.
struct Server {
    at: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    fn start(statuses: &[u16], body: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (at, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::new(Vec::new())));
        let (statuses, held) = (statuses.to_vec(), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (statuses, held) = (statuses.clone(), Arc::clone(&held));
                thread::spawn(move || serve(stream, &statuses, body, &held));
            }
        });
        Self { at, asked }
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, statuses: &[u16], body: &str, asked: &Mutex<Vec<Asked>>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    loop {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).unwrap_or(0) == 0 {
                return;
            }
        }
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).unwrap();
        let status = {
            let mut asked = asked.lock().unwrap();
            asked.push(Asked { head, body: bytes });
            *statuses.get(asked.len() - 1).or(statuses.last()).unwrap()
        };
        if status == 0 {
            thread::sleep(LONG);
            return;
        }
        let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        if (&stream).write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

#[test]
fn what_is_sent_on_to_x_ray_is_the_same_trace_there() {
    let (near, far) = (local(), local());
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(far.local_addr()))).unwrap();
    let all = documents();
    send(near.local_addr(), &all[..2]);
    let host = format!("Host: {}\r\n", near.local_addr());
    let (status, _) = post(near.local_addr(), "/TraceSegments", &host, &json!({"TraceSegmentDocuments": [all[2]]}).to_string());
    assert_eq!(status, 200);
    // What cannot be read here may be read there; here it cannot.
    send(near.local_addr(), &["{\"no\": \"document\"}".to_owned(), format!("T1U{}", &T1S[3..])]);
    let stats = wait(&forwarder, |stats| stats.received == 4 && stats.waiting == 0);
    assert_eq!((stats.sent, stats.lost.get(&Loss::Rejected), stats.unsampled), (3, Some(&1), 1), "{stats:?}");
    assert!(stats.last_failure.as_deref().is_some_and(|why| why.contains("MissingId") || why.contains("Missing")), "{stats:?}");
    assert!(stats.target.contains("eu-west-1"), "{stats:?}");
    let near_shape: Vec<_> = shape(&near).into_iter().filter(|line| !line.contains("1111111111111111")).collect();
    assert!(near_shape.len() >= 4);
    assert_eq!(shape(&far), near_shape);

    let twice = Forwarder::start(near.collector(), Forward::Xray(xray(far.local_addr())));
    assert!(twice.is_err_and(|error| error.to_string().contains("already")));
}

#[test]
fn sampling_is_asked_of_aws() {
    let far = local();
    let rule = json!({"SamplingRule": {"RuleName": "theirs", "Priority": 7, "FixedRate": 0.25, "ReservoirSize": 3, "ServiceName": "*", "ServiceType": "*",
        "Host": "*", "HTTPMethod": "*", "URLPath": "*", "ResourceARN": "*", "Version": 1}});
    let host = |local: &Local| format!("Host: {}\r\n", local.local_addr());
    assert_eq!(post(far.local_addr(), "/CreateSamplingRule", &host(&far), &rule.to_string()).0, 200);

    let near = local();
    let ask = |path: &str, body: &str| post(near.local_addr(), path, &host(&near), body);
    assert!(!ask("/GetSamplingRules", "{}").1.contains("theirs"));
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(far.local_addr()))).unwrap();
    let (status, rules) = ask("/GetSamplingRules", "{}");
    assert!(status == 200 && rules.contains("theirs"), "{rules}");
    let statistics = json!({"SamplingStatisticsDocuments": [{"RuleName": "theirs", "ClientID": "0123456789abcdef01234567", "Timestamp": 1, "RequestCount": 1,
        "SampledCount": 1, "BorrowCount": 0}]});
    let (status, targets) = ask("/SamplingTargets", &statistics.to_string());
    assert!(status == 200 && targets.contains("theirs"), "{targets}");
    for path in ["/CreateSamplingRule", "/UpdateSamplingRule", "/DeleteSamplingRule"] {
        let (status, error) = ask(path, &rule.to_string());
        assert!(status == 400 && error.contains("change them there, or start with --rules FILE"), "{path}: {error}");
    }
    // Errors come as they are.
    let (status, error) = ask("/SamplingTargets", "{}");
    assert!(status == 400 && error.contains("InvalidRequestException"), "{error}");
    drop(far);
    let (status, error) = ask("/GetSamplingRules", "{}");
    assert!(status == 502 && error.contains("AWS was asked"), "{status} {error}");
    drop(forwarder);
    assert_eq!(ask("/GetSamplingRules", "{}").0, 502);
}

#[test]
fn rules_of_ones_own_are_not_asked_of_aws() {
    let far = Server::start(&[200], "{}");
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("own-rules.json");
    std::fs::write(&file, r#"{"version":2,"default":{"fixed_target":7,"rate":0.5},"rules":[]}"#).unwrap();
    let mut serve = ServeSettings::default();
    serve.rules = Some(file);
    let near = Local::start("127.0.0.1:0".parse().unwrap(), Settings::default(), serve).unwrap();
    let _forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(far.at))).unwrap();
    let (status, rules) = post(near.local_addr(), "/GetSamplingRules", &format!("Host: {}\r\n", near.local_addr()), "{}");
    assert!(status == 200 && rules.contains("\"ReservoirSize\":7"), "{rules}");
    assert!(far.asked().is_empty());
}

#[test]
fn what_is_sent_on_by_otlp_is_the_same_trace_there() {
    let (near, far) = (local(), local());
    let forwarder = Forwarder::start(near.collector(), format!("otlp:http://{}", far.local_addr()).parse().unwrap()).unwrap();
    send(near.local_addr(), &documents());
    // This is OTLP already, and goes on as it came.
    send(near.local_addr(), &[T1S.to_owned(), "{\"no\": \"document\"}".to_owned()]);
    let stats = wait(&forwarder, |stats| stats.received == 5 && stats.waiting == 0);
    assert_eq!((stats.sent, stats.lost.get(&Loss::Untranslated)), (4, Some(&1)), "{stats:?}");
    assert!(shape(&near).len() >= 5, "{:#?}", shape(&near));
    assert_eq!(shape(&far), shape(&near));
    let otel = |local: &Local| shape(local).iter().any(|line| line.contains("1111111111111111"));
    assert!(otel(&near) && otel(&far), "{:#?}", shape(&far));
}

#[test]
fn requests_are_as_aws_and_otlp_want_them() {
    let server = Server::start(&[200], "{}");
    let near = local();
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(server.at))).unwrap();
    send(near.local_addr(), &documents());
    wait(&forwarder, |stats| stats.sent == 3);
    let asked = &server.asked()[0];
    let head = asked.head.to_lowercase();
    assert!(head.starts_with("post /tracesegments http/1.1\r\n"), "{head}");
    assert!(
        head.contains("authorization: aws4-hmac-sha256 credential=akidexample/") && head.contains("/eu-west-1/xray/aws4_request"),
        "{head}"
    );
    assert!(head.contains("x-amzn-xray-timestamp: ") && head.contains("content-type: application/json"), "{head}");
    let body: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(body["TraceSegmentDocuments"], json!(documents()), "as they came");

    for gzip in [true, false] {
        let (server, near) = (Server::start(&[200], ""), local());
        let mut otlp = ForwardOtlp::new(format!("http://{}/", server.at));
        otlp.headers = vec![("x-api-key".to_owned(), "k=1".to_owned())];
        otlp.gzip = gzip;
        let forwarder = Forwarder::start(near.collector(), Forward::Otlp(otlp)).unwrap();
        send(near.local_addr(), &documents());
        wait(&forwarder, |stats| stats.sent == 3);
        let head = server.asked()[0].head.to_lowercase();
        assert!(head.starts_with("post /v1/traces http/1.1\r\n") && head.contains("x-api-key: k=1"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        assert_eq!(head.contains("content-encoding: gzip"), gzip, "{head}");
    }
}

/// What became of three documents at a server that answers so.
fn sent_to(server: &Server) -> ForwardStats {
    let near = local();
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(server.at))).unwrap();
    send(near.local_addr(), &documents());
    wait(&forwarder, |stats| stats.received == 3 && stats.waiting == 0)
}

#[test]
fn what_fails_is_tried_again_if_that_can_help() {
    for (statuses, failed, sent) in [
        (&[500, 503, 200][..], &[(Loss::Status5xx, 2)][..], 3),
        (&[429, 200], &[(Loss::Status4xx, 1)], 3),
        (&[400], &[(Loss::Status4xx, 1)], 0),
        (&[403], &[(Loss::Status4xx, 1)], 0),
        (&[500], &[(Loss::Status5xx, 4)], 0),
    ] {
        let server = Server::start(statuses, "{\"message\":\"so it is\"}");
        let stats = sent_to(&server);
        let counted: Vec<_> = stats.failed_requests.iter().map(|(loss, count)| (*loss, *count)).collect();
        assert_eq!((&*counted, stats.sent, stats.lost()), (failed, sent, 3 - sent), "{statuses:?} {stats:?}");
        assert!(stats.last_failure.as_deref().is_some_and(|why| why.contains("so it is")), "{stats:?}");
    }
    // What AWS says in words.
    let server = Server::start(&[400, 200], "{\"__type\":\"ThrottlingException\"}");
    assert_eq!(sent_to(&server).sent, 3);
}

#[test]
fn documents_that_are_not_taken_are_counted() {
    let server = Server::start(
        &[200],
        r#"{"UnprocessedTraceSegments":[{"Id":"000000000000000a","ErrorCode":"ParseError","Message":"what is this"}]}"#,
    );
    let stats = sent_to(&server);
    assert_eq!((stats.sent, stats.lost.get(&Loss::Rejected), stats.lost()), (2, Some(&1), 1));
    assert_eq!(stats.last_failure.as_deref(), Some("ParseError: what is this"));
}

#[test]
fn nobody_there_and_no_answer_are_told_apart() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let stats = sent_to(&Server { at: nobody, asked: Arc::default() });
    assert_eq!((stats.lost.get(&Loss::Refused), stats.failed_requests.get(&Loss::Refused)), (Some(&3), Some(&4)), "{stats:?}");
    let stats = sent_to(&Server::start(&[0], ""));
    assert_eq!((stats.lost.get(&Loss::TimedOut), stats.failed_requests.get(&Loss::TimedOut)), (Some(&3), Some(&4)), "{stats:?}");
    // And one that was slow once.
    assert_eq!(sent_to(&Server::start(&[0, 200], "{}")).sent, 3);
}

#[test]
fn a_full_queue_makes_nobody_wait() {
    let server = Server::start(&[0], "");
    let near = local();
    let mut settings = xray(server.at);
    settings.queue = 20_000;
    settings.at_once = 1;
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(settings)).unwrap();
    const COUNT: usize = 2_000;
    for index in 0..COUNT {
        send(near.local_addr(), &[segment("shop", &format!("{:016x}", index + 1), json!({}))]);
    }
    assert!(near.collector().wait_for(LONG, |progress| progress.documents == COUNT as u64), "{:?}", near.collector().stats());
    let stats = wait(&forwarder, |stats| stats.received == COUNT as u64);
    let spilled = stats.lost[&Loss::Spilled];
    assert!(spilled > 1_000 && stats.waiting > 0, "{stats:?}");
    // And it ends, with all of them accounted for.
    let stats = forwarder.end();
    assert_eq!((stats.sent, stats.waiting, stats.lost()), (0, 0, COUNT as u64), "{stats:?}");
    assert!(stats.lost[&Loss::Stopped] > 0, "{stats:?}");
    // What comes then is counted, too.
    near.collector().clear();
}

#[test]
fn the_end_sends_what_waits() {
    let server = Server::start(&[200], "{}");
    let near = local();
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(server.at))).unwrap();
    send(near.local_addr(), &documents());
    wait(&forwarder, |stats| stats.received == 3);
    let stats = forwarder.end();
    assert_eq!((stats.sent, stats.lost()), (3, 0), "{stats:?}");
}

#[test]
fn what_cannot_be_begun_is_said() {
    let near = local();
    let mut bad = xray("127.0.0.1:1");
    bad.endpoint = Some("http://[".to_owned());
    for (forward, remedy) in [
        (Forward::Xray(bad), "is no address"),
        (Forward::Otlp(ForwardOtlp::new("ftp://there")), "write `http://127.0.0.1:4318`"),
        (
            Forward::Otlp({
                let mut otlp = ForwardOtlp::new("http://127.0.0.1:1");
                otlp.headers = vec![("a b".to_owned(), "secret".to_owned())];
                otlp
            }),
            "`a b` cannot be sent",
        ),
    ] {
        let error = Forwarder::start(near.collector(), forward).unwrap_err().to_string();
        assert!(error.contains(remedy) && !error.contains("secret"), "{error}");
    }
}

#[test]
fn nothing_is_sent_in_a_circle() {
    let near = local();
    let port = near.local_addr().port();
    for target in [format!("otlp:http://127.0.0.1:{port}"), format!("otlp:http://localhost:{port}"), format!("otlp:http://[::1]:{port}/")] {
        let error = Forwarder::start(near.collector(), target.parse().unwrap()).unwrap_err().to_string();
        assert!(error.contains("is this collector itself"), "{error}");
    }
    let error = Forwarder::start(near.collector(), Forward::Xray(xray(near.local_addr()))).unwrap_err().to_string();
    assert!(error.contains("is this collector itself"), "{error}");
}

#[test]
fn a_daemon_has_no_viewer_and_two_addresses() {
    let far = local();
    let mut settings = Settings::default();
    settings.only_forward = true;
    let mut serve = ServeSettings::default();
    serve.tcp = Some("127.0.0.1:0".parse().unwrap());
    let near = Local::start("127.0.0.1:0".parse().unwrap(), settings, serve);
    // Both are any port here, which is one of both.
    let near = near.unwrap();
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(far.local_addr()))).unwrap();
    send(near.local_addr(), &documents());
    let (tcp, name) = (near.http_addr(), "Host: xray-daemon:2000\r\n");
    let one = segment("late", "00000000000000ff", json!({}));
    assert_eq!(post(tcp, "/TraceSegments", name, &json!({"TraceSegmentDocuments": [one]}).to_string()).0, 200);
    let stats = wait(&forwarder, |stats| stats.sent == 4);
    assert_eq!(stats.lost(), 0, "{stats:?}");
    let progress = near.collector().progress();
    assert_eq!((progress.traces, progress.documents), (0, 3));
    assert!(far.collector().wait_for(LONG, |progress| progress.documents == 4));
    assert_eq!(post(tcp, "/GetSamplingRules", name, "{}").0, 200);
    assert_eq!(post(tcp, "/TraceSummaries", name, "{}").0, 404, "whoever reaches it sees no trace");
    let page = "Host: evil.example\r\nOrigin: http://evil.example\r\n";
    assert_eq!(post(tcp, "/GetSamplingRules", page, "{}").0, 403);
}

const PYTHON: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/python/bin/python");

fn python() -> Command {
    let remedy = "run `scripts/test`, which sets it up (`scripts/test tests` for the tests alone)";
    assert!(Path::new(PYTHON).exists(), "{PYTHON} is missing: {remedy}");
    Command::new(PYTHON)
}

/// AWS as moto has it.
struct Moto(Child, String);

impl Moto {
    fn start() -> Self {
        let mut python = python();
        python.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/start_moto.py")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = python.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Self(child, line.trim().trim_start_matches("http://").to_owned())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn moto_takes_what_is_sent() {
    let moto = Moto::start();
    let near = local();
    let forwarder = Forwarder::start(near.collector(), Forward::Xray(xray(&moto.1))).unwrap();
    send(near.local_addr(), &documents());
    send(near.local_addr(), &["{\"no\": \"document\"}".to_owned()]);
    let stats = wait(&forwarder, |stats| stats.received == 4 && stats.waiting == 0);
    assert_eq!((stats.sent, stats.lost.get(&Loss::Rejected)), (3, Some(&1)), "{stats:?}");
    // Signed requests are those that moto finds the service by.
    let head =
        "Host: xray.eu-west-1.amazonaws.com\r\nAuthorization: AWS4-HMAC-SHA256 Credential=a/20260101/eu-west-1/xray/aws4_request\r\n";
    let (status, found) = post(moto.1.parse().unwrap(), "/Traces", head, &json!({"TraceIds": [TRACE]}).to_string());
    assert!(status == 200 && ["000000000000000a", "000000000000000c"].iter().all(|id| found.contains(id)), "{status} {found}");
}

#[test]
fn opentelemetrys_own_classes_read_what_is_sent() {
    const READ: &str = "
import sys, json
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
request = ExportTraceServiceRequest.FromString(sys.stdin.buffer.read())
for part in request.resource_spans:
    service = {a.key: a.value.string_value for a in part.resource.attributes}.get('service.name')
    for span in part.scope_spans[0].spans:
        attributes = {a.key: a.value for a in span.attributes}
        print(service, span.name, Span.SpanKind.Name(span.kind), span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex() or '-',
              span.start_time_unix_nano, span.end_time_unix_nano, span.status.code, [e.name for e in span.events],
              attributes['order'].int_value if 'order' in attributes else '-')
";
    let (server, near) = (Server::start(&[200], ""), local());
    let mut otlp = ForwardOtlp::new(format!("http://{}", server.at));
    otlp.gzip = false;
    let forwarder = Forwarder::start(near.collector(), Forward::Otlp(otlp)).unwrap();
    send(near.local_addr(), &documents());
    wait(&forwarder, |stats| stats.sent == 3);
    let mut python = python().args(["-c", READ]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(&server.asked()[0].body).unwrap();
    let said = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    let id = "5759e988bd862e3fe1be46a994272793";
    let expected = format!(
        "\
shop DynamoDB SPAN_KIND_CLIENT {id} 000000000000000d 000000000000000a 1710276830101000000 1710276830200000000 0 [] -
bank bank SPAN_KIND_SERVER {id} 000000000000000c 000000000000000d 1710276830101000000 1710276830200000000 2 [] -
shop shop SPAN_KIND_SERVER {id} 000000000000000a - 1710276830101000000 1710276830200000000 0 [] 17
shop checkout SPAN_KIND_INTERNAL {id} 000000000000000b 000000000000000a 1710276830110000000 1710276830150000000 2 ['exception'] -
"
    );
    assert_eq!(said, expected);
}
