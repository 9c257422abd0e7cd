//! A fake service in memory, and clients for it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::retry::RetryConfig;

/// A request as it would have gone over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// `POST` and so on.
    pub method: String,
    /// All of it.
    pub uri: String,
    /// By name, those that change from call to call left out.
    pub headers: Vec<(String, String)>,
    /// Bodies that are streamed count as empty.
    pub body: String,
}

impl Sent {
    /// The value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }
}

/// Headers that no two calls have in common.
const CHANGING: [&str; 5] = ["authorization", "x-amz-date", "amz-sdk-invocation-id", "amz-sdk-request", "x-amz-security-token"];

/// An answer of the fake service.
pub struct Answer {
    status: u16,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: SdkBody,
    after: Duration,
}

impl Answer {
    /// One with a body.
    pub fn new(status: u16, body: impl Into<SdkBody>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), after: Duration::ZERO }
    }

    /// One with a JSON body, as the services that speak it send.
    #[must_use]
    pub fn json(status: u16, body: &str) -> Self {
        Self::new(status, body).header("content-type", "application/x-amz-json-1.0").header("x-amzn-requestid", "REQUEST-1")
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, value.as_ref().to_vec()));
        self
    }

    /// Sent only after a while.
    #[must_use]
    pub fn after(mut self, after: Duration) -> Self {
        self.after = after;
        self
    }
}

type Handler = dyn Fn(&Sent, usize) -> Answer + Send + Sync;

/// A service in memory: each request is answered by a closure, which is told how many came before, and remembered.
#[derive(Clone)]
pub struct Fake {
    handler: Arc<Handler>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl std::fmt::Debug for Fake {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fake").finish_non_exhaustive()
    }
}

impl Fake {
    /// A service that answers like this.
    pub fn new(handler: impl Fn(&Sent, usize) -> Answer + Send + Sync + 'static) -> Self {
        Self { handler: Arc::new(handler), sent: Arc::default() }
    }

    /// What has been sent to it.
    ///
    /// # Panics
    ///
    /// If the handler has panicked.
    #[must_use]
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }

    /// Configuration of clients that talk to it. Retries come without a wait.
    #[must_use]
    pub fn config(&self) -> SdkConfig {
        config().http_client(self.clone()).endpoint_url("http://service.test").build()
    }
}

/// Configuration of any client in these tests.
#[must_use]
pub fn config() -> aws_types::sdk_config::Builder {
    let credentials = Credentials::from_keys("AKIDEXAMPLE", "secret-key", None);
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)))
}

impl HttpClient for Fake {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Fake {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let headers = request.headers().iter().filter(|(name, _)| !CHANGING.contains(name));
        let mut headers: Vec<_> = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        headers.sort();
        let body = String::from_utf8_lossy(request.body().bytes().unwrap_or_default()).into_owned();
        let sent = Sent { method: request.method().to_owned(), uri: request.uri().to_owned(), headers, body };
        let mut all = self.sent.lock().unwrap();
        let answer = (self.handler)(&sent, all.len());
        all.push(sent);
        HttpConnectorFuture::new(async move {
            tokio::time::sleep(answer.after).await;
            let mut response = http::Response::builder().status(answer.status);
            for (name, value) in answer.headers {
                response = response.header(name, http::HeaderValue::from_bytes(&value).unwrap());
            }
            Ok(HttpResponse::try_from(response.body(answer.body).unwrap()).unwrap())
        })
    }
}
