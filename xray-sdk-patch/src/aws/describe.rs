//! Between the SDK's types and `facts`, which know none of them.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_types::body::SdkBody;
use serde::ser::{Serialize, SerializeMap, Serializer};
use xray_model::document::{Http, HttpResponse as Answered};
use xray_runtime::{Failure, Values, capture};

use crate::facts::error::ServiceError;
use crate::facts::eventstream::ModelStream;
use crate::facts::parameters::Field;
use crate::facts::url::without_secrets;
use crate::facts::{Fields, Value, carrier, error, request, response};

/// Puts the trace header into the messages of a request, where its service has a place for it.
pub(super) fn carry(service: &str, operation: &str, header: &str, request: &mut HttpRequest) {
    let wanted = match service {
        "SQS" => capture(|capture| capture.carriers.sqs),
        "EventBridge" => capture(|capture| capture.carriers.event_bridge),
        "SFN" => capture(|capture| capture.carriers.step_functions),
        _ => false,
    };
    let body = request.body().bytes().filter(|_| wanted);
    let Some(body) = body.and_then(|body| carrier::with_header(service, operation, body, header)) else { return };
    if request.headers().contains_key("content-length") {
        request.headers_mut().insert("content-length", body.len().to_string());
    }
    *request.body_mut() = SdkBody::from(body);
}

/// Whether what is called shows only once the endpoint is known.
pub(super) fn needs_endpoint(service: &str) -> bool {
    service == "S3"
}

/// Attaches what a request says, and gives what to look for in its response.
pub(super) fn request(service: &str, operation: &str, path: &str, request: &HttpRequest, values: &mut Values) -> Vec<&'static Field> {
    let headers = |name: &str| request.headers().get(name);
    let read =
        request::read(&request::Request { service, operation, path, uri: request.uri(), headers: &headers, body: request.body().bytes() });
    attach(&read.fields, values);
    read.response
}

/// Attaches what the response says.
pub(super) fn response(response: &HttpResponse, wanted: &[&'static Field], values: &mut Values) {
    let status = response.status().as_u16();
    let headers = |name: &str| response.headers().get(name);
    let body = response.body().bytes();
    let read =
        response::read(&response::Response { status, headers: &headers, body: body.filter(|_| response::needs_body(wanted)) }, wanted);
    attach(&read, values);
    let length = headers("content-length").and_then(|length| length.trim().parse().ok());
    let length = length.or_else(|| body.and_then(|body| i64::try_from(body.len()).ok()));
    values.http(Http { request: None, response: Some(Answered { status: Some(status.into()), content_length: length }) });
}

/// What the service reports as having gone wrong.
pub(super) fn reported(response: &HttpResponse) -> Option<Failure> {
    let read = error::read(response.headers().get("x-amzn-errortype"), response.body().bytes().unwrap_or_default());
    reported_as(response.status().as_u16(), read)
}

/// `NotFound`, as services call it where they have more to say.
fn name(status: u16) -> String {
    let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| format!("HTTP {status}"), |reason| reason.split_whitespace().collect())
}

fn reported_as(status: u16, error: ServiceError) -> Option<Failure> {
    // A status such as 304 is an error to the SDK, and none to X-Ray.
    let kind = error::kind(status, error.code.as_deref())?;
    // The answer to a `HEAD` has nothing but its status.
    let code = error.code.unwrap_or_else(|| name(status));
    let message = error.message.unwrap_or_else(|| format!("the service says no more than HTTP status {status}"));
    Some(Failure::new(code, message).kind(kind).remote())
}

pub(super) fn attach(fields: &Fields, values: &mut Values) {
    for (name, value) in fields {
        match value {
            Value::Text(text) if *name == "queue_url" => values.aws_text(*name, &without_secrets(text)),
            Value::Text(text) => values.aws_text(*name, text),
            Value::Int(number) => values.aws(*name, number),
            Value::Float(number) => values.aws(*name, number),
            Value::Bool(flag) => values.aws(*name, flag),
            Value::Texts(texts) => values.aws(*name, texts),
            Value::Json(json) => values.aws(*name, &Raw(json)),
        }
    }
}

/// JSON that is there as text already.
struct Raw<'a>(&'a [u8]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: &serde_json::value::RawValue = serde_json::from_slice(self.0).map_err(serde::ser::Error::custom)?;
        value.serialize(serializer)
    }
}

/// What passes by in the body of a response: the answer of a language model tells its tokens at the end.
#[derive(Debug, Default)]
pub(super) struct Events(Option<ModelStream>);

impl Events {
    pub(super) fn of(service: &str, operation: &str) -> Self {
        Self(ModelStream::of(service, operation))
    }

    pub(super) fn pass(&mut self, data: &[u8]) {
        if let Some(stream) = &mut self.0 {
            stream.push(data);
        }
    }

    /// What was said in it, and what went wrong after the response had begun well.
    pub(super) fn finish(self) -> (Fields, Option<Failure>) {
        let Some(stream) = self.0 else { return (Fields::new(), None) };
        let (fields, error) = stream.finish();
        let failure = error.and_then(|error| reported_as(200, error));
        (fields, failure)
    }
}

/// How the body of a response was read after the call itself was done.
#[derive(Debug)]
pub(super) struct Body {
    pub(super) bytes: u64,
    pub(super) read_ms: f64,
    /// To its end, as far as can be seen.
    pub(super) complete: bool,
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("bytes", &self.bytes)?;
        map.serialize_entry("read_ms", &self.read_ms)?;
        if !self.complete {
            map.serialize_entry("dropped", &true)?;
        }
        map.end()
    }
}
