//! What is measured: every job, by everybody who can do it, on one thread and on several.

use std::fmt;

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

/// What is done; each has an entry in [`JOBS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Job {
    /// One series that is added up.
    Counter,
    /// One series each of whose values is kept.
    Value,
    /// [`SERIES`] series of values; it is their flush that is looked at.
    Series,
}

/// Series that are flushed together, each with a document of its own.
pub const SERIES: usize = 100;

/// What is to be known of a job.
pub struct Facts {
    pub job: Job,
    pub id: &'static str,
    pub title: &'static str,
    /// Who can do it.
    pub peers: &'static [Peer],
}

/// A job that only one of them can do, such as an attribute's, is one more entry, and an arm in its file in `callers/`.
pub const JOBS: [Facts; 3] = [
    Facts { job: Job::Counter, id: "counter", title: "a counter", peers: &Peer::COLUMNS },
    Facts { job: Job::Value, id: "value", title: "a value metric", peers: &Peer::COLUMNS },
    // A unit of work is written as soon as it ends, and handles end in the same store: there is nothing else to flush.
    Facts { job: Job::Series, id: "series", title: "100 series", peers: &[Peer::Autoxray, Peer::Aggregated, Peer::Facade] },
];

/// Jobs whose measurements are counted one by one.
pub fn one_by_one() -> impl Iterator<Item = &'static Facts> {
    JOBS.iter().filter(|facts| facts.job != Job::Series)
}

impl Job {
    pub fn facts(self) -> &'static Facts {
        JOBS.iter().find(|facts| facts.job == self).expect("an entry for each")
    }
}

/// Written `peer/job`, with `/8` behind it if that is done by eight threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Case {
    pub peer: Peer,
    pub job: Job,
    pub threads: u32,
}

/// How many threads measure at the same time, all of them into the same series.
pub const THREADS: [u32; 3] = [1, 2, 8];

impl Case {
    pub const fn new(peer: Peer, job: Job, threads: u32) -> Case {
        Case { peer, job, threads }
    }

    pub fn parse(id: &str) -> Option<Case> {
        cases().into_iter().find(|case| case.to_string() == id)
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.peer.id(), self.job.facts().id)?;
        if self.threads > 1 { write!(f, "/{}", self.threads) } else { Ok(()) }
    }
}

/// Every case, in the order in which a round runs them: those that are compared follow one another.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for facts in &JOBS {
        let threads = if facts.job == Job::Series { &THREADS[..1] } else { &THREADS };
        for threads in threads {
            cases.extend(facts.peers.iter().map(|peer| Case::new(*peer, facts.job, *threads)));
        }
    }
    cases
}
