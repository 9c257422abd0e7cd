//! CPU time per call, over that of the bare call.

use std::collections::BTreeMap;

use crate::Settings;
use crate::cases::{self, Case, Client, SHARING, State, Who};
use crate::child::{Addresses, Answer, Measured};
use crate::report::{Findings, Row, Value};
use crate::server::Server;
use crate::sink::{Received, Sink};
use crate::tools::{best, median};

const WARM_UP_NS: f64 = 60e6;

/// A case under way.
#[derive(Default)]
struct Running {
    process: Option<Measured>,
    calls_per_round: u32,
    /// CPU time per call, one per round.
    ns: Vec<f64>,
    /// The same minus that of the bare call in the same round: a slow moment is slow for both.
    over: Vec<f64>,
    received: Received,
    calls: f64,
    exported: Option<f64>,
}

type Results = BTreeMap<Case, Running>;

pub fn measure(settings: &Settings) -> Findings {
    let mut findings = Findings::default();
    for client in Client::ALL {
        findings.absorb(of_client(client, settings));
    }
    findings.notes.push(format!(
        "Times: CPU time of the whole process, all threads, user and system, minus that of the bare call; median of {} rounds of the \
         difference in that round, in brackets the difference of the best rounds. Each case is a process of its own, a \
         fresh one every {} rounds.",
        settings.rounds, settings.rounds_per_process
    ));
    findings
}

fn of_client(client: Client, settings: &Settings) -> Findings {
    let (mut sink, server) = (Sink::start(), Server::start());
    let to = Addresses { daemon: sink.address, server: server.address };
    let mut results: Results = cases::cases(client).into_iter().map(|case| (case, Running::default())).collect();
    for round in 0..settings.rounds {
        if round % settings.rounds_per_process == 0 {
            eprintln!("  {}: round {} of {}", client.title(), round + 1, settings.rounds);
            results.iter_mut().for_each(|(case, running)| running.start(*case, to, settings));
        }
        let mut bare = 0.0;
        for (case, running) in &mut results {
            sink.take();
            let answer = running.round();
            let ns = answer.ns / answer.calls;
            // The bare case comes first.
            if *case == Case::bare(client) {
                bare = ns;
            }
            running.ns.push(ns);
            running.over.push(ns - bare);
            if case.sends() {
                running.add(sink.take());
            }
        }
    }
    Findings { rows: rows(client, &results), notes: notes(client, &results) }
}

impl Running {
    /// Goes on in a fresh process: hash maps and memory lie differently in each, which moves all calls of a process by some percent.
    fn start(&mut self, case: Case, to: Addresses, settings: &Settings) {
        let mut process = Measured::start(case, to);
        let mut all = Answer::default();
        while all.ns < WARM_UP_NS {
            let answer = process.calls(1);
            all = Answer { calls: all.calls + answer.calls, ns: all.ns + answer.ns, exported: None };
        }
        let per_call = all.ns / all.calls;
        self.calls_per_round = (f64::from(settings.cpu_ms) * 1e6 / per_call) as u32;
        self.process = Some(process);
    }

    fn round(&mut self) -> Answer {
        let answer = self.process.as_mut().expect("started").calls(self.calls_per_round);
        self.calls += answer.calls;
        self.exported = answer.exported.map(|n| n + self.exported.unwrap_or_default());
        answer
    }

    fn add(&mut self, received: Received) {
        self.received.datagrams += received.datagrams;
        self.received.bytes += received.bytes;
        self.received.dropped += received.dropped;
    }

    /// Microseconds over the bare call, or over another case.
    fn over(&self, bare: &Running, other: Option<&Running>) -> Value {
        let other_over = other.map_or(0.0, |other| median(&other.over));
        let other_best = best(&other.unwrap_or(bare).ns);
        Value { number: (median(&self.over) - other_over) / 1e3, best: Some((best(&self.ns) - other_best) / 1e3) }
    }
}

fn rows(client: Client, results: &Results) -> Vec<Row> {
    let bare = &results[&Case::bare(client)];
    let get = |who, state, calls| results.get(&Case::new(client, who, state, calls));
    let row = |title: String, state, calls| {
        let mut row = Row::new(title, "µs");
        if let Some(ours) = get(Who::Autoxray, state, calls) {
            row = row.ours(ours.over(bare, None));
        }
        if let Some(rival) = get(Who::Rival, state, calls) {
            row = row.rival(rival.over(bare, None));
        }
        row
    };
    // The recording of the call alone: the same segment with plain calls in it is taken off.
    let alone = |title: String, state, without| {
        let with = get(Who::Autoxray, state, 1).expect("measured");
        Row::new(title, "µs").ours(with.over(bare, get(Who::Autoxray, without, 1)))
    };
    let title = client.title();
    let bars = match client {
        Client::Aws => (5.0, 0.2),
        Client::Reqwest => (3.0, 0.2),
    };
    let total = Value { number: median(&bare.ns) / 1e3, best: Some(best(&bare.ns) / 1e3) };
    let empty = get(Who::Bare, State::Empty, 1);
    let empty = empty
        .map(|empty| empty.over(bare, None))
        .map(|empty| Row::new("… an interceptor that does nothing", "µs").ours(empty).rival(empty));
    let mut rows = vec![Row::new(format!("{title}: the bare call itself"), "µs").ours(total).rival(total)];
    rows.extend(empty);
    rows.extend([
        row("… sampled, a segment per call".to_owned(), State::Sampled, 1).bar(bars.0),
        row(format!("… sampled, {SHARING} calls per segment"), State::Sampled, SHARING).bar(bars.0),
        alone("… sampled, the call without its segment and datagram".to_owned(), State::Sampled, State::SegmentOnly),
        row("… unsampled, a segment per call".to_owned(), State::Unsampled, 1),
        row(format!("… unsampled, {SHARING} calls per segment"), State::Unsampled, SHARING).bar(bars.1),
        alone("… unsampled, the call without its segment".to_owned(), State::Unsampled, State::UnsampledOnly),
        row("… no segment current".to_owned(), State::NoSegment, 1).bar(bars.1),
        row("… disabled by environment".to_owned(), State::Disabled, 1).bar(bars.1),
    ]);
    rows
}

fn notes(client: Client, results: &Results) -> Vec<String> {
    let mut notes = Vec::new();
    for (case, running) in results.iter().filter(|(case, _)| case.is_sampled() && case.client == client) {
        let Received { datagrams, bytes, dropped } = running.received;
        let sent = (datagrams + dropped) as f64 / running.calls;
        let mut note = format!("`{case}`:");
        if case.sends() {
            let per_call = bytes as f64 / datagrams.max(1) as f64 * sent;
            note += &format!(" {sent:.2} datagrams and {per_call:.0} bytes per call, {dropped} datagrams lost at the receiver's buffer");
        }
        if let Some(exported) = running.exported {
            note += &format!(" {:.2} segments and subsegments per call reached the exporter", exported / running.calls);
        }
        notes.push(note.replace("buffer ", "buffer; ") + ".");
    }
    notes
}
