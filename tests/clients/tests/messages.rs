//! Messages that carry the trace header in their body.
#![allow(missing_docs)]

use autoxray::{Capture, TraceHeader, segment};
use autoxray_clients_tests::{Answer, Fake, Sent};
use aws_sdk_eventbridge::types::PutEventsRequestEntry;
use aws_sdk_sqs::types::{MessageSystemAttributeNameForSends, MessageSystemAttributeValue, SendMessageBatchRequestEntry};
use serde_json::json;
use xray_testkit::TestRecorder;

/// Does the work in a trace, and gives what was sent.
async fn sent(fake: &Fake, capture: impl FnOnce(&mut Capture), work: impl Future<Output = ()>) -> Sent {
    let recorder = TestRecorder::with(|settings| settings.capture(capture));
    recorder.wrap(segment("orders").trace(work)).await;
    assert_eq!(recorder.stats().losses, []);
    let sent = fake.sent().remove(0);
    let length = sent.header("content-length").map(str::to_owned);
    assert_eq!(length, Some(sent.body.len().to_string()), "{}", sent.body);
    sent
}

fn fake() -> Fake {
    Fake::new(|_, _| Answer::json(200, "{}"))
}

#[tokio::test]
async fn a_message_to_a_queue() {
    for wanted in [true, false] {
        let fake = fake();
        let client = autoxray::aws::client!(aws_sdk_sqs, &fake.config());
        let send = client.send_message().queue_url("http://queue.test/q").message_body("{\"a\": 1}");
        let sent = sent(&fake, |capture| capture.carriers.sqs = wanted, async { _ = send.send().await.unwrap() }).await;
        let mut expected = json!({"QueueUrl": "http://queue.test/q", "MessageBody": "{\"a\": 1}"});
        if wanted {
            let header = sent.header("x-amzn-trace-id").unwrap();
            expected["MessageSystemAttributes"] = json!({"AWSTraceHeader": {"DataType": "String", "StringValue": header}});
        }
        assert_eq!(sent.json(), expected);
    }
}

#[tokio::test]
async fn a_header_that_the_program_has_put_into_a_message_stays() {
    let fake = fake();
    let client = autoxray::aws::client!(aws_sdk_sqs, &fake.config());
    let own = MessageSystemAttributeValue::builder().data_type("String").string_value("Root=own").build().unwrap();
    let entry = |id: &str| SendMessageBatchRequestEntry::builder().id(id).message_body("m");
    let with = entry("1").message_system_attributes(MessageSystemAttributeNameForSends::AwsTraceHeader, own).build().unwrap();
    let send = client.send_message_batch().queue_url("http://queue.test/q").entries(with).entries(entry("2").build().unwrap());
    let sent = sent(&fake, |_| (), async { _ = send.send().await.unwrap() }).await;
    let header = |entry: usize| sent.json()["Entries"][entry]["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"].clone();
    assert_eq!([header(0), header(1)], [json!("Root=own"), json!(sent.header("x-amzn-trace-id"))]);
}

#[tokio::test]
async fn events_on_a_bus() {
    for (detail, room) in [("{}".to_owned(), true), (format!("\"{}\"", "x".repeat(255_000)), false)] {
        let fake = fake();
        let client = autoxray::aws::client!(aws_sdk_eventbridge, &fake.config());
        let event = PutEventsRequestEntry::builder().source("s").detail_type("t").detail(detail).build();
        let put = client.put_events().entries(event);
        let sent = sent(&fake, |_| (), async { _ = put.send().await.unwrap() }).await;
        let header = sent.json()["Entries"][0]["TraceHeader"].clone();
        assert_eq!(header, if room { json!(sent.header("x-amzn-trace-id")) } else { json!(null) });
    }
}

#[tokio::test]
async fn an_execution() {
    let fake = Fake::new(|_, _| Answer::json(200, r#"{"executionArn":"E","startDate":1.0}"#));
    let client = autoxray::aws::client!(aws_sdk_sfn, &fake.config());
    let start = client.start_execution().state_machine_arn("M").input("{}");
    let sent = sent(&fake, |_| (), async { _ = start.send().await.unwrap() }).await;
    let full = TraceHeader::parse(sent.header("x-amzn-trace-id").unwrap());
    assert_eq!(sent.json()["traceHeader"], json!(format!("Root={};Sampled=1", full.root.unwrap())));
}

#[tokio::test]
async fn a_trace_that_is_not_sampled() {
    let fake = fake();
    let client = autoxray::aws::client!(aws_sdk_sqs, &fake.config());
    let recorder = TestRecorder::new();
    let header = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0");
    let send = client.send_message().queue_url("http://queue.test/q").message_body("m").send();
    recorder.wrap(segment("orders").header(header).trace(send)).await.unwrap();
    let told = fake.sent()[0].json()["MessageSystemAttributes"]["AWSTraceHeader"]["StringValue"].clone();
    assert!(told.as_str().unwrap().ends_with(";Sampled=0"), "{told}");
}
