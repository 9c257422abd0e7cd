use proptest::prelude::*;
use serde_json::{Value, json};

use super::arbitrary::any_document;
use super::*;
use crate::limits::DOCUMENT_DEPTH_MAX;

const HEAD: &str = r#""name":"shop","id":"70de5b6f19ff9a0a","trace_id":"1-65f0c0de-a006649127e371903a2de979","start_time":1710276830.101"#;

fn parse(fields: &str) -> Result<Document, ParseError> {
    Document::parse(format!("{{{HEAD}{fields}}}").as_bytes())
}

#[test]
fn everything_that_senders_write_is_understood() {
    let document = parse(
        r#", "end_time" : 1.7102768302E9, "service":{"version":"1.2","runtime":"rustc"}, "user":"u\n\ud83d\ude00", "origin":"AWS::ECS::Fargate",
        "resource_arn":"arn:x", "parent_id":"53995C3F42CD8AD8", "namespace":null, "error":true, "throttle":true, "fault":false,
        "http":{"request":{"method":"GET","url":"http://x/","user_agent":null,"client_ip":"10.0.0.1","x_forwarded_for":true,"more":[1]},
                "response":{"status":429.0,"content_length":"12"}},
        "aws":{"account_id":"1","xray":{"sdk":"X"},"cloudwatch_logs":[{"log_group":"g"}],"retries":2},
        "cause":{"working_directory":"/w","paths":["a"],"exceptions":[{"id":"0123456789abcdef","message":"m","type":"T","remote":true,
            "truncated":3,"skipped":1,"cause":"fedcba9876543210","stack":[{"path":"src/a.rs","line":7,"label":"f"},{}]}]},
        "annotations":{"a.b":"text","n":1.5,"i":-9007199254740993,"yes":false,"odd":null},
        "metadata":{"default":{"k":{"deep":[1,null]}},"flat":7},
        "links":[{"trace_id":"1-65f0c0de-a006649127e371903a2de979","id":"53995c3f42cd8ad8","attributes":{"k":1}}],
        "Dummy":false, "subsegments":null,
        "subsegments":[
            {"id":"0000000000000001","name":"a","start_time":1,"in_progress":true,"namespace":"remote","traced":true,"subsegments":[],
             "http":{"response":{"content_length":-1}},"cause":"0123456789abcdef","type":"subsegment"},
            {"subsegments":[{"name":"c","id":"0000000000000003","start_time":0}],"precursor_ids":["0000000000000001"],
             "name":"b","id":"0000000000000002","start_time":1e0,"sql":{"url":"u","preparation":"call","x":{}},
             "http":{"request":{"traced":true}}}
        ]"#,
    )
    .unwrap();
    let root = document.root();
    assert_eq!(root.duration().unwrap().as_millis(), 99);
    assert_eq!(root.user.as_deref(), Some("u\n😀"));
    assert_eq!(root.parent_id.unwrap().to_string(), "53995c3f42cd8ad8");
    assert_eq!((root.error, root.throttle, root.fault), (true, true, false));
    assert_eq!(root.http_status(), Some(429));
    assert_eq!(root.http.as_ref().unwrap().response.as_ref().unwrap().content_length, Some(12));
    assert_eq!(root.aws.as_ref().unwrap().retries(), Some(2));
    assert_eq!(root.aws.as_ref().unwrap().account_id(), Some("1"));
    assert_eq!(root.exceptions()[0].stack[0].line, Some(7));
    assert_eq!(root.annotations["i"], AnnotationValue::Number((-9_007_199_254_740_993_i64).into()));
    assert_eq!(root.annotations["odd"], AnnotationValue::Invalid(Value::Null));
    assert_eq!(root.metadata["default"]["k"], json!({"deep": [1, null]}));
    assert_eq!(root.other["Dummy"], json!(false));
    assert_eq!(root.links.len(), 1);
    let names: Vec<_> = document.tree().iter().map(|node| (node.depth(), node.value().name.as_str())).collect();
    assert_eq!(names, [(0, "shop"), (1, "a"), (1, "b"), (2, "c")]);
    let [a, b]: [Node<'_, Segment>; 2] = root.children().collect::<Vec<_>>().try_into().unwrap();
    assert!(a.is_traced() && b.is_traced() && !root.is_traced());
    assert_eq!(a.cause, Some(Cause::Reference("0123456789abcdef".into())));
    assert_eq!(b.sql.as_ref().unwrap().preparation.as_deref(), Some("call"));
    assert_eq!(b.precursor_ids, [a.id]);
    assert_eq!(Document::parse(document.to_json().as_bytes()).unwrap(), document);
}

#[test]
fn half_characters_do_not_cost_the_document() {
    let document =
        parse(r#","user":"a\ud83d","origin":"\\ud83d\ude00\"\udc00é","metadata":{"d":{"k":"\uD83D\uDE00\ud800\ud83d\ude00"}}"#).unwrap();
    let root = document.root();
    assert_eq!(root.user.as_deref(), Some("a\u{fffd}"));
    assert_eq!(root.origin.as_deref(), Some("\\ud83d\u{fffd}\"\u{fffd}é"));
    assert_eq!(root.metadata["d"]["k"], json!("😀\u{fffd}😀"));
}

#[test]
fn errors_name_field_and_expectation() {
    let table = [
        ("", "expected an object, found the end (byte 0)"),
        ("[]", "expected an object, found [] (byte 0)"),
        ("{", "expected a key in quotes, found the end (byte 1)"),
        ("{}", "expected field `name` before this, found the end (byte 2)"),
        ("{'name':1}", "expected a key in quotes, found 'name':1} (byte 1)"),
        (r#"{"name" 1}"#, "name: expected `:`, found 1} (byte 8)"),
        (r#"{"name":"a" "id"}"#, "expected `,` or `}`, found \"id\"} (byte 12)"),
        (r#"{"name":"a",}"#, "expected a key in quotes, found } (byte 12)"),
        (r#"{"name":7}"#, "name: expected a string, found 7 (byte 8)"),
        (r#"{"name":"a"#, "name: expected a string, found \"a (byte 8)"),
        ("{\"name\":\"a\nb\"}", "name: expected a string, found \"a\\nb\" (byte 8)"),
        (r#"{"id":"53995c3f"}"#, "id: expected an id of 16 hex digits, not all zero, found \"53995c3f\" (byte 6)"),
        (r#"{"trace_id":"x"}"#, "trace_id: expected a trace id, 1-<8 hex digits>-<24 hex digits>, found \"x\" (byte 12)"),
        (r#"{"start_time":"1"}"#, "start_time: expected a number of seconds since 1970, found \"1\" (byte 14)"),
        (
            r#"{"start_time":1710276830101}"#,
            "start_time: expected seconds since 1970, not milliseconds and not negative, found 1710276830101 (byte 14)",
        ),
        (r#"{"fault":1}"#, "fault: expected true or false, found 1 (byte 9)"),
        (r#"{"http":[]}"#, "http: expected an object, found []} (byte 8)"),
        (r#"{"http":{"response":{"status":"x"}}}"#, "http.response.status: expected an integer, found \"x\" (byte 30)"),
        (
            r#"{"cause":{"exceptions":[{"stack":[{},{"line":[]}]}]}}"#,
            "cause.exceptions[0].stack[1].line: expected an integer, found [] (byte 45)",
        ),
        (r#"{"metadata":{"a":{"k":[1,x]}}}"#, "metadata.a.k: expected a JSON value, found x] (byte 25)"),
        (r#"{"annotations":{"a":1.}}"#, "annotations.a: expected a number, found 1. (byte 20)"),
        (r#"{"subsegments":{}}"#, "subsegments: expected an array, found {}} (byte 15)"),
        (r#"{"subsegments":[{},]}"#, "subsegments[0]: expected field `name` before this, found ,]} (byte 18)"),
        (r#"{"subsegments":[7]}"#, "subsegments[0]: expected an object, found 7]} (byte 16)"),
        (r#"{"name":"a","id":"0000000000000001","start_time":1}"#, "expected field `trace_id` before this, found the end (byte 51)"),
        (
            r#"{"trace_id":"1-65f0c0de-a006649127e371903a2de979","subsegments":[{"name":"a","id":"0000000000000001","start_time":1},{"name":"b","id":"0000000000000001","aws":[]}]}"#,
            "subsegments[1].aws: expected an object, found []}]} (byte 159)",
        ),
    ];
    for (json, expected) in table {
        assert_eq!(Document::parse(json.as_bytes()).unwrap_err().to_string(), expected, "{json}");
    }
    assert_eq!(Document::parse(b"{\"name\":\"\xff\xfe\"}").unwrap_err().to_string(), "expected UTF-8, found ff fe 22 7d (byte 9)");
    let trailing = Document::parse(format!("{{{HEAD}}} x").as_bytes()).unwrap_err();
    assert_eq!(trailing.expected(), "nothing after the document");
    let deep = parse(&format!(",\"metadata\":{{\"d\":{{\"k\":{}{}}}}}", "[".repeat(200), "]".repeat(200))).unwrap_err();
    assert_eq!((deep.field(), deep.expected()), ("metadata.d.k", "at most 127 levels of nesting"));
}

#[test]
fn no_depth_is_too_deep() {
    const LEVELS: usize = 100_000;
    let level = r#"{"name":"a","id":"0000000000000001","start_time":1,"subsegments":["#;
    let json = format!("{{{HEAD},\"subsegments\":[{}{}]}}", level.repeat(LEVELS), "]}".repeat(LEVELS));
    let document = Document::parse(json.as_bytes()).unwrap();
    assert_eq!(document.tree().iter().map(Node::depth).max(), Some(LEVELS));
    assert_eq!(Document::parse(document.to_json().as_bytes()).unwrap(), document);
    // Brackets that never close, wherever a value may stand.
    for field in ["", "\"x\":", "\"http\":", "\"aws\":", "\"metadata\":", "\"annotations\":{\"a\":", "\"subsegments\":"] {
        for bracket in ["[", "{", "{\"a\":", "[{\"subsegments\":"] {
            assert!(Document::parse(format!("{{{HEAD},{field}{}", bracket.repeat(60_000)).as_bytes()).is_err());
        }
    }
}

#[test]
fn rules_for_senders() {
    let end = ",\"end_time\":1710276831";
    let long = "ö".repeat(1001);
    let (name, user) = ("n".repeat(201), "u".repeat(251));
    let table = [
        (end.to_owned(), vec![]),
        (",\"in_progress\":true".into(), vec![]),
        (String::new(), vec!["end_time is missing, and so is in_progress"]),
        (format!("{end},\"in_progress\":true"), vec!["end_time is there, and so is in_progress"]),
        (",\"end_time\":1".into(), vec!["end_time is before start_time"]),
        (format!("{end},\"type\":\"subsegment\""), vec!["parent_id is missing on an independent subsegment"]),
        (format!("{end},\"type\":\"subsegment\",\"parent_id\":\"0000000000000001\",\"namespace\":\"aws\""), vec![]),
        (format!("{end},\"type\":\"segment\",\"namespace\":\"local\""), vec![
            "type is not \"subsegment\"",
            "namespace is for subsegments only",
            "namespace is neither \"aws\" nor \"remote\"",
        ]),
        (format!("{end},\"user\":\"{user}\""), vec!["user has more than 250 characters"]),
        (format!("{end},\"user\":\"{}\"", &long[..500]), vec![]),
        (format!("{end},\"user\":null,\"fault\":true,\"fault\":true"), vec!["user is null instead of missing", "fault is written twice"]),
        (format!("{end},\"annotations\":{{\"a.b_C9\":1,\"k\":{{}}}}"), vec!["annotations.k is neither text nor number nor boolean"]),
        (format!("{end},\"annotations\":{{\"a-b\":1,\"a-b\":1}}"), vec![
            "annotations.a-b is written twice",
            "annotations.a-b has a key of other characters than A-Z, a-z, 0-9, `_` and `.`",
        ]),
        (format!("{end},\"annotations\":{{\"a\":\"{long}\"}}"), vec!["annotations.a has more than 1000 characters"]),
        (format!("{end},\"metadata\":{{\"a\":1,\"AWS.b\":{{\"k\":null}}}}"), vec![
            "metadata.AWS.b is reserved for AWS",
            "metadata.a is not an object",
        ]),
        (format!("{end},\"metadata\":{{\"a\":{{\"k\":1,\"k\":2}}}}"), vec!["metadata.a.k is written twice"]),
        (format!("{end},\"cause\":\"x\""), vec!["cause is not 16 hex digits"]),
        (format!("{end},\"cause\":{{\"exceptions\":[{{\"id\":\"1\",\"cause\":\"0000000000000001\"}}]}}"), vec!["cause.exceptions[0].id is not 16 hex digits"]),
        (format!("{end},\"sql\":{{\"preparation\":\"x\"}}"), vec!["sql.preparation is neither \"call\" nor \"statement\""]),
        (format!("{end},\"name\":\"a?é 雪_.:/%&#=+\\\\-@\""), vec!["name is written twice", "name has '?' in it"]),
        (format!("{end},\"subsegments\":[{{\"name\":\"a?<b>\",\"id\":\"70de5b6f19ff9a0a\",\"start_time\":1,\"end_time\":2}}]"), vec![
            "subsegments[0].id 70de5b6f19ff9a0a occurs twice",
        ]),
        (format!("{end},\"subsegments\":[{{\"name\":\"a\",\"id\":\"0000000000000001\",\"start_time\":1,\"in_progress\":true,\"subsegments\":[
            {{\"name\":\"{name}\",\"id\":\"0000000000000002\",\"start_time\":1,\"in_progress\":true}},
            {{\"name\":\"\",\"id\":\"0000000000000003\",\"start_time\":1,\"in_progress\":true,\"parent_id\":\"0000000000000002\"}}]}}]"), vec![
            "subsegments[0].subsegments[0].name has more than 200 characters",
            "subsegments[0].subsegments[1].name is empty",
            "subsegments[0].subsegments[1].parent_id is not the id of the one it stands in",
        ]),
    ];
    for (fields, expected) in table {
        let found: Vec<String> = check(format!("{{{HEAD}{fields}}}").as_bytes()).iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{fields}");
    }
    assert_eq!(check(b"{").len(), 1);
    let large = format!("{{{HEAD}{end},\"metadata\":{{\"d\":{{\"k\":\"{}\"}}}}}}", "x".repeat(65_400));
    assert!(check(large.as_bytes())[0].to_string().starts_with("document takes 65"));
    let level =
        |index: usize| format!("{{\"name\":\"a\",\"id\":\"{:016x}\",\"start_time\":1,\"in_progress\":true,\"subsegments\":[", index + 1);
    let levels = DOCUMENT_DEPTH_MAX + 1;
    let deep = format!("{{{HEAD}{end},\"subsegments\":[{}{}]}}", (0..levels).map(level).collect::<String>(), "]}".repeat(levels));
    assert_eq!(check(deep.as_bytes()).len(), 1);
}

/// The same JSON with blanks wherever they may be.
fn with_blanks(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let mut spaced = String::new();
    for char in json.chars() {
        let structural = !in_string && "{}[],:".contains(char);
        if structural {
            spaced.push_str("\t ");
        }
        spaced.push(char);
        if structural {
            spaced.push_str("\r\n");
        }
        in_string ^= char == '"' && !escaped;
        escaped = in_string && char == '\\' && !escaped;
    }
    spaced
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn documents_round_trip(document in any_document()) {
        let json = document.to_json();
        prop_assert_eq!(&Document::parse(json.as_bytes()).unwrap(), &document);
        prop_assert_eq!(Document::parse(with_blanks(&json).as_bytes()).unwrap(), document);
    }

    #[test]
    fn damaged_documents_are_read_or_refused(
        document in any_document(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0usize..3), 1..4),
    ) {
        let mut json = document.to_json().into_bytes();
        for (place, byte, how) in damage {
            let at = place.index(json.len());
            match how {
                0 => json[at] = byte,
                1 => json.insert(at, b"{}[]\",:\\0e"[usize::from(byte) % 10]),
                _ => json.truncate(at + 1),
            }
        }
        let _ = check(&json);
        if let Ok(read) = Document::parse(&json) {
            // Equal up to what serde_json loses of numbers inside values.
            prop_assert_eq!(Document::parse(read.to_json().as_bytes()).unwrap().tree().len(), read.tree().len());
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes: Vec<u8>, text in "[{}\\[\\]\",:0-9a-z\\\\ .]{0,60}") {
        let _ = check(&bytes);
        let _ = check(text.as_bytes());
        let _ = Document::parse(format!("{{{HEAD},{text}").as_bytes());
    }
}
