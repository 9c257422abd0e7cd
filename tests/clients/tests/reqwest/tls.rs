//! HTTP/2 over TLS; reqwest 0.12 is the version that takes a backend without C.

use autoxray::segment;
use xray_testkit::TestRecorder;

use super::{reqwest, traced};
use crate::server::{certificate, http2};

#[tokio::test]
async fn tls_changes_nothing() {
    let (certificate, key) = certificate();
    let root = reqwest::Certificate::from_der(&certificate).unwrap();
    let address = http2(Some((certificate, key))).await;
    let client = reqwest::Client::builder().use_rustls_tls().add_root_certificate(root).build().unwrap();
    let recorder = TestRecorder::new();
    let url = format!("https://localhost:{}/a?secret", address.port());
    let answer = async { traced::send(client.get(&url)).await.unwrap().text().await.unwrap() };
    let answer = recorder.wrap(segment("s").trace(answer)).await;
    assert!(answer.starts_with("HTTP/2.0 Root=1-"), "{answer}");
    recorder.assert_tree("s\n  localhost [remote]");
    // The certificate is for `localhost`.
    let other = format!("https://127.0.0.1:{}/a?secret", address.port());
    let error = recorder.wrap(segment("s").trace(async { traced::send(client.get(other)).await })).await.unwrap_err();
    assert!(error.is_connect());
    recorder.assert_tree("s\n  localhost [remote]\ns\n  127.0.0.1 [fault, remote] !Connect: ..");
    assert!(!recorder.documents().concat().contains("secret"));
}
