use proptest::prelude::*;
use serde_json::{Value, json};

use super::samples::{self, SAMPLES};
use super::*;

/// Source | name | operation | annotations.
fn said(event: &Event) -> String {
    let or_dash = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
    format!("{} | {} | {} | {}", event.source, or_dash(&event.name), or_dash(&event.operation), shown(&event.annotations))
}

fn shown(annotations: &[(&'static str, Annotation)]) -> String {
    let one = |(key, value): &(&str, Annotation)| match value {
        Annotation::Text(text) => format!("{key}={text}"),
        Annotation::Int(number) => format!("{key}={number}"),
        other => panic!("{key}: {other:?}"),
    };
    annotations.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn sources_are_recognised() {
    for (text, expected) in SAMPLES {
        assert_eq!(said(&of_json(text)), *expected, "{text}");
        assert_eq!(of_value(&value(text)), of_json(text), "{text}");
    }
}

#[test]
fn each_source_has_a_sample() {
    let known: Vec<Picked> = SAMPLES.iter().map(|(text, _)| text::pick(text, wanted::EVENT)).collect();
    for (place, source) in SOURCES.iter().enumerate() {
        let first = |event: &Picked| SOURCES.iter().position(|source| source(event).is_some());
        assert!(known.iter().any(|event| source(event).is_some() && first(event) == Some(place)), "source {place} of the table");
    }
}

#[test]
fn no_more_is_said_than_is_wanted() {
    for (text, _) in SAMPLES {
        assert!(!format!("{:?}", of_json(text)).contains("SECRET"), "{text}");
        assert!(of_json(text).annotations.len() <= 6, "{text}");
        let longer = text.replace("SECRET", &"SECRET".repeat(1_000));
        assert_eq!(of_json(&longer), of_json(text), "{text}");
    }
}

#[test]
fn anything_else_is_direct() {
    for text in samples::DIRECT {
        assert_eq!(of_json(text), Event::of("direct"), "{text}");
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            assert_eq!(of_value(&value), Event::of("direct"), "{text}");
        }
    }
}

#[test]
fn what_was_found_counts_and_the_rest_is_not_read() {
    let sqs = r#"{"Records":[{"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q","body":"#;
    for end in ["", "\"", "\"\\ud800\"", "nonsense", "1}}", "1},"] {
        assert_eq!(said(&of_json(&format!("{sqs}{end}"))), "sqs | q | - | queue=q", "{end}");
    }
    let rest =
        r#"{"httpMethod":"GET","resource":"/a","requestContext":{"apiId":"i","resourceId":"r","httpMethod":"GET","resourcePath":"/a"},"#;
    for end in ["", "\"body\":", "\"body\":nonsense", "\"headers\":nonsense"] {
        assert_eq!(of_json(&format!("{rest}{end}")).source, "api-gateway-rest", "{end}");
    }
    let twice = r#"{"awslogs":{"data":"d"},"awslogs":null,"awslogs":{}}"#;
    assert_eq!(of_json(twice).source, "cloudwatch-logs");
}

#[test]
fn work_is_bounded() {
    let large = "x".repeat(10_000_000);
    let nested = |open: &str, close: &str| open.repeat(10_000) + &close.repeat(10_000);
    let texts = [
        format!(r#"{{"source":"{large}","detail-type":"{large}","detail":"{large}"}}"#),
        format!(r#"{{"{large}":1,"awslogs":{{"data":"d"}}}}"#),
        format!(r#"{{"a":{},"Records":{}}}"#, nested("[", "]"), nested("[", "]")),
        format!(r#"{{"requestContext":{}"#, nested(r#"{"http":"#, "}")),
        format!(r#"{{"Records":[{}"#, "{},".repeat(1_000_000)),
        format!("{{{}", r#""a":1,"#.repeat(1_000_000)),
        format!(r#"{{"a":"{}","awslogs":{{"data":1}}}}"#, "ä".repeat(LOOK_BYTES_MAX / 2)),
        "[".repeat(10_000_000),
    ];
    for text in &texts {
        assert_eq!(of_json(text), Event::of("direct"), "{}", &text[..100]);
    }
    let cut = of_value(&json!({"source": large, "detail-type": "ä".repeat(300), "detail": large}));
    assert_eq!(cut.name, Some("ä".repeat(249) + "…"));
    assert_eq!(cut.source, "eventbridge");
}

#[test]
fn records_are_counted_up_to_a_limit() {
    let record = r#"{"eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:r:1:q"}"#;
    for (more, expected) in [(ELEMENTS_MAX - 1, "queue=q batch_size=10000"), (ELEMENTS_MAX, "queue=q")] {
        let text = format!(r#"{{"Records":[{record}{}]}}"#, ",{}".repeat(more));
        assert_eq!(shown(&of_json(&text).annotations), expected);
        assert_eq!(shown(&of_value(&value(&text)).annotations), expected);
    }
    for (more, expected) in [(MEMBERS_MAX - 1, "cloudwatch-logs"), (MEMBERS_MAX, "direct")] {
        let text = format!(r#"{{{}"awslogs":{{"data":"d"}}}}"#, r#""a":1,"#.repeat(more));
        assert_eq!(of_json(&text).source, expected);
        let members: Vec<(String, u8)> = (0..more).map(|number| (format!("a{number:05}"), 1)).collect();
        let mut event: serde_json::Map<String, Value> = members.into_iter().map(|(name, one)| (name, one.into())).collect();
        event.insert("awslogs".to_owned(), json!({"data": "d"}));
        assert_eq!(of_value(&event).source, expected);
    }
}

/// A value that must not be looked at.
struct Untouchable;

impl Serialize for Untouchable {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        panic!("this was not wanted")
    }
}

/// A value that ends what it is part of.
struct Failing;

impl Serialize for Failing {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("it failed"))
    }
}

#[test]
fn only_what_is_wanted_is_looked_at() {
    #[derive(serde::Serialize)]
    enum Wrapped<T> {
        #[serde(rename = "awslogs")]
        Logs(T),
        #[serde(rename = "awslogs")]
        Pair(T, T),
        #[serde(rename = "awslogs")]
        Named { data: T },
    }
    #[derive(serde::Serialize)]
    struct Newtype<T>(Option<T>);
    #[derive(serde::Serialize)]
    struct Logs<T> {
        data: T,
    }

    for source in [of_value(&Newtype(Some(Wrapped::Logs(Logs { data: Untouchable })))), of_value(&Some(json!({"awslogs": {"data": 1}})))] {
        assert_eq!(source.source, "cloudwatch-logs");
    }
    assert_eq!(of_value(&Wrapped::Pair(Untouchable, Untouchable)), Event::of("direct"));
    assert_eq!(of_value(&Wrapped::Named { data: Untouchable }), Event::of("direct"));
    assert_eq!(of_value(&[Untouchable]), Event::of("direct"));
    assert_eq!(of_value(&(Untouchable, Untouchable)), Event::of("direct"));
    assert_eq!(of_value(&Failing), Event::of("direct"));
    assert_eq!(of_value("text"), Event::of("direct"));
    assert_eq!(of_value(&[("x", 1)].into_iter().collect::<std::collections::BTreeMap<_, _>>()), Event::of("direct"));
}

#[test]
fn raw_json_is_read_as_what_it_says() {
    use serde_json::value::RawValue;

    for (text, _) in SAMPLES {
        let raw: Box<RawValue> = serde_json::from_str(text).expect("JSON");
        assert_eq!(of_value(&raw), of_json(text), "{text}");
        let members: std::collections::BTreeMap<String, Box<RawValue>> = serde_json::from_str(text).expect("an object");
        assert_eq!(of_value(&members), of_json(text), "{text}");
    }
    assert_eq!(of_value(&serde_json::value::to_raw_value("Records").expect("JSON")), Event::of("direct"));
}

#[test]
fn values_that_are_written_as_text_are_text() {
    #[derive(serde::Serialize)]
    enum Method {
        #[serde(rename = "GET")]
        Get,
    }
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Request {
        http_method: Method,
        headers: Untouchable,
        request_context: std::collections::HashMap<&'static str, Target>,
    }
    #[derive(serde::Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Target {
        target_group_arn: std::net::Ipv4Addr,
    }
    let target = Target { target_group_arn: std::net::Ipv4Addr::LOCALHOST };
    let request = Request { http_method: Method::Get, headers: Untouchable, request_context: [("elb", target)].into() };
    assert_eq!(said(&of_value(&request)), "alb | GET | - | http_method=GET");
}

#[test]
fn records_say_what_they_are() {
    let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    for (text, source, id, annotations) in [
        (
            r#"{"messageId":"m1","body":"SECRET","eventSource":"aws:sqs",
            "attributes":{"ApproximateReceiveCount":"2","AWSTraceHeader":"HEADER"}}"#,
            "sqs",
            Some("m1"),
            "receive_count=2",
        ),
        (
            r#"{"messageId":"m1","eventSource":"aws:sqs","attributes":{"ApproximateReceiveCount":"SECRET","AWSTraceHeader":"SECRET"}}"#,
            "sqs",
            Some("m1"),
            "",
        ),
        (r#"{"EventSource":"aws:sns","Sns":{"MessageId":"m2","Message":"SECRET"}}"#, "sns", Some("m2"), ""),
        (
            r#"{"eventSource":"aws:kinesis","eventID":"shard:49","kinesis":{"sequenceNumber":"49","partitionKey":"SECRET"}}"#,
            "kinesis",
            Some("49"),
            "",
        ),
        (
            r#"{"eventSource":"aws:dynamodb","eventName":"MODIFY","dynamodb":{"SequenceNumber":"7","Keys":{"k":"SECRET"}}}"#,
            "dynamodb",
            Some("7"),
            "event_name=MODIFY",
        ),
        (
            r#"{"eventSource":"aws:s3","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"SECRET"}}}"#,
            "s3",
            None,
            "bucket=b event_name=ObjectCreated:Put",
        ),
        (r#"{"eventSource":"aws:ses","ses":{"mail":{"messageId":"SECRET"}}}"#, "ses", None, ""),
        (r#"{"messageId":"m1"}"#, "direct", None, ""),
        ("[]", "direct", None, ""),
        ("null", "direct", None, ""),
    ] {
        let record = record(&value(&text.replace("HEADER", header)));
        assert_eq!((record.source, record.id.as_deref(), shown(&record.annotations).as_str()), (source, id, annotations), "{text}");
        assert_eq!(record.link, text.contains("HEADER").then(|| TraceHeader::parse(header)), "{text}");
    }
}

#[test]
fn failed_items_are_those_of_a_batch_response() {
    assert_eq!(
        failed_items(&json!({"batchItemFailures": [{"itemIdentifier": "a"}, {}, null, {"itemIdentifier": 7}, {"itemIdentifier": "b"}]})),
        ["a", "b"]
    );
    let many: Vec<_> = (0..ELEMENTS_MAX + 10).map(|number| json!({"itemIdentifier": number.to_string()})).collect();
    assert_eq!(failed_items(&json!({"batchItemFailures": many})).len(), ELEMENTS_MAX);
    let others = [json!(null), json!(7), json!("batchItemFailures"), json!([{"batchItemFailures": []}]), json!({"batchItemFailures": {}})];
    for other in others {
        assert!(failed_items(&other).is_empty(), "{other}");
    }
    assert!(failed_items(&[Untouchable]).is_empty());
    assert!(failed_items(&std::collections::BTreeMap::from([("body", Untouchable)])).is_empty());
}

/// Replaces or removes the value that is found by walking down, at each level to the next of these places.
fn mutate(value: &mut Value, places: &[usize], new: Option<Value>) {
    let (place, deeper) = places.split_first().map_or((0, &[][..]), |(place, rest)| (*place, rest));
    match value {
        Value::Object(members) if !members.is_empty() => {
            let name = members.keys().nth(place % members.len()).expect("a member").clone();
            match new {
                None if deeper.is_empty() => _ = members.remove(&name),
                new => mutate(&mut members[&name], deeper, new),
            }
        }
        Value::Array(elements) if !elements.is_empty() => {
            let place = place % elements.len();
            mutate(&mut elements[place], deeper, new);
        }
        value => *value = new.unwrap_or_default(),
    }
}

fn odd_value() -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        Just(None),
        Just(Some(Value::Null)),
        any::<i64>().prop_map(|number| Some(number.into())),
        any::<f64>().prop_map(|number| Some(json!(number))),
        any::<bool>().prop_map(|yes| Some(yes.into())),
        ".{0,300}".prop_map(|text| Some(text.into())),
        Just(Some(json!([]))),
        Just(Some(json!({}))),
        Just(Some(json!([null, {"eventSource": "aws:sqs"}]))),
        (0..SAMPLES.len()).prop_map(|sample| Some(value(SAMPLES[sample].0))),
    ]
}

proptest! {
    #[test]
    fn text_and_value_say_the_same(
        sample in 0..SAMPLES.len(),
        changes in prop::collection::vec((prop::collection::vec(any::<usize>(), 1..4), odd_value()), 0..6),
    ) {
        let mut event = value(SAMPLES[sample].0);
        for (places, new) in changes {
            mutate(&mut event, &places, new);
        }
        prop_assert_eq!(of_json(&event.to_string()), of_value(&event), "{}", event);
    }

    #[test]
    fn any_text_is_taken(text in ".*", sample in 0..SAMPLES.len(), at in any::<prop::sample::Index>()) {
        of_json(&text);
        let whole = SAMPLES[sample].0;
        let cut = at.index(whole.len());
        if whole.is_char_boundary(cut) {
            of_json(&whole[..cut]);
            of_json(&(whole[..cut].to_owned() + &text));
        }
    }
}
