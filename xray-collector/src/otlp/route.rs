//! `POST /v1/traces`: OTLP over HTTP, as protocol buffers or JSON.
//!
//! Answers as the specification of OTLP/HTTP asks: in the encoding of the request, 200 with `partial_success` where some spans were not taken,
//! and a `google.rpc.Status` where nothing was.

use std::io::Read;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use flate2::read::GzDecoder;
use prost::Message;
use serde_json::json;
use tokio::sync::Semaphore;

use super::message::{self, PartialSuccess, RpcStatus};
use super::{Malformed, Translated};
use crate::arrival;
use crate::serve::App;
use crate::settings::{BODY_BYTES_MAX, OTLP_AT_ONCE_MAX};

/// `INVALID_ARGUMENT` of gRPC.
const INVALID_ARGUMENT: i32 = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Protobuf,
    Json,
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        match text.split(';').next()?.trim().to_ascii_lowercase().as_str() {
            "application/x-protobuf" => Some(Self::Protobuf),
            "application/json" => Some(Self::Json),
            _ => None,
        }
    }

    fn answer(self, status: StatusCode, protobuf: impl FnOnce() -> Vec<u8>, json: serde_json::Value) -> Response {
        match self {
            Self::Protobuf => (status, [(header::CONTENT_TYPE, "application/x-protobuf")], protobuf()).into_response(),
            Self::Json => (status, [(header::CONTENT_TYPE, "application/json")], json.to_string()).into_response(),
        }
    }

    fn refuse(self, status: StatusCode, message: String) -> Response {
        let json = json!({"code": INVALID_ARGUMENT, "message": &message});
        self.answer(status, || RpcStatus { code: INVALID_ARGUMENT, message }.encode_to_vec(), json)
    }
}

pub(crate) fn router() -> Router<App> {
    // A small body may become a large one.
    let places = Arc::new(Semaphore::new(OTLP_AT_ONCE_MAX));
    let traces = move |State(app): State<App>, request: Request| async move {
        let _place = places.acquire_owned().await;
        traces(app, request).await
    };
    Router::new().route("/v1/traces", post(traces))
}

async fn traces(app: App, request: Request) -> Response {
    let Some(encoding) = Encoding::of(request.headers()) else {
        let message = "The Content-Type must be application/x-protobuf or application/json.";
        return Encoding::Json.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message.to_owned());
    };
    let compressed = match request.headers().get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap_or("?")) {
        None | Some("identity" | "") => false,
        Some("gzip") => true,
        Some(other) => {
            let message = format!("The Content-Encoding {other:?} is not known here: use gzip, or none.");
            return encoding.refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        }
    };
    let body = match Bytes::from_request(request, &()).await {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => return too_large(encoding),
        Err(rejection) => return encoding.refuse(rejection.status(), rejection.body_text()),
    };
    // Compression, translation and packing are work: not on a thread that serves others.
    let work = move || taken(&app, encoding, &body, compressed);
    match tokio::task::spawn_blocking(work).await {
        Ok(response) => response,
        Err(_) => encoding.refuse(StatusCode::INTERNAL_SERVER_ERROR, "The request could not be worked on.".to_owned()),
    }
}

fn too_large(encoding: Encoding) -> Response {
    encoding.refuse(StatusCode::PAYLOAD_TOO_LARGE, format!("A request may have {BODY_BYTES_MAX} bytes, also when it is decompressed."))
}

fn taken(app: &App, encoding: Encoding, body: &[u8], compressed: bool) -> Response {
    let mut decompressed = Vec::new();
    let body = if compressed {
        let limit = BODY_BYTES_MAX as u64 + 1;
        if let Err(error) = GzDecoder::new(body).take(limit).read_to_end(&mut decompressed) {
            return encoding.refuse(StatusCode::BAD_REQUEST, format!("The body is not gzip: {error}"));
        }
        &decompressed
    } else {
        body
    };
    if body.len() > BODY_BYTES_MAX {
        return too_large(encoding);
    }
    let read = match encoding {
        Encoding::Protobuf => super::documents(body),
        Encoding::Json => super::documents_of_json(body),
    };
    match read {
        Ok(translated) => {
            app.traces.put_arrival(|packer| arrival::of_documents(&translated.documents, packer));
            translated.documents.iter().for_each(|document| app.traces.send_on_body(document.as_bytes()));
            answer(encoding, translated)
        }
        Err(malformed) => refused(encoding, &malformed),
    }
}

fn refused(encoding: Encoding, malformed: &Malformed) -> Response {
    encoding.refuse(StatusCode::BAD_REQUEST, malformed.to_string())
}

/// What was taken, and what not.
fn answer(encoding: Encoding, taken: Translated) -> Response {
    let Translated { rejected, why, .. } = taken;
    if rejected == 0 {
        return encoding.answer(StatusCode::OK, Vec::new, json!({}));
    }
    let rejected_spans = i64::try_from(rejected).unwrap_or(i64::MAX);
    let json = json!({"partialSuccess": {"rejectedSpans": rejected_spans.to_string(), "errorMessage": &why}});
    let partial_success = Some(PartialSuccess { rejected_spans, error_message: why });
    encoding.answer(StatusCode::OK, || message::Response { partial_success }.encode_to_vec(), json)
}
