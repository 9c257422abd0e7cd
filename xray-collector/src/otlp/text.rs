//! OTLP as text, which the daemon takes in place of a document: a prefix and the request in base64.
//!
//! Source: the OTLP exporters over UDP of AWS's distributions of OpenTelemetry.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::wire::{Malformed, Translated};

pub(super) const BASE64: GeneralPurpose =
    GeneralPurpose::new(&STANDARD, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// Spans that are sampled.
const SAMPLED: &[u8] = b"T1S";
/// Spans that are not, which AWS's distributions send for Application Signals and for traces that went wrong.
const UNSAMPLED: &[u8] = b"T1U";
const METRICS: &[u8] = b"M1";

/// Text in place of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Traces, sampled or not.
    Traces(Result<Translated, Malformed>),
    /// Metrics, which are not taken.
    Metrics,
}

/// Reads what stands in place of a document; `None` if that is none of OTLP's prefixes.
///
/// What is not sampled is read, too: whoever looks at a local X-Ray wants to see what is there. Its segments say
/// `aws.trace.flag.sampled = false`, as an annotation, and are not forwarded.
pub(crate) fn read(body: &[u8]) -> Option<Text> {
    if body.starts_with(METRICS) {
        return Some(Text::Metrics);
    }
    let (base64, is_sampled) = match (body.strip_prefix(SAMPLED), body.strip_prefix(UNSAMPLED)) {
        (Some(base64), _) => (base64, true),
        (_, Some(base64)) => (base64, false),
        _ => return None,
    };
    let decoded = BASE64.decode(base64.trim_ascii()).map_err(|error| Malformed::new("the base64 text", error));
    let translated = decoded.and_then(|protobuf| if is_sampled { super::documents(&protobuf) } else { super::unsampled(&protobuf) });
    Some(Text::Traces(translated))
}

/// The request as protocol buffers in a text of sampled spans; `None` if it is none.
pub(crate) fn protobuf(body: &[u8]) -> Option<Result<Vec<u8>, Malformed>> {
    let decoded = BASE64.decode(body.strip_prefix(SAMPLED)?.trim_ascii()).map_err(|error| Malformed::new("the base64 text", error));
    let is_request = |protobuf: &Vec<u8>| super::documents(protobuf).map(drop);
    Some(decoded.and_then(|protobuf| is_request(&protobuf).map(|()| protobuf)))
}
