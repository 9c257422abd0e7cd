//! From facts of traces to the graph.
//!
//! Hundreds of thousands of services go through here for one page, and nearly all of them are the same few: texts of facts are held once
//! each, so nodes are found by the addresses of their texts, and by the texts themselves only when they were not seen at those addresses.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;
use std::sync::Arc;
use std::time::Duration;

use xray_model::document::Timestamp;
use xray_model::{SegmentId, TraceId};

use super::hash::AddressHasher;
use super::histogram::Bucket;
use super::{CLIENT, Edge, Histogram, Node, ServiceGraph, Statistics};
use crate::facts::{Call, Facts, Service};
use crate::settings::{ALIASES_MAX, NODES_MAX};

impl ServiceGraph {
    /// The graph of some traces, or of one.
    pub(crate) fn of(traces: &[Arc<Facts>]) -> Self {
        let mut building = Building { graph: Self { traces: traces.len(), ..Self::default() }, ..Building::default() };
        let mut own = Vec::new();
        for facts in traces {
            let (start, end) = building.graph.between.unwrap_or((facts.start, facts.end));
            building.graph.between = Some((start.min(facts.start), end.max(facts.end)));
            building.graph.left_out += u64::from(facts.services_left_out);
            building.trace(facts, &mut own);
        }
        building.links(traces);
        building.graph
    }
}

/// Name, type and account.
type Texts = (Arc<str>, Arc<str>, Option<Arc<str>>);

#[derive(Default)]
struct Building {
    graph: ServiceGraph,
    seen: HashMap<Addresses, Option<usize>, BuildHasherDefault<AddressHasher>>,
    by_text: HashMap<Texts, usize>,
    clients: HashMap<usize, Option<usize>, BuildHasherDefault<AddressHasher>>,
    /// Place of an edge in its node: from, to, and whether it is a link.
    edges: HashMap<(usize, usize, bool), usize, BuildHasherDefault<AddressHasher>>,
    client: Option<Arc<str>>,
}

impl Building {
    fn trace(&mut self, facts: &Facts, own: &mut Vec<Option<usize>>) {
        own.clear();
        for service in &facts.services {
            let place = self.node(service);
            own.push(place);
            let Some(place) = place else { continue };
            self.graph.nodes[place].add(service);
            if service.is_entry {
                self.entry(place, service);
            }
            let caller = service.caller.and_then(|caller| own.get(caller as usize).copied().flatten());
            if let (Some(caller), Some(call)) = (caller, &service.call) {
                let edge = self.edge(caller, place, false, call.start);
                edge.add(call);
                if let Some(alias) =
                    &service.alias.as_ref().filter(|alias| edge.aliases.len() < ALIASES_MAX && !edge.aliases.contains(*alias))
                {
                    edge.aliases.insert((**alias).clone());
                }
            }
        }
    }

    /// The node of a service; `None` if there are too many.
    fn node(&mut self, service: &Service) -> Option<usize> {
        let addresses = Addresses::of(service);
        if let Some(known) = self.seen.get(&addresses) {
            self.graph.left_out += u64::from(known.is_none());
            return *known;
        }
        let place = self.place(&service.name, &service.kind, service.account.as_ref(), service.start);
        self.seen.insert(addresses, place);
        self.graph.left_out += u64::from(place.is_none());
        place
    }

    fn place(&mut self, name: &Arc<str>, kind: &Arc<str>, account: Option<&Arc<str>>, start: Timestamp) -> Option<usize> {
        let texts = (Arc::clone(name), Arc::clone(kind), account.cloned());
        if let Some(place) = self.by_text.get(&texts) {
            return Some(*place);
        }
        if self.graph.nodes.len() >= NODES_MAX {
            return None;
        }
        self.graph.nodes.push(Node::new(&texts, start));
        self.by_text.insert(texts, self.graph.nodes.len() - 1);
        Some(self.graph.nodes.len() - 1)
    }

    /// A client asked this service.
    fn entry(&mut self, place: usize, service: &Service) {
        self.graph.nodes[place].is_root = true;
        let client = match self.clients.get(&place) {
            Some(client) => *client,
            None => {
                let kind = Arc::clone(self.client.get_or_insert_with(|| CLIENT.into()));
                let client = self.place(&service.name, &kind, service.account.as_ref(), service.start);
                self.clients.insert(place, client);
                client
            }
        };
        let Some(client) = client else { return };
        self.graph.nodes[client].lasts(service.start, service.end);
        // Nobody else saw the call.
        let http_status = service.more.as_ref().and_then(|more| more.http_status);
        let call = Call { start: service.start, end: service.end, status: service.status, http_status, is_again: false };
        self.edge(client, place, false, call.start).add(&call);
    }

