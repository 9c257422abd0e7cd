//! Batches: each record is a subsegment.
#![allow(missing_docs)]

use std::panic::AssertUnwindSafe;

use autoxray::lambda::{trace_record, traced_records};
use autoxray::{subsegment, traced_lambda};
use aws_lambda_events::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures::FutureExt as _;
use futures::future::join_all;
use lambda_runtime::{Context, Error, LambdaEvent};
use serde_json::{Value, json};
use tokio::task::yield_now;
use xray_testkit::TestRecorder;

const PRODUCER: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";

/// Messages `m0`, `m1` and so on with these bodies, the first one sent by somebody who is traced.
fn event(bodies: &[&str]) -> Value {
    let message = |(number, body): (usize, &&str)| {
        let attributes = if number == 0 { json!({ "AWSTraceHeader": PRODUCER }) } else { json!({}) };
        json!({
            "messageId": format!("m{number}"), "body": body, "attributes": attributes, "messageAttributes": {},
            "eventSource": "aws:sqs", "eventSourceARN": "arn:aws:sqs:eu-west-1:1:orders",
        })
    };
    json!({ "Records": bodies.iter().enumerate().map(message).collect::<Vec<_>>() })
}

fn lambda<T: serde::de::DeserializeOwned>(bodies: &[&str]) -> LambdaEvent<T> {
    LambdaEvent::new(serde_json::from_value(event(bodies)).unwrap(), Context::default())
}

async fn ship(body: &str) -> Result<(), Error> {
    yield_now().await;
    match body {
        "panic" => panic!("the shelf fell"),
        "bad" => Err("no stock".into()),
        _ => {
            subsegment("ship").trace(yield_now()).await;
            Ok(())
        }
    }
}

fn failure(id: &str) -> BatchItemFailure {
    let mut failure = BatchItemFailure::default();
    failure.item_identifier = id.to_owned();
    failure
}

#[traced_lambda]
async fn typed(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let mut answer = SqsBatchResponse::default();
    for record in traced_records(&event.payload.records) {
        if ship(record.body.as_deref().unwrap_or_default()).await.is_err() {
            answer.batch_item_failures.push(failure(record.message_id.as_deref().unwrap_or_default()));
        }
    }
    subsegment("after").run(|| ());
    Ok(answer)
}

#[traced_lambda]
async fn values(event: LambdaEvent<Value>) -> Result<Value, Error> {
    for record in traced_records(event.payload["Records"].as_array().into_iter().flatten()) {
        match record["body"].as_str().unwrap_or_default() {
            "stop" => break,
            body => ship(body).await?,
        }
    }
    subsegment("after").run(|| ());
    Ok(json!("done"))
}

#[traced_lambda]
async fn together(event: LambdaEvent<SqsEvent>) -> Result<SqsBatchResponse, Error> {
    let records = &event.payload.records;
    let shipped = join_all(records.iter().map(|record| trace_record(record, ship(record.body.as_deref().unwrap_or_default())))).await;
    let mut answer = SqsBatchResponse::default();
    for (record, _) in records.iter().zip(shipped).filter(|(_, shipped)| shipped.is_err()) {
        answer.batch_item_failures.push(failure(record.message_id.as_deref().unwrap_or_default()));
    }
    Ok(answer)
}

#[test]
fn records_that_are_given_back_are_marked() {
    let recorder = TestRecorder::new();
    let answer = recorder.block_on(typed(lambda(&["tea", "bad", "milk"]))).unwrap();
    assert_eq!(answer.batch_item_failures.len(), 1);
    recorder.assert_tree(
        "function
           ## typed {event_source=sqs, event_name=orders, queue=orders, batch_size=3}
             record {event_source=sqs, record_id=m0}
               ship
             record [fault] {record_id=m1, batch_item_failure=true}
             record {record_id=m2}
               ship
             after",
    );
    let trace = recorder.trace();
    let first = trace.nodes().find(|node| node.annotation("record_id") == "m0").unwrap();
    assert_eq!(first.annotation("linked_trace_id"), "1-5759e988-bd862e3fe1be46a994272793");
    assert!(first.annotation("batch_item_failure").is_null());
    assert!(recorder.documents()[0].contains("\"links\""));
}

#[test]
fn side_by_side_each_has_its_own() {
    let recorder = TestRecorder::new();
    let answer = recorder.block_on(together(lambda(&["bad", "tea", "bad"]))).unwrap();
    assert_eq!(answer.batch_item_failures.len(), 2);
    recorder.assert_tree_in_any_order(
        "function
           ## together
             record [fault] {record_id=m0, batch_item_failure=true}
             record {record_id=m1}
               ship
             record [fault] {record_id=m2, batch_item_failure=true}",
    );
}

#[test]
fn loops_may_be_left_early() {
    let recorder = TestRecorder::new();
    recorder.block_on(values(lambda(&["tea", "stop", "milk"]))).unwrap();
    recorder.assert_tree(
        "function
           ## values
             record {record_id=m0}
               ship
             record {record_id=m1}
             after",
    );
    let recorder = TestRecorder::new();
    recorder.block_on(values(lambda(&["tea", "bad", "milk"]))).unwrap_err();
    let trace = recorder.trace();
    assert!(trace.expect("## values").is_fault());
    assert_eq!(trace.expect("## values").children().count(), 2, "{trace}");
    assert!(trace.find("after").is_none());
}

#[test]
fn a_panic_in_a_record_is_told_of_it() {
    for side_by_side in [false, true] {
        let recorder = TestRecorder::new();
        let caught = match side_by_side {
            true => recorder.block_on(AssertUnwindSafe(together(lambda(&["panic"]))).catch_unwind()).is_err(),
            false => recorder.block_on(AssertUnwindSafe(typed(lambda(&["panic"]))).catch_unwind()).is_err(),
        };
        assert!(caught);
        let trace = recorder.trace();
        let handler = trace.nodes().find(|node| node.name().starts_with("## ")).unwrap();
        assert!(handler.is_fault() && handler.exceptions()[0].message.as_deref() == Some("the shelf fell"), "{trace}");
        assert!(trace.expect("record").is_fault(), "{side_by_side}: {trace}");
    }
}
