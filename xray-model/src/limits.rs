//! Every limit of the wire format and of this project, in one place. What is over a limit is dropped and counted, never an error.
//!
//! Sources: "AWS X-Ray endpoints and quotas", "X-Ray segment documents", the segment document schema v1.0.0, the X-Ray daemon; for metrics
//! "Specification: Embedded metric format" of CloudWatch, and the API references of PutMetricData and InputLogEvent.

/// First line of every datagram to the daemon.
pub const DATAGRAM_HEADER: &str = "{\"format\":\"json\",\"version\":1}\n";

/// Largest payload of a UDP datagram over IPv4.
pub const UDP_PAYLOAD_BYTES_MAX: usize = 65_507;

/// Largest document. X-Ray's own limit is 64 KB; what fits a datagram beside its header is a little less.
pub const DOCUMENT_BYTES_MAX: usize = UDP_PAYLOAD_BYTES_MAX - DATAGRAM_HEADER.len();

/// Deepest nesting of subsegments in one document; deeper subtrees travel on their own. JSON readers commonly stop at 128 levels, and a
/// subsegment takes two.
pub const DOCUMENT_DEPTH_MAX: usize = 40;

/// Largest own part of a segment or subsegment: what it needs in a document without its children. Values over it are trimmed, largest first.
pub const OWN_BYTES_MAX: usize = 60_000;

/// What a document tells of losses, as JSON; see `autoxray::stats`. It comes on top of the own part.
pub const LOSSES_BYTES_MAX: usize = 4_000;

/// Estimated size of what a trace may hold before completed subtrees are sent ahead of it.
pub const STREAM_BYTES_MIN: usize = 60_000;

/// Estimated size of what a trace may hold while items of a batch wait for the answer. Their documents are sent in one go then, and have to fit
/// the default buffer of a socket, 208 KB on Linux.
pub const ITEMS_HELD_BYTES_MAX: usize = 150_000;

/// Characters of a segment or subsegment name.
pub const NAME_CHARS_MAX: usize = 200;

/// Characters of `user`, and of most string fields.
pub const STRING_CHARS_MAX: usize = 250;

/// Characters of an annotation key.
pub const ANNOTATION_KEY_CHARS_MAX: usize = 500;

/// Characters of a string annotation.
pub const ANNOTATION_VALUE_CHARS_MAX: usize = 1000;

/// Annotations of one segment or subsegment. X-Ray indexes 50 per trace and stores the rest.
pub const ANNOTATIONS_MAX: usize = 100;

/// Metadata entries of one segment or subsegment.
pub const METADATA_MAX: usize = 100;

/// Members of the `aws` block of one subsegment.
pub const AWS_FIELDS_MAX: usize = 60;

/// Links of one segment or subsegment to other traces.
pub const LINKS_MAX: usize = 100;

/// Characters of a region in a link to the console, where it is a label of the host's name. Source: RFC 1035.
pub const REGION_CHARS_MAX: usize = 63;

/// Nesting of one metadata value.
pub const METADATA_DEPTH_MAX: usize = 32;

/// Encoded size of one metadata value.
pub const METADATA_VALUE_BYTES_MAX: usize = 56_000;

/// Exceptions of one segment or subsegment, source chain included.
pub const EXCEPTIONS_MAX: usize = 16;

/// Characters of an exception's message.
pub const EXCEPTION_MESSAGE_CHARS_MAX: usize = 2_000;

/// Stack frames of one exception.
pub const STACK_FRAMES_MAX: usize = 50;

/// Bytes of further `key=value` pairs passed on in a trace header.
pub const HEADER_EXTRAS_BYTES_MAX: usize = 256;

/// Traces being recorded at the same time. A segment beyond it is not recorded, and counted.
pub const TRACES_OPEN_MAX: usize = 65_536;

/// Subsegments of one trace that are open, or closed and not yet sent. One beyond it is not recorded, and counted.
pub const SUBSEGMENTS_OPEN_MAX: usize = 131_072;

/// Characters of a metric's namespace. AWS's schema allows 1,024, AWS's own libraries and the API of CloudWatch take 255 or 256.
pub const METRIC_NAMESPACE_CHARS_MAX: usize = 256;

/// Characters of a metric's name.
pub const METRIC_NAME_CHARS_MAX: usize = 1_024;

/// Dimensions of a metric, those of all its metrics included, and sets of dimensions.
pub const DIMENSIONS_MAX: usize = 30;

/// Characters of a dimension's key.
pub const DIMENSION_KEY_CHARS_MAX: usize = 250;

/// Characters of a dimension's value.
pub const DIMENSION_VALUE_CHARS_MAX: usize = 1_024;

/// Largest magnitude of a value that CloudWatch takes: 2^360.
pub const METRIC_VALUE_MAX: f64 = f64::from_bits((1023 + 360) << 52);

/// Metrics of one EMF document.
pub const EMF_METRICS_MAX: usize = 100;

/// Values of one metric in one EMF document. A series that has so many is sent without waiting for a flush, which bounds what is kept.
pub const EMF_VALUES_MAX: usize = 100;

/// Largest EMF document, its line break included. CloudWatch Logs takes events of 1 MB since 2025, and older agents 256 KB with 26 bytes of
/// their own.
pub const EMF_BYTES_MAX: usize = 256 * 1024 - 26;

/// Further members at the root of an EMF document.
pub const EMF_PROPERTIES_MAX: usize = 30;

/// Characters of the name of a log group or a log stream.
pub const LOG_NAME_CHARS_MAX: usize = 512;

/// Series of one metric between two flushes. Each costs its own price in CloudWatch. What is over it is recorded with `other` for each
/// dimension's value, and counted.
pub const METRIC_SERIES_MAX: usize = 500;

/// Series of all metrics between two flushes. A measurement that would begin one beyond it is lost, and counted.
pub const METRIC_SERIES_TOTAL_MAX: usize = 5_000;

/// Bytes of EMF documents kept for the CloudWatch agent while it cannot be reached, or does not keep up.
pub const AGENT_KEPT_BYTES_MAX: usize = 1024 * 1024;

const _: () = assert!(OWN_BYTES_MAX + LOSSES_BYTES_MAX + 1_000 < DOCUMENT_BYTES_MAX, "a trimmed subsegment must fit a document of its own");
const _: () = assert!(2 * DOCUMENT_DEPTH_MAX + METADATA_DEPTH_MAX < 120, "nesting must stay below common readers' limit of 128");
