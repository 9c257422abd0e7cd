use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;

use proptest::prelude::*;
use prost::Message;
use serde_json::{Value as Json, json};
use xray_model::document::{
    AnnotationValue, Aws, Cause, Document, Exception, ForestBuilder, Http, HttpRequest, HttpResponse, Link, Recorded, Segment, Sql,
    StackFrame, Timestamp,
};
use xray_model::{SegmentId, TraceId};

use super::convert::request;
use super::queue::{Queue, Standing};
use super::services::Services;
use super::settings::{Forward, ForwardXray};
use super::xray::Xray;
use crate::otlp;
use crate::otlp::message::{KeyValue, Request, STATUS_ERROR, Span, Value};
use crate::relay::{ForwardStats, Loss};
use crate::settings::FORWARD_BATCH;

const TRACE: &str = "1-5759e988-bd862e3fe1be46a994272793";

fn any_text() -> BoxedStrategy<String> {
    prop_oneof!["[a-z.]{0,8}", ".{0,6}", Just("\u{0}\n\"\\😀".to_owned())].boxed()
}

fn any_json() -> BoxedStrategy<Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<i32>().prop_map(|eighths| json!(f64::from(eighths) / 8.0)),
        any_text().prop_map(Json::from),
    ];
    leaf.prop_recursive(2, 6, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            proptest::collection::btree_map(any_text(), inner, 0..3).prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
    .boxed()
}

fn any_map() -> BoxedStrategy<BTreeMap<String, Json>> {
    let keys =
        prop_oneof![any_text(), Just("xray".to_owned()), Just("operation".to_owned()), Just("ec2".to_owned()), Just("version".to_owned())];
    proptest::collection::btree_map(keys, any_json(), 0..4).boxed()
}

fn any_cause() -> BoxedStrategy<Cause> {
    let frame =
        (any_text(), any::<Option<i64>>()).prop_map(|(text, line)| StackFrame { path: Some(text.clone()), line, label: Some(text) });
    let exception = (any::<Option<u64>>(), any_text(), proptest::collection::vec(frame, 0..3)).prop_map(|(id, text, stack)| Exception {
        id: id.map(|id| format!("{id:016x}")),
        message: Some(text.clone()),
        kind: Some(text),
        stack,
        ..Exception::default()
    });
    let exceptions = proptest::collection::vec(exception, 0..3);
    prop_oneof![
        any_text().prop_map(Cause::Reference),
        exceptions.prop_map(|exceptions| Cause::Recorded(Recorded { exceptions, ..Recorded::default() })),
    ]
    .boxed()
}

prop_compose! {
    fn any_segment()(
        name in "[a-zA-Z][a-zA-Z0-9 ._-]{0,12}", id in 1u64.., start in 1u64..u64::MAX / 2, took in proptest::option::of(any::<u32>()),
        flags in any::<[bool; 3]>(), texts in proptest::collection::vec(proptest::option::of(any_text()), 4),
        namespace in prop_oneof![Just(None), Just(Some("aws")), Just(Some("remote")), Just(Some("local"))],
        status in any::<Option<i64>>(), maps in (any_map(), any_map(), any_map()), cause in proptest::option::of(any_cause()),
        annotations in proptest::collection::btree_map(any_text(), any_json(), 0..3), trace: u128,
    ) -> Segment {
        let text = |index: usize| texts[index].clone();
        let annotation = |value: Json| match value {
            Json::String(text) => AnnotationValue::String(text),
            Json::Number(number) => AnnotationValue::Number(number),
            Json::Bool(yes) => AnnotationValue::Bool(yes),
            other => AnnotationValue::Invalid(other),
        };
        let mut segment = Segment::new(name, SegmentId::from_bits(id).unwrap(), Timestamp::from_nanos(start));
        segment.end_time = took.map(|took| Timestamp::from_nanos(start + u64::from(took)));
        segment.in_progress = took.is_none();
        [segment.error, segment.throttle, segment.fault] = flags;
        segment.namespace = namespace.map(String::from);
        (segment.user, segment.origin) = (text(0), text(1));
        let response = status.map(|status| HttpResponse { status: Some(status), content_length: Some(status) });
        segment.http = text(2).map(|url| Http { request: Some(HttpRequest { url: Some(url), ..HttpRequest::default() }), response });
        segment.sql = text(3).map(|query| Sql { sanitized_query: Some(query), ..Sql::default() });
        segment.aws = Some(Aws { fields: maps.0 });
        (segment.metadata, segment.service, segment.cause) = (maps.1, maps.2, cause);
        segment.annotations = annotations.into_iter().map(|(key, value)| (key, annotation(value))).collect();
        segment.links = vec![Link { trace_id: TraceId::from_bits(trace), id: None, attributes: BTreeMap::new() }];
        segment
    }
}

