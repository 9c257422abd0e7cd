//! Spans as senders write them, and the documents that they become.

use proptest::prelude::*;
use prost::Message;
use serde_json::{Value as Json, json};
use xray_model::document::Document;

use super::message::{
    AnyValue, ArrayValue, Event, KeyValue, Kind, Link, Request, Resource, ResourceSpans, ScopeSpans, Span, Status, Value,
};
use super::text::Text;
use super::{Translated, documents, documents_of_json, read_text};
use crate::settings::{OTLP_ATTRIBUTES_MAX, OTLP_RESOURCE_BYTES_MAX, OTLP_SPAN_BYTES_MAX, OTLP_SPANS_MAX};

const TRACE: u128 = 0x65f0_c0de_a006_6491_27e3_7190_3a2d_e979;

fn value(json: &Json) -> AnyValue {
    let value = match json {
        Json::String(text) => Value::Text(text.clone()),
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Double(number.as_f64().unwrap()), Value::Int),
        Json::Array(list) => Value::Array(ArrayValue { values: list.iter().map(value).collect() }),
        other => panic!("{other}"),
    };
    AnyValue { value: Some(value) }
}

fn attributes(object: &Json) -> Vec<KeyValue> {
    object.as_object().unwrap().iter().map(|(key, value)| KeyValue { key: key.clone(), value: Some(self::value(value)) }).collect()
}

fn span(kind: Kind, parent: u64, object: Json) -> Span {
    Span {
        trace_id: TRACE.to_be_bytes().to_vec(),
        span_id: 0x11u64.to_be_bytes().to_vec(),
        parent_span_id: if parent == 0 { Vec::new() } else { parent.to_be_bytes().to_vec() },
        name: "GET /cart".into(),
        kind: kind as i32,
        start_time_unix_nano: 1_710_276_830_125_000_000,
        end_time_unix_nano: 1_710_276_830_250_000_000,
        attributes: attributes(&object),
        ..Span::default()
    }
}

fn request(resource: Json, spans: Vec<Span>) -> Vec<u8> {
    let resource = Some(Resource { attributes: attributes(&resource) });
    Request { resource_spans: vec![ResourceSpans { resource, scope_spans: vec![ScopeSpans { spans }] }] }.encode_to_vec()
}

/// The documents, as JSON.
fn read(resource: Json, span: Span) -> Vec<Json> {
    let translated = documents(&request(resource, vec![span])).unwrap();
    assert_eq!(translated.rejected, 0, "{}", translated.why);
    for document in &translated.documents {
        let problems = Document::parse(document.as_bytes()).unwrap().check();
        assert!(problems.is_empty(), "{problems:?}\n{document}");
    }
    translated.documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect()
}

#[test]
fn a_server_is_a_segment() {
    let resource = json!({
        "service.name": "shop", "service.version": "1.2", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.language": "python",
        "telemetry.sdk.version": "1.45", "cloud.provider": "aws", "cloud.platform": "aws_ecs", "aws.ecs.launchtype": "fargate",
        "cloud.account.id": "123456789012", "container.name": "web", "aws.log.group.names": "a&b", "process.runtime.name": "CPython",
    });
    let attributes = json!({
        "http.request.method": "GET", "url.path": "/cart", "url.query": "a=1", "url.scheme": "https", "server.address": "shop.example",
        "server.port": 443, "http.response.status_code": 404, "user_agent.original": "curl", "client.address": "10.0.0.1",
        "network.peer.address": "10.0.0.2", "enduser.id": "u1", "order.id": 17, "size": "large-ish", "thread.id": 4, "list": ["x", "y"],
        "aws.xray.metadata.mine": "{\"deep\":{\"a\":[1]}}", "cost-in-eur": 1.5, "vip": true,
    });
    let documents = read(resource, span(Kind::Server, 7, attributes));
    let [document] = &documents[..] else { panic!("{documents:?}") };
    assert_eq!(
        *document,
        json!({
            "name": "shop", "id": "0000000000000011", "trace_id": "1-65f0c0de-a006649127e371903a2de979", "parent_id": "0000000000000007",
            "start_time": 1710276830.125, "end_time": 1710276830.25, "service": {"version": "1.2", "runtime": "CPython"},
            "user": "u1", "origin": "AWS::ECS::Fargate", "error": true,
            "http": {"request": {"method": "GET", "url": "https://shop.example/cart?a=1", "user_agent": "curl", "client_ip": "10.0.0.1"},
                "response": {"status": 404}},
            "aws": {"account_id": "123456789012", "ecs": {"container": "web", "launch_type": "fargate"},
                "cloudwatch_logs": [{"log_group": "a"}, {"log_group": "b"}],
                "xray": {"sdk": "opentelemetry for python", "sdk_version": "1.45", "auto_instrumentation": false}},
            "annotations": {"order.id": 17, "size": "large-ish", "cost_in_eur": 1.5, "vip": true},
            "metadata": document["metadata"],
        })
    );
    let metadata = &document["metadata"];
    assert_eq!((&metadata["mine"], &metadata["otel"]), (&json!({"deep": {"a": [1]}}), &json!({"span.name": "GET /cart"})));
    assert_eq!((&metadata["default"]["list"], &metadata["default"]["thread.id"]), (&json!(["x", "y"]), &json!(4)));
    assert_eq!(metadata["default"]["otel.resource.service.name"], "shop");
}

