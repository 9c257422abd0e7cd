//! Every limit of the collector.

use std::time::Duration;

/// How much a [`Collector`](crate::Collector) keeps. What is over a limit is dropped and counted in [`Stats`](crate::Stats).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Segments and subsegments in memory; the traces that were quiet longest make room for new ones. 1,000,000.
    pub segments: usize,
    /// Bytes of memory they may take, estimated from their documents. 512 MB.
    pub bytes: usize,
    /// How long a trace is kept after its last document. 6 hours.
    pub age: Duration,
    /// Rejected datagrams kept for display. 50.
    pub rejected: usize,
    /// Receive buffer asked of the operating system, which may give less. 8 MB.
    pub receive_buffer: usize,
    /// Bytes of datagrams that may wait to be read, beyond the receive buffer. 64 MB.
    pub queue: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            segments: 1_000_000,
            bytes: 512 << 20,
            age: Duration::from_secs(6 * 3600),
            rejected: 50,
            receive_buffer: 8 << 20,
            queue: 64 << 20,
        }
    }
}

/// Bytes shown of a rejected datagram.
pub(crate) const REJECTED_BYTES_SHOWN: usize = 160;

/// How soon the receiver sees that it should stop even if the datagram that wakes it is lost.
pub(crate) const STOP_CHECK: Duration = Duration::from_millis(500);

/// Pause after a socket error, so that one that stays does not keep a core busy.
pub(crate) const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

/// A burst of datagrams is over when none came for this long.
pub(crate) const BURST_ROUND: Duration = Duration::from_millis(1);

/// Rounds after which reading begins even if the burst is not over.
pub(crate) const BURST_ROUNDS_MAX: usize = 200;

/// Annotations of a trace that filter expressions see: X-Ray's quota.
pub(crate) const ANNOTATIONS_INDEXED_MAX: usize = 50;
/// Exceptions of a trace that errors are counted by.
pub(crate) const EXCEPTIONS_MAX: usize = 16;
/// Characters of an exception's message that are kept for lists; its trace has it in full.
pub(crate) const MESSAGE_CHARS_MAX: usize = 160;
/// Services of a trace, inferred ones included, that questions see; its timeline has all.
pub(crate) const SERVICES_MAX: usize = 1_000;

/// How the collector answers over HTTP.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct ServeSettings {
    /// Names beside `localhost` and the address itself under which it may be asked, without port.
    pub hosts: Vec<String>,
}

/// Bytes of a request's body: what X-Ray's OTLP endpoint takes.
pub(crate) const BODY_BYTES_MAX: usize = 5 << 20;
/// Connections at a time; more wait.
pub(crate) const CONNECTIONS_MAX: usize = 256;
/// How long a client may take for the head of its request.
pub(crate) const HEADER_TIME_MAX: Duration = Duration::from_secs(10);
/// Ports tried for one that is free for both UDP and TCP.
pub(crate) const PORTS_TRIED: usize = 20;

/// Spans of one OTLP request that are looked at: what X-Ray's OTLP endpoint takes.
pub(crate) const OTLP_SPANS_MAX: usize = 10_000;
/// Bytes of one span: what X-Ray's OTLP endpoint takes.
pub(crate) const OTLP_SPAN_BYTES_MAX: usize = 200 << 10;
/// Bytes of what describes the sender of spans. X-Ray's OTLP endpoint takes 16 KB of protocol buffers; as JSON the same is several times that.
pub(crate) const OTLP_RESOURCE_BYTES_MAX: usize = 64 << 10;
/// Attributes of a span, an event or a resource that are looked at; OpenTelemetry's SDKs send 128 at most unless told otherwise.
pub(crate) const OTLP_ATTRIBUTES_MAX: usize = 512;
/// Events of a span that are kept as metadata.
pub(crate) const OTLP_EVENTS_MAX: usize = 128;

/// Series of metrics that are kept; of those that come in beyond it, only how many is known.
pub(crate) const METRICS_MAX: usize = 5_000;
/// Points of a series that are kept; older ones stay in its sums.
pub(crate) const METRIC_POINTS_MAX: usize = 120;
