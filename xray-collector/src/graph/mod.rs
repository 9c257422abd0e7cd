//! The service graph: what the traces of some time say about services and the calls between them.
//!
//! As `GetServiceGraph` has it: a node for each name, type and account; a node `client` before what was asked from outside; nodes that are
//! inferred from calls to what sends no segments. The statistics of a node are what the called service says, those of an edge what its
//! caller saw, so the difference between the two is the network and the waiting.

mod build;
mod hash;
mod histogram;
mod series;
mod statistics;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

use xray_model::document::Timestamp;

pub(crate) use hash::AddressHasher;
pub(crate) use histogram::Histogram;
pub(crate) use series::{Period, series};
pub(crate) use statistics::Statistics;

/// Type of the node that stands for whoever calls from outside.
pub(crate) const CLIENT: &str = "client";

/// Services and the calls between them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ServiceGraph {
    /// In the order in which they first appear in the traces; a node is referred to by its place here.
    pub(crate) nodes: Vec<Node>,
    /// Earliest start and latest end of anything in the traces; `None` if there is no trace.
    pub(crate) between: Option<(Timestamp, Timestamp)>,
    /// Traces it is made of.
    pub(crate) traces: usize,
    /// Services of traces that are not in it, because a trace has too many, or there are too many nodes.
    pub(crate) left_out: u64,
}

/// All that has the same name, type and account.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) name: Arc<str>,
    /// Empty if not known.
    pub(crate) kind: Arc<str>,
    pub(crate) account: Option<Arc<str>>,
    /// Traces begin here: a client calls it.
    pub(crate) is_root: bool,
    /// It sends no segments itself; what is known of it is what its callers saw. True of `client`, too.
    pub(crate) is_inferred: bool,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) statistics: Statistics,
    /// Not in the statistics yet.
    pub(crate) in_progress: u64,
    /// From begin to response.
    pub(crate) response_times: Histogram,
    /// From begin to the end of all of its own work.
    pub(crate) durations: Histogram,
    /// Its calls, in the order in which they first appear.
    pub(crate) edges: Vec<Edge>,
}

/// Calls of one service to another, or messages from one to the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    /// The called service, by its place among the nodes.
    pub(crate) to: usize,
    /// The called one began a trace of its own, which is linked to the caller's: a message, not a call. It has no statistics.
    pub(crate) is_link: bool,
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    /// As the caller saw it.
    pub(crate) statistics: Statistics,
    /// Not in the statistics yet.
    pub(crate) in_progress: u64,
    pub(crate) response_times: Histogram,
    /// Of links: how old messages were when they were received.
    pub(crate) ages: Histogram,
    /// Names and types by which the caller knows the called one, where those are not its own.
    pub(crate) aliases: BTreeSet<(Arc<str>, Arc<str>)>,
}

impl Node {
    /// Whether it stands for whoever calls from outside.
    pub(crate) fn is_client(&self) -> bool {
        &*self.kind == CLIENT
    }
}
