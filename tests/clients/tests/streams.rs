//! Calls whose end is not that of `send`: bodies and events that are streamed, pages, waiters, requests that are only signed.
#![allow(missing_docs)]

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use autoxray::segment;
use autoxray_clients_tests::{Answer, Fake};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_smithy_types::body::SdkBody;
use http_body::{Body, Frame, SizeHint};
use serde_json::{Value, json};
use xray_testkit::TestRecorder;

/// A body in pieces, as from the network; after the last there may be an error.
struct Pieces {
    pieces: Vec<&'static [u8]>,
    broken: bool,
}

impl Body for Pieces {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<bytes::Bytes>, Self::Error>>> {
        Poll::Ready(match self.pieces.is_empty() {
            false => Some(Ok(Frame::data(bytes::Bytes::from_static(self.pieces.remove(0))))),
            true if self.broken => Some(Err(std::io::Error::other("the line is dead"))),
            true => None,
        })
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.pieces.iter().map(|piece| piece.len() as u64).sum())
    }
}

fn streamed(pieces: &[&'static [u8]], broken: bool) -> Answer {
    Answer::new(200, SdkBody::from_body_1_x(Pieces { pieces: pieces.to_vec(), broken })).header("x-amz-request-id", "R1")
}

fn s3(fake: &Fake) -> aws_sdk_s3::Client {
    autoxray::aws::client!(aws_sdk_s3, &fake.config())
}

fn recorded(recorder: &TestRecorder, document: usize) -> Value {
    let document: Value = serde_json::from_str(&recorder.documents()[document]).unwrap();
    document.get("subsegments").map_or(document.clone(), |subsegments| subsegments[0].clone())
}

#[tokio::test]
async fn a_body_ends_the_call_when_it_has_been_read() {
    let fake = Fake::new(|_, _| streamed(&[b"some ", b"text"], false));
    let client = s3(&fake);
    let recorder = TestRecorder::new();
    let work = async {
        let got = client.get_object().bucket("b").key("k").send().await.unwrap();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let text = got.body.collect().await.unwrap().into_bytes();
        assert_eq!(text, "some text");
        autoxray::subsegment("after").run(|| ());
    };
    recorder.wrap(segment("orders").trace(work)).await;
    recorder.assert_tree("orders\n  S3 [aws]\n  after");
    let call = recorded(&recorder, 0);
    assert_eq!(call["metadata"]["aws_sdk"]["body"]["bytes"], 9);
    let trace = recorder.trace();
    assert!(trace.expect("S3").duration() >= Duration::from_millis(20));
    let end = trace.expect("S3").document().end_time;
    assert!(end <= Some(trace.expect("after").document().start_time), "it is over before what comes next");
    assert_eq!(call["aws"]["bucket_name"], "b");
    assert_eq!(call["aws"]["key"], "k");
}

#[tokio::test]
async fn a_body_that_is_dropped_or_breaks_is_told() {
    for (broken, read) in [(false, 0), (false, 1), (true, 9)] {
        let fake = Fake::new(move |_, _| streamed(&[b"some ", b"text"], broken));
        let client = s3(&fake);
        let recorder = TestRecorder::new();
        let work = async {
            let mut body = client.get_object().bucket("b").key("k").send().await.unwrap().body;
            for _ in 0..read {
                if body.next().await.is_none_or(|piece| piece.is_err()) {
                    break;
                }
            }
        };
        recorder.wrap(segment("orders").trace(work)).await;
        let failed = "[fault, aws] !ResponseError: the body of the response could not be read <- ..";
        recorder.assert_tree(&format!("orders\n  S3 {}", if broken { failed } else { "[aws]" }));
        let body = recorded(&recorder, 0)["metadata"]["aws_sdk"]["body"].clone();
        assert_eq!(body["bytes"], [0, 5, 0, 0, 0, 0, 0, 0, 0, 9][read], "{body}");
        assert_eq!(body["dropped"], json!(true), "{body}");
    }
}

#[tokio::test]
async fn a_body_may_outlive_the_segment() {
    let fake = Fake::new(|_, _| streamed(&[b"some ", b"text"], false));
    let client = s3(&fake);
    let recorder = TestRecorder::new();
    let got = recorder.wrap(segment("orders").trace(client.get_object().bucket("b").key("k").send())).await.unwrap();
    assert_eq!(recorder.documents().len(), 1, "the segment has gone ahead");
    got.body.collect().await.unwrap();
    assert_eq!(recorder.documents().len(), 2);
    recorder.assert_tree("orders\n  S3 [aws]");
    assert_eq!(recorded(&recorder, 1)["metadata"]["aws_sdk"]["body"]["bytes"], 9);
}

#[tokio::test]
async fn a_request_that_is_only_signed_is_no_call() {
    let fake = Fake::new(|_, _| Answer::new(200, ""));
    let (client, plain) = (s3(&fake), aws_sdk_s3::Client::new(&fake.config()));
    let recorder = TestRecorder::new();
    let valid = || PresigningConfig::builder().expires_in(Duration::from_secs(60)).start_time(std::time::UNIX_EPOCH).build().unwrap();
    let signed = async |client: &aws_sdk_s3::Client| client.get_object().bucket("b").key("k").presigned(valid()).await.unwrap();
    let ours = recorder.wrap(segment("orders").trace(signed(&client))).await;
    let theirs = signed(&plain).await;
    assert_eq!(ours.uri(), theirs.uri());
    assert_eq!(ours.headers().collect::<Vec<_>>(), theirs.headers().collect::<Vec<_>>());
    recorder.assert_tree("orders");
    assert_eq!(recorder.stats().losses, []);
}

#[tokio::test]
async fn each_page_is_a_call() {
    let fake = Fake::new(|_, before| match before {
        0 => Answer::json(200, r#"{"TableNames":["a"],"LastEvaluatedTableName":"a"}"#),
        _ => Answer::json(200, r#"{"TableNames":["b"]}"#),
    });
    let client = autoxray::aws::client!(aws_sdk_dynamodb, &fake.config());
    let recorder = TestRecorder::new();
    let pages = client.list_tables().into_paginator().items().send().collect::<Result<Vec<_>, _>>();
    assert_eq!(recorder.wrap(segment("orders").trace(pages)).await.unwrap(), ["a", "b"]);
    recorder.assert_tree("orders\n  DynamoDB [aws]\n  DynamoDB [aws]");
    assert_eq!(recorded(&recorder, 0)["aws"]["table_count"], 1);
}

/// A frame of an event stream.
fn frame(event: &str, payload: &str) -> Vec<u8> {
    let header = |name: &str, value: &str| {
        let length = u16::try_from(value.len()).unwrap().to_be_bytes();
        [&[u8::try_from(name.len()).unwrap()], name.as_bytes(), &[7], &length, value.as_bytes()].concat()
    };
    let headers = [header(":message-type", "event"), header(":event-type", event), header(":content-type", "application/json")].concat();
    let length = |bytes: usize| u32::try_from(bytes).unwrap().to_be_bytes();
    let mut frame = [length(headers.len() + payload.len() + 16), length(headers.len())].concat();
    frame.extend(crc32(&frame).to_be_bytes());
    frame.extend([&headers[..], payload.as_bytes()].concat());
    frame.extend(crc32(&frame).to_be_bytes());
    frame
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }))
}

