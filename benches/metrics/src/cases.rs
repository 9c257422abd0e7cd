//! What is measured: every job, by everybody who can do it, on one thread and on several.

use std::fmt;

use crate::callers::{Subject, autoxray, metrics, metrique};

/// Who takes the measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Peer {
    Autoxray,
    /// metrique, added up by metrique-aggregation.
    Aggregated,
    /// metrique, where each measurement is a unit of work and a document.
    UnitOfWork,
    /// The facade `metrics` with metrics_cloudwatch_embedded.
    Facade,
    /// The same with a handle, which has looked up its series once.
    Handle,
}

impl Peer {
    /// In the order of the table.
    pub const COLUMNS: [Peer; 5] = [Peer::Autoxray, Peer::Aggregated, Peer::UnitOfWork, Peer::Facade, Peer::Handle];

    pub fn title(self) -> &'static str {
        match self {
            Peer::Autoxray => "autoxray",
            Peer::Aggregated => "metrique, aggregated",
            Peer::UnitOfWork => "metrique, unit of work",
            Peer::Facade => "metrics",
            Peer::Handle => "metrics, handle kept",
        }
    }

    fn id(self) -> &'static str {
        match self {
            Peer::Autoxray => "autoxray",
            Peer::Aggregated => "aggregated",
            Peer::UnitOfWork => "unit-of-work",
            Peer::Facade => "metrics",
            Peer::Handle => "handle",
        }
    }
}

/// Makes what takes the measurements.
type Make = fn() -> Box<dyn Subject>;

/// What is done, and by whom.
pub struct Job {
    pub id: &'static str,
    pub title: &'static str,
    /// Who can do it, and how.
    pub peers: &'static [(Peer, Make)],
}

/// One measurement after the other.
pub static ONE_BY_ONE: [Job; 4] = [
    Job {
        id: "counter",
        title: "a counter",
        peers: &[
            (Peer::Autoxray, autoxray::counter),
            (Peer::Aggregated, metrique::aggregated_counter),
            (Peer::UnitOfWork, metrique::counter_of_work),
            (Peer::Facade, metrics::counter),
            (Peer::Handle, metrics::counter_handle),
        ],
    },
    Job {
        id: "value",
        title: "a value metric",
        peers: &[
            (Peer::Autoxray, autoxray::value),
            (Peer::Aggregated, metrique::aggregated_value),
            (Peer::UnitOfWork, metrique::value_of_work),
            (Peer::Facade, metrics::value),
            (Peer::Handle, metrics::value_handle),
        ],
    },
    // What only ours can do: a function with an attribute, call and body included.
    Job { id: "attribute-counter", title: "#[business_metric], a counter", peers: &[(Peer::Autoxray, autoxray::attribute_counter)] },
    Job { id: "attribute-value", title: "#[business_metric], a value", peers: &[(Peer::Autoxray, autoxray::attribute_value)] },
];

/// Series that are flushed together, each with a document of its own.
pub const SERIES: usize = 100;

/// Values in so many series, whose flush is looked at. A unit of work is written as soon as it ends, and handles end in the same store as
/// what has none: there is nothing else to flush.
pub static FLUSHED: Job = Job {
    id: "series",
    title: "100 series",
    peers: &[(Peer::Autoxray, autoxray::series), (Peer::Aggregated, metrique::aggregated_series), (Peer::Facade, metrics::series)],
};

/// Written `peer/job`, with `/8` behind it if that is done by eight threads.
#[derive(Clone, Copy)]
pub struct Case {
    pub peer: Peer,
    pub job: &'static Job,
    pub threads: u32,
}

/// How many threads measure at the same time, all of them into the same series.
pub const THREADS: [u32; 3] = [1, 2, 8];

impl Case {
    pub fn parse(id: &str) -> Option<Case> {
        cases().into_iter().find(|case| case.to_string() == id)
    }

    /// What takes the measurements.
    pub fn subject(self) -> Box<dyn Subject> {
        let peer = self.job.peers.iter().find(|(peer, _)| *peer == self.peer);
        peer.expect("one of the job's").1()
    }
}

impl Job {
    /// Everybody who can do it, with so many threads.
    pub fn cases(&'static self, threads: u32) -> impl Iterator<Item = Case> {
        self.peers.iter().map(move |(peer, _)| Case { peer: *peer, job: self, threads })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.peer.id(), self.job.id)?;
        if self.threads > 1 { write!(f, "/{}", self.threads) } else { Ok(()) }
    }
}

/// Every case.
pub fn cases() -> Vec<Case> {
    let one_by_one = ONE_BY_ONE.iter().flat_map(|job| THREADS.into_iter().flat_map(|threads| job.cases(threads)));
    one_by_one.chain(FLUSHED.cases(1)).collect()
}