prop_compose! {
    fn any_document()(
        mut root in any_segment(), parent in proptest::option::of(1u64..), is_subsegment: bool,
        below in proptest::collection::vec((any_segment(), 0usize..3), 0..5),
    ) -> Document {
        root.trace_id = TRACE.parse().ok();
        root.parent_id = parent.and_then(SegmentId::from_bits);
        if is_subsegment && root.parent_id.is_some() {
            root.kind = Some("subsegment".to_owned());
        } else {
            // Only calls have one.
            root.namespace = None;
        }
        let mut tree = ForestBuilder::new();
        tree.open(root);
        for (segment, closings) in below {
            tree.open(segment);
            for _ in 0..closings.min(tree.depth() - 1) {
                tree.close();
            }
        }
        Document::from_tree(tree.finish()).unwrap()
    }
}

fn spans(request: &Request) -> Vec<&Span> {
    request.resource_spans.iter().flat_map(|part| &part.scope_spans).flat_map(|scope| &scope.spans).collect()
}

fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    attributes.iter().find(|each| each.key == key).and_then(|each| match each.value()? {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    })
}

/// What must be the same at the other end: ids, times, status, and what kind of thing it is.
fn essence(segment: &Segment, parent: Option<SegmentId>, is_segment: bool) -> impl PartialEq + std::fmt::Debug + Ord + use<> {
    let flags = [segment.error, segment.throttle, segment.fault];
    let namespace = segment.namespace.clone().filter(|namespace| namespace != "local");
    let end = segment.end_time.filter(|_| !segment.in_progress);
    (segment.id, parent, is_segment, segment.start_time, end, segment.in_progress, flags, namespace)
}

proptest! {
    /// And comes in again as it was.
    #[test]
    fn each_document_becomes_spans(document in any_document()) {
        let made = request(std::slice::from_ref(&document), &mut Services::default());
        prop_assert_eq!(spans(&made).len(), document.tree().len());
        for (span, segment) in spans(&made).into_iter().zip(document.tree().iter()) {
            prop_assert_eq!(&span.trace_id[..], &document.trace_id().to_bits().to_be_bytes()[..]);
            let failed = segment.error || segment.throttle || segment.fault;
            prop_assert_eq!(span.status.as_ref().is_some_and(|status| status.code == STATUS_ERROR), failed);
            let keys: std::collections::BTreeSet<_> = span.attributes.iter().map(|each| &each.key).collect();
            prop_assert_eq!(keys.len(), span.attributes.len(), "each key once");
        }
        let back = otlp::documents(&made.encode_to_vec()).unwrap();
        prop_assert_eq!(back.rejected, 0, "{}", back.why);
        let mut back: Vec<_> = back.documents.iter().map(|json| {
            let document = Document::parse(json.as_bytes()).unwrap();
            let root = document.root();
            essence(&root, root.parent_id, !root.is_independent_subsegment())
        }).collect();
        let mut sent: Vec<_> = document.tree().iter().map(|node| {
            let parent = node.parent().map(|parent| parent.id).or(node.parent_id);
            essence(&node, parent, node.parent().is_none() && !node.is_independent_subsegment())
        }).collect();
        back.sort();
        sent.sort();
        prop_assert_eq!(back, sent);
    }

    #[test]
    fn whatever_json_says_of_itself_to_be_a_document_converts(fields in any_map()) {
        let mut document = json!({"name": "n", "id": "70de5b6f19ff9a0a", "trace_id": TRACE, "start_time": 1.5, "end_time": 2});
        for (key, value) in fields {
            document[key] = value;
        }
        if let Ok(document) = Document::parse(document.to_string().as_bytes()) {
            prop_assert_eq!(spans(&request(&[document], &mut Services::default())).len(), 1);
        }
    }
}

