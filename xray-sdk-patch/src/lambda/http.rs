//! Handlers of `lambda_http`.

use std::task::{Context, Poll};

use lambda_http::request::RequestContext;
use lambda_http::{Request, RequestExt};
use lambda_runtime::tower::Service;
use serde::Serialize;
use xray_model::document::{Http, HttpResponse};
use xray_runtime::__rt::{self, Site};
use xray_runtime::ErrorKind;
use xray_runtime::lambda::OpenInvocation;

use super::call::{Answer, Answers, Chosen, Look, Opaque, Plain, Reopen, Wrap};
use super::context::{Handled, begin};
use super::failure::Tell;
use super::future::TraceFuture;
use super::respond::Respond;
use super::service::{TraceLayer, TraceService};
use super::streamed::Streamed;
use crate::facts::event::{self, Event};

impl Handled for Request {
    fn context(&self) -> Option<&lambda_runtime::Context> {
        self.lambda_context_ref()
    }
}

/// What is left of the event of an HTTP request, by the names it had.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Seen<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    route_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<&'a str>,
    http_method: &'a str,
    request_context: &'a RequestContext,
}

fn event(request: &Request) -> Option<Event> {
    let context = request.request_context_ref()?;
    let (version, route_key, resource) = match context {
        RequestContext::ApiGatewayV1(context) => (None, None, context.resource_path.as_deref()),
        RequestContext::ApiGatewayV2(context) => (Some("2.0"), context.route_key.as_deref(), None),
        _ => (None, None, None),
    };
    Some(event::of_value(&Seen { version, route_key, resource, http_method: request.method().as_str(), request_context: context }))
}

impl Look<'_, Request> {
    /// Begins the invocation.
    pub fn __autoxray_begin(&self, site: &'static Site) -> OpenInvocation {
        let Opaque(request) = **self;
        begin(__rt::invocation(site), request.context(), &mut || event(request))
    }
}

impl<S: Service<Request>, K: Respond<S::Response>, D: Tell<S::Error>> Service<Request> for TraceService<S, K, D> {
    type Response = K::Response;
    type Error = S::Error;
    type Future = TraceFuture<S::Future, K, D>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let invocation = begin(self.invocation(), request.context(), &mut || event(&request));
        self.handle(invocation, request, S::call)
    }
}

/// Records the status of an answer. Source: "X-Ray concepts", errors, faults and exceptions.
fn answered<B>(invocation: &OpenInvocation, response: &http::Response<B>) {
    let status = response.status().as_u16();
    invocation.attach(|values| {
        values.annotate("http_status", status);
        values.http(Http { response: Some(HttpResponse { status: Some(status.into()), ..HttpResponse::default() }), ..Http::default() });
    });
    invocation.fail(|| ErrorKind::of_status(status).map(Into::into));
}

/// The invocation ends with the answer, whose status says how.
#[derive(Clone, Copy, Debug)]
pub struct WithStatus;

impl<B> Respond<http::Response<B>> for WithStatus {
    type Response = http::Response<B>;

    fn respond(response: http::Response<B>, invocation: OpenInvocation) -> http::Response<B> {
        answered(&invocation, &response);
        invocation.close();
        response
    }
}

/// The invocation ends with the body of the answer, whose status says how.
#[derive(Clone, Copy, Debug)]
pub struct StreamingWithStatus;

impl<B> Respond<http::Response<B>> for StreamingWithStatus {
    type Response = http::Response<Streamed<B>>;

    fn respond(response: http::Response<B>, invocation: OpenInvocation) -> Self::Response {
        answered(&invocation, &response);
        response.map(|body| Streamed::new(body, invocation))
    }
}

impl TraceLayer {
    /// The answers have a status, which says whether the invocation failed.
    #[must_use]
    pub fn http(self) -> TraceLayer<WithStatus> {
        self.of()
    }

    /// The same for answers that are streams: an invocation ends with the end of its answer.
    #[must_use]
    pub fn http_streaming(self) -> TraceLayer<StreamingWithStatus> {
        self.of()
    }
}

/// Handles requests.
pub trait OfHttp<S> {
    /// The service as it is known then.
    fn __autoxray_handler(&self) -> Chosen<S, Request, super::respond::Buffered, ()>;
}

impl<S: Service<Request>> OfHttp<S> for &&&&Wrap<S> {
    fn __autoxray_handler(&self) -> Chosen<S, Request, super::respond::Buffered, ()> {
        self.chosen()
    }
}

/// Handles requests, and answers with streams.
pub trait OfHttpStreaming<S> {
    /// The service as it is known then.
    fn __autoxray_streaming_handler(&self) -> Chosen<S, Request, StreamingWithStatus, ()>;
}

impl<S: Service<Request, Response = http::Response<B>>, B> OfHttpStreaming<S> for &&&&Wrap<S> {
    fn __autoxray_streaming_handler(&self) -> Chosen<S, Request, StreamingWithStatus, ()> {
        self.chosen()
    }
}

/// Answers have a status.
pub trait OfStatus<S, D> {
    /// The service.
    fn __autoxray_answers(&self) -> TraceService<S, WithStatus, D>;
}

impl<S: Service<M, Response = http::Response<B>>, M, B, D> OfStatus<S, D> for &&&Answers<Chosen<S, M, super::respond::Buffered, D>> {
    fn __autoxray_answers(&self) -> TraceService<S, WithStatus, D> {
        self.take().service()
    }
}

impl<B, E> Plain<'_, Result<http::Response<B>, E>> {
    /// Records the status of the answer.
    pub fn __autoxray_records(&self, invocation: &OpenInvocation) {
        if let Ok(response) = self.0.0 {
            answered(invocation, response);
        }
    }
}

impl<E> Answer<Result<http::Response<lambda_runtime::streaming::Body>, E>> {
    /// Closes the invocation with the end of the body.
    pub fn __autoxray_close(self) -> Result<http::Response<lambda_runtime::streaming::Body>, E> {
        let Self { result, invocation } = self;
        match result {
            Ok(response) => Ok(response.map(|body| body.reopen(invocation))),
            Err(error) => {
                invocation.close();
                Err(error)
            }
        }
    }
}
