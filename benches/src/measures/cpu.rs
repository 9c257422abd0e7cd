//! CPU time of the whole process per subsegment, in every state a tracer can be in.

use std::collections::BTreeMap;

use super::{best, median};
use crate::Settings;
use crate::cases::{self, Case, Mode, Peer, SUBSEGMENTS};
use crate::child::{self, Task};
use crate::report::{Findings, Row, Value};
use crate::sink::{Received, Sink};

/// All rounds of one case.
#[derive(Default)]
struct Samples {
    ns: Vec<f64>,
    trees: f64,
    received: Received,
    /// Of the spans that were recorded; the worst round.
    exported_share: f64,
}

type Results = BTreeMap<Case, Samples>;

pub fn measure(settings: &Settings) -> Findings {
    let mut sink = Sink::start();
    let datagram_bytes = datagram_bytes(&mut sink);
    let cases: Vec<Case> = cases::trees().into_iter().chain(cases::floors()).collect();
    let mut results = Results::new();
    for round in 1..=settings.rounds {
        eprintln!("  round {round} of {}", settings.rounds);
        for &case in &cases {
            sink.take();
            let answer = child::ask(Task::Cpu { ms: settings.cpu_ms }, case, sink.address, datagram_bytes);
            let samples = results.entry(case).or_insert_with(|| Samples { exported_share: 1.0, ..Samples::default() });
            samples.ns.push(answer.get("ns"));
            samples.trees += answer.get("all_trees");
            samples.exported_share = samples.exported_share.min(answer.get("exported_share"));
            if case.sends() {
                let received = sink.take();
                samples.received.datagrams += received.datagrams;
                samples.received.bytes += received.bytes;
                samples.received.dropped += received.dropped;
            }
        }
    }
    Findings { rows: rows(&results), notes: notes(&results, settings) }
}

/// What autoxray sends for one tree.
fn datagram_bytes(sink: &mut Sink) -> usize {
    let case = Case::new(Peer::Autoxray, Mode::Sent);
    child::ask(Task::Cpu { ms: 1 }, case, sink.address, 0);
    let received = sink.take();
    (received.bytes / received.datagrams.max(1)) as usize
}

fn rows(results: &Results) -> Vec<Row> {
    let total = |title: &str, mode, values| {
        let case = |peer| Case { peer, mode, values };
        tracers(Row::new(title), results, case, |samples| Some(samples.value()))
    };
    let over_bare = |title: &str, mode| {
        let bare = &results[&Case::new(Peer::Bare, Mode::Plain)];
        tracers(Row::new(title), results, |peer| Case::new(peer, mode), |samples| Some(samples.over(bare)))
    };
    let floor = |mode| &results[&Case::new(Peer::Floor, mode)];
    let bare = results[&Case::new(Peer::Bare, Mode::Plain)].value();
    let sent_floor = Value::Rounds {
        best: best(&floor(Mode::Clocks).ns) + best(&floor(Mode::Datagram).ns),
        median: median(&floor(Mode::Clocks).ns) + median(&floor(Mode::Datagram).ns),
    };
    vec![
        total("recorded, encoded, sent over UDP: ns per subsegment", Mode::Sent, false)
            .bar(350.0)
            .cell(Peer::Bare, bare)
            .cell(Peer::Floor, sent_floor),
        total("the same, one annotation per leaf", Mode::Sent, true),
        total("recorded, exporter throws away: ns", Mode::Discarded, false),
        total("the same, one annotation per leaf", Mode::Discarded, true),
        over_bare("root not sampled: ns over the bare call", Mode::Unsampled).bar(10.0),
        over_bare("no segment / root / subscriber: ns over the bare call", Mode::NoRoot),
        over_bare("disabled by environment: ns over the bare call", Mode::Disabled).bar(3.0).cell(Peer::Floor, floor(Mode::Load).value()),
        total_bytes(results),
    ]
}

/// Adds a cell for every tracer that has such a case.
fn tracers(mut row: Row, results: &Results, case: impl Fn(Peer) -> Case, value: impl Fn(&Samples) -> Option<Value>) -> Row {
    for peer in Peer::TRACERS {
        if let Some(value) = results.get(&case(peer)).and_then(&value) {
            row = row.cell(peer, value);
        }
    }
    row
}

fn total_bytes(results: &Results) -> Row {
    let row = Row::new("bytes on the wire per subsegment");
    tracers(
        row,
        results,
        |peer| Case::new(peer, Mode::Sent),
        |samples| {
            let sent = samples.received.datagrams + samples.received.dropped;
            let per_datagram = samples.received.bytes as f64 / samples.received.datagrams.max(1) as f64;
            Some(Value::Number(per_datagram * sent as f64 / samples.trees / f64::from(SUBSEGMENTS)))
        },
    )
}

impl Samples {
    fn value(&self) -> Value {
        Value::Rounds { best: best(&self.ns), median: median(&self.ns) }
    }

    fn over(&self, bare: &Samples) -> Value {
        Value::Rounds { best: best(&self.ns) - best(&bare.ns), median: median(&self.ns) - median(&bare.ns) }
    }
}

fn notes(results: &Results, settings: &Settings) -> Vec<String> {
    let rounds = settings.rounds;
    let floor = |mode| {
        let ns = &results[&Case::new(Peer::Floor, mode)].ns;
        format!("{:.1} ({:.1})", median(ns), best(ns))
    };
    let mut notes = vec![
        format!(
            "Times are CPU time of the whole process, all threads, user and system: median (best) of {rounds} rounds, \
             interleaved, each case in a process of its own."
        ),
        format!(
            "Floor, ns per subsegment: two clock reads {}, a mutex {}, a relaxed load {}, its share of one datagram of the \
             size autoxray sends {}.",
            floor(Mode::Clocks),
            floor(Mode::Mutex),
            floor(Mode::Load),
            floor(Mode::Datagram),
        ),
    ];
    for (case, samples) in results {
        if case.sends() {
            let Received { datagrams, dropped, .. } = samples.received;
            let sent = datagrams + dropped;
            let mut note = format!(
                "`{case}`: {sent} datagrams ({:.2} per tree), {dropped} of them lost at the receiver's buffer",
                sent as f64 / samples.trees
            );
            if samples.exported_share < 0.999_95 {
                note += &format!("; only {:.1} % of the spans reached the exporter", 100.0 * samples.exported_share);
            }
            notes.push(note + ".");
        } else if samples.exported_share < 0.999_95 && case.mode == Mode::Discarded {
            notes.push(format!("`{case}`: only {:.1} % of the spans reached the exporter.", 100.0 * samples.exported_share));
        }
    }
    notes
}
