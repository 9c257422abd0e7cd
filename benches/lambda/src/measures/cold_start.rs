//! From the start of the process until it asks for its first event.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Rounds, in_turn};
use crate::Settings;
use crate::cases::{Case, Peer, State};
use crate::function::Function;
use crate::report::{Findings, Row};
use crate::sink::Sink;

/// What is measured of a start, in milliseconds.
#[derive(Default)]
struct Starts {
    wall: Rounds,
    cpu: Rounds,
    first: Rounds,
}

#[derive(Clone, Copy)]
struct Took {
    wall: f64,
    cpu: f64,
    /// Until the response to the first event: what is set up only then is in it.
    first: f64,
}

pub fn measure(settings: &Settings) -> Findings {
    let sink = Sink::start();
    let mut results: BTreeMap<Peer, Starts> = BTreeMap::new();
    // Nobody shall be the one who reads a program from the disk.
    for peer in Peer::BUILT {
        start(peer, &sink);
    }
    for round in 0..settings.starts {
        let took: BTreeMap<Peer, Took> = in_turn(Peer::BUILT.into(), round).into_iter().map(|peer| (peer, start(peer, &sink))).collect();
        let bare = took[&Peer::Bare];
        for (peer, took) in took {
            let starts = results.entry(peer).or_default();
            starts.wall.add(took.wall, bare.wall);
            starts.cpu.add(took.cpu, bare.cpu);
            starts.first.add(took.first, bare.first);
        }
    }
    let note = format!("Cold start: median (best) of {} starts, in turns; all files are in memory already.", settings.starts);
    Findings { rows: rows(&results), notes: vec![note] }
}

fn start(peer: Peer, sink: &Sink) -> Took {
    let mut function = Function::start(Case::new(peer, State::Sampled), sink.address);
    let cpu = function.cpu_time();
    let first = function.invoke(1)[0].response;
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    Took { wall: ms(function.start), cpu: ms(cpu), first: ms(first) }
}

fn rows(results: &BTreeMap<Peer, Starts>) -> Vec<Row> {
    let row = |what: &str, bar: Option<f64>, of: fn(&Starts) -> &Rounds| {
        let bare = of(&results[&Peer::Bare]);
        let traced = results.iter().filter(|(peer, _)| **peer != Peer::Bare);
        let added = bar.into_iter().fold(Row::new("… added"), Row::bar);
        [
            Row::new(format!("{what}, ms: the bare function")).cell(Peer::Bare, bare.value()),
            traced.fold(added, |row, (peer, starts)| row.cell(*peer, of(starts).over(bare))),
        ]
    };
    [
        row("cold start, until it asks for its first event", Some(0.3), |starts| &starts.wall),
        row("CPU time of a cold start", None, |starts| &starts.cpu),
        row("first invocation, until its response", None, |starts| &starts.first),
    ]
    .into_iter()
    .flatten()
    .collect()
}