    fn edge(&mut self, from: usize, to: usize, is_link: bool, start: Timestamp) -> &mut Edge {
        let edges = &mut self.graph.nodes[from].edges;
        let place = *self.edges.entry((from, to, is_link)).or_insert_with(|| {
            edges.push(Edge::new(to, is_link, start));
            edges.len() - 1
        });
        &mut edges[place]
    }

    /// Edges from what sent messages to what began traces because of them.
    fn links(&mut self, traces: &[Arc<Facts>]) {
        if traces.iter().all(|facts| facts.links.is_empty()) {
            return;
        }
        let by_id: HashMap<TraceId, &Facts> = traces.iter().map(|facts| (facts.id, &**facts)).collect();
        for facts in traces {
            for link in &facts.links {
                let (Some(sent), Some(received)) = (by_id.get(&link.trace), facts.services.get(link.service as usize)) else { continue };
                let sender = sender(sent, link.id);
                let (Some(from), Some(to)) = (self.known(sender), self.known(received)) else { continue };
                let edge = self.edge(from, to, true, received.start);
                edge.lasts(received.start, received.end);
                edge.ages.add(received.start.since(sender.end.unwrap_or(sender.start)));
            }
        }
    }

    fn known(&self, service: &Service) -> Option<usize> {
        self.seen.get(&Addresses::of(service)).copied().flatten()
    }
}

/// The service that a link names; what leads to no service in particular leads to where the trace began.
fn sender(facts: &Facts, id: Option<SegmentId>) -> &Service {
    facts.services.iter().find(|service| Some(service.id) == id).unwrap_or_else(|| facts.root())
}

impl Node {
    fn new((name, kind, account): &Texts, start: Timestamp) -> Self {
        Self {
            name: Arc::clone(name),
            kind: Arc::clone(kind),
            account: account.clone(),
            is_root: false,
            is_inferred: true,
            start,
            end: start,
            statistics: Statistics::default(),
            in_progress: 0,
            response_times: Histogram::default(),
            durations: Histogram::default(),
            edges: Vec::new(),
        }
    }

    fn add(&mut self, service: &Service) {
        self.lasts(service.start, Some(service.work_end));
        self.is_inferred &= service.is_inferred;
        let Some(time) = service.duration() else {
            self.in_progress += 1;
            return;
        };
        let bucket = Bucket::of(time);
        self.statistics.add(service.status, time);
        self.response_times.count(bucket);
        // Nearly always the same.
        let work = service.work_end.since(service.start);
        self.durations.count(if work > time { Bucket::of(work) } else { bucket });
    }

    fn lasts(&mut self, start: Timestamp, end: Option<Timestamp>) {
        self.start = self.start.min(start);
        self.end = self.end.max(end.unwrap_or(start));
    }
}

impl Edge {
    fn new(to: usize, is_link: bool, start: Timestamp) -> Self {
        Self {
            to,
            is_link,
            start,
            end: start,
            statistics: Statistics::default(),
            in_progress: 0,
            response_times: Histogram::default(),
            ages: Histogram::default(),
            aliases: std::collections::BTreeSet::new(),
        }
    }

    fn add(&mut self, call: &Call) {
        self.lasts(call.start, call.end);
        match call.duration() {
            _ if call.is_again => {}
            None => self.in_progress += 1,
            Some(time) => self.count(call, time),
        }
    }

    fn count(&mut self, call: &Call, time: Duration) {
        self.statistics.add(call.status, time);
        self.response_times.add(time);
    }

    fn lasts(&mut self, start: Timestamp, end: Option<Timestamp>) {
        self.start = self.start.min(start);
        self.end = self.end.max(end.unwrap_or(start));
    }
}

/// Where the texts are that tell one node from others.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Addresses(usize, usize, usize);

impl Addresses {
    fn of(service: &Service) -> Self {
        let address = |text: &Arc<str>| Arc::as_ptr(text).cast::<u8>() as usize;
        Self(address(&service.name), address(&service.kind), service.account.as_ref().map_or(0, address))
    }
}
