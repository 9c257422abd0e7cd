//! Errors in the shape of the service: the kind in the header `x-amzn-ErrorType` and in `__type`, and a message.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::members::Wrong;

pub(super) const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

/// A request that gets no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Error {
    kind: &'static str,
    status: StatusCode,
    message: String,
    /// The resource that is meant, where the service names it.
    resource: Option<String>,
}

impl Error {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, status, message: message.into(), resource: None }
    }

    /// The client has to change its request.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidRequestException", message)
    }

    /// What is named does not exist.
    pub(crate) fn not_found(resource: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "ResourceNotFoundException", message).about(resource)
    }

    /// The same, naming the resource that is meant.
    pub(crate) fn about(self, resource: &str) -> Self {
        Self { resource: Some(resource.to_owned()), ..self }
    }

    /// The collector could not do what it should have done.
    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", message)
    }

    /// What is wrong, and what to do.
    pub(super) fn into_message(self) -> String {
        self.message
    }

    /// The body, as the service writes it.
    pub(crate) fn body(&self) -> Value {
        let mut body = json!({"__type": self.kind, "Message": self.message});
        if let Some(resource) = &self.resource {
            body["ResourceName"] = json!(resource);
        }
        body
    }
}

impl From<Wrong> for Error {
    fn from(wrong: Wrong) -> Self {
        Self::invalid(wrong.to_string())
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = (self.status, json(&self.body())).into_response();
        response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(self.kind));
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        }
        response
    }
}

/// A body as the service sends it.
pub(super) fn json(value: &Value) -> impl IntoResponse + use<> {
    ([(header::CONTENT_TYPE, "application/json")], without_controls(value.to_string()))
}

/// JSON need not escape these control characters, but people print answers on terminals, which may take them for commands. Outside of
/// strings there are none.
fn without_controls(json: String) -> String {
    let is_control = |char: char| matches!(char, '\u{7f}'..='\u{9f}');
    if !json.contains(is_control) {
        return json;
    }
    let mut escaped = String::with_capacity(json.len());
    for char in json.chars() {
        match is_control(char) {
            true => escaped.push_str(&format!("\\u{:04x}", u32::from(char))),
            false => escaped.push(char),
        }
    }
    escaped
}
