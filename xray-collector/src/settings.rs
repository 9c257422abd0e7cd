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

/// How often the receiver is told to stop until it does, and how long it is waited for in between.
pub(crate) const STOP_ROUNDS_MAX: usize = 2_000;
pub(crate) const STOP_ROUND: Duration = Duration::from_millis(1);

/// Pause after a socket error, so that one that stays does not keep a core busy.
pub(crate) const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

/// A burst of datagrams is over when none came for this long.
pub(crate) const BURST_ROUND: Duration = Duration::from_millis(1);

/// Rounds after which reading begins even if the burst is not over.
pub(crate) const BURST_ROUNDS_MAX: usize = 200;

/// Documents that are kept as they were read until the facts of their trace are made.
pub(crate) const FRESH_DOCUMENTS_MAX: usize = 1_024;
/// Bytes of JSON of those documents; read, they take several times that.
pub(crate) const FRESH_BYTES_MAX: usize = 2 << 20;

/// Names of documents that have a dictionary of their own to be compressed with.
pub(crate) const DICTIONARIES_MAX: usize = 256;
/// Bytes of a dictionary.
pub(crate) const DICTIONARY_BYTES_MAX: usize = 4 << 10;
/// Documents for which a dictionary is kept even if it is of little use.
pub(crate) const DICTIONARY_RENEWED_AFTER: u32 = 128;

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
