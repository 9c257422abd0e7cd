//! Tracing as a layer of the runtime, around the handler, and both.
#![allow(missing_docs)]

use autoxray_lambda_tests::{Event, Function, Start, sampled};

fn start(layers: &str) -> Function {
    Start::new(env!("CARGO_BIN_EXE_value")).env("LAYERS", layers).start()
}

#[test]
fn both_together_are_one_which_the_inner_one_ends() {
    let function = start("both");
    let nest = function.invoke(Event::new(r#"{"do":"nest"}"#).traced(sampled()));
    assert_eq!(nest.documents_before, 2, "the inner one ends it before Lambda has the answer");
    let fail = function.invoke(Event::new(r#"{"do":"fail"}"#).traced(sampled()));
    assert_eq!((fail.kind.as_str(), fail.documents_before), ("error", 3));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [parent not seen] {ColdStart=true, event_source=direct, function_name=orders}
           price
           ship
         ## handle [fault, parent not seen] {ColdStart=false} !Box<dyn Error + Send + Sync>: no stock <- invalid digit found in string",
    );
}

#[test]
fn a_panic_is_recorded_by_the_inner_one() {
    let function = start("both");
    let panic = function.invoke(Event::new(r#"{"do":"panic"}"#).traced(sampled()));
    assert_eq!((panic.kind.as_str(), panic.documents_before), ("error", 2));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [fault, parent not seen] {ColdStart=true} !panic: the shelf fell",
    );
}

#[test]
fn alone_around_the_runtime_it_sees_events_but_no_failures() {
    let function = start("runtime");
    function.invoke(Event::new(r#"{"do":"nest"}"#).traced(sampled()));
    function.invoke(Event::new(r#"{"do":"fail"}"#).traced(sampled()));
    // The runtime says so only after it has the answer.
    function.wait_for_documents(3);
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## runtime [parent not seen] {ColdStart=true, event_source=direct}
           price
           ship
         ## runtime [parent not seen] {ColdStart=false}",
    );
}

#[test]
fn what_does_not_deserialise_is_seen_by_the_outer_one() {
    let function = Start::new(env!("CARGO_BIN_EXE_typed_sqs")).env("LAYERS", "both").start();
    let posted = function.invoke(Event::new(r#"{"Records":5}"#).traced(sampled()));
    assert_eq!(posted.kind, "error");
    function.wait_for_documents(2);
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## runtime [parent not seen] {event_source=_}",
    );
}

mod in_this_process {
    use autoxray::lambda::{Payload, TraceLayer, traced_records};
    use autoxray::subsegment;
    use futures::{StreamExt as _, stream};
    use lambda_http::{Request, Response};
    use lambda_runtime::tower::{Layer as _, Service as _};
    use lambda_runtime::{Context, Error, LambdaEvent, StreamResponse, service_fn};
    use serde_json::{Value, json};
    use xray_testkit::TestRecorder;

    fn event(payload: &Value) -> LambdaEvent<Payload<Value>> {
        LambdaEvent::new(serde_json::from_str(&payload.to_string()).unwrap(), Context::default())
    }

    #[test]
    fn answers_to_batches_are_looked_at_if_that_is_said() {
        let handle = |event: LambdaEvent<Value>| async move {
            for record in traced_records(event.payload["Records"].as_array().into_iter().flatten()) {
                subsegment("ship").run(|| record["body"].is_string());
            }
            Ok::<_, Error>(json!({ "batchItemFailures": [{ "itemIdentifier": "m1" }] }))
        };
        let record = |id: &str| json!({ "messageId": id, "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:r:1:q" });
        let payload = json!({ "Records": [record("m0"), record("m1")] });
        for (layer, mark) in [(true, " [fault]"), (false, "")] {
            let recorder = TestRecorder::new();
            let name = TraceLayer::new().name("## handle");
            match layer {
                true => recorder.block_on(async { name.batches().layer(service_fn(handle)).call(event(&payload)).await }),
                false => recorder.block_on(async { name.layer(service_fn(handle)).call(event(&payload)).await }),
            }
            .unwrap();
            recorder.assert_tree(&format!("function\n  ## handle\n    record\n      ship\n    record{mark}\n      ship"));
        }
    }

    #[test]
    fn streams_keep_their_invocation_open_if_that_is_said() {
        let recorder = TestRecorder::new();
        let handle = |_: LambdaEvent<Value>| async {
            Ok::<_, Error>(StreamResponse::from(stream::iter(["a", "b"]).map(|piece| {
                subsegment(piece).run(|| ());
                Ok::<_, Error>(piece)
            })))
        };
        recorder.block_on(async {
            let mut service = TraceLayer::new().name("## handle").streaming().layer(service_fn(handle));
            let answer = service.call(event(&json!({}))).await.unwrap();
            assert_eq!(recorder.documents().len(), 0);
            assert_eq!(answer.stream.count().await, 2);
        });
        recorder.assert_tree("function\n  ## handle\n    a\n    b");
    }

    #[test]
    fn a_status_is_recorded_if_that_is_said() {
        let recorder = TestRecorder::new();
        let handle = |request: Request| async move {
            let status: u16 = request.uri().path()[1..].parse()?;
            Ok::<_, Error>(Response::builder().status(status).body("")?)
        };
        let mut service = TraceLayer::new().name("## handle").http().layer(service_fn(handle));
        for path in ["/200", "/404", "/503"] {
            let mut request = Request::new("".into());
            *request.uri_mut() = path.parse().unwrap();
            let answer = recorder.block_on(async { service.call(request).await }).unwrap();
            assert_eq!(answer.status().as_str(), &path[1..]);
        }
        recorder.assert_tree(
            "function\n  ## handle {http_status=200}\nfunction [error]\n  ## handle [error] {http_status=404}\n\
             function [fault]\n  ## handle [fault] {http_status=503}",
        );
    }
}
