//! OpenTelemetry's protocol in: spans become segment documents, so that everything behind sees X-Ray's words only.
//!
//! The mapping is that of AWS's own exporter in the OpenTelemetry Collector (`awsxrayexporter/internal/translator`), with five departures,
//! all because this is a place to look at things and not to pay for them:
//!
//! - Every attribute with a simple value that says something about the program becomes an annotation, up to X-Ray's limit, so that it
//!   can be asked for; what the conventions say about transport becomes metadata. Where the collector's exporter has said which attributes to
//!   index, only those are annotations.
//! - A span without a parent, or whose flags say that the parent is in another process, is taken as what AWS's distributions mark with
//!   `aws.span.kind = LOCAL_ROOT`.
//! - Where a service is not named, a segment is named by the resource's `service.name` and not by what the span did.
//! - A call of which only the URL is known is named by its host, and not `GET`.
//! - Nothing that the sender said is dropped without a word: names of spans, events that are no exceptions and counts of what is missing stand in
//!   the metadata `otel`.
//!
//! The way of the data: `text` (base64) → `wire` or `json` (one span at a time) → `segment` (what it is), with `http`, `aws`, `sql`, `cause` and
//! `extra` for its parts → documents.

mod attributes;
mod aws;
mod cause;
mod extra;
mod http;
mod json;
pub(crate) mod message;
#[cfg(feature = "serve")]
mod route;
mod segment;
mod stack;
mod text;
mod wire;

#[cfg(test)]
mod tests;

#[cfg(feature = "serve")]
pub(crate) use route::router;
#[cfg(feature = "forward")]
pub(crate) use text::protobuf as protobuf_of_text;
pub(crate) use text::{Text, read as read_text};
use wire::Visitor;
pub(crate) use wire::{Malformed, Translated};

/// The segment documents of an `ExportTraceServiceRequest` as protocol buffers.
pub(crate) fn documents(protobuf: &[u8]) -> Result<Translated, Malformed> {
    let mut visitor = Visitor::new(true);
    wire::read_request(protobuf, &mut visitor)?;
    Ok(visitor.result)
}

/// Those of spans that were not sampled: marked as such.
fn unsampled(protobuf: &[u8]) -> Result<Translated, Malformed> {
    let mut visitor = Visitor::new(false);
    wire::read_request(protobuf, &mut visitor)?;
    Ok(visitor.result)
}

/// The segment documents of an `ExportTraceServiceRequest` as JSON.
pub(crate) fn documents_of_json(json: &[u8]) -> Result<Translated, Malformed> {
    let mut visitor = Visitor::new(true);
    json::read_request(json, &mut visitor)?;
    Ok(visitor.result)
}

/// Whatever bytes become as either encoding.
pub(crate) fn fuzzed(request: &[u8]) -> Vec<String> {
    let both = [documents(request), documents_of_json(request)];
    both.into_iter().flatten().flat_map(|translated| translated.documents).collect()
}
