//! What a function records, and what Lambda gets from it.
#![allow(missing_docs)]

use std::time::SystemTime;

use autoxray_lambda_tests::{Event, Function, PARENT, Posted, ROOT, Start, sampled};
use serde_json::{Value, json};

const VALUE: &str = env!("CARGO_BIN_EXE_value");
const TYPED_SQS: &str = env!("CARGO_BIN_EXE_typed_sqs");

fn documents(function: &Function) -> Vec<Value> {
    function.daemon().documents().iter().map(|document| serde_json::from_str(document).unwrap()).collect()
}

#[test]
fn subsegments_hang_below_the_segment_that_lambda_sends() {
    let function = Function::start(VALUE);
    let lineage = "Lineage=a87bd80c:1|68fd508a:5|c512fbe3:2";
    let posted = function.invoke(Event::new(json!({ "do": "nest" })).traced(format!("{};{lineage}", sampled())));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [parent not seen]
           price {currency=EUR}
           ship",
    );
    for document in documents(&function) {
        let place = [&document["type"], &document["trace_id"], &document["parent_id"]];
        assert_eq!(place, ["subsegment", ROOT, PARENT], "{document}");
    }
    let ship = function.daemon().trace().expect("ship").id();
    assert_eq!(posted.json()["header"], format!("Root={ROOT};Parent={ship};Sampled=1;{lineage}"), "who is called hangs below who calls");
}

#[test]
fn each_invocation_is_described() {
    let function = Function::start(VALUE);
    for (number, cold_start) in [(1, true), (2, false), (3, false)] {
        let posted = function.invoke(Event::new("{}").traced(sampled()));
        let documents = documents(&function);
        assert_eq!(documents.len(), number + 1, "`init`, and one for each invocation");
        let handler = documents.last().unwrap();
        assert_eq!(handler["name"], "## handle");
        let expected = json!({
            "ColdStart": cold_start, "Service": "orders", "service_name": "orders", "function_name": "orders",
            "environment": "lambda:default", "event_source": "direct",
        });
        assert_eq!(handler["annotations"], expected);
        let about = &handler["metadata"]["lambda"];
        assert_eq!([&about["function_name"], &about["function_version"], &about["request_id"]], ["orders", "$LATEST", posted.id.as_str()]);
        assert_eq!(about["function_arn"], "arn:aws:lambda:eu-west-1:123456789012:function:orders");
        assert_eq!(about["memory_mb"], 512);
        assert!((1..=60_000).contains(&about["remaining_ms"].as_u64().unwrap()), "{about}");
    }
}

#[test]
fn names_can_be_set_from_outside() {
    let start = Start::new(VALUE).env("POWERTOOLS_SERVICE_NAME", "shop").env("XRAY_ENVIRONMENT", "test");
    let function = start.start();
    function.invoke(Event::new(r#"{"Records":[{"eventSource":"aws:sns","Sns":{"TopicArn":"arn:aws:sns:r:1:news"}}]}"#).traced(sampled()));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [parent not seen] {Service=shop, service_name=shop, function_name=orders, environment=test, event_source=sns, event_name=news, \
         topic=news}",
    );
}

#[test]
fn a_cold_start_takes_from_the_start_of_the_process_to_the_first_poll() {
    let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs_f64();
    let before = now();
    let function = Function::start(VALUE);
    function.wait(|_, polls| (polls > 0).then_some(()));
    let polled = now();
    function.invoke(Event::new("{}").traced(sampled()));
    let documents = documents(&function);
    let [init, handler] = documents.as_slice() else { panic!("{documents:?}") };
    let time = |value: &Value| value.as_f64().unwrap();
    assert_eq!(init["name"], "init");
    // Linux tells when a process began to a hundredth of a second.
    assert!(time(&init["start_time"]) >= before - 0.05, "{init}: not before {before}");
    assert!(time(&init["start_time"]) <= time(&init["end_time"]), "{init}");
    assert!(time(&init["end_time"]) <= polled + 0.001, "{init}: not after {polled}");
    assert!(time(&init["end_time"]) <= time(&handler["start_time"]), "{init} {handler}");
}

