//! Every limit of the wire format and of this project, in one place. What is over a limit is dropped and counted, never an error.
//!
//! Sources: "AWS X-Ray endpoints and quotas", "X-Ray segment documents", the segment document schema v1.0.0, the X-Ray daemon.

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

const _: () = assert!(OWN_BYTES_MAX + 1_000 < DOCUMENT_BYTES_MAX, "a trimmed subsegment must fit a document of its own");
const _: () = assert!(2 * DOCUMENT_DEPTH_MAX + METADATA_DEPTH_MAX < 120, "nesting must stay below common readers' limit of 128");
