//! The subsegment of a request, and what the called service is told.

use std::borrow::Cow;

use http::header::{CONTENT_LENGTH, Entry, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use xray_model::TraceHeader;
use xray_model::document::{Http, HttpRequest, HttpResponse};
use xray_runtime::{Failure, Namespace, OpenSubsegment, capture, is_enabled, is_observed, subsegment};

use super::super::reqwest::{Error, Request, Url};
use crate::clock::Moment;
use crate::facts::hosts::matches;
use crate::facts::url::without_secrets;

const AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a service is called that no URL names.
const NO_HOST: &str = "unknown host";

/// Where metadata stands.
const METADATA: &str = "http";

/// Whether requests are captured here and now.
pub(crate) fn is_captured() -> bool {
    is_enabled() && capture(|capture| capture.http)
}

/// A request under way that is recorded.
#[derive(Debug)]
pub(crate) struct Call {
    subsegment: OpenSubsegment,
    /// As it is recorded; the response's differs from it after a redirect.
    url: String,
    watch: Moment,
}

/// What was answered, but for the body.
pub(super) struct Answer<'a> {
    pub(super) status: StatusCode,
    pub(super) headers: &'a HeaderMap,
    /// Bytes of the body, as far as the client knows.
    pub(super) length: Option<u64>,
    /// Where the answer came from.
    pub(super) url: &'a Url,
}

impl Call {
    /// Opens the subsegment of a request, if that is recorded, and adds the trace headers.
    #[track_caller]
    pub(crate) fn of(request: &mut Request) -> Option<Box<Self>> {
        let (call, headers) = Self::open(request.method(), request.url());
        headers.add_to(request.headers_mut());
        call
    }

    /// Opens the subsegment of a request. The second is what the called service is to be told.
    #[track_caller]
    pub(super) fn open(method: &Method, url: &Url) -> (Option<Box<Self>>, TraceHeaders) {
        let host = url.host_str().unwrap_or(NO_HOST);
        // Where nothing is observed, the name plays no part.
        let name = if is_observed() { Cow::Owned(host.to_owned()) } else { Cow::Borrowed("HTTP request") };
        let opened = opened(name);
        let (is_told, w3c, is_traced) = capture(|capture| {
            let is_told = capture.propagate_to.is_empty() || matches(host, &capture.propagate_to);
            (is_told, capture.traceparent, matches(host, &capture.traced))
        });
        let headers = TraceHeaders { header: if is_told { opened.header() } else { None }, w3c };
        let Some(subsegment) = recorded(opened) else { return (None, headers) };
        let watch = Moment::now();
        let url = without_secrets(url.as_str());
        let request = HttpRequest {
            method: Some(method.as_str().to_owned()),
            url: Some(url.clone()),
            traced: is_traced.then_some(true),
            ..HttpRequest::default()
        };
        subsegment.attach(|values| values.http(Http { request: Some(request), response: None }));
        (Some(Box::new(Self { subsegment, url, watch })), headers)
    }

    /// A request that could not be built.
    #[track_caller]
    pub(super) fn unbuilt(error: &Error) -> Option<Box<Self>> {
        let host = error.url().and_then(Url::host_str).unwrap_or(NO_HOST);
        let subsegment = recorded(opened(Cow::Owned(host.to_owned())))?;
        Some(Box::new(Self { subsegment, url: String::new(), watch: Moment::now() }))
    }

    /// Runs code of the client in it.
    pub(super) fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        self.subsegment.run(code)
    }

    /// The headers of the answer are there.
    pub(super) fn answered(&mut self, answer: &Answer<'_>, has_body: bool) {
        let said = answer.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let length = said.or(answer.length).and_then(|length| i64::try_from(length).ok());
        let from = without_secrets(answer.url.as_str());
        self.subsegment.attach(|values| {
            let response = HttpResponse { status: Some(answer.status.as_u16().into()), content_length: length };
            values.http(Http { request: None, response: Some(response) });
            if from != self.url {
                values.metadata_in(METADATA, "final_url", &from);
            }
            if has_body {
                values.metadata_in(METADATA, "headers_ms", &self.watch.lap_ms());
            }
        });
        self.subsegment.record_status(answer.status.as_u16());
    }

    /// Nothing more is to come.
    pub(super) fn close(self) {
        self.subsegment.close();
    }

    /// It failed, before the headers or after.
    pub(super) fn fail(&self, failure: impl Into<Failure>) {
        self.subsegment.record_error(failure);
    }

    /// The body is over after so many bytes; `how` tells it where that was not its end.
    pub(super) fn close_body(mut self, bytes: u64, how: Option<String>) {
        self.subsegment.attach(|values| {
            values.metadata_in(METADATA, "body_ms", &self.watch.lap_ms());
            values.metadata_in(METADATA, "body_bytes", &bytes);
            if let Some(how) = how {
                values.metadata_in(METADATA, "body", &how);
            }
        });
        self.subsegment.close();
    }

    /// It did not happen.
    pub(super) fn discard(self) {
        self.subsegment.discard();
    }
}

#[track_caller]
fn opened(name: Cow<'static, str>) -> OpenSubsegment {
    subsegment(name).namespace(Namespace::Remote).open()
}

/// The subsegment, if it is observed. Beyond the limits of a trace it is open all the same.
fn recorded(opened: OpenSubsegment) -> Option<OpenSubsegment> {
    if opened.is_observed() {
        return Some(opened);
    }
    opened.close();
    None
}

/// What to add to the headers of a request.
pub(super) struct TraceHeaders {
    /// None where no trace is current, nor for a host that is to be told nothing.
    header: Option<TraceHeader>,
    /// Whether W3C's header goes along.
    w3c: bool,
}

impl TraceHeaders {
    /// Adds them, but none in place of one that the program has set.
    pub(super) fn add_to(self, headers: &mut HeaderMap) {
        let Some(header) = self.header else { return };
        add(headers, AMZN_TRACE_ID, || Some(header.to_text()));
        if self.w3c {
            add(headers, TRACEPARENT, || header.to_traceparent());
        }
    }
}

fn add(headers: &mut HeaderMap, name: HeaderName, text: impl FnOnce() -> Option<String>) {
    if let Entry::Vacant(place) = headers.entry(name)
        && let Some(Ok(mut value)) = text().map(HeaderValue::try_from)
    {
        // Logs of requests are no place for it.
        value.set_sensitive(true);
        place.insert(value);
    }
}

#[cfg(test)]
mod tests {
    use xray_testkit::TestRecorder;

    use super::*;

    #[test]
    fn headers_are_no_text_for_logs() {
        let mut request = Request::new(Method::GET, "http://a.b/".parse().expect("a URL"));
        let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.traceparent = true));
        recorder.run(|| xray_runtime::segment("s").run(|| Call::of(&mut request).expect("it is recorded").discard()));
        assert_eq!(request.headers().len(), 2);
        assert!(request.headers().values().all(HeaderValue::is_sensitive));
        let shown = format!("{request:?}");
        assert!(!shown.contains("Root=") && !shown.contains("00-"), "{shown}");
        recorder.assert_tree("s");
    }
}