#[test]
fn environments_made_ahead_have_no_cold_start() {
    for ahead in ["provisioned-concurrency", "lambda-managed-instances"] {
        let function = Start::new(VALUE).env("AWS_LAMBDA_INITIALIZATION_TYPE", ahead).start();
        function.invoke(Event::new("{}").traced(sampled()));
        function.daemon().assert_tree("## handle [parent not seen] {ColdStart=false}");
    }
}

#[test]
fn elsewhere_an_invocation_is_a_segment_of_our_own() {
    let sam = Start::new(VALUE).env("AWS_SAM_LOCAL", "true");
    let local = Start::new(VALUE).without("LAMBDA_TASK_ROOT").env("XRAY_SAMPLING_RATE", "1");
    for start in [sam, local] {
        let function = start.start();
        let posted = function.invoke(Event::new("{}").traced(sampled()));
        function.daemon().assert_tree(
            "orders
               ## handle {ColdStart=true, function_name=orders}",
        );
        let trace = function.daemon().trace();
        assert_eq!((trace.id().to_string(), trace.expect("orders").parent_id().unwrap().to_string()), (ROOT.into(), PARENT.into()));
        assert_eq!(posted.json()["header"], format!("Root={ROOT};Parent={};Sampled=1", trace.expect("## handle").id()));
    }
}

/// What those that are called are told of a header that is not recorded.
enum Told {
    Nothing,
    Same,
    /// At most the trace.
    Root,
}

#[test]
fn what_cannot_be_recorded_is_passed_on_and_harms_nobody() {
    let root = format!("Root={ROOT}");
    let long = format!("Root={ROOT};Self={};Parent={PARENT}", "x".repeat(10_000));
    let table: [(Option<&[u8]>, Told); 16] = [
        (None, Told::Nothing),
        (Some(b""), Told::Nothing),
        (Some(b"nonsense"), Told::Nothing),
        (Some(b"Root=;Parent=;Sampled="), Told::Nothing),
        (Some(b"Root=1-5759e988-bd862e3fe1be46a99427279;Parent=53995c3f42cd8ad8;Sampled=1"), Told::Nothing),
        (Some(b"Parent=53995c3f42cd8ad8;Sampled=1"), Told::Nothing),
        (Some(b"Sampled=1"), Told::Nothing),
        (Some(b";;;==;=;"), Told::Nothing),
        (Some("Root=1-5759e988-bd862e3fe1be46a99427279é;Parent=53995c3f42cd8ad8;Sampled=1".as_bytes()), Told::Nothing),
        (Some(b"Root=\xff\xfe;Parent=53995c3f42cd8ad8;Sampled=1"), Told::Nothing),
        (Some(root.as_bytes()), Told::Same),
        (Some(b"Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1"), Told::Same),
        (Some(b"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8"), Told::Same),
        (Some(b"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"), Told::Same),
        (Some(b"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=?"), Told::Same),
        (Some(long.as_bytes()), Told::Root),
    ];
    let function = Function::start(VALUE);
    for (header, expected) in table {
        let event = Event::new("{}");
        let posted = function.invoke(match header {
            Some(header) => event.traced(header),
            None => event,
        });
        let shown = header.map(|header| String::from_utf8_lossy(header).into_owned());
        assert_eq!(posted.kind, "response", "{shown:?}");
        let told = posted.json()["header"].as_str().filter(|header| !header.is_empty()).map(str::to_owned);
        match expected {
            Told::Nothing => assert_eq!(told, None, "{shown:?}"),
            Told::Same => assert_eq!(told, shown),
            Told::Root => assert!(told.is_none_or(|told| told.starts_with(&root)), "{shown:?}"),
        }
        assert_eq!(function.daemon().documents(), Vec::<String>::new(), "{shown:?}");
    }
    // As if nothing had been.
    function.invoke(Event::new("{}").traced(sampled()));
    assert!(function.daemon().traces().len() == 1, "{}", function.said());
}

#[test]
fn without_a_root_there_is_no_header() {
    let function = Function::start(VALUE);
    assert_eq!(function.invoke(Event::new("{}")).json()["header"], Value::Null);
    assert_eq!(function.invoke(Event::new("{}").traced("nonsense")).json()["header"], Value::Null);
}

