//! Services and what they were asked for.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::time::Duration;

use xray_model::document::Timestamp;

use super::{Axis, Spread};
use crate::facts::{Facts, Service};
use crate::graph::{AddressHasher, Statistics};
use crate::query::Status;

/// All traces together, by what they were for whoever waited.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Overview {
    pub(crate) statistics: Statistics,
    pub(crate) times: Spread<Duration>,
    /// Traces whose first segment is in progress or has not arrived: not in the statistics.
    pub(crate) in_progress: u64,
    /// Traces per minute, from the first that began to the last.
    pub(crate) per_minute: f64,
}

/// One kind of request to one service.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Operation {
    pub(crate) service: Arc<str>,
    pub(crate) kind: Arc<str>,
    pub(crate) is_inferred: bool,
    /// `None` where nothing is known of what was asked for.
    pub(crate) name: Option<Arc<str>>,
    pub(crate) statistics: Statistics,
    pub(crate) times: Spread<Duration>,
    pub(crate) in_progress: u64,
    /// From the first trace that began to the last.
    pub(crate) per_minute: f64,
}

pub(crate) fn overview(traces: &[Arc<Facts>]) -> Overview {
    together(traces.iter().map(|facts| (facts.status, facts.response_time)), minutes(traces))
}

/// What there was in each piece of time.
pub(crate) fn over_time(requests: impl Iterator<Item = (Timestamp, Status, Option<Duration>)>, axis: &Axis) -> Vec<Overview> {
    let mut pieces = axis.zeros::<Vec<(Status, Option<Duration>)>>();
    for (at, status, time) in requests {
        if let Some(place) = axis.place(at) {
            pieces[place].push((status, time));
        }
    }
    let minutes = axis.step().as_secs_f64() / 60.0;
    pieces.into_iter().map(|requests| together(requests.into_iter(), minutes)).collect()
}

fn together(requests: impl Iterator<Item = (Status, Option<Duration>)>, minutes: f64) -> Overview {
    let (mut overview, mut times) = (Overview::default(), Vec::with_capacity(requests.size_hint().0));
    for (status, time) in requests {
        match time {
            Some(time) => {
                overview.statistics.add(status, time);
                times.push(time);
            }
            None => overview.in_progress += 1,
        }
    }
    overview.per_minute = (overview.statistics.total() + overview.in_progress) as f64 / minutes;
    overview.times = Spread::of(&mut times, Duration::cmp);
    overview
}

/// Every service and operation, those that took most time together first.
pub(crate) fn operations(traces: &[Arc<Facts>]) -> Vec<Operation> {
    operations_of(traces, |_| true)
}

/// The same of some services.
pub(crate) fn operations_of(traces: &[Arc<Facts>], is_wanted: impl Fn(&Service) -> bool) -> Vec<Operation> {
    let mut groups = HashMap::<(&str, &str, Option<&str>), Group<'_>>::new();
    // Texts are held once each: most services are found by the addresses of theirs.
    let mut seen = HashMap::<Addresses, Vec<(Status, Option<Duration>)>, BuildHasherDefault<AddressHasher>>::default();
    let mut firsts = Vec::<(&Service, Addresses)>::new();
    for service in traces.iter().flat_map(|facts| &facts.services).filter(|service| is_wanted(service)) {
        let addresses = addresses(service);
        let measured = seen.entry(addresses).or_insert_with(|| {
            firsts.push((service, addresses));
            Vec::new()
        });
        measured.push((service.status, service.duration()));
    }
    for (service, addresses) in firsts {
        let key = (&*service.name, &*service.kind, service.operation.as_deref());
        let group = groups.entry(key).or_insert_with(|| Group { first: service, measured: Vec::new() });
        let measured = seen.remove(&addresses).unwrap_or_default();
        if group.measured.is_empty() { group.measured = measured } else { group.measured.extend(measured) }
    }
    let minutes = minutes(traces);
    let mut operations: Vec<_> = groups.into_values().map(|group| group.sum_up(minutes)).collect();
    operations.sort_by(|one, other| {
        let names = |operation: &Operation| (operation.service.clone(), operation.kind.clone(), operation.name.clone());
        other.statistics.response_time.cmp(&one.statistics.response_time).then_with(|| names(one).cmp(&names(other)))
    });
    operations
}

struct Group<'a> {
    first: &'a Service,
    measured: Vec<(Status, Option<Duration>)>,
}

impl Group<'_> {
    fn sum_up(self, minutes: f64) -> Operation {
        let mut statistics = Statistics::default();
        let ended = |(status, time): &(Status, Option<Duration>)| Some((*status, (*time)?));
        self.measured.iter().filter_map(ended).for_each(|(status, time)| statistics.add(status, time));
        let mut times: Vec<_> = self.measured.iter().filter_map(|(_, time)| *time).collect();
        Operation {
            service: Arc::clone(&self.first.name),
            kind: Arc::clone(&self.first.kind),
            is_inferred: self.first.is_inferred,
            name: self.first.operation.clone(),
            statistics,
            times: Spread::of(&mut times, Duration::cmp),
            in_progress: self.measured.len() as u64 - statistics.total(),
            per_minute: self.measured.len() as f64 / minutes,
        }
    }
}

/// Where the texts are of a service's name, type and operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Addresses(usize, usize, usize);

fn addresses(service: &Service) -> Addresses {
    let address = |text: &Arc<str>| Arc::as_ptr(text).cast::<u8>() as usize;
    Addresses(address(&service.name), address(&service.kind), service.operation.as_ref().map_or(0, address))
}

/// From the first trace that began to the last; at least one, so that a rate of few traces is no fantasy.
pub(crate) fn minutes(traces: &[Arc<Facts>]) -> f64 {
    let begins = || traces.iter().map(|facts| facts.start);
    let (first, last) = (begins().min().unwrap_or_default(), begins().max().unwrap_or_default());
    (last.since(first).as_secs_f64() / 60.0).max(1.0)
}
