//! The program gets the same, and the service is sent the same but for the trace header, whatever tracing is up to.
#![allow(missing_docs)]

use std::fmt::Debug;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use autoxray::export::{Document, Exporter};
use autoxray::{ContextMissing, LossReason, Recorder, Sampling, TraceHeader, UdpExporter, segment};
use autoxray_clients_tests::{Answer, Fake, Sent, config};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::timeout::TimeoutConfig;
use futures::FutureExt;

#[derive(Debug)]
struct Panics;
impl Exporter for Panics {
    fn export(&self, _: Document<'_>) -> Result<(), LossReason> {
        panic!("the exporter")
    }
}

/// In which states tracing may be.
const TRACING: [&str; 8] =
    ["sampled", "no daemon", "no context", "not sampled", "disabled", "not captured", "panicking exporter", "attempts"];

fn recorder(state: &str) -> Recorder {
    let builder = Recorder::builder().sampling(Sampling::Always).context_missing(ContextMissing::IgnoreError);
    match state {
        "no daemon" => builder.exporter(UdpExporter::new(&"127.0.0.1:9".parse().unwrap())),
        "disabled" => builder.enabled(false),
        "not captured" => builder.exporter(autoxray::MemoryExporter::default()).capture(|capture| capture.aws = false),
        "panicking exporter" => builder.exporter(Panics),
        "attempts" => builder.exporter(autoxray::MemoryExporter::default()).capture(|capture| capture.attempts = true),
        _ => builder.exporter(autoxray::MemoryExporter::default()),
    }
    .build()
}

async fn in_state<F: Future>(state: &str, work: F) -> F::Output {
    let header = if state == "not sampled" { "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0" } else { "" };
    match state {
        "no context" => recorder(state).wrap(work).await,
        _ => recorder(state).wrap(segment("orders").header(TraceHeader::parse(header)).trace(work)).await,
    }
}

/// What the service does.
const SERVICE: [&str; 5] = ["answers", "fails", "throttles once", "hangs", "answers late"];

fn service(behaviour: &'static str) -> Fake {
    Fake::new(move |_, before| match behaviour {
        "fails" => Answer::json(400, r#"{"__type":"ResourceNotFoundException","message":"m"}"#),
        "throttles once" if before == 0 => Answer::json(400, r#"{"__type":"ThrottlingException","message":"m"}"#),
        "hangs" => Answer::json(200, "{}").after(Duration::from_secs(600)),
        "answers late" => Answer::json(200, "{}").after(Duration::from_millis(3)),
        _ => Answer::json(200, r#"{"Item":{"id":{"S":"7"}}}"#),
    })
}

/// A part of the client's configuration that must not be shown.
#[derive(Clone)]
struct Unshown(Fake);

impl Debug for Unshown {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("nobody has to look at this")
    }
}

impl HttpClient for Unshown {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        self.0.http_connector(settings, components)
    }
}

fn client(fake: &Fake, traced: bool) -> aws_sdk_dynamodb::Client {
    client_over(Unshown(fake.clone()), traced)
}

fn client_over(http: impl HttpClient + 'static, traced: bool) -> aws_sdk_dynamodb::Client {
    let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_millis(50)).build();
    let shared = config().http_client(http).endpoint_url("http://service.test").timeout_config(timeouts).build();
    if traced { autoxray::aws::client!(aws_sdk_dynamodb, &shared) } else { aws_sdk_dynamodb::Client::new(&shared) }
}

fn call(client: &aws_sdk_dynamodb::Client) -> impl Future<Output = String> + use<> {
    let call = client.get_item().table_name("users").key("id", AttributeValue::S("k".into())).send();
    call.map(shown)
}

fn shown(result: impl Debug) -> String {
    format!("{result:?}")
}

/// What was sent, without the header that is ours.
fn without_ours(sent: Vec<Sent>) -> Vec<Sent> {
    let without = |mut sent: Sent| {
        sent.headers.retain(|(name, _)| name != "x-amzn-trace-id");
        sent
    };
    sent.into_iter().map(without).collect()
}

#[tokio::test(start_paused = true)]
async fn results_and_requests_are_the_same() {
    for behaviour in SERVICE {
        let fake = service(behaviour);
        let expected = call(&client(&fake, false)).await;
        let expected_sent = without_ours(fake.sent());
        for state in TRACING {
            let fake = service(behaviour);
            let got = in_state(state, call(&client(&fake, true))).await;
            assert_eq!(got, expected, "{behaviour}, {state}");
            assert_eq!(without_ours(fake.sent()), expected_sent, "{behaviour}, {state}");
        }
    }
}

/// Polls a future some times and then drops it; says whether it was done before.
async fn dropped_after<F: Future>(polls: usize, future: F) -> bool {
    let mut future = Box::pin(future);
    let mut left = polls;
    std::future::poll_fn(move |cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match Pin::new(&mut future).poll(cx) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[tokio::test(start_paused = true)]
async fn it_can_be_dropped_anywhere() {
    for state in TRACING {
        for behaviour in SERVICE {
            for polls in 0..12 {
                let (plain, traced) = (service(behaviour), service(behaviour));
                // A context is told to go on by the timer; what hangs is not polled again.
                let limit = Duration::from_secs(1);
                let theirs = tokio::time::timeout(limit, dropped_after(polls, call(&client(&plain, false)))).await.ok();
                let ours = tokio::time::timeout(limit, in_state(state, dropped_after(polls, call(&client(&traced, true))))).await.ok();
                assert_eq!(ours, theirs, "{behaviour}, {state}, {polls} polls");
                assert_eq!(without_ours(traced.sent()), without_ours(plain.sent()), "{behaviour}, {state}, {polls} polls");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_listens_to_the_sdk() {
    use tracing_subscriber::filter::LevelFilter;
    for level in [LevelFilter::OFF, LevelFilter::ERROR, LevelFilter::INFO, LevelFilter::DEBUG, LevelFilter::TRACE] {
        let subscriber = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::sink).finish();
        let _listening = tracing::subscriber::set_default(subscriber);
        for behaviour in SERVICE {
            let (plain, traced) = (service(behaviour), service(behaviour));
            let expected = call(&client_over(plain.clone(), false)).await;
            let got = in_state("sampled", call(&client_over(traced.clone(), true))).await;
            assert_eq!(got, expected, "{behaviour}, {level}");
            assert_eq!(without_ours(traced.sent()), without_ours(plain.sent()), "{behaviour}, {level}");
        }
    }
}

#[test]
fn the_future_of_a_call_is_as_large_as_without() {
    let fake = service("answers");
    let size = |traced| size_of_val(&client(&fake, traced).get_item().send());
    assert_eq!(size(true), size(false));
}