#[test]
fn of_two_values_for_a_key_the_first_is_taken() {
    let function = Function::start(VALUE);
    let header = format!("{};Root=1-00000000-000000000000000000000001;Parent=0000000000000001;Sampled=0", sampled());
    let posted = function.invoke(Event::new("{}").traced(header));
    let handler = function.daemon().trace().expect("## handle").id();
    assert_eq!(posted.json()["header"], format!("Root={ROOT};Parent={handler};Sampled=1"));
    assert_eq!(documents(&function)[0]["parent_id"], PARENT);
}

/// What the Runtime API gets, without what differs from one process to the other.
fn answers(start: Start, events: &[&str]) -> Vec<Posted> {
    let function = start.start();
    let answers = events.iter().map(|event| function.invoke(Event::new(event).traced(sampled())));
    let plain = |mut posted: Posted| {
        posted.headers.retain(|(name, _)| name != "host");
        Posted { documents: 0, documents_before: 0, printed_before: 0, ..posted }
    };
    answers.map(plain).collect()
}

/// Asserts that Lambda gets the same as without tracing.
#[track_caller]
fn same(program: &str, events: &[&str]) -> Vec<Posted> {
    let plain = answers(Start::new(program).env("LAYERS", "none"), events);
    for layers in ["handler", "runtime", "both"] {
        let traced = answers(Start::new(program).env("LAYERS", layers), events);
        for ((event, traced), plain) in events.iter().zip(&traced).zip(&plain) {
            assert_eq!(traced, plain, "{event}, layers: {layers}");
        }
    }
    let off = answers(Start::new(program).env("LAYERS", "handler").env("AWS_XRAY_SDK_ENABLED", "false"), events);
    assert_eq!(off, plain, "switched off");
    plain
}

#[test]
fn lambda_gets_what_it_gets_without_tracing() {
    let plain =
        same(VALUE, &[r#"{"do":"fail"}"#, r#"{"do":"panic"}"#, r#"{"do":"echo","it":[1,null,"\u00e9"]}"#, r#"{"do":"echo","do":"echo"}"#]);
    assert!(plain[0].kind == "error" && plain[0].body.contains("no stock"), "{:?}", plain[0]);
    assert!(plain[1].kind == "error" && plain[1].body.contains("the shelf fell"), "{:?}", plain[1]);
    let batch = |messages: &str| format!(r#"{{"Records":[{messages}]}}"#);
    let messages = [batch(""), batch(r#"{"messageId":"m","body":"x"}"#), batch(r#"{"messageId":"m","body":"bad"},{"messageId":"n"}"#)];
    let plain = same(TYPED_SQS, &messages.each_ref().map(String::as_str));
    assert_eq!(plain[2].json()["batchItemFailures"][0]["itemIdentifier"], "m");
}

#[test]
fn errors_in_payloads_name_the_same_place() {
    let events = [
        r#"{"Records":[{"messageId":5}]}"#,
        r#"{"Records":[{"messageId":"m","body":"x"},{"attributes":[]}]}"#,
        r#"{"Records":{}}"#,
        r#"{"records":[]}"#,
        "5",
        "null",
        "{\"Records\":[{\n\"messageId\":\n 5}]}",
    ];
    let plain = same(TYPED_SQS, &events);
    assert!(plain[0].body.contains("[Records[0].messageId] Records[0].messageId: invalid type"), "{}", plain[0].body);
}

#[test]
fn failures_are_faults_with_their_causes() {
    let function = Function::start(VALUE);
    let fail = function.invoke(Event::new(json!({ "do": "fail" })).traced(sampled()));
    let panic = function.invoke(Event::new(json!({ "do": "panic" })).traced(sampled().replace('8', "7")));
    assert_eq!([fail.kind, panic.kind], ["error", "error"]);
    assert_eq!([fail.documents_before, panic.documents_before], [2, 3], "sent before Lambda has the answer");
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [fault, parent not seen] !Box<dyn Error + Send + Sync>: no stock <- invalid digit found in string
         ## handle [fault, parent not seen] !panic: the shelf fell",
    );
}
