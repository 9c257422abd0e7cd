//! The sample events of the crate `aws_lambda_events`, through traced handlers.
#![allow(missing_docs)]

use std::path::{Path, PathBuf};
use std::process::Command;

use autoxray::lambda::{Payload, TraceLayer};
use autoxray::traced_lambda;
use aws_lambda_events::event::{alb, apigw, cloudwatch_logs, cognito, dynamodb, eventbridge, kinesis, s3, sns, sqs};
use lambda_runtime::tower::{Layer as _, Service as _};
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde::de::DeserializeOwned;
use serde_json::Value;
use xray_testkit::{Node, TestRecorder};

/// Names and texts, in the order of the names.
fn fixtures() -> Vec<(String, String)> {
    let metadata = Command::new(env!("CARGO")).args(["metadata", "--format-version", "1", "--offline", "--locked"]).output().unwrap();
    let metadata: Value = serde_json::from_slice(&metadata.stdout).unwrap_or_else(|error| panic!("{error}: {metadata:?}"));
    let packages = metadata["packages"].as_array().unwrap();
    let manifest = &packages.iter().find(|package| package["name"] == "aws_lambda_events").unwrap()["manifest_path"];
    let folder = Path::new(manifest.as_str().unwrap()).with_file_name("src").join("fixtures");
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|extension| extension == "json")).collect();
    paths.sort();
    let name = |path: &Path| path.file_stem().unwrap().to_str().unwrap().trim_start_matches("example-").to_owned();
    paths.iter().map(|path| (name(path), std::fs::read_to_string(path).unwrap())).collect()
}

/// Where an event was said to come from: source and name.
fn told(recorder: &TestRecorder) -> String {
    let trace = recorder.trace();
    let handler = trace.nodes().find(|node| node.name().starts_with("## ")).unwrap();
    assert!(!handler.is_fault(), "{trace}");
    let text = |node: Node<'_>, key: &str| node.annotation(key).as_str().unwrap_or("-").to_owned();
    format!("{} | {}", text(handler, "event_source"), text(handler, "event_name"))
}

#[traced_lambda]
async fn value(event: LambdaEvent<Value>) -> Result<Value, Error> {
    Ok(event.payload)
}

/// Through a handler that takes any JSON.
fn as_value(event: &Value) -> (TestRecorder, String) {
    let recorder = TestRecorder::new();
    let answer = recorder.block_on(value(LambdaEvent::new(event.clone(), Context::default()))).unwrap();
    assert_eq!(answer, *event);
    let told = told(&recorder);
    (recorder, told)
}

/// Through a traced service of handlers that take `T`, which looks at the text. `None` if that is no `T`.
fn as_text<T: DeserializeOwned + Send + 'static>(text: &str) -> Option<(TestRecorder, String)> {
    let recorder = TestRecorder::new();
    recorder.run(|| serde_json::from_str::<T>(text).ok())?;
    let payload = recorder.run(|| serde_json::from_str::<Payload<T>>(text)).unwrap();
    let mut service = recorder.run(|| TraceLayer::new().name("## text").layer(service_fn(async |_: LambdaEvent<T>| Ok::<_, Error>(()))));
    let call = async { service.call(LambdaEvent::new(payload, Context::default())).await };
    recorder.block_on(call).unwrap();
    let told = told(&recorder);
    Some((recorder, told))
}

#[test]
fn each_is_recognised() {
    let expected: Vec<&str> = include_str!("events.txt").lines().collect();
    let mut recorded = Vec::new();
    for (name, text) in fixtures() {
        let (_, told) = as_value(&serde_json::from_str(&text).unwrap());
        let (_, by_text) = as_text::<Value>(&text).unwrap();
        assert_eq!(told, by_text, "{name}: as a value, and as text");
        recorded.push(format!("{name} | {told}"));
    }
    assert!(recorded.len() > 150, "{}", recorded.len());
    assert!(recorded == expected, "tests/lambda/tests/events.txt should be:\n{}\n", recorded.join("\n"));
}

