//! Sending on what arrives: to AWS X-Ray, as the daemon does, or to a receiver of OpenTelemetry's protocol.
//!
//! Nothing here is waited for by those who bring documents. They wait in a bounded queue, in which the oldest make room; one thread puts them into
//! batches and sends several at a time. What is lost is counted by reason. The store does not know of any of it.
//!
//! The way of the data: `queue` → `worker` (batches, attempts, the end) → `xray` (by `aws`: credentials, signatures) or `otlp` (by `convert`:
//! `fields`, `exceptions`, and `services`, which knows whose a subsegment is).

mod aws;
mod convert;
mod exceptions;
mod failure;
mod fields;
mod otlp;
mod put;
mod queue;
mod services;
mod settings;
mod worker;
mod xray;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::collector::Collector;
use crate::relay::{ForwardStats, Sink};
pub use settings::{Forward, ForwardOtlp, ForwardXray};
use worker::Shared;

/// Sends on what a collector accepts, until it is dropped. What waits then is sent, as far as a few seconds allow.
///
/// With [`Forward::Xray`], the collector's HTTP side asks AWS for sampling rules and targets instead of answering itself.
///
/// ```
/// use xray_collector::{Collector, Forward, Forwarder};
///
/// let collector = Collector::start("127.0.0.1:0")?;
/// let forward: Forward = "otlp:http://127.0.0.1:4318".parse().map_err(std::io::Error::other)?;
/// let forwarder = Forwarder::start(&collector, forward)?;
/// assert_eq!(forwarder.stats().received, 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Forwarder {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Forwarder {
    /// Begins to send on what a collector accepts: [`Self::new`] and [`Self::attach`] in one.
    ///
    /// # Errors
    ///
    /// As those two.
    pub fn start(collector: &Collector, forward: Forward) -> io::Result<Self> {
        let forwarder = Self::new(forward)?;
        forwarder.attach(collector)?;
        Ok(forwarder)
    }

    /// Makes ready to send. Without a region, that of the instance is asked for, which takes a few seconds where there is none.
    ///
    /// # Errors
    ///
    /// If no region is known, an address is none, or no thread can be started.
    pub fn new(forward: Forward) -> io::Result<Self> {
        let (shared, thread) = worker::start(forward)?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Sends on what a collector accepts from now on.
    ///
    /// # Errors
    ///
    /// If the collector's documents are sent on already, or would be sent to itself, without end.
    pub fn attach(&self, collector: &Collector) -> io::Result<()> {
        if self.shared.is_at(collector.local_addr()) {
            let message = format!("{} is this collector itself: name another receiver", self.stats().target);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        let is_first = collector.held().send_to(Arc::clone(&self.shared) as Arc<dyn Sink>);
        let already = || io::Error::other("what this collector takes is sent on already: start one forwarder for it");
        is_first.then_some(()).ok_or_else(already)
    }

    /// Sends what waits, as far as a few seconds allow, and tells what became of all.
    #[must_use]
    pub fn end(mut self) -> ForwardStats {
        self.join();
        self.stats()
    }

    fn join(&mut self) {
        self.shared.stop();
        if let Some(thread) = self.thread.take() {
            // It has nothing to say beyond what was counted.
            let _ = thread.join();
        }
    }

    /// What became of the documents so far.
    #[must_use]
    pub fn stats(&self) -> ForwardStats {
        self.shared.counts()
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.join();
    }
}