fn document(json: &Json) -> Document {
    Document::parse(json.to_string().as_bytes()).unwrap()
}

#[test]
fn what_a_call_was_is_kept() {
    let sent = document(&json!({
        "type": "subsegment", "name": "DynamoDB", "id": "53995c3f42cd8ad8", "trace_id": TRACE, "parent_id": "70de5b6f19ff9a0a", "namespace": "aws",
        "start_time": 10.5, "end_time": 11, "error": true, "throttle": true,
        "aws": {"operation": "GetItem", "region": "eu-west-1", "request_id": "R", "retries": 2, "table_name": "orders"},
        "http": {"request": {"method": "POST", "url": "https://dynamodb.eu-west-1.amazonaws.com/"}, "response": {"status": 429, "content_length": 58}},
        "annotations": {"order": 17, "customer.kind": "new", "paid": true},
        "metadata": {"shop": {"basket": [1, {"a": null}]}},
        "cause": {"exceptions": [
            {"id": "1111111111111111", "type": "Throttled", "message": "slow down", "remote": true, "cause": "2222222222222222",
             "stack": [{"path": "src/a.rs", "line": 7, "label": "shop::pay"}, {"label": "main"}]},
            {"id": "2222222222222222", "type": "Io", "message": "reset"},
        ]},
    }));
    let back = otlp::documents(&request(std::slice::from_ref(&sent), &mut Services::default()).encode_to_vec()).unwrap();
    let back = Document::parse(back.documents[0].as_bytes()).unwrap();
    let (sent, back) = (sent.root(), back.root());
    assert_eq!((&back.name, &back.http, &back.namespace), (&sent.name, &sent.http, &sent.namespace));
    assert_eq!(
        (back.annotations.get("order"), back.annotations.get("paid")),
        (sent.annotations.get("order"), sent.annotations.get("paid"))
    );
    assert_eq!(back.annotations.get("customer.kind"), sent.annotations.get("customer.kind"));
    assert_eq!(back.metadata.get("shop"), sent.metadata.get("shop"));
    for key in ["operation", "region", "request_id", "table_name"] {
        assert_eq!(back.aws.as_ref().unwrap().fields.get(key), sent.aws.as_ref().unwrap().fields.get(key), "{key}");
    }
    let shown = |segment: &Segment| -> Vec<_> {
        let frames = |exception: &Exception| -> Vec<_> {
            exception.stack.iter().map(|frame| (frame.label.clone(), frame.path.clone(), frame.line)).collect()
        };
        let exceptions = segment.exceptions().iter();
        exceptions
            .map(|each| (each.id.clone(), each.kind.clone(), each.message.clone(), each.cause.clone(), each.remote, frames(each)))
            .collect()
    };
    assert_eq!(shown(&back), shown(&sent));
}

#[test]
fn a_subsegment_belongs_to_the_service_it_stands_in() {
    let segment = |name: &str, id: &str| document(&json!({"name": name, "id": id, "trace_id": TRACE, "start_time": 1, "end_time": 2}));
    let subsegment = |id: &str, parent: &str| {
        document(
            &json!({"type": "subsegment", "name": "work", "id": id, "parent_id": parent, "trace_id": TRACE, "start_time": 1, "end_time": 2}),
        )
    };
    let names = |request: &Request| -> Vec<Option<String>> {
        let of = |part: &otlp::message::ResourceSpans| text(&part.resource.as_ref().unwrap().attributes, "service.name").map(String::from);
        request.resource_spans.iter().map(of).collect()
    };
    let mut services = Services::default();
    let before = [subsegment("000000000000000a", "0000000000000001")];
    assert_eq!(names(&request(&before, &mut services)), [None], "nothing is known yet, and nothing is made up");
    // The segment comes behind what stands in it, and below that stands more.
    let together = [
        subsegment("000000000000000b", "0000000000000001"),
        subsegment("000000000000000c", "000000000000000b"),
        segment("shop", "0000000000000001"),
        segment("bank", "0000000000000002"),
    ];
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(names(&request(&together, &mut services)), [name("shop"), name("shop"), name("shop"), name("bank")]);
    let later = [subsegment("000000000000000d", "000000000000000c")];
    assert_eq!(names(&request(&later, &mut services)), [name("shop")]);
}

