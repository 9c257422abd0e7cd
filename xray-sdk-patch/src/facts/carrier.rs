//! The trace header in the bodies of messages, where it outlives the request that brings them.
//!
//! Members are written into the text of the body; every other byte of it stays as the program's client wrote it.
//!
//! Sources: "Amazon SQS and AWS X-Ray", `PutEventsRequestEntry` of EventBridge, `StartExecution` of Step Functions.

use xray_model::{Sampled, TraceHeader};

use super::json;

/// Largest body that is looked at. SQS takes 1 MB.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// Largest body of events with the headers added: EventBridge takes 256 KB, counted in its own way, so that a margin is left.
const EVENTS_BYTES_MAX: usize = 250_000;

/// Longest header that is written. Source: `TraceHeader` of `PutEventsRequestEntry`.
const HEADER_BYTES_MAX: usize = 500;

/// The body with the trace header in it, or `None` if it is to stay as it is: for operations that carry none, messages that have one
/// already, and bodies that are not understood.
pub(crate) fn with_header(service: &str, operation: &str, body: &[u8], header: &str) -> Option<Vec<u8>> {
    let message = match (service, operation) {
        ("SQS", "SendMessage") => Message { list: None, name: "MessageSystemAttributes", bytes_max: usize::MAX },
        ("SQS", "SendMessageBatch") => Message { list: Some("Entries"), name: "MessageSystemAttributes", bytes_max: usize::MAX },
        ("EventBridge", "PutEvents") => Message { list: Some("Entries"), name: "TraceHeader", bytes_max: EVENTS_BYTES_MAX },
        ("SFN", "StartExecution" | "StartSyncExecution") => Message { list: None, name: "traceHeader", bytes_max: usize::MAX },
        _ => return None,
    };
    let is_plain = header.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if body.len() > BODY_BYTES_MAX || header.len() > HEADER_BYTES_MAX || header.is_empty() || !is_plain {
        return None;
    }
    let value = match message.name {
        "MessageSystemAttributes" => format!(r#"{{"AWSTraceHeader":{{"DataType":"String","StringValue":{}}}}}"#, quoted(header)?),
        "traceHeader" => quoted(&root_and_decision(header)?)?,
        _ => quoted(header)?,
    };
    let body = std::str::from_utf8(body).ok()?;
    let places = message.places(body)?;
    let written = insert(body, &places, &format!(r#""{}":{value}"#, message.name));
    (!places.is_empty() && written.len() <= message.bytes_max).then_some(written)
}

/// Step Functions takes no more than `Root` and `Sampled`.
fn root_and_decision(header: &str) -> Option<String> {
    let header = TraceHeader::parse(header);
    let sampled = match header.sampled {
        Sampled::Yes => 1,
        Sampled::No => 0,
        Sampled::Requested | Sampled::Undecided => return None,
    };
    Some(format!("Root={};Sampled={sampled}", header.root?))
}

fn quoted(text: &str) -> Option<String> {
    serde_json::to_string(text).ok()
}

/// Where messages are in a body.
struct Message {
    /// The list they are in; without it the body is the message.
    list: Option<&'static str>,
    /// The member that carries the header.
    name: &'static str,
    /// Largest body.
    bytes_max: usize,
}

impl Message {
    /// Where the member is to be written: after the opening brace of each message that has none yet.
    fn places(&self, body: &str) -> Option<Vec<usize>> {
        let Some(list) = self.list else {
            return Some(self.place(body)?.into_iter().collect());
        };
        let list = json::pick_from_whole(body, &[list])?[0]?.get();
        let mut messages = Vec::new();
        json::elements(list, |message| messages.push(message.get()))?;
        let mut places = Vec::new();
        for message in messages {
            // Both are parts of one text.
            let offset = message.as_ptr() as usize - body.as_ptr() as usize;
            places.extend(self.place(message)?.map(|place| offset + place));
        }
        Some(places)
    }

    /// The same for one message, which must be an object.
    fn place(&self, message: &str) -> Option<Option<usize>> {
        let is_there = json::pick_from_whole(message, &[self.name])?[0].is_some();
        let brace = message.find('{')?;
        Some((!is_there).then_some(brace + 1))
    }
}

/// The text with a member at each of these places, which are in order.
fn insert(text: &str, places: &[usize], member: &str) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len() + places.len() * (member.len() + 1));
    let mut from = 0;
    for &place in places {
        written.extend_from_slice(&text.as_bytes()[from..place]);
        written.extend_from_slice(member.as_bytes());
        if !text[place..].trim_start().starts_with('}') {
            written.push(b',');
        }
        from = place;
    }
    written.extend_from_slice(&text.as_bytes()[from..]);
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    const HEADER: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1";

    fn written(service: &str, operation: &str, body: &str) -> Option<String> {
        with_header(service, operation, body.as_bytes(), HEADER).map(|body| String::from_utf8(body).unwrap())
    }

    fn attribute() -> String {
        format!(r#""MessageSystemAttributes":{{"AWSTraceHeader":{{"DataType":"String","StringValue":"{HEADER}"}}}}"#)
    }

    #[test]
    fn messages_carry_the_header() {
        let (attribute, event) = (attribute(), format!(r#""TraceHeader":"{HEADER}""#));
        let execution = r#""traceHeader":"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1""#;
        for (service, operation, body, expected) in [
            ("SQS", "SendMessage", r#" { "QueueUrl" : "Ü" , "n":1.0e0} "#, format!(r#" {{{attribute}, "QueueUrl" : "Ü" , "n":1.0e0}} "#)),
            ("SQS", "SendMessage", "{ }", format!("{{{attribute} }}")),
            (
                "SQS",
                "SendMessageBatch",
                r#"{"Entries":[{"Id":"{"},{}],"x":1}"#,
                format!(r#"{{"Entries":[{{{attribute},"Id":"{{"}},{{{attribute}}}],"x":1}}"#),
            ),
            (
                "SQS",
                "SendMessageBatch",
                r#"{"Entries":[{"Id":"1","MessageSystemAttributes":{}},{"Id":"2"}]}"#,
                format!(r#"{{"Entries":[{{"Id":"1","MessageSystemAttributes":{{}}}},{{{attribute},"Id":"2"}}]}}"#),
            ),
            ("EventBridge", "PutEvents", r#"{"Entries":[{"Detail":"{}"}]}"#, format!(r#"{{"Entries":[{{{event},"Detail":"{{}}"}}]}}"#)),
            ("SFN", "StartExecution", r#"{"input":"{}"}"#, format!(r#"{{{execution},"input":"{{}}"}}"#)),
            ("SFN", "StartSyncExecution", "{}", format!("{{{execution}}}")),
        ] {
            assert_eq!(written(service, operation, body), Some(expected), "{operation} {body}");
        }
    }

    #[test]
    fn bodies_stay_as_they_are() {
        let large = format!(r#"{{"MessageBody":"{}"}}"#, "x".repeat(BODY_BYTES_MAX));
        let full = format!(r#"{{"Entries":[{{"Detail":"{}"}},{{}}]}}"#, "x".repeat(EVENTS_BYTES_MAX - 200));
        for (service, operation, body) in [
            ("SQS", "SendMessage", r#"{"MessageSystemAttributes":{}}"#),
            ("SQS", "SendMessage", r#"{"a":1,"Message\u0053ystemAttributes":null}"#),
            ("SQS", "SendMessage", r#"{"a":1"#),
            ("SQS", "SendMessage", r#"{"a":1}{}"#),
            ("SQS", "SendMessage", "{,}"),
            ("SQS", "SendMessage", "[]"),
            ("SQS", "SendMessage", ""),
            ("SQS", "SendMessage", "\u{feff}{}"),
            ("SQS", "SendMessage", &large[..]),
            ("SQS", "ReceiveMessage", "{}"),
            ("SQS", "SendMessageBatch", "{}"),
            ("SQS", "SendMessageBatch", r#"{"Entries":[]}"#),
            ("SQS", "SendMessageBatch", r#"{"Entries":null}"#),
            ("SQS", "SendMessageBatch", r#"{"Entries":[{},3]}"#),
            ("SQS", "SendMessageBatch", r#"{"Entries":[{}],"Entries":[{}]}"#),
            ("EventBridge", "PutEvents", r#"{"Entries":[{"TraceHeader":"x"}]}"#),
            ("EventBridge", "PutEvents", &full[..]),
            ("SFN", "StartExecution", r#"{"traceHeader":"x"}"#),
            ("Kinesis", "PutRecords", r#"{"Records":[{}]}"#),
        ] {
            assert_eq!(written(service, operation, body), None, "{operation}");
        }
        assert_eq!(with_header("SQS", "SendMessage", b"{\"a\":\"\xff\"}", HEADER), None);
        for header in ["", "Root=ü", "Root=\n", &"x".repeat(501)] {
            assert_eq!(with_header("SQS", "SendMessage", b"{}", header), None, "{header:?}");
        }
        for header in ["Root=x;Sampled=1", "Root=1-5759e988-bd862e3fe1be46a994272793", "Sampled=1"] {
            assert_eq!(with_header("SFN", "StartExecution", b"{}", header), None, "{header:?}");
        }
        let quoted = with_header("EventBridge", "PutEvents", br#"{"Entries":[{}]}"#, "a=\"\\").unwrap();
        assert_eq!(quoted, br#"{"Entries":[{"TraceHeader":"a=\"\\"}]}"#);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".*".prop_map(Value::from)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            let name = prop_oneof![Just("MessageSystemAttributes".to_owned()), Just("Entries".to_owned()), ".{0,5}"];
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(name, inner, 0..4).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    fn any_object() -> impl Strategy<Value = Value> {
        proptest::collection::btree_map(".{0,5}", any_json(), 0..4).prop_map(|map| Value::Object(map.into_iter().collect()))
    }

    proptest! {
        #[test]
        fn nothing_but_the_member_is_added(body in any_object(), entries in proptest::collection::vec(any_object(), 1..4), pretty: bool) {
            let text = |value: &Value| if pretty { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() };
            let value = json!({"AWSTraceHeader": {"DataType": "String", "StringValue": HEADER}});

            let one = written("SQS", "SendMessage", &text(&body)).unwrap();
            prop_assert_eq!(one.replacen(&attribute(), "", 1).replacen("{,", "{", 1), text(&body));
            let mut expected = body.clone();
            expected["MessageSystemAttributes"] = value.clone();
            prop_assert_eq!(serde_json::from_str::<Value>(&one).unwrap(), expected);

            let mut batch = body;
            batch["Entries"] = entries.into();
            let all = written("SQS", "SendMessageBatch", &text(&batch)).unwrap();
            for entry in batch["Entries"].as_array_mut().unwrap() {
                entry["MessageSystemAttributes"] = value.clone();
            }
            prop_assert_eq!(serde_json::from_str::<Value>(&all).unwrap(), batch);
        }

        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..100), header in ".*", json in any_json()) {
            for (service, operation) in [("SQS", "SendMessage"), ("SQS", "SendMessageBatch"), ("SFN", "StartExecution")] {
                with_header(service, operation, &body, &header);
                with_header(service, operation, json.to_string().as_bytes(), HEADER);
            }
        }
    }
}
