//! Answers that are streamed: the invocation ends with the body.
#![allow(missing_docs)]

use std::pin::Pin;

use autoxray::traced_lambda;
use autoxray_lambda_tests::{Event, Start, sampled};
use futures::{Stream, StreamExt, stream};
use lambda_runtime::{Context, Error, LambdaEvent, StreamResponse};
use serde_json::Value;
use xray_testkit::TestRecorder;

const STREAMING: &str = env!("CARGO_BIN_EXE_streaming");

#[test]
fn all_is_sent_when_the_body_has_ended() {
    for form in ["plain", "boxed", "body"] {
        let plain = Start::new(STREAMING).env("AWS_XRAY_SDK_ENABLED", "false").start();
        let traced = Start::new(STREAMING).env("FORM", form).start();
        for round in 1..4 {
            let event = || Event::new(r#"{"pieces":3}"#).traced(sampled());
            let (plain, posted) = (plain.invoke(event()), traced.invoke(event()));
            assert_eq!((&posted.kind, &posted.body), (&plain.kind, &plain.body), "{form}");
            assert!(posted.body.ends_with("piece 0;piece 1;piece 2;"), "{}", posted.body);
            assert_eq!(posted.documents, round + 1, "{form}: {}", traced.said());
        }
        let trace = traced.daemon().trace();
        let handlers: Vec<_> = trace.roots().filter(|node| node.name() != "init").collect();
        assert_eq!(handlers.len(), 3);
        for handler in handlers {
            assert_eq!(handler.children().map(|child| child.name()).collect::<Vec<_>>(), ["piece"; 3], "{form}");
            assert!(!handler.is_fault() && !handler.is_cancelled());
        }
    }
}

#[test]
fn an_error_in_the_body_is_recorded() {
    for form in ["plain", "boxed"] {
        let function = Start::new(STREAMING).env("FORM", form).start();
        let posted = function.invoke(Event::new(r#"{"pieces":1,"fails":true}"#).traced(sampled()));
        assert!(posted.body.contains("Runtime.StreamError"), "{}", posted.body);
        let trace = function.daemon().trace();
        let handler = trace.roots().find(|node| node.name() != "init").unwrap();
        assert!(handler.is_fault(), "{form}: {trace}");
        let message = handler.exceptions()[0].message.as_deref().unwrap();
        assert!(message.contains("the line is dead"), "{form}: {message}");
    }
}

#[test]
fn web_services_stream_too() {
    let function = Start::new(env!("CARGO_BIN_EXE_http_streaming")).start();
    let request = |path: &str| {
        let context = format!(r#"{{"apiId":"a1","stage":"$default","http":{{"method":"GET","path":"{path}"}}}}"#);
        Event::new(format!(
            r#"{{"version":"2.0","routeKey":"GET /orders","rawPath":"{path}","rawQueryString":"","headers":{{}},
            "requestContext":{context},"isBase64Encoded":false}}"#
        ))
        .traced(sampled())
    };
    for (number, path) in (2..).zip(["/orders", "/missing"]) {
        let posted = function.invoke(request(path));
        assert!(posted.body.ends_with("piece 0;piece 1;"), "{}", posted.body);
        assert_eq!(posted.documents, number, "{}", function.said());
    }
    let trace = function.daemon().trace();
    let handlers: Vec<_> = trace.roots().filter(|node| node.name() != "init").collect();
    let told = handlers.iter().map(|handler| (handler.annotation("http_status"), handler.annotation("event_source"), handler.is_error()));
    let source = Value::from("api-gateway-http");
    assert_eq!(told.collect::<Vec<_>>(), [(200.into(), source.clone(), false), (404.into(), source, true)]);
    for handler in handlers {
        assert_eq!(handler.children().map(|child| child.name()).collect::<Vec<_>>(), ["piece"; 2]);
    }
}

type Boxed = Pin<Box<dyn Stream<Item = Result<String, std::io::Error>> + Send>>;

#[traced_lambda]
async fn boxed(_event: LambdaEvent<Value>) -> Result<StreamResponse<Boxed>, Error> {
    let pieces = stream::iter(["a", "b"]).map(|piece| Ok(piece.to_owned()));
    Ok(StreamResponse::from(Box::pin(pieces) as Boxed))
}

#[test]
fn a_body_that_is_dropped_is_cancelled() {
    for read in [0, 1, 3] {
        let recorder = TestRecorder::new();
        recorder.block_on(async {
            let mut answer = boxed(LambdaEvent::new(Value::Null, Context::default())).await.unwrap();
            for _ in 0..read {
                let _ = answer.stream.next().await;
            }
        });
        let trace = recorder.trace();
        assert_eq!(trace.expect("## boxed").is_cancelled(), read < 3, "{read}: {trace}");
    }
}
