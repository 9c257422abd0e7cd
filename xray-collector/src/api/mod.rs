//! X-Ray's HTTP API, for `aws xray … --endpoint-url`, AWS's SDKs and whatever else speaks to X-Ray.
//!
//! Every operation is a pure function of what the collector holds and the members of a request; each group of them has its file. Shapes,
//! limits and errors are the service's ("API Reference" of X-Ray). Signatures are not looked at: who may ask is decided by address, `Host` and
//! `Origin`, see `serve`.

mod call;
mod causes;
mod config;
mod documents;
mod error;
mod filters;
mod fuzzed;
mod graph;
mod groups;
mod operations;
mod range;
mod retrieval;
mod sampling;
mod segments;
mod summaries;
mod tags;
mod telemetry;
mod token;
mod traces;

use std::io;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::any;
use tokio::sync::Semaphore;
use xray_model::document::Timestamp;

use crate::clock;
use crate::sampling::Sampling;
use crate::sampling::file_in as sampling_file_in;
pub(crate) use crate::sampling::seconds as sampling_seconds;
use crate::serve::App;
use crate::settings::{LARGE_BODIES_AT_ONCE, QUESTIONS_AT_ONCE, ServeSettings};
use crate::traces::Traces;
use call::Work;
pub(crate) use call::unknown;
pub(crate) use error::Error;
pub(crate) use filters::Wanted;
pub use fuzzed::fuzzed;
pub(crate) use groups::Groups;
use operations::{OPERATIONS, is_question};
use tags::Tags;
pub(crate) use telemetry::Telemetry;

/// What the API keeps beside traces.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) groups: Groups,
    pub(crate) sampling: Sampling,
    pub(crate) telemetry: Telemetry,
    retrievals: retrieval::Retrievals,
    tags: Tags,
    /// Places for large bodies, and for questions.
    large: Semaphore,
    questions: Semaphore,
    started: Timestamp,
}

impl Kept {
    /// Nothing yet, but the sampling rules, and what a folder for traces has of groups and rules.
    ///
    /// # Errors
    ///
    /// If the file of sampling rules or that of groups cannot be used.
    pub(crate) fn new(settings: &ServeSettings, folder: Option<&Path>) -> io::Result<Self> {
        let rules = match (&settings.rules, folder) {
            (None, Some(folder)) => Some(sampling_file_in(folder)?),
            (rules, _) => rules.clone(),
        };
        Ok(Self {
            groups: Groups::open(folder)?,
            sampling: Sampling::open(rules.as_deref())?,
            telemetry: Telemetry::default(),
            retrievals: retrieval::Retrievals::default(),
            tags: Tags::default(),
            large: Semaphore::new(LARGE_BODIES_AT_ONCE),
            questions: Semaphore::new(QUESTIONS_AT_ONCE),
            started: clock::today(),
        })
    }
}

/// What operations work on.
pub(crate) struct Held {
    traces: Traces,
    api: Arc<Kept>,
}

/// What the daemon has on its TCP port, and what sends on takes.
const OF_DAEMON: [&str; 4] = ["PutTraceSegments", "GetSamplingRules", "GetSamplingTargets", "GetSamplingStatisticSummaries"];

/// Only the operations that clients ask of the daemon.
pub(crate) fn daemon_router() -> Router<App> {
    routes(|name| OF_DAEMON.contains(&name))
}

pub(crate) fn router() -> Router<App> {
    routes(|_| true)
}

fn routes(is_wanted: fn(&str) -> bool) -> Router<App> {
    OPERATIONS.iter().filter(|(name, ..)| is_wanted(name)).fold(Router::new(), |router, (name, path, operation)| {
        let work = Work { path, operation: *operation, is_question: is_question(name) };
        router.route(path, any(move |state, method, headers, body| call::call(state, method, headers, body, work)))
    })
}
