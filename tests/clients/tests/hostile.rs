//! Responses, endpoints and names that nobody would expect: recorded as they are, within bounds, and the program sees no difference.
#![allow(missing_docs)]

use autoxray::segment;
use autoxray_clients_tests::{Answer, Fake, config};
use serde_json::Value;
use xray_testkit::TestRecorder;

fn recorded(recorder: &TestRecorder) -> Value {
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    document["subsegments"][0].clone()
}

#[tokio::test]
async fn errors_that_show_the_request() {
    // Without a scheme, the SDK fails to put the request together, and shows all of it in its error.
    for endpoint in ["localhost:8000", "http://ann:hunter2@ho st/", "::x::"] {
        let fake = Fake::new(|_, _| Answer::new(200, "{}"));
        let shared = config().http_client(fake.clone()).endpoint_url(endpoint).build();
        let recorder = TestRecorder::new();
        let work = async {
            let secrets = autoxray::aws::client!(aws_sdk_secretsmanager, &shared);
            let put = secrets.put_secret_value().secret_id("db").secret_string("hunter2").send().await;
            let tables = autoxray::aws::client!(aws_sdk_dynamodb, &shared);
            let item = aws_sdk_dynamodb::types::AttributeValue::S("hunter2".into());
            let stored = tables.put_item().table_name("users").item("password", item).send().await;
            (put.is_err(), stored.is_err())
        };
        recorder.wrap(segment("orders").trace(work)).await;
        let document = &recorder.documents()[0];
        assert!(document.contains("users") && document.contains("\"secret_id\":\"db\""), "{document}");
        assert!(!document.contains("hunter2"), "{endpoint}: {document}");
    }
    let fake = Fake::new(|_, _| Answer::json(200, "{}"));
    let queues = autoxray::aws::client!(aws_sdk_sqs, &fake.config());
    let recorder = TestRecorder::new();
    let purge = queues.purge_queue().queue_url("http://ann:hunter2@service.test/1/q?key=hunter2").send();
    recorder.wrap(segment("orders").trace(purge)).await.unwrap();
    assert_eq!(recorded(&recorder)["aws"]["queue_url"], "http://service.test/1/q");
}

type Make = fn() -> Answer;

#[tokio::test]
async fn answers() {
    let cases: [(&str, Make); 11] = [
        ("no request id", || Answer::new(200, "{}")),
        ("an empty request id", || Answer::new(200, "{}").header("x-amzn-requestid", "")),
        ("a request id that is not ASCII", || Answer::new(200, "{}").header("x-amzn-requestid", "é\u{200b}")),
        ("a long request id", || Answer::new(200, "{}").header("x-amzn-requestid", "x".repeat(60_000))),
        ("status 999", || Answer::new(999, "{}")),
        ("status 600", || Answer::new(600, r#"{"__type":"x"}"#)),
        ("a huge error", || Answer::new(400, format!(r#"{{"__type":"Big","message":"{}"}}"#, "x".repeat(10_000_000)))),
        ("an error that nests", || Answer::new(400, "[".repeat(100_000))),
        ("an error in binary", || Answer::new(500, vec![0xff_u8, 0, 1, 2])),
        ("an error type to escape", || Answer::new(400, "").header("x-amzn-errortype", "<a>\"b\\:http://x")),
        ("lengths that lie", || Answer::new(200, "{}").header("content-length", "99999999999999999999")),
    ];
    for (case, answer) in cases {
        let fake = Fake::new(move |_, _| answer());
        let (client, plain) = (autoxray::aws::client!(aws_sdk_dynamodb, &fake.config()), aws_sdk_dynamodb::Client::new(&fake.config()));
        let recorder = TestRecorder::new();
        let ours = recorder.wrap(segment("orders").trace(client.list_tables().send())).await;
        let theirs = plain.list_tables().send().await;
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"), "{case}");
        assert_eq!(recorder.stats().losses, [], "{case}");
        let document = &recorder.documents()[0];
        assert!(document.len() < 5_000, "{case}: {} bytes", document.len());
        assert_eq!(recorded(&recorder)["aws"]["operation"], "ListTables", "{case}");
    }
}

#[tokio::test]
async fn endpoints_and_names() {
    let long = "k".repeat(1_024);
    for (endpoint, path_style, bucket, key, expected) in [
        ("http://127.0.0.1:5000", true, "b", "k", "b"),
        ("http://127.0.0.1:5000", false, "b", "k", "b"),
        ("http://[::1]:5000", true, "b", "a b/ü?&#", "b"),
        ("http://[::1]:5000", false, "b", "k", "b"),
        ("http://localhost:4566", true, "b", &long[..], "b"),
        ("http://storage.test:4566", false, "my-bucket", "k", "my-bucket"),
        ("", false, "my.dotted.bucket", "k", "my.dotted.bucket"),
        ("", false, "my-bucket", "", "my-bucket"),
        ("", false, "arn:aws:s3:eu-west-1:123456789012:accesspoint/mine", "k", "mine-123456789012"),
    ] {
        let fake = Fake::new(|_, _| Answer::new(200, ""));
        let mut shared = config().http_client(fake.clone());
        if !endpoint.is_empty() {
            shared = shared.endpoint_url(endpoint);
        }
        let builder = aws_sdk_s3::config::Builder::from(&shared.build()).force_path_style(path_style);
        let client = aws_sdk_s3::Client::from_conf(builder.interceptor(autoxray::aws::interceptor()).build());
        let recorder = TestRecorder::new();
        let _ = recorder.wrap(segment("orders").trace(client.put_object().bucket(bucket).key(key).send())).await;
        if fake.sent().is_empty() {
            // Not a key that S3 takes; the SDK says so.
            continue;
        }
        let call = recorded(&recorder);
        assert_eq!(call["aws"]["bucket_name"], expected, "{endpoint} {bucket}: {}", fake.sent()[0].uri);
        let kept: String = call["aws"]["key"].as_str().unwrap().chars().take(200).collect();
        assert!(key.starts_with(&kept), "{kept}");
        assert!(call.to_string().len() < 1_500, "{call}");
    }
}
