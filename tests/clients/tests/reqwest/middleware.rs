//! The middleware.

use autoxray::reqwest::TraceMiddleware;
use autoxray::segment;
use reqwest_middleware::{ClientBuilder, Error, Next};
use xray_testkit::TestRecorder;

use super::reqwest::{Client, Request, Response};
use crate::server::{Server, nobody};

type Boxed<'a> = std::pin::Pin<Box<dyn Future<Output = reqwest_middleware::Result<Response>> + Send + 'a>>;

fn failing<'a>(_: Request, _: &'a mut hyper::http::Extensions, _: Next<'a>) -> Boxed<'a> {
    Box::pin(async { Err(Error::middleware(std::io::Error::other("no ticket for http://a.b/?secret"))) })
}

#[tokio::test]
async fn requests_that_pass_the_middleware_are_recorded() {
    let (server, nobody) = (Server::start(), nobody());
    let client = ClientBuilder::new(Client::new()).with(TraceMiddleware::new()).build();
    let recorder = TestRecorder::new();
    let work = async {
        let response = client.get(server.url("/ok?secret")).send().await.unwrap();
        assert_eq!(response.text().await.unwrap(), "hello");
        let error = client.get(nobody.url("/?secret")).send().await.unwrap_err();
        assert!(error.is_connect());
        let failing = ClientBuilder::new(Client::new()).with(TraceMiddleware::new()).with(failing).build();
        assert!(failing.get(server.url("/ok")).send().await.unwrap_err().is_middleware());
        drop(client.get(server.url("/ok")).send());
    };
    recorder.wrap(segment("s").trace(work)).await;
    recorder.assert_tree(
        "s
           127.0.0.1 [remote]
           127.0.0.1 [fault, remote] !Connect: ..
           127.0.0.1 [fault, remote] !Middleware: no ticket for http://a.b/",
    );
    assert!(!recorder.documents()[0].contains("secret"));
    assert!(server.take()[0].contains("x-amzn-trace-id: Root=1-"));
    let off = TestRecorder::with(|settings| settings.capture(|capture| capture.http = false));
    off.wrap(segment("s").trace(async { client.get(server.url("/ok")).send().await.unwrap() })).await;
    off.assert_tree("s");
    assert!(!server.take()[0].contains("x-amzn-trace-id"));
}