/// Runs all fixtures with this prefix through handlers of a type; some have to fit.
fn typed<T: DeserializeOwned + serde::Serialize + Send + 'static>(prefix: &str, all: &[(String, String)]) {
    #[traced_lambda]
    async fn handle<T: serde::Serialize>(event: LambdaEvent<T>) -> Result<(), Error> {
        drop(event);
        Ok(())
    }
    let mut fitting = 0;
    for (name, text) in all.iter().filter(|(name, _)| name.starts_with(prefix)) {
        let Some((_, by_text)) = as_text::<T>(text) else { continue };
        let (_, expected) = as_text::<Value>(text).unwrap();
        assert_eq!(by_text, expected, "{name}");
        let recorder = TestRecorder::new();
        let event = serde_json::from_str::<T>(text).unwrap();
        recorder.block_on(handle(LambdaEvent::new(event, Context::default()))).unwrap();
        assert_eq!(told(&recorder), expected, "{name}: by what the type keeps");
        fitting += 1;
    }
    assert!(fitting > 0, "no {prefix} fits {}", std::any::type_name::<T>());
}

#[test]
fn types_tell_the_same_as_texts() {
    let all = fixtures();
    typed::<sqs::SqsEvent>("sqs-event", &all);
    typed::<sns::SnsEvent>("sns-event", &all);
    typed::<s3::S3Event>("s3-event", &all);
    typed::<kinesis::KinesisEvent>("kinesis-event", &all);
    typed::<dynamodb::Event>("dynamodb-event", &all);
    typed::<eventbridge::EventBridgeEvent>("eventbridge", &all);
    typed::<alb::AlbTargetGroupRequest>("alb-lambda-target-request", &all);
    typed::<apigw::ApiGatewayProxyRequest>("apigw-request", &all);
    typed::<apigw::ApiGatewayV2httpRequest>("apigw-v2-request", &all);
    typed::<cognito::CognitoEventUserPoolsPostConfirmation>("cognito-event-userpools-postconfirmation", &all);
    typed::<cloudwatch_logs::LogsEvent>("cloudwatch_logs-event", &all);
}

/// Members whose values are nobody's business but the program's.
const PRIVATE: [&str; 39] = [
    "body",
    "Body",
    "Message",
    "Subject",
    "data",
    "Data",
    "headers",
    "multiValueHeaders",
    "cookies",
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "rawQueryString",
    "rawPath",
    "pathParameters",
    "stageVariables",
    "sourceIp",
    "sourceIPAddress",
    "userAgent",
    "userName",
    "username",
    "userAttributes",
    "password",
    "NewImage",
    "OldImage",
    "Keys",
    "partitionKey",
    "messageAttributes",
    "MessageAttributes",
    "receiptHandle",
    "claims",
    "arguments",
    "authorizationToken",
    "commonHeaders",
    "key",
    "fullDocument",
    "documentKey",
    "principalId",
    "clientMetadata",
    "callerContext",
];

const SECRET: &str = "pl4nted-s3cret";

fn plant(value: &mut Value, inside: bool) -> usize {
    match value {
        Value::String(text) if inside => {
            SECRET.clone_into(text);
            1
        }
        Value::Array(values) => values.iter_mut().map(|value| plant(value, inside)).sum(),
        Value::Object(members) => {
            let private = |name: &String| inside || PRIVATE.contains(&name.as_str());
            members.iter_mut().map(|(name, value)| plant(value, private(name))).sum()
        }
        _ => 0,
    }
}

#[test]
fn nothing_private_is_recorded() {
    let mut planted = 0;
    for (name, text) in fixtures() {
        let mut event: Value = serde_json::from_str(&text).unwrap();
        planted += plant(&mut event, false);
        let by_value = as_value(&event).0.documents();
        let by_text = as_text::<Value>(&event.to_string()).unwrap().0.documents();
        for document in by_value.iter().chain(&by_text) {
            assert!(!document.contains(SECRET), "{name}: {document}");
        }
    }
    assert!(planted > 1_000, "{planted}");
}
