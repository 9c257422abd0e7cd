//! A call of the oldest supported SDK is recorded like one of today's.

use std::sync::{Arc, Mutex};

use autoxray::{TraceHeader, segment};
use aws_sdk_dynamodb::config::{Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use serde_json::Value;
use xray_testkit::TestRecorder;

/// Answers every request alike, and keeps the trace headers.
#[derive(Clone, Debug)]
struct Service {
    status: u16,
    body: &'static str,
    headers: Arc<Mutex<Vec<String>>>,
}

impl HttpClient for Service {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Service {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let header = request.headers().get("x-amzn-trace-id").unwrap_or_default();
        self.headers.lock().unwrap().push(header.to_owned());
        let response = http::Response::builder().status(self.status).header("x-amzn-requestid", "R1");
        let response = response.header("content-type", "application/x-amz-json-1.0").body(SdkBody::from(self.body)).unwrap();
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).unwrap()))
    }
}

async fn recorded(status: u16, body: &'static str) -> (TestRecorder, Vec<String>, bool) {
    let service = Service { status, body, headers: Arc::default() };
    let config = aws_sdk_dynamodb::Config::builder()
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::from_keys("id", "secret", None))
        .endpoint_url("http://service.test")
        .http_client(service.clone())
        .interceptor(autoxray::aws::interceptor());
    let client = aws_sdk_dynamodb::Client::from_conf(config.build());
    let recorder = TestRecorder::new();
    let call = client.get_item().table_name("users").key("id", AttributeValue::S("k".into())).send();
    let result = recorder.wrap(segment("orders").trace(call)).await;
    let headers = service.headers.lock().unwrap().clone();
    (recorder, headers, result.is_ok())
}

#[tokio::test]
async fn a_call_is_a_subsegment() {
    let (recorder, headers, answered) = recorded(200, "{}").await;
    assert!(answered);
    recorder.assert_tree("orders\n  DynamoDB [aws]");
    assert_eq!(TraceHeader::parse(&headers[0]).parent, Some(recorder.trace().expect("DynamoDB").id()));
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    let aws = &document["subsegments"][0]["aws"];
    let expected = serde_json::json!({"operation": "GetItem", "region": "eu-west-1", "table_name": "users", "request_id": "R1"});
    assert_eq!(*aws, expected);
}

#[tokio::test]
async fn an_error_is_the_services() {
    let (recorder, _, answered) = recorded(400, r#"{"__type":"ResourceNotFoundException","message":"no table"}"#).await;
    assert!(!answered);
    recorder.assert_tree("orders\n  DynamoDB [error, aws] !ResourceNotFoundException: no table");
}
