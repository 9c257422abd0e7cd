//! Calls of AWS clients get the interceptor, once for each place that adds it.

use std::sync::{Arc, Mutex};

use autoxray::traced;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_sqs as sqs;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::ConfigBag;

/// How many interceptors of ours each attempt had, in order.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Vec<usize>>>);

impl Seen {
    #[track_caller]
    fn assert(&self, counts: &[usize]) {
        assert_eq!(std::mem::take(&mut *self.0.lock().unwrap()), counts);
    }
}

impl Intercept for Seen {
    fn name(&self) -> &'static str {
        "seen"
    }

    fn read_before_attempt(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.lock().unwrap().push(components.interceptors().filter(|one| one.name() == autoxray::aws::interceptor().name()).count());
        Ok(())
    }
}

/// Answers `{}`.
#[derive(Debug)]
struct Empty;

impl HttpConnector for Empty {
    fn call(&self, _: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::ready(Ok(HttpResponse::new(200.try_into().unwrap(), SdkBody::from("{}"))))
    }
}

fn http() -> SharedHttpClient {
    http_client_fn(|_, _| SharedHttpConnector::new(Empty))
}

fn config(seen: &Seen) -> aws_sdk_dynamodb::config::Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("a", "b", None, None, "test"))
        .http_client(http())
        .interceptor(seen.clone())
}

fn client(seen: &Seen) -> aws_sdk_dynamodb::Client {
    aws_sdk_dynamodb::Client::from_conf(config(seen).build())
}

fn key() -> AttributeValue {
    AttributeValue::S("1".into())
}

#[tokio::test]
async fn requests_in_a_traced_function_are_seen() {
    #[traced]
    async fn calls(client: &aws_sdk_dynamodb::Client) -> Result<(), aws_sdk_dynamodb::Error> {
        client.get_item().table_name("t").key("id", key()).send().await?;
        let request = client.get_item().table_name("t").key("id", key());
        request.send().await?;
        struct Holder {
            request: aws_sdk_dynamodb::operation::get_item::builders::GetItemFluentBuilder,
        }
        let holder = Holder { request: client.get_item().table_name("t").key("id", key()) };
        holder.request.send().await?;
        let later = client.put_item().table_name("t").item("id", key()).send();
        later.await?;
        let many = (0..3).map(|_| client.get_item().table_name("t").key("id", key()).send());
        futures::future::try_join_all(many).await?;
        client
            .get_item()
            .table_name("t")
            .key("id", key())
            .customize()
            .mutate_request(|request| request.headers_mut().insert("x", "y").map_or((), |_| ()))
            .send()
            .await?;
        Ok(())
    }
    let seen = Seen::default();
    calls(&client(&seen)).await.unwrap();
    seen.assert(&[1, 1, 1, 1, 1, 1, 1, 1]);
}

#[tokio::test]
async fn requests_in_macros_closures_and_tasks_are_seen() {
    #[traced]
    async fn calls(client: aws_sdk_dynamodb::Client, sqs: sqs::Client) {
        let (a, b) = tokio::join!(client.list_tables().send(), sqs.list_queues().send(),);
        a.unwrap();
        b.unwrap();
        tokio::select! {
            done = client.list_tables().send() => { done.unwrap(); client.list_tables().send().await.unwrap(); },
            () = std::future::pending() => {}
        }
        let task = tokio::spawn({
            let client = client.clone();
            async move { client.list_tables().send().await.map(|_| ()) }
        });
        task.await.unwrap().unwrap();
        let call = || async { client.list_tables().send().await };
        call().await.unwrap();
        let request = |name: &str| client.get_item().table_name(name).key("id", key());
        let build = async {
            let built = request("t");
            built.send().await
        };
        build.await.unwrap();
        futures::try_join!(client.list_tables().send(), client.list_tables().send()).unwrap();
    }
    let seen = Seen::default();
    let queues = sqs::Client::from_conf(
        sqs::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(Credentials::new("a", "b", None, None, "test"))
            .http_client(http())
            .interceptor(seen.clone())
            .build(),
    );
    calls(client(&seen), queues).await;
    seen.assert(&[1; 9]);
}

#[async_trait::async_trait]
trait Store {
    async fn get(&self) -> bool;
    async fn put(&mut self) -> bool;
}

struct Table<T> {
    client: Arc<aws_sdk_dynamodb::Client>,
    name: T,
}

#[traced]
#[async_trait::async_trait]
impl<T: AsRef<str> + Send + Sync> Store for Table<T> {
    async fn get(&self) -> bool {
        let request = self.client.get_item().table_name(self.name.as_ref());
        request.key("id", key()).send().await.is_ok()
    }

