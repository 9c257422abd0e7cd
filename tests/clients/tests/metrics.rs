//! Calls of clients are counted whether they are recorded or not.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray::{Sampling, segment};
use autoxray_clients_tests::{Answer, Fake};
use reqwest_0_13 as reqwest;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use xray_testkit::TestRecorder;

/// What was measured of calls, latencies only by how many there are.
fn calls(recorder: &TestRecorder) -> Vec<String> {
    let of_calls = recorder.measured().into_iter().filter(|series| series.dimensions.contains_key("RemoteService"));
    let told = of_calls.map(|series| match series.name.as_str() {
        "Latency" => format!("Latency of {:?}: {}", series.dimensions["RemoteService"], series.values.len()),
        name => format!("{name} of {:?}: {}", series.dimensions["RemoteService"], series.values.iter().sum::<f64>()),
    });
    told.collect()
}

#[tokio::test]
async fn of_aws() {
    for sampling in [Sampling::Always, Sampling::Never] {
        let recorder = TestRecorder::measuring(|settings| settings.sampling(sampling));
        let fake = Fake::new(|sent, _| match sent.json()["ExclusiveStartTableName"].as_str() {
            Some("missing") => Answer::json(400, r#"{"__type":"ResourceNotFoundException","message":"m"}"#),
            Some("much") => Answer::json(400, r#"{"__type":"ThrottlingException","message":"m"}"#),
            Some("broken") => Answer::json(500, r#"{"__type":"InternalServerError","message":"m"}"#),
            Some("slow") => Answer::json(200, "{}").after(Duration::from_secs(60)),
            _ => Answer::json(200, r#"{"TableNames":["a"]}"#),
        });
        let client = autoxray::aws::client!(aws_sdk_dynamodb, &fake.config());
        let call = |table: &str| client.list_tables().exclusive_start_table_name(table).send();
        let work = async {
            for table in ["a", "missing", "much", "broken"] {
                let _ = call(table).await;
            }
            let given_up = tokio::time::timeout(Duration::from_millis(5), call("slow")).await;
            assert!(given_up.is_err());
        };
        recorder.wrap(segment("orders").trace(work)).await;
        let sent = fake.sent();
        let sampled = if sampling == Sampling::Always { "Sampled=1" } else { "Sampled=0" };
        assert!(sent.iter().all(|sent| sent.header("x-amzn-trace-id").is_some_and(|header| header.ends_with(sampled))));
        let expected = [
            "Errors of \"DynamoDB\": 2",
            "Faults of \"DynamoDB\": 1",
            "Latency of \"DynamoDB\": 5",
            "Requests of \"DynamoDB\": 5",
            "Throttles of \"DynamoDB\": 1",
        ];
        assert_eq!(calls(&recorder), expected, "{sampling:?}");
        assert_eq!((recorder.stats().losses, recorder.documents().len()), (vec![], usize::from(sampling == Sampling::Always)));
    }
}

/// A server that answers each request on a connection of its own with a status that its path says.
async fn server() -> std::net::SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let size = stream.read(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request[..size]).into_owned();
            let status = text.split(['/', ' ']).nth(2).unwrap_or("200").to_owned();
            let answer = format!("HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn of_reqwest() {
    let address = server().await;
    for sampling in [Sampling::Always, Sampling::Never] {
        let recorder = TestRecorder::measuring(|settings| settings.sampling(sampling));
        let client = reqwest::Client::new();
        let work = async {
            for status in [200, 404, 429, 503] {
                let request = client.get(format!("http://{address}/{status}"));
                let response = autoxray::reqwest::v0_13::send(request).await.unwrap();
                assert_eq!((response.status().as_u16(), response.text().await.unwrap().as_str()), (status, "ok"));
            }
            autoxray::reqwest::v0_13::send(client.get("http://127.0.0.1:9/")).await.unwrap_err();
        };
        recorder.wrap(segment("orders").trace(work)).await;
        let expected = [
            "Errors of \"127.0.0.1\": 2",
            "Faults of \"127.0.0.1\": 2",
            "Latency of \"127.0.0.1\": 5",
            "Requests of \"127.0.0.1\": 5",
            "Throttles of \"127.0.0.1\": 1",
        ];
        assert_eq!(calls(&recorder), expected, "{sampling:?}");
        assert_eq!(recorder.stats().losses, []);
    }
}