#[test]
fn names_namespaces_and_kinds_follow_the_exporter() {
    use Kind::{Client, Consumer, Internal, Producer, Server, Unspecified};
    /// Name, namespace and type of each document.
    type Expected = &'static [(&'static str, &'static str, &'static str)];
    let aws = json!({"rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "GetItem"});
    let table: [(Kind, u64, Json, Expected); 18] = [
        (Server, 0, json!({}), &[("shop", "", "")]),
        (Server, 7, json!({"aws.local.service": "cart"}), &[("cart", "", "")]),
        (Internal, 7, json!({}), &[("GET /cart", "", "subsegment")]),
        (Unspecified, 7, json!({}), &[("GET /cart", "", "subsegment")]),
        (Internal, 0, json!({}), &[("shop", "", "")]),
        (Internal, 7, json!({"aws.span.kind": "LOCAL_ROOT", "aws.local.service": "cart"}), &[("cart", "", "")]),
        (Client, 7, json!({"http.url": "https://a.example/x", "http.host": "a.example"}), &[("a.example", "remote", "subsegment")]),
        (Client, 7, json!({"server.address": "b.example", "http.request.method": "GET"}), &[("b.example", "remote", "subsegment")]),
        (Client, 7, json!({"peer.service": "pay", "http.host": "a"}), &[("pay", "remote", "subsegment")]),
        (Client, 7, aws.clone(), &[("DynamoDB", "aws", "subsegment")]),
        (Client, 7, json!({"rpc.system": "aws-api", "aws.remote.service": "AWS::S3"}), &[("S3", "aws", "subsegment")]),
        (Client, 7, json!({"rpc.system": "grpc", "aws.remote.service": "AWS::S3"}), &[("AWS::S3", "remote", "subsegment")]),
        (
            Client,
            7,
            json!({"db.name": "d", "db.connection_string": "jdbc:mysql://u:p@h.example:3306/x"}),
            &[("d@h.example", "remote", "subsegment")],
        ),
        (Producer, 7, json!({}), &[("GET /cart", "", "subsegment")]),
        (Producer, 7, json!({"aws.remote.service": "queue"}), &[("queue", "remote", "subsegment")]),
        (
            Consumer,
            0,
            json!({"aws.local.service": "worker", "aws.remote.service": "queue"}),
            &[("worker", "", ""), ("queue", "remote", "subsegment")],
        ),
        (Client, 7, json!({"aws.span.kind": "LOCAL_ROOT", "http.host": "a"}), &[("shop", "", ""), ("a", "remote", "subsegment")]),
        (Client, 0, aws, &[("shop", "", ""), ("DynamoDB", "aws", "subsegment")]),
    ];
    for (kind, parent, attributes, expected) in table {
        let documents = read(json!({"service.name": "shop"}), span(kind, parent, attributes.clone()));
        let text = |document: &Json, key: &str| document[key].as_str().unwrap_or_default().to_owned();
        let found: Vec<_> = documents.iter().map(|each| (text(each, "name"), text(each, "namespace"), text(each, "type"))).collect();
        let found: Vec<_> = found.iter().map(|(name, namespace, kind)| (&**name, &**namespace, &**kind)).collect();
        assert_eq!(found, expected, "{kind:?} {parent} {attributes}");
        if let [caller, call] = &documents[..] {
            // The call keeps its id, for what is below it; it hangs below the service, which hangs where the span did.
            assert_eq!((&call["id"], &call["parent_id"]), (&json!("0000000000000011"), &caller["id"]));
            assert_eq!(caller.get("parent_id"), (parent != 0).then(|| json!("0000000000000007")).as_ref());
            assert_eq!(caller.get("http").or(caller.get("annotations")), None);
        }
    }
    let mut remote = span(Internal, 7, json!({}));
    remote.flags = 0x301;
    assert_eq!(read(json!({"service.name": "shop"}), remote.clone())[0].get("type"), None);
    remote.flags = 0x101;
    assert_eq!(read(json!({"service.name": "shop"}), remote)[0]["type"], "subsegment");
    let odd = read(json!({"service.name": "sh<o>p\u{202e}"}), span(Server, 0, json!({})));
    assert_eq!(odd[0]["name"], "shop");
    let empty = read(json!({"service.name": "<>"}), span(Server, 0, json!({})));
    assert_eq!(empty[0]["name"], "span");
}

#[test]
fn failures_have_their_cause() {
    let mut failed = span(Kind::Client, 7, json!({"http.status_code": 429}));
    failed.status = Some(Status { message: "no".into(), code: 2 });
    let document = &read(json!({}), failed.clone())[0];
    assert_eq!((&document["error"], &document["throttle"], document.get("fault")), (&json!(true), &json!(true), None));
    assert_eq!(document["cause"]["exceptions"][0]["message"], "no");

    failed.attributes = Vec::new();
    let trace = "Traceback (most recent call last):\n  File \"a.py\", line 3, in f\nKeyError: 'x'\n\nThe above exception was the direct cause of the following exception:\n\nTraceback (most recent call last):\n  File \"b.py\", line 9, in g\nshop.Refused: no stock\n";
    let exception = json!({"exception.type": "shop.Refused", "exception.message": "no stock", "exception.stacktrace": trace});
    failed.events = vec![
        Event { time_unix_nano: 5, name: "looked".into(), attributes: attributes(&json!({"n": 1})) },
        Event { time_unix_nano: 6, name: "exception".into(), attributes: attributes(&exception) },
    ];
    let document = &read(json!({"telemetry.sdk.language": "python"}), failed)[0];
    let exceptions = document["cause"]["exceptions"].as_array().unwrap();
    assert_eq!((exceptions.len(), &document["fault"]), (2, &json!(true)));
    assert_eq!((&exceptions[0]["type"], &exceptions[0]["cause"]), (&json!("shop.Refused"), &exceptions[1]["id"]));
    assert_eq!(exceptions[0]["stack"], json!([{"path": "b.py", "line": 9, "label": "g"}]));
    assert_eq!((&exceptions[1]["type"], &exceptions[1]["message"], exceptions[1].get("cause")), (&json!("KeyError"), &json!("'x'"), None));
    assert_eq!(document["metadata"]["otel"]["events"], json!([{"name": "looked", "time": "0.000000005", "attributes": {"n": 1}}]));

    let mut attempt = span(Kind::Client, 7, json!({"rpc.system": "aws-api", "rpc.service": "S3", "http.response.status_code": 200}));
    let said = json!({"http.response.status_code": 503, "aws.http.error_message": "slow down"});
    attempt.events = vec![Event { time_unix_nano: 1_500_000_000, name: "HTTP request failure".into(), attributes: attributes(&said) }];
    let document = &read(json!({}), attempt)[0];
    assert_eq!((&document["cause"]["exceptions"][0]["message"], document.get("fault")), (&json!("503@1.5@slow down"), None));
}

#[test]
fn calls_of_aws_and_databases_have_their_blocks() {
    let call = json!({
        "rpc.system": "aws-api", "rpc.service": "DynamoDB", "rpc.method": "DynamoDB/BatchGetItem", "aws.region": "eu-west-1",
        "aws.requestId": "R", "aws.dynamodb.table_names": ["a", "b"],
    });
    let document = &read(json!({}), span(Kind::Client, 7, call))[0];
    assert_eq!(document["aws"], json!({"operation": "BatchGetItem", "region": "eu-west-1", "request_id": "R", "table_names": ["a", "b"]}));
    let sql = json!({"db.system.name": "postgresql", "db.namespace": "shop", "db.query.text": "SELECT ?", "server.address": "db.example", "db.user": "me"});
    let document = &read(json!({}), span(Kind::Client, 7, sql))[0];
    assert_eq!(
        document["sql"],
        json!({"url": "GET /cart", "connection_string": "db.example/shop", "sanitized_query": "SELECT ?", "database_type": "postgresql", "user": "me"})
    );
    let mut linked = span(Kind::Consumer, 7, json!({}));
    linked.links = vec![
        Link { trace_id: (TRACE + 1).to_be_bytes().to_vec(), span_id: 5u64.to_be_bytes().to_vec(), attributes: Vec::new() },
        Link::default(),
    ];
    let document = &read(json!({}), linked)[0];
    assert_eq!(document["links"], json!([{"trace_id": "1-65f0c0de-a006649127e371903a2de97a", "id": "0000000000000005"}]));
}

#[test]
fn what_is_indexed_can_be_said() {
    let attributes = json!({"a": 1, "b": 2, "http.route": "/x", "aws.xray.annotations": ["http.route"]});
    let document = &read(json!({"aws.xray.exporter.config.indexed_attributes": ["b"]}), span(Kind::Internal, 7, attributes.clone()))[0];
    assert_eq!((&document["annotations"], &document["metadata"]["default"]["a"]), (&json!({"b": 2, "http.route": "/x"}), &json!(1)));
    let document = &read(json!({"aws.xray.exporter.config.index_all_attributes": false}), span(Kind::Internal, 7, attributes))[0];
    assert_eq!(document["annotations"], json!({"http.route": "/x"}));
    let many: serde_json::Map<_, _> = (0..70).map(|n| (format!("k{n:02}"), json!(n))).collect();
    let document = &read(json!({}), span(Kind::Internal, 7, Json::Object(many)))[0];
    let count = |part: &Json| part.as_object().unwrap().len();
    assert_eq!((count(&document["annotations"]), count(&document["metadata"]["default"])), (50, 20));
}

#[test]
fn json_says_the_same_as_protocol_buffers() {
    let json = r#"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"unknown":[],
        "scopeSpans":[{"scope":{"name":"x"},"spans":[{"traceId":"65F0C0DEA006649127E371903A2DE979","spanId":"0000000000000011","parentSpanId":"",
        "name":"GET /cart","kind":2,"startTimeUnixNano":"1710276830125000000","endTimeUnixNano":1710276830250000000,"traceState":"a=b",
        "attributes":[{"key":"a","value":{"intValue":"17"}},{"key":"b","value":{"doubleValue":1.5}},{"key":"c","value":{"boolValue":true}},
        {"key":"d","value":{"arrayValue":{"values":[{"stringValue":"x"},{"intValue":2}]}}},{"key":"e","value":null}],
        "events":null,"status":{"code":"STATUS_CODE_ERROR","message":"bad"},"flags":1}]}]}]}"#;
    let mut same = span(Kind::Server, 0, json!({"a": 17, "b": 1.5, "c": true, "d": ["x", 2]}));
    same.attributes.push(KeyValue { key: "e".into(), value: None });
    same.status = Some(Status { message: "bad".into(), code: 2 });
    let protobuf = documents(&request(json!({"service.name": "shop"}), vec![same])).unwrap();
    assert_eq!(documents_of_json(json.as_bytes()).unwrap(), protobuf);
    assert_eq!(protobuf.documents.len(), 1);
    let named = json.replace("\"kind\":2", "\"kind\":\"SPAN_KIND_SERVER\"");
    assert_eq!(documents_of_json(named.as_bytes()).unwrap(), protobuf);
    for (from, to, expected) in [
        ("65F0", "65G0", "a span cannot be read: \"65G0C0DEA006649127E371903A2DE979\" is no id in hex digits"),
        ("\"kind\":2", "\"kind\":\"X\"", "a span cannot be read: expected the number or name of an enumeration's value"),
        ("\"17\"", "\"x\"", "a span cannot be read: expected a whole number, or one in quotes"),
        ("{\"resourceSpans\"", "[\"resourceSpans\"", "the request cannot be read: "),
    ] {
        let error = documents_of_json(json.replace(from, to).as_bytes()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn limits_are_those_of_the_service() {
    let good = span(Kind::Server, 0, json!({}));
    let wrong = [
        Span { trace_id: Vec::new(), ..good.clone() },
        Span { trace_id: vec![0; 16], ..good.clone() },
        Span { span_id: vec![1; 7], ..good.clone() },
        span(Kind::Server, 0, json!({"a": "x".repeat(OTLP_SPAN_BYTES_MAX)})),
    ];
    let whys = [
        "a span without a trace id of 16 bytes",
        "a span without a trace id of 16 bytes",
        "a span without an id of 8 bytes",
        "a span of 2",
    ];
    for (wrong, why) in wrong.into_iter().zip(whys) {
        let read = documents(&request(json!({}), vec![wrong, good.clone()])).unwrap();
        assert_eq!((read.documents.len(), read.rejected), (1, 1));
        assert!(read.why.starts_with(why), "{}", read.why);
    }
    let read = documents(&request(json!({}), vec![good.clone(); OTLP_SPANS_MAX + 3])).unwrap();
    assert_eq!((read.documents.len(), read.rejected), (OTLP_SPANS_MAX, 3));
    let large = request(json!({"a": "x".repeat(OTLP_RESOURCE_BYTES_MAX)}), vec![good.clone()]);
    assert!(documents(&large).unwrap_err().to_string().starts_with("a resource cannot be read: "));
    let many: serde_json::Map<_, _> = (0..OTLP_ATTRIBUTES_MAX + 5).map(|n| (format!("k{n}"), json!(n))).collect();
    let document = &self::read(json!({}), span(Kind::Internal, 7, Json::Object(many)))[0];
    assert_eq!(document["metadata"]["otel"]["dropped.attributes"], 5);
    // Empty messages are two bytes each: they must not become memory.
    let empty: Vec<u8> = [0x12, 0x00].repeat(2 << 20);
    let mut bomb = vec![0x0a];
    prost::encoding::encode_varint(empty.len() as u64, &mut bomb);
    bomb.extend(empty);
    assert_eq!(documents(&bomb), Ok(Translated::default()));
}

#[test]
fn text_in_place_of_a_document_is_read() {
    use base64::Engine as _;
    let base64 =
        base64::engine::general_purpose::STANDARD.encode(request(json!({"service.name": "fn"}), vec![span(Kind::Server, 0, json!({}))]));
    let read = |text: String| match read_text(text.as_bytes()) {
        Some(Text::Traces(Ok(read))) => read.documents,
        other => panic!("{other:?}"),
    };
    let sampled = read(format!("T1S{base64}\n"));
    assert_eq!(read(format!("T1S{}", base64.trim_end_matches('='))), sampled);
    let unsampled = read(format!("T1U{base64}"));
    assert!(!sampled[0].contains("aws.trace.flag.sampled") && unsampled[0].contains("\"aws.trace.flag.sampled\":false"), "{unsampled:?}");
    assert_eq!(read_text(b"M1CgQ="), Some(Text::Metrics));
    assert_eq!(read_text(b"T1X"), None);
    for (text, expected) in [
        ("T1S!", "the base64 text cannot be read: Invalid symbol 33, offset 0."),
        ("T1SCgQ=", "the request cannot be read: 2 bytes before its end stands no field"),
        ("T1SCgISAA==", "the request"),
    ] {
        match read_text(text.as_bytes()) {
            Some(Text::Traces(Err(error))) => assert!(error.to_string().starts_with(expected), "{error}"),
            Some(Text::Traces(Ok(read))) => assert_eq!((read, text), (Translated::default(), "T1SCgISAA==")),
            other => panic!("{other:?}"),
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200), at in 0usize..200, byte: u8) {
        let _ = documents(&bytes);
        let _ = documents_of_json(&bytes);
        let mut changed = request(json!({"service.name": "shop"}), vec![span(Kind::Client, 0, json!({"a": [1, "x"], "http.url": "x"}))]);
        let index = at % changed.len();
        changed[index] = byte;
        if let Ok(read) = documents(&changed) {
            for document in read.documents {
                prop_assert!(Document::parse(document.as_bytes()).is_ok(), "{document}");
            }
        }
    }
}