    async fn put(&mut self) -> bool {
        for _ in 0..2 {
            let Ok(_) = self.client.put_item().table_name(self.name.as_ref()).item("id", key()).send().await else { return false };
        }
        let request = self.client.list_tables();
        match request.send().await {
            Ok(output) if output.table_names().is_empty() => true,
            Ok(_) | Err(_) => false,
        }
    }
}

#[tokio::test]
async fn requests_in_generic_and_boxed_methods_are_seen() {
    fn is_send<F: Future + Send>(future: F) -> F {
        future
    }
    let seen = Seen::default();
    let mut table = Table { client: Arc::new(client(&seen)), name: String::from("t") };
    let store: &mut dyn Store = &mut table;
    assert!(is_send(store.get()).await);
    assert!(is_send(store.put()).await);
    seen.assert(&[1; 4]);
}

#[tokio::test]
async fn others_are_left_alone() {
    async fn plain(client: &aws_sdk_dynamodb::Client) {
        client.list_tables().send().await.unwrap();
    }
    #[traced(sends = false)]
    async fn left(client: &aws_sdk_dynamodb::Client) {
        client.list_tables().send().await.unwrap();
    }
    let seen = Seen::default();
    plain(&client(&seen)).await;
    left(&client(&seen)).await;
    seen.assert(&[0, 0]);
}

#[tokio::test]
async fn clients_made_in_a_traced_function_are_seen_everywhere() {
    use aws_sdk_dynamodb::Client;
    async fn plain(client: &Client) {
        client.list_tables().send().await.unwrap();
        let mut pages = client.list_tables().into_paginator().send();
        pages.next().await.unwrap().unwrap();
    }
    #[traced]
    fn from_conf(config: aws_sdk_dynamodb::config::Builder) -> Vec<Client> {
        let one = aws_sdk_dynamodb::Client::from_conf(config.clone().build());
        let built = config.build();
        vec![one, Client::from_conf(built)]
    }
    #[traced]
    fn new(config: &aws_types_of::SdkConfig) -> Vec<Client> {
        vec![aws_sdk_dynamodb::Client::new(config), Client::new(&config.clone()), Client::new(config)]
    }
    let seen = Seen::default();
    for client in from_conf(config(&seen)) {
        plain(&client).await;
        seen.assert(&[1, 1]);
    }
    let shared = aws_types_of::SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(aws_types_of::provider(Credentials::new("a", "b", None, None, "test")))
        .http_client(http())
        .build();
    for client in new(&shared) {
        plain(&Client::from_conf(client.config().to_builder().interceptor(seen.clone()).build())).await;
        seen.assert(&[1, 1]);
    }
}

/// `#[autoxray::main]` above or below of `#[tokio::main]`, or on a function that is not async.
#[test]
fn main_makes_clients_that_are_seen() {
    #[autoxray::main]
    #[tokio::main(flavor = "current_thread")]
    async fn above(seen: &Seen) -> Result<(), aws_sdk_dynamodb::Error> {
        let client = aws_sdk_dynamodb::Client::from_conf(config(seen).build());
        calls(&client).await
    }
    #[tokio::main(flavor = "current_thread")]
    #[autoxray::main]
    async fn below(seen: &Seen) -> Result<(), aws_sdk_dynamodb::Error> {
        let built = config(seen).build();
        let client = aws_sdk_dynamodb::Client::from_conf(built);
        calls(&client).await
    }
    #[autoxray::main]
    fn synchronous(seen: &Seen) -> aws_sdk_dynamodb::Client {
        #![allow(clippy::let_and_return)]
        let client = aws_sdk_dynamodb::Client::from_conf(config(seen).build());
        client
    }
    async fn calls(client: &aws_sdk_dynamodb::Client) -> Result<(), aws_sdk_dynamodb::Error> {
        client.list_tables().send().await.map(|_| ()).map_err(Into::into)
    }
    let seen = Seen::default();
    above(&seen).unwrap();
    below(&seen).unwrap();
    let client = synchronous(&seen);
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(calls(&client)).unwrap();
    seen.assert(&[1, 1, 1]);
}

/// Without a crate more: what the clients' crate shows of the shared configuration.
mod aws_types_of {
    pub(super) use aws_types::SdkConfig;
    pub(super) fn provider(credentials: aws_sdk_dynamodb::config::Credentials) -> aws_sdk_dynamodb::config::SharedCredentialsProvider {
        aws_sdk_dynamodb::config::SharedCredentialsProvider::new(credentials)
    }
}
