//! Sending on what arrives: to AWS X-Ray, as the daemon does, or to a receiver of OpenTelemetry's protocol.
//!
//! Nothing here is waited for by those who bring documents. They wait in a bounded queue, in which the oldest make room; one thread puts them into
//! batches and sends several at a time. What is lost is counted by reason. The store does not know of any of it.
//!
//! The way of the data: `queue` → `worker` (batches, attempts, the end) → `xray` (by `aws`: credentials, signatures) or `otlp` (by `convert`).

mod aws;
mod convert;
mod failure;
mod otlp;
mod parse;
mod queue;
mod worker;
mod xray;

#[cfg(test)]
mod tests;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::collector::Collector;
use crate::relay::ForwardStats;
use crate::settings::{FORWARD_AT_ONCE, FORWARD_QUEUE_BYTES};
use worker::Shared;

/// Where documents are sent on to.
#[derive(Clone, Debug)]
pub enum Forward {
    /// To AWS X-Ray, by PutTraceSegments.
    Xray(ForwardXray),
    /// To the address of a receiver of OTLP over HTTP, for example `http://127.0.0.1:4318`.
    Otlp(String),
}

/// How documents are sent to AWS X-Ray. What is not given comes from where AWS's SDKs take it: environment, profile, instance.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ForwardXray {
    /// Region, for example `eu-west-1`.
    pub region: Option<String>,
    /// Profile in AWS's configuration files.
    pub profile: Option<String>,
    /// Role to take on.
    pub role_arn: Option<String>,
    /// The resource that this runs on, for AWS to see.
    pub resource_arn: Option<String>,
    /// Address of the service, instead of the region's.
    pub endpoint: Option<String>,
    /// Address of an HTTP proxy, instead of the environment's.
    pub proxy: Option<String>,
    /// Key id and secret key, instead of those that are found.
    pub keys: Option<(String, String)>,
    /// Do not ask the instance that this runs on for its region.
    pub is_local: bool,
    /// Requests at a time. 8.
    pub at_once: usize,
    /// Bytes of documents that may wait. 64 MB.
    pub queue: usize,
}

impl Default for ForwardXray {
    fn default() -> Self {
        Self {
            region: None,
            profile: None,
            role_arn: None,
            resource_arn: None,
            endpoint: None,
            proxy: None,
            keys: None,
            is_local: false,
            at_once: FORWARD_AT_ONCE,
            queue: FORWARD_QUEUE_BYTES,
        }
    }
}

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
    /// Begins to send on. Without a region, that of the instance is asked for, which takes a few seconds where there is none.
    ///
    /// # Errors
    ///
    /// If no region is known, an address is none, no thread can be started, or the collector's documents are sent on already.
    pub fn start(collector: &Collector, forward: Forward) -> io::Result<Self> {
        let (shared, thread) = worker::start(forward)?;
        let forwarder = Self { shared: Arc::clone(&shared), thread: Some(thread) };
        if collector.held().send_to(shared) {
            Ok(forwarder)
        } else {
            Err(io::Error::other("what this collector takes is sent on already: start one forwarder for it"))
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
        self.shared.stop();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