#[test]
fn the_oldest_make_room() {
    let queue = Queue::new(10);
    assert_eq!((queue.push(b"1234"), queue.push(b"5678"), queue.standing()), (Some(0), Some(0), Standing::Some));
    assert_eq!(queue.push(b"9abc"), Some(1));
    assert_eq!(queue.push(b"this is more than fits"), Some(3), "the two, and itself");
    assert_eq!(queue.standing(), Standing::Empty);
    let full = Queue::new(usize::MAX);
    (0..=FORWARD_BATCH).for_each(|_| _ = full.push(b"x"));
    assert_eq!((full.standing(), full.take().len(), full.take().len()), (Standing::Ready, FORWARD_BATCH, 1));
    queue.close();
    assert_eq!((queue.push(b"x"), queue.standing()), (None, Standing::Finished));
}

/// The next request that comes, which is answered with success.
fn asked(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert!(reader.read_line(&mut head).unwrap() > 0);
    }
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
    head + &String::from_utf8(body).unwrap()
}

#[test]
fn aws_is_told_what_happened_since_it_was_told_last() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let settings = ForwardXray {
        region: Some("eu-west-1".to_owned()),
        endpoint: Some(format!("http://{}", listener.local_addr().unwrap())),
        keys: Some(("AKID".to_owned(), "s".to_owned())),
        resource_arn: Some("arn:of:this".to_owned()),
        ..ForwardXray::default()
    };
    let before = ForwardStats {
        received: 10,
        sent: 4,
        lost: [(Loss::Spilled, 1)].into(),
        failed_requests: [(Loss::TimedOut, 2)].into(),
        ..ForwardStats::default()
    };
    let now = ForwardStats {
        received: 30,
        sent: 20,
        lost: [(Loss::Spilled, 4), (Loss::Rejected, 2)].into(),
        failed_requests: [(Loss::TimedOut, 2), (Loss::Status5xx, 3), (Loss::NoCredentials, 1)].into(),
        ..ForwardStats::default()
    };
    let request = std::thread::spawn(move || asked(&listener));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { Xray::new(&settings).await.unwrap().tell(&before, &now).await }).unwrap();
    let request = request.join().unwrap();
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("POST /TelemetryRecords "), "{head}");
    let body: Json = serde_json::from_str(body).unwrap();
    let record = &body["TelemetryRecords"][0];
    assert!(body["ResourceARN"] == "arn:of:this" && record["Timestamp"].as_u64() > Some(1_700_000_000), "{body}");
    for (name, count) in [("Received", 20), ("Sent", 16), ("Spillover", 3), ("Rejected", 2)] {
        assert_eq!(record[format!("Segments{name}Count")], count, "{record}");
    }
    for (name, count) in
        [("Timeout", 0), ("ConnectionRefused", 0), ("HTTPCode4XX", 0), ("HTTPCode5XX", 3), ("UnknownHost", 0), ("Other", 1)]
    {
        assert_eq!(record["BackendConnectionErrors"][format!("{name}Count")], count, "{record}");
    }
}

#[test]
fn targets_as_people_write_them() {
    let parsed = |text: &str| text.parse::<Forward>().map(|forward| format!("{forward:?}"));
    assert!(parsed("xray").unwrap().contains("region: None"));
    assert!(parsed("xray:eu-west-1").unwrap().contains("\"eu-west-1\""));
    assert!(parsed("otlp:http://127.0.0.1:4318/").unwrap().contains("\"http://127.0.0.1:4318\""));
    for (text, remedy) in [
        ("", "write `xray`"),
        ("xray:", "write `xray:eu-west-1`"),
        ("xray:a.b/c", "write `xray:eu-west-1`"),
        ("otlp", "otlp:http://"),
        ("otlp:localhost:4318", "otlp:http://"),
        ("jaeger:x", "`otlp:URL`"),
    ] {
        assert!(parsed(text).is_err_and(|error| error.contains(remedy)), "{text}");
    }
}
