//! What is recorded of a call, with one interceptor on the client and a service in memory.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray::{TraceHeader, segment};
use autoxray_clients_tests::{Answer, Fake, config};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::timeout::TimeoutConfig;
use serde_json::{Value, json};
use xray_testkit::TestRecorder;

fn dynamodb(fake: &Fake) -> aws_sdk_dynamodb::Client {
    autoxray::aws::client!(aws_sdk_dynamodb, &fake.config())
}

/// The first subsegment of the first document.
fn recorded(recorder: &TestRecorder) -> Value {
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    document["subsegments"][0].clone()
}

async fn get(client: &aws_sdk_dynamodb::Client) -> Result<aws_sdk_dynamodb::operation::get_item::GetItemOutput, aws_sdk_dynamodb::Error> {
    Ok(client.get_item().table_name("users").key("id", AttributeValue::S("the-key".into())).send().await?)
}

#[tokio::test]
async fn a_call_says_what_it_was() {
    let fake = Fake::new(|_, _| Answer::json(200, r#"{"Item":{"id":{"S":"the-payload"}}}"#));
    let client = dynamodb(&fake);
    let recorder = TestRecorder::new();
    recorder.wrap(segment("orders").trace(get(&client))).await.unwrap();
    recorder.assert_tree("orders\n  DynamoDB [aws]");

    let call = recorded(&recorder);
    let expected = json!({"operation": "GetItem", "region": "eu-west-1", "table_name": "users", "request_id": "REQUEST-1"});
    assert_eq!(call["aws"], expected);
    assert_eq!(call["http"], json!({"response": {"status": 200, "content_length": 35}}));
    let attempts = call["metadata"]["aws_sdk"]["attempts"].as_array().unwrap();
    assert_eq!(attempts.len(), 1, "{call}");
    assert_eq!(attempts[0]["status"], 200);
    for phase in ["resolve_ms", "sign_ms", "respond_ms", "read_ms"] {
        assert!(attempts[0][phase].is_f64(), "{phase}: {call}");
    }
    let document = &recorder.documents()[0];
    for secret in ["the-key", "the-payload", "secret-key", "AKIDEXAMPLE"] {
        assert!(!document.contains(secret), "{document}");
    }
    assert!(call.to_string().len() <= 1_024, "{} bytes", call.to_string().len());

    let header = TraceHeader::parse(fake.sent()[0].header("x-amzn-trace-id").unwrap());
    let trace = recorder.trace();
    assert_eq!(header.root, Some(trace.id()));
    assert_eq!(header.parent, Some(trace.expect("DynamoDB").id()), "it names the call itself");
    assert_eq!(header.sampled, autoxray::Sampled::Yes);
}

#[tokio::test]
async fn what_the_service_reports_is_a_remote_exception() {
    let not_found = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no table users"}"#;
    let s3_error = "<?xml version=\"1.0\"?><Error><Code>NoSuchKey</Code><Message>no &quot;x&quot;</Message></Error>";
    let cases = [
        (400, not_found, "[error, aws] !ResourceNotFoundException: no table users"),
        (400, r#"{"__type":"ThrottlingException","Message":"slow down"}"#, "[throttle, error, aws] !ThrottlingException: slow down"),
        (429, "", "[throttle, error, aws] !TooManyRequests: the service says no more than HTTP status 429"),
        (503, "<html>", "[fault, aws] !ServiceUnavailable: the service says no more than HTTP status 503"),
        (404, s3_error, "[error, aws] !NoSuchKey: no \"x\""),
    ];
    for (status, body, expected) in cases {
        let fake = Fake::new(move |_, _| Answer::json(status, body));
        let client = dynamodb(&fake);
        let recorder = TestRecorder::new();
        recorder.wrap(segment("orders").trace(get(&client))).await.unwrap_err();
        let call = recorded(&recorder);
        let exception = &call["cause"]["exceptions"][0];
        let text = format!("{}{}", exception["type"].as_str().unwrap(), exception["message"].as_str().unwrap());
        let plain: String = expected.split('!').nth(1).unwrap().replace(": \"\"", "").replace('"', "").replace(": ", "");
        assert_eq!(text.replace('"', ""), plain, "{call}");
        for flag in ["error", "fault", "throttle"] {
            assert_eq!(call[flag] == true, expected.contains(flag), "{flag}: {call}");
        }
        assert_eq!(exception["remote"], true);
        assert!(exception.get("stack").is_none(), "the program is not to blame: {exception}");
        assert_eq!(call["http"]["response"]["status"], status);
    }
}

#[tokio::test]
async fn attempts_are_counted_and_may_be_shown() {
    for children in [false, true] {
        let fake = Fake::new(|_, before| match before {
            0 | 1 => Answer::json(400, r#"{"__type":"ProvisionedThroughputExceededException","message":"m"}"#),
            _ => Answer::json(200, "{}"),
        });
        let client = dynamodb(&fake);
        let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.attempts = children));
        recorder.wrap(segment("orders").trace(get(&client))).await.unwrap();
        let shown = "\n    attempt [error]\n    attempt [error]\n    attempt";
        recorder.assert_tree(&format!("orders\n  DynamoDB [aws]{}", if children { shown } else { "" }));
        let call = recorded(&recorder);
        assert_eq!(call["aws"]["retries"], 2);
        let statuses: Vec<_> =
            call["metadata"]["aws_sdk"]["attempts"].as_array().unwrap().iter().map(|one| one["status"].clone()).collect();
        assert_eq!(statuses, [400, 400, 200]);
        let headers: Vec<_> = fake.sent().iter().map(|sent| sent.header("x-amzn-trace-id").unwrap().to_owned()).collect();
        assert_eq!(headers.len(), 3);
        assert!(headers.windows(2).all(|pair| pair[0] == pair[1]), "one call, one caller: {headers:?}");
    }
}

#[tokio::test]
async fn without_an_answer_the_cause_is_told() {
    let recorder = TestRecorder::new();
    // Too late.
    let late = Fake::new(|_, _| Answer::json(200, "{}").after(Duration::from_secs(60)));
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(30)).build();
    let shared = config().http_client(late.clone()).endpoint_url("http://service.test").timeout_config(timeouts).build();
    let client = autoxray::aws::client!(aws_sdk_dynamodb, &shared);
    recorder.wrap(segment("late").trace(get(&client))).await.unwrap_err();
    // Nobody there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let http = aws_smithy_http_client::Builder::new().build_http();
    let shared = config().http_client(http).endpoint_url(format!("http://127.0.0.1:{port}")).build();
    let client = autoxray::aws::client!(aws_sdk_dynamodb, &shared);
    recorder.wrap(segment("refused").trace(get(&client))).await.unwrap_err();
    // Not even asked.
    let mut builder = late.config().into_builder();
    builder.set_credentials_provider(None);
    let client = autoxray::aws::client!(aws_sdk_dynamodb, &builder.build());
    recorder.wrap(segment("without credentials").trace(get(&client))).await.unwrap_err();
    recorder.assert_tree(
        "
        late
          DynamoDB [fault, aws] !TimeoutError: timeout: operation timeout (all attempts including retries) occurred after 30ms <- ..
        refused
          DynamoDB [fault, aws] !ConnectionError: connector error: Connection refused (os error 111) <- ..
        without credentials
          DynamoDB [fault, aws] !DispatchFailure: .. 
        ",
    );
    let all = recorder.documents().concat();
    assert!(all.contains("onnection refused"), "{all}");
    assert_eq!(late.sent().len(), 1);
}

#[tokio::test]
async fn a_call_that_is_given_up_is_cancelled() {
    let fake = Fake::new(|_, _| Answer::json(200, "{}").after(Duration::from_secs(60)));
    let client = dynamodb(&fake);
    let recorder = TestRecorder::new();
    let given_up = async {
        tokio::time::timeout(Duration::from_millis(20), get(&client)).await.unwrap_err();
    };
    recorder.wrap(segment("orders").trace(given_up)).await;
    recorder.assert_tree("orders\n  DynamoDB [cancelled, aws]");
    assert_eq!(recorded(&recorder)["aws"]["table_name"], "users", "what was known is told");
}

#[tokio::test]
async fn several_interceptors_record_a_call_once() {
    let fake = Fake::new(|_, _| Answer::json(200, "{}"));
    let config = aws_sdk_dynamodb::config::Builder::from(&fake.config());
    let config = config.interceptor(autoxray::aws::interceptor()).interceptor(autoxray::aws::interceptor()).build();
    let client = aws_sdk_dynamodb::Client::from_conf(config);
    let recorder = TestRecorder::new();
    let call = client.list_tables().customize().interceptor(autoxray::aws::interceptor()).send();
    recorder.wrap(segment("orders").trace(call)).await.unwrap();
    recorder.assert_tree("orders\n  DynamoDB [aws]");
    assert_eq!(fake.sent().len(), 1);
    recorder.wrap(client.list_tables().customize().interceptor(autoxray::aws::interceptor()).send()).await.unwrap();
    assert_eq!(recorder.stats().losses.iter().map(|loss| loss.count).sum::<u64>(), 1, "without a segment it is missed once, too");
}

#[tokio::test]
async fn a_header_of_the_program_stays() {
    let fake = Fake::new(|_, _| Answer::json(200, "{}"));
    let client = dynamodb(&fake);
    let recorder = TestRecorder::new();
    let own = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
    let call = client.list_tables().customize().mutate_request(move |request| {
        request.headers_mut().insert("X-Amzn-Trace-Id", own);
    });
    recorder.wrap(segment("orders").trace(call.send())).await.unwrap();
    assert_eq!(fake.sent()[0].header("x-amzn-trace-id"), Some(own));
    recorder.assert_tree("orders\n  DynamoDB [aws]");
}

#[tokio::test]
async fn the_service_hears_of_a_trace_that_is_not_sampled() {
    let fake = Fake::new(|_, _| Answer::json(200, "{}"));
    let client = dynamodb(&fake);
    let recorder = TestRecorder::new();
    let unsampled = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:1");
    recorder.wrap(segment("orders").header(unsampled).trace(get(&client))).await.unwrap();
    let header = fake.sent()[0].header("x-amzn-trace-id").unwrap().to_owned();
    assert!(header.starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;"), "{header}");
    assert!(header.contains("Sampled=0") && header.contains("Lineage=a:1"), "{header}");
    assert_eq!(recorder.documents(), [""; 0]);
    // No trace at all, or none wanted.
    recorder.wrap(get(&client)).await.unwrap();
    let off = TestRecorder::with(|settings| settings.capture(|capture| capture.aws = false));
    off.wrap(segment("orders").trace(get(&client))).await.unwrap();
    off.assert_tree("orders");
    for sent in &fake.sent()[1..] {
        assert_eq!(sent.header("x-amzn-trace-id"), None);
    }
}

#[tokio::test]
async fn calls_at_the_same_time_are_told_apart() {
    let fake = Fake::new(|_, _| Answer::json(200, "{}"));
    let client = dynamodb(&fake);
    let recorder = TestRecorder::new();
    let nested = segment("orders").trace(async {
        let (one, two) = futures::join!(get(&client), get(&client));
        one.and(two)
    });
    recorder.wrap(nested).await.unwrap();
    recorder.assert_tree("orders\n  DynamoDB [aws]\n  DynamoDB [aws]");
    let ids: Vec<_> = recorder.trace().expect("orders").children().map(|call| Some(call.id())).collect();
    let told: Vec<_> = fake.sent().iter().map(|sent| TraceHeader::parse(sent.header("x-amzn-trace-id").unwrap()).parent).collect();
    assert_eq!(told, ids);
}
