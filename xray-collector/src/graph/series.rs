//! Statistics over time, as `GetTimeSeriesServiceStatistics` has them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use xray_model::document::Timestamp;

use super::{Histogram, Statistics};
use crate::facts::{Call, Facts, Service};

/// What began in one period.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Period {
    /// What called services say.
    pub(crate) services: Statistics,
    /// What their callers saw.
    pub(crate) edges: Statistics,
    /// Of the services.
    pub(crate) response_times: Histogram,
}

/// Statistics of the services that `select` picks, and of the calls to them, by the start of their period. Periods in which nothing
/// began are left out; the others begin at multiples of `period` since 1970.
///
/// A service and the call to it are in the period in which each of them began. What is outside of `range` is in none.
pub(crate) fn series(
    traces: &[Arc<Facts>],
    range: RangeInclusive<Timestamp>,
    period: Duration,
    select: impl Fn(&Facts, &Service) -> bool,
) -> BTreeMap<Timestamp, Period> {
    let mut periods = BTreeMap::<Timestamp, Period>::new();
    let step = u64::try_from(period.as_nanos()).unwrap_or(u64::MAX).max(1);
    let begin = |at: Timestamp| Timestamp::from_nanos(at.as_nanos() / step * step);
    for facts in traces {
        for service in facts.services.iter().filter(|service| select(facts, service)) {
            if let Some(time) = service.duration().filter(|_| range.contains(&service.start)) {
                let period = periods.entry(begin(service.start)).or_default();
                period.services.add(service.status, time);
                period.response_times.add(time);
            }
            if let Some((call, time)) =
                call_of(service).and_then(|call| Some((call, call.duration()?))).filter(|(call, _)| range.contains(&call.start))
            {
                periods.entry(begin(call.start)).or_default().edges.add(call.status, time);
            }
        }
    }
    periods
}

/// The call to a service, as whoever saw it says; `None` if that is not known or counted elsewhere.
fn call_of(service: &Service) -> Option<Call> {
    let http_status = || service.more.as_ref()?.http_status;
    let of_client = || Call { start: service.start, end: service.end, status: service.status, http_status: http_status(), is_again: false };
    service.call.filter(|call| !call.is_again && service.caller.is_some()).or_else(|| service.is_entry.then(of_client))
}
