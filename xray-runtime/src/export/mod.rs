//! Documents on their way out.

mod agent;
mod attached;
mod encode;
pub(crate) mod json;
mod memory;
mod resolve;
mod split;
mod stdout;
mod udp;

use std::cell::Cell;
use std::fmt;
use std::time::Duration;

pub use agent::{AgentAddress, AgentSink, ParseAgentAddressError};
pub(crate) use encode::{Batch, Tree};
pub use memory::MemoryExporter;
pub use stdout::StdoutExporter;
pub use udp::UdpExporter;
use xray_model::limits::DATAGRAM_HEADER;
pub(crate) use xray_model::shown;
pub use xray_model::{DaemonAddress, Endpoint, ParseAddressError};

use crate::stats::LossReason;

/// Takes finished documents.
///
/// **When:** on the thread that closed the segment, once for each document, with no lock of ours held. **May read:** the document, which is
/// reused afterwards. **On error:** the document counts as lost for the reason given; nothing is tried again. A panic counts as
/// [`LossReason::Panicked`]. **Must not:** block, as it runs in the middle of the traced program.
pub trait Exporter: fmt::Debug + Send + Sync + 'static {
    /// Sends or keeps one document.
    ///
    /// # Errors
    ///
    /// Says why the document was lost.
    fn export(&self, document: Document<'_>) -> Result<(), LossReason>;

    /// Waits until what was handed over has left, at most `timeout`; `false` if something is left over.
    ///
    /// Only exporters that keep documents need this; the default has nothing to wait for.
    fn flush(&self, timeout: Duration) -> bool {
        let _ = timeout;
        true
    }

    /// Documents that were taken, and lost since, by reason. Asked for by [`stats`](crate::stats()), and now and then after an export: it
    /// must not block either.
    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        Vec::new()
    }
}

/// One document: a segment, or a subsegment on its own, with everything below it.
#[derive(Clone, Copy)]
pub struct Document<'a> {
    datagram: &'a [u8],
}

impl<'a> Document<'a> {
    pub(crate) fn new(datagram: &'a [u8]) -> Self {
        Self { datagram }
    }

    /// The datagram for the X-Ray daemon: a header line and the document.
    #[must_use]
    pub fn datagram(&self) -> &'a [u8] {
        self.datagram
    }

    /// The document as JSON.
    #[must_use]
    pub fn json(&self) -> &'a str {
        // Written from strings and ASCII only.
        std::str::from_utf8(&self.datagram[DATAGRAM_HEADER.len()..]).unwrap_or_default()
    }
}

impl fmt::Debug for Document<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.json())
    }
}

thread_local! {
    /// A buffer to encode into. Taken out while it is used: an exporter may itself be traced.
    static BUFFER: Cell<Option<Box<Batch>>> = const { Cell::new(None) };
}

/// What a buffer may hold on to between two uses.
const BUFFER_BYTES_MAX: usize = 256 * 1024;

impl Batch {
    pub(crate) fn take() -> Box<Self> {
        // While a thread ends, its buffer may be gone already.
        BUFFER.try_with(Cell::take).ok().flatten().unwrap_or_default()
    }

    pub(crate) fn give_back(mut self: Box<Self>) {
        self.bytes.clear();
        self.bytes.shrink_to(BUFFER_BYTES_MAX);
        self.ends.clear();
        self.counts = crate::stats::Exported::default();
        let _ = BUFFER.try_with(|buffer| buffer.set(Some(self)));
    }
}
