//! Services that handle events, traced.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::task::{Context, Poll};

use lambda_runtime::tower::{Layer, Service};
use lambda_runtime::{LambdaEvent, LambdaInvocation};
use xray_runtime::__rt::{self, Site};
use xray_runtime::lambda::{self, Invocation, OpenInvocation};

use super::context::begin;
use super::failure::{AsAny, Tell};
use super::future::TraceFuture;
use super::payload::Payload;
use super::respond::{Batch, Buffered, Respond, Streaming};
use crate::facts::event;

/// What is said of a handler when it is traced.
#[derive(Clone, Debug)]
pub(super) enum Name {
    Text(Cow<'static, str>, &'static Location<'static>),
    Site(&'static Site),
}

impl Name {
    pub(super) fn invocation(&self) -> Invocation {
        match self {
            Self::Text(name, place) => __rt::invocation_at(name.clone(), place),
            Self::Site(site) => __rt::invocation(site),
        }
    }
}

/// Settings of a [`TraceLayer`], and of the service that it makes.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) name: Name,
    pub(super) capture_error: bool,
}

/// Traces the invocations of a Lambda function: for those who build their own `main`, or want no macros. It goes around the handler.
///
/// ```no_run
/// # use xray_sdk_patch as autoxray;
/// # async fn orders(event: LambdaEvent<serde_json::Value>) -> Result<serde_json::Value, Error> { Ok(event.payload) }
/// use autoxray::lambda::TraceLayer;
/// use lambda_runtime::tower::ServiceBuilder;
/// use lambda_runtime::{Error, LambdaEvent, Runtime, service_fn};
///
/// # async fn example() -> Result<(), Error> {
/// let handler = ServiceBuilder::new().layer(TraceLayer::new().name("## orders").batches()).service(service_fn(orders));
/// Runtime::new(handler).run().await
/// # }
/// ```
///
/// A macro finds out what kind of answer a handler gives; here it has to be said: [`batches`](Self::batches), [`streaming`](Self::streaming),
/// with the feature `lambda-http` also `http` and `http_streaming`. Of errors, `lambda_runtime::Error` is told with its causes, others by their
/// `Debug`.
///
/// As a layer of the [`Runtime`](lambda_runtime::Runtime) itself it sees the event as it came, and other layers below it; but the runtime
/// has sent the answer before such a layer gets to know that there is one, and does not say whether it is an error. There, put one around the
/// handler as well: both together record an invocation once, and the inner one ends it.
pub struct TraceLayer<K = Buffered> {
    settings: Settings,
    told: PhantomData<fn(K)>,
}

impl TraceLayer {
    /// Names the subsegment of the handler `## ` and what `_HANDLER` says, or the function's name where that is `bootstrap`.
    #[must_use]
    #[track_caller]
    pub fn new() -> Self {
        let handler = lambda::function(|function| {
            let handler = function.handler.as_ref().filter(|handler| *handler != "bootstrap");
            handler.or(function.function_name.as_ref()).cloned()
        });
        let name = format!("## {}", handler.as_deref().unwrap_or("handler"));
        let settings = Settings { name: Name::Text(name.into(), Location::caller()), capture_error: true };
        Self { settings, told: PhantomData }
    }

    /// The answers may name records of a batch that failed, as `batchItemFailures`.
    #[must_use]
    pub fn batches(self) -> TraceLayer<Batch> {
        self.of()
    }

    /// The answers are streams: an invocation ends with the end of its answer.
    #[must_use]
    pub fn streaming(self) -> TraceLayer<Streaming> {
        self.of()
    }
}

impl<K> TraceLayer<K> {
    pub(super) fn of<L>(self) -> TraceLayer<L> {
        TraceLayer { settings: self.settings, told: PhantomData }
    }

    /// Names the subsegment of the handler.
    #[must_use]
    #[track_caller]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.settings.name = Name::Text(name.into(), Location::caller());
        self
    }

    /// Whether an error of the handler is recorded with what it says. If not, the handler is only marked as failed.
    #[must_use]
    pub fn capture_error(mut self, capture: bool) -> Self {
        self.settings.capture_error = capture;
        self
    }
}

impl Default for TraceLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> Clone for TraceLayer<K> {
    fn clone(&self) -> Self {
        Self { settings: self.settings.clone(), told: PhantomData }
    }
}

impl<K> fmt::Debug for TraceLayer<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceLayer").field("settings", &self.settings).finish()
    }
}

impl<S, K> Layer<S> for TraceLayer<K> {
    type Service = TraceService<S, K>;

    fn layer(&self, inner: S) -> TraceService<S, K> {
        TraceService::new(inner, self.settings.clone())
    }
}

/// A service whose calls are invocations. Made by [`TraceLayer`], and by `#[traced_lambda]` on `main`.
pub struct TraceService<S, K = Buffered, D = AsAny> {
    inner: S,
    settings: Settings,
    told: PhantomData<fn(K, D)>,
}

impl<S, K, D> TraceService<S, K, D> {
    pub(super) fn new(inner: S, settings: Settings) -> Self {
        // Services are made when everything else is: what follows is the first question for an event.
        lambda::polling();
        Self { inner, settings, told: PhantomData }
    }

    /// Begins an invocation, and calls the handler in it.
    pub(super) fn handle<T, F: Future>(
        &mut self,
        invocation: OpenInvocation,
        event: T,
        call: impl FnOnce(&mut S, T) -> F,
    ) -> TraceFuture<F, K, D> {
        let future = invocation.run(|| call(&mut self.inner, event));
        TraceFuture::new(invocation.trace(future))
    }

    pub(super) fn invocation(&self) -> Invocation {
        let invocation = self.settings.name.invocation().told_within();
        if self.settings.capture_error { invocation } else { invocation.without_causes() }
    }

    pub(super) fn ready<T>(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>>
    where
        S: Service<T>,
    {
        self.inner.poll_ready(cx)
    }
}

/// Around a handler.
impl<S, T, K, D> Service<LambdaEvent<Payload<T>>> for TraceService<S, K, D>
where
    S: Service<LambdaEvent<T>>,
    K: Respond<S::Response>,
    D: Tell<S::Error>,
{
    type Response = K::Response;
    type Error = S::Error;
    type Future = TraceFuture<S::Future, K, D>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.ready(cx)
    }

    fn call(&mut self, event: LambdaEvent<Payload<T>>) -> Self::Future {
        let LambdaEvent { payload: Payload { payload, mut event }, context } = event;
        let invocation = begin(self.invocation(), Some(&context), &mut || event.take());
        self.handle(invocation, LambdaEvent { payload, context }, S::call)
    }
}

/// As a layer of the runtime.
impl<S: Service<LambdaInvocation>, D: Tell<S::Error>> Service<LambdaInvocation> for TraceService<S, Buffered, D> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = TraceFuture<S::Future, Buffered, D>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.ready(cx)
    }

    fn call(&mut self, event: LambdaInvocation) -> Self::Future {
        let mut seen = || std::str::from_utf8(&event.body).ok().map(event::of_json);
        let invocation = begin(self.invocation().ends_within(), Some(&event.context), &mut seen);
        self.handle(invocation, event, S::call)
    }
}

impl<S: Clone, K, D> Clone for TraceService<S, K, D> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), settings: self.settings.clone(), told: PhantomData }
    }
}

impl<S, K, D> fmt::Debug for TraceService<S, K, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TraceService").field("settings", &self.settings).finish_non_exhaustive()
    }
}
