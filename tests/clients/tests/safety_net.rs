//! Calls of clients that nobody has put an interceptor on. The net belongs to the process, so it has a test program of its own.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray::segment;
use autoxray_clients_tests::{Answer, Fake};
use aws_sdk_s3::presigning::PresigningConfig;
use serde_json::Value;
use xray_testkit::TestRecorder;

fn fake() -> Fake {
    Fake::new(|sent, _| match sent.json()["ExclusiveStartTableName"].as_str() {
        Some("missing") => Answer::json(400, r#"{"__type":"ResourceNotFoundException","message":"m"}"#),
        _ => Answer::json(200, r#"{"TableNames":["a"]}"#).after(Duration::from_millis(20)),
    })
}

#[tokio::test]
async fn they_still_appear() {
    autoxray::aws::safety_net();
    autoxray::aws::safety_net();
    let fake = fake();
    let client = aws_sdk_dynamodb::Client::new(&fake.config());
    let recorder = TestRecorder::new();
    let work = async {
        client.list_tables().send().await.unwrap();
        client.list_tables().exclusive_start_table_name("missing").send().await.unwrap_err();
    };
    recorder.wrap(segment("orders").trace(work)).await;
    recorder.assert_tree("orders\n  DynamoDB [aws]\n  DynamoDB [error, aws]");
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    let call = &document["subsegments"][0];
    assert_eq!(call["aws"]["operation"], "ListTables");
    assert_eq!(call["http"]["response"]["status"], 200);
    assert!(call["metadata"]["aws_sdk"]["seen_by"].as_str().unwrap().contains("metrics"), "{call}");
    let trace = recorder.trace();
    let duration = trace.expect("orders").children().next().unwrap().duration();
    assert!(duration >= Duration::from_millis(20), "{duration:?}");
    assert_eq!(fake.sent()[0].header("x-amzn-trace-id"), None);
}

#[tokio::test]
async fn no_call_appears_twice_and_none_that_was_not_made() {
    autoxray::aws::safety_net();
    let fake = fake();
    let (seen, unseen) = (autoxray::aws::client!(aws_sdk_dynamodb, &fake.config()), aws_sdk_dynamodb::Client::new(&fake.config()));
    let s3 = aws_sdk_s3::Client::new(&fake.config());
    let recorder = TestRecorder::new();
    let work = async {
        seen.list_tables().send().await.unwrap();
        let valid = PresigningConfig::expires_in(Duration::from_secs(60)).unwrap();
        s3.get_object().bucket("b").key("k").presigned(valid).await.unwrap();
        unseen.list_tables().send().await.unwrap();
        let (one, two) = futures::join!(seen.list_tables().send(), unseen.list_tables().send());
        one.and(two).unwrap();
    };
    recorder.wrap(segment("orders").trace(work)).await;
    recorder.assert_tree("orders\n  DynamoDB [aws]\n  DynamoDB [aws]\n  DynamoDB [aws]\n  DynamoDB [aws]");
    // Nothing is said where there is nothing to say it of.
    recorder.wrap(unseen.list_tables().send()).await.unwrap();
    assert_eq!(recorder.stats().losses, []);
    let off = TestRecorder::with(|settings| settings.capture(|capture| capture.aws = false));
    off.wrap(segment("orders").trace(unseen.list_tables().send())).await.unwrap();
    off.assert_tree("orders");
}
