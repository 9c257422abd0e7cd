//! A service in memory that has the answer at once, so that no network is measured.

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::Full;

const ITEM: &str = r#"{"Item":{"id":{"S":"order-1"},"total":{"N":"1200"},"paid":{"BOOL":true}}}"#;

#[derive(Clone, Debug)]
struct Instant;

impl HttpClient for Instant {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Instant {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        let response = http::Response::builder()
            .status(200)
            .header("content-type", "application/x-amz-json-1.0")
            .header("content-length", ITEM.len())
            .header("x-amzn-requestid", "LQ0B3OTIJ5M3S4D0RO1UU3SRAVVV4KQNSO5AEMVJF66Q9ASUAAJG")
            // As from the real connector: a body that has to be read, not one that is there.
            .body(SdkBody::from_body_1_x(Full::new(ITEM.into())));
        let response = response.expect("a response");
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).expect("a response for the SDK")))
    }
}

/// What a program has without any tracing: signed calls, the SDK's own defaults.
pub fn config() -> SdkConfig {
    let credentials = Credentials::from_keys("AKIDEXAMPLE", "secret-key", None);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(Instant)
        .build()
}
