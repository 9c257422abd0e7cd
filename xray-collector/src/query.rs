//! Questions to traces: how did they go, how do services fare.
//!
//! Terms as in X-Ray: "AWS X-Ray concepts" and `GetTraceSummaries` in the API reference.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use xray_model::TraceId;
use xray_model::document::{Segment, Timestamp};

use crate::trace::Trace;

/// How a segment ended. The greater, the worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Well.
    #[default]
    Ok,
    /// The caller made a mistake (4xx).
    Error,
    /// The caller asked too often (429).
    Throttle,
    /// The service failed (5xx).
    Fault,
}

impl Status {
    /// By flags and HTTP status, whichever is worse.
    #[must_use]
    pub fn of(segment: &Segment) -> Self {
        let by_http = match segment.http_status() {
            Some(429) => Self::Throttle,
            Some(400..=499) => Self::Error,
            Some(500..=599) => Self::Fault,
            _ => Self::Ok,
        };
        let flags = [(segment.fault, Self::Fault), (segment.throttle, Self::Throttle), (segment.error, Self::Error)];
        let by_flag = flags.into_iter().find_map(|(set, status)| set.then_some(status));
        by_http.max(by_flag.unwrap_or_default())
    }
}

/// A trace in one line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TraceSummary {
    /// Its id.
    pub id: TraceId,
    /// Name of its first segment.
    pub name: String,
    /// Earliest start of anything in it.
    pub start: Timestamp,
    /// Earliest start to latest end of anything in it.
    pub duration: Duration,
    /// Duration of the first segment: what the caller waited for.
    pub response_time: Option<Duration>,
    /// How the first segment ended. What failed further down and was dealt with does not count.
    pub status: Status,
    /// Whether anything in it was throttled.
    pub has_throttle: bool,
    /// Segments and subsegments that ended with a fault.
    pub faults: usize,
    /// See [`Trace::is_complete`].
    pub is_complete: bool,
    /// Services: segments, that is, not subsegments.
    pub segments: usize,
    /// Subsegments.
    pub subsegments: usize,
    /// Names of the services, each once.
    pub services: BTreeSet<String>,
    /// Documents that arrived.
    pub documents: u64,
    /// Method of the HTTP request that began it.
    pub http_method: Option<String>,
    /// URL of the HTTP request that began it.
    pub http_url: Option<String>,
    /// Status of the HTTP response.
    pub http_status: Option<i64>,
}

impl TraceSummary {
    pub(crate) fn of(trace: &Trace) -> Self {
        let root = trace.root();
        let request = root.and_then(|root| root.value().http.as_ref()?.request.as_ref());
        let nodes = || trace.tree().iter();
        Self {
            id: trace.id(),
            name: root.map(|root| root.name.clone()).unwrap_or_default(),
            start: trace.start(),
            duration: trace.duration(),
            response_time: trace.response_time(),
            status: root.map(|root| root.status()).unwrap_or_default(),
            has_throttle: nodes().any(|node| node.throttle || node.http_status() == Some(429)),
            faults: nodes().filter(|node| node.status() == Status::Fault).count(),
            is_complete: trace.is_complete(),
            segments: nodes().filter(|node| !node.is_subsegment).count(),
            subsegments: nodes().filter(|node| node.is_subsegment).count(),
            services: nodes().filter(|node| !node.is_subsegment).map(|node| node.name.clone()).collect(),
            documents: trace.documents(),
            http_method: request.and_then(|request| request.method.clone()),
            http_url: request.and_then(|request| request.url.clone()),
            http_status: root.and_then(|root| root.http_status()),
        }
    }

    /// The first segment ended with a fault (5xx).
    #[must_use]
    pub fn has_fault(&self) -> bool {
        self.status == Status::Fault
    }

    /// The first segment ended with an error (4xx), throttling included.
    #[must_use]
    pub fn has_error(&self) -> bool {
        matches!(self.status, Status::Error | Status::Throttle)
    }
}

/// How a service fares: all segments of one name.
///
/// Each segment counts once, by its [`Status`]; so the rates add up to at most 1.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ServiceSummary {
    /// Name of the service.
    pub name: String,
    /// Segments that ended.
    pub count: usize,
    /// Segments that are in progress; they are in no other figure.
    pub in_progress: usize,
    /// Segments that ended with an error (4xx, but not 429).
    pub errors: usize,
    /// Segments that were throttled (429).
    pub throttles: usize,
    /// Segments that ended with a fault (5xx).
    pub faults: usize,
    /// Response times of the segments that ended, shortest first.
    times: Vec<Duration>,
}

impl ServiceSummary {
    /// Share of segments that ended with an error, 0 to 1.
    #[must_use]
    pub fn error_rate(&self) -> f64 {
        self.rate(self.errors)
    }

    /// Share of segments that were throttled, 0 to 1.
    #[must_use]
    pub fn throttle_rate(&self) -> f64 {
        self.rate(self.throttles)
    }

    /// Share of segments that ended with a fault, 0 to 1.
    #[must_use]
    pub fn fault_rate(&self) -> f64 {
        self.rate(self.faults)
    }

    fn rate(&self, part: usize) -> f64 {
        if self.count == 0 { 0.0 } else { part as f64 / self.count as f64 }
    }

    /// The response time that `percent` of the segments did not exceed, by nearest rank: always one that was measured, never one in
    /// between. `None` if no segment ended.
    ///
    /// With n times in order, that is the one at place ⌈percent ÷ 100 · n⌉, counted from 1; `percent` 0 gives the shortest.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<Duration> {
        let place = (percent / 100.0 * self.times.len() as f64).ceil() as usize;
        self.times.get(place.clamp(1, self.times.len().max(1)) - 1).copied()
    }
}

/// Sums up the services of some traces, in the order of their names.
pub fn services<'a>(traces: impl IntoIterator<Item = &'a Trace>) -> Vec<ServiceSummary> {
    let mut services = BTreeMap::<&str, ServiceSummary>::new();
    for node in traces.into_iter().flat_map(|trace| trace.tree().iter()).filter(|node| !node.is_subsegment) {
        let service = services.entry(&node.value().segment.name).or_default();
        let Some(duration) = node.duration() else {
            service.in_progress += 1;
            continue;
        };
        service.count += 1;
        service.times.push(duration);
        match node.status() {
            Status::Ok => {}
            Status::Error => service.errors += 1,
            Status::Throttle => service.throttles += 1,
            Status::Fault => service.faults += 1,
        }
    }
    let finish = |(name, mut service): (&str, ServiceSummary)| {
        service.times.sort_unstable();
        ServiceSummary { name: name.to_owned(), ..service }
    };
    services.into_iter().map(finish).collect()
}
