//! A middleware for reqwest-middleware.

use async_trait::async_trait;
use http::Extensions;
use reqwest_0_13::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use xray_runtime::Failure;

use super::v0_13::client::call::{Call, is_captured};
use super::v0_13::client::failure::{Chain, Told};
use super::v0_13::client::sending::Sending;

/// Records each request that comes by, as [`send`](super::v0_13::send) does. For clients of reqwest-middleware, which work with reqwest 0.13.
///
/// Below a middleware that tries again, each attempt is a subsegment; above it, all attempts are one.
///
/// ```
/// # use xray_sdk_patch as autoxray;
/// # use reqwest_0_13 as reqwest;
/// use autoxray::reqwest::TraceMiddleware;
/// use reqwest_middleware::ClientBuilder;
///
/// let client = ClientBuilder::new(reqwest::Client::new()).with(TraceMiddleware::new()).build();
/// # let recorder = xray_testkit::TestRecorder::new();
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
/// # runtime.block_on(recorder.wrap(xray_runtime::segment("shop").trace(async {
/// #     client.get("ftp://example.com/").send().await.unwrap_err();
/// # })));
/// # recorder.assert_tree("shop\n  example.com [fault, remote] !Builder: ..");
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct TraceMiddleware {}

impl TraceMiddleware {
    /// The middleware.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

#[async_trait]
impl Middleware for TraceMiddleware {
    async fn handle(&self, mut request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let call = if is_captured() { Call::of(&mut request) } else { None };
        Sending::new(next.run(request, extensions), call).await
    }
}

impl From<Told<'_, Error>> for Failure {
    fn from(Told(error): Told<'_, Error>) -> Self {
        match error {
            Error::Reqwest(error) => Told(error).into(),
            Error::Middleware(error) => {
                let error: &(dyn std::error::Error + Send + Sync + 'static) = error.as_ref();
                Self::new("reqwest_middleware::Middleware", Chain(error))
            }
        }
    }
}
