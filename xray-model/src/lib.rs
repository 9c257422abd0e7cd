//! Wire types of AWS X-Ray: ids, trace header, segment documents, limits.
//!
//! Nothing here does IO, reads a clock or the environment, or holds state. The recording side (`xray-runtime`) and the viewing side
//! (`xray-collector`) meet only here.

mod address;
mod civil;
pub mod console;
pub mod datagram;
pub mod document;
mod header;
mod ids;
pub mod limits;

pub use address::{DaemonAddress, Endpoint, ParseAddressError, shown};
pub use civil::civil_from_days;
pub use header::{Sampled, TRACE_HEADER_NAME, TraceHeader};
pub use ids::{ParseIdError, SEGMENT_ID_LEN, SegmentId, TRACE_ID_LEN, TraceId};