#[tokio::test]
async fn a_model_that_answers_bit_by_bit_tells_its_tokens() {
    let stream = [
        frame("messageStart", r#"{"role":"assistant"}"#),
        frame("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"the-answer"}}"#),
        frame("messageStop", r#"{"stopReason":"end_turn"}"#),
        frame("metadata", r#"{"usage":{"inputTokens":11,"outputTokens":22,"totalTokens":33},"metrics":{"latencyMs":5}}"#),
    ];
    let stream: &'static [u8] = stream.concat().leak();
    let fake = Fake::new(move |_, _| {
        let pieces: Vec<_> = stream.chunks(7).collect();
        streamed(&pieces, false).header("content-type", "application/vnd.amazon.eventstream")
    });
    let client = autoxray::aws::client!(aws_sdk_bedrockruntime, &fake.config());
    let recorder = TestRecorder::new();
    let work = async {
        let mut answer = client.converse_stream().model_id("anthropic.claude-3:0").send().await.unwrap().stream;
        let mut events = 0;
        while answer.recv().await.unwrap().is_some() {
            events += 1;
        }
        events
    };
    assert_eq!(recorder.wrap(segment("orders").trace(work)).await, 4);
    recorder.assert_tree("orders\n  BedrockRuntime [aws]");
    let call = recorded(&recorder, 0);
    let aws = &call["aws"];
    assert_eq!([&aws["model_id"], &aws["stop_reason"]], ["anthropic.claude-3:0", "end_turn"]);
    assert_eq!([&aws["input_tokens"], &aws["output_tokens"]], [11, 22]);
    assert!(!recorder.documents()[0].contains("the-answer"));
}
