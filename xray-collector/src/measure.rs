//! For benches: what is no part of the interface, but has a price. No one else may use it, and nothing about it is promised.

use std::sync::Arc;

use xray_model::document::{ParseError, Timestamp};

use crate::facts::Facts;
use crate::filter::Filter;
use crate::graph::{self, ServiceGraph};
use crate::settings::Settings;
use crate::stats::{self, Axis};
use crate::traces::Traces;

/// Traces that are held, without a collector around them.
pub struct Held(Traces);

/// What questions see of the traces at one moment.
pub struct Snapshot(Vec<Arc<Facts>>);

impl Held {
    /// None yet.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self(Traces::new(settings))
    }

    /// Takes one document.
    ///
    /// # Errors
    ///
    /// If it is none.
    pub fn put(&self, json: &str) -> Result<(), ParseError> {
        self.0.put(json.as_bytes()).map(drop)
    }

    /// Bytes of memory that it thinks it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.counts().1.bytes
    }

    /// How many traces a filter lets through, from asking for them to having them.
    #[must_use]
    pub fn query(&self, filter: &Filter) -> usize {
        let facts = self.0.facts_between(Timestamp::default()..=Timestamp::from_nanos(u64::MAX));
        filter.select(&facts, &self.0, None).map_or(0, |found| found.len())
    }

    /// What is held now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot(self.0.facts_between(Timestamp::default()..=Timestamp::from_nanos(u64::MAX)))
    }
}

impl Snapshot {
    /// How many traces.
    #[must_use]
    pub fn traces(&self) -> usize {
        self.0.len()
    }

    /// Services of all traces, each as often as it was asked.
    #[must_use]
    pub fn services(&self) -> usize {
        self.0.iter().map(|facts| facts.services.len()).sum()
    }

    /// Nodes and edges of the service graph.
    #[must_use]
    pub fn graph(&self) -> (usize, usize) {
        let graph = ServiceGraph::of(&self.0);
        (graph.nodes.len(), graph.nodes.iter().map(|node| node.edges.len()).sum())
    }

    /// Minutes in which anything began.
    #[must_use]
    pub fn series(&self) -> usize {
        let range = Timestamp::default()..=Timestamp::from_nanos(u64::MAX);
        graph::series(&self.0, range, std::time::Duration::from_secs(60), |_, _| true).len()
    }

    /// Operations with their percentiles.
    #[must_use]
    pub fn operations(&self) -> usize {
        stats::operations(&self.0).len() + usize::from(stats::overview(&self.0).statistics.total() == 0)
    }

    /// Groups of errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        stats::errors(&self.0, &self.axis()).len()
    }

    /// Figures of the business and service levels.
    #[must_use]
    pub fn figures(&self) -> usize {
        stats::figures(&self.0, &self.axis()).len() + stats::levels(&self.0, &self.axis()).len()
    }

    fn axis(&self) -> Axis {
        let begins = || self.0.iter().map(|facts| facts.start);
        Axis::new(begins().min().unwrap_or_default()..=begins().max().unwrap_or_default(), 24)
    }
}
