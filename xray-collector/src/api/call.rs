//! From a request to an operation, and from its result to a response.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Held;
use super::error::{self, Error};
use super::operations::Operation;
use crate::members::Members;
use crate::relay;
use crate::serve::App;
use crate::settings::SMALL_BODY_BYTES;

/// What an operation gives: the members of its answer.
pub(super) type Answer = Result<Value, Error>;

/// An operation, and whether it has to wait when many are asked.
#[derive(Clone, Copy)]
pub(super) struct Work {
    pub(super) path: &'static str,
    pub(super) operation: Operation,
    pub(super) is_question: bool,
}

/// What is refused where AWS is asked for sampling rules: nobody would see the change.
const CHANGES_OF_RULES: [&str; 3] = ["/CreateSamplingRule", "/UpdateSamplingRule", "/DeleteSamplingRule"];

/// Calls an operation for a request to its path. What is for AWS to answer, where documents are sent on there and no rules of one's own were
/// given, it is asked.
pub(super) async fn call(State(app): State<App>, method: Method, headers: HeaderMap, body: Bytes, work: Work) -> Response {
    if method != Method::POST {
        let message = format!("{method} is not allowed: X-Ray's operations are called with POST");
        return Error::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedException", message).into_response();
    }
    if let Some(encoding) = headers.get(header::CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
        let message = format!("The Content-Encoding {encoding:?} is not known to X-Ray's operations: send the body as it is");
        return Error::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaTypeException", message).into_response();
    }
    if let Some(sink) = app.traces.sink().filter(|_| app.settings.rules.is_none()) {
        if CHANGES_OF_RULES.contains(&work.path) && sink.has_rules() {
            let message = "Sampling rules are those of AWS, to which documents are sent on: change them there, or start with --rules FILE";
            return Error::invalid(message).into_response();
        }
        if let Some(answer) = sink.ask(work.path, &body) {
            return relayed(answer.await);
        }
    }
    // As a tree of values, a body may take many times its size.
    let large = async { if body.len() > SMALL_BODY_BYTES { app.api.large.acquire().await.ok() } else { None } };
    let questions = async { if work.is_question { app.api.questions.acquire().await.ok() } else { None } };
    let _places = (questions.await, large.await);
    // Questions may take many milliseconds; the threads that serve connections have others to attend to.
    let api = Arc::clone(&app.api);
    let held = Held { traces: app.traces, api };
    let answer = tokio::task::spawn_blocking(move || answer(&held, &body, work.operation)).await;
    match answer.unwrap_or_else(|_| Err(Error::internal("The collector failed at this request, which is a bug in it: please report it."))) {
        Ok(value) => error::json(&value).into_response(),
        Err(error) => error.into_response(),
    }
}

fn relayed(answer: Result<relay::Answered, String>) -> Response {
    let relay::Answered { status, error, body, .. } = match answer {
        Ok(answered) => answered,
        // SDKs then go by the rules that they have.
        Err(why) => {
            return Error::new(StatusCode::BAD_GATEWAY, "ServiceUnavailableException", format!("AWS was asked: {why}")).into_response();
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if let Some(error) = error.and_then(|error| HeaderValue::try_from(error).ok()) {
        response.headers_mut().insert(error::ERROR_TYPE, error);
    }
    response
}

/// What is answered to a body.
pub(super) fn answer(held: &Held, body: &[u8], operation: Operation) -> Answer {
    // Some clients send nothing where all members are optional.
    let value: Value = match body.trim_ascii() {
        [] => json!({}),
        body => serde_json::from_slice(body).map_err(|error| {
            let message = format!("The body is no JSON: {error}: send an object that is nested less than 128 deep, in UTF-8");
            Error::new(StatusCode::BAD_REQUEST, "SerializationException", message)
        })?,
    };
    operation(held, &Members::whole(&value)?)
}

/// What is answered where there is no operation.
pub(crate) fn unknown(method: &Method, path: &str) -> Error {
    let path: String = path.chars().take(100).collect();
    let message = format!("There is no operation at {method} {path}: see the API reference of X-Ray for its operations");
    Error::new(StatusCode::NOT_FOUND, "UnknownOperationException", message)
}
