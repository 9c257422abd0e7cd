//! Time of one invocation, over that of the bare function, and what is sent for it.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Rounds, in_turn};
use crate::Settings;
use crate::api::Invocation;
use crate::cases::{Case, Peer, State, cases};
use crate::function::Function;
use crate::report::{Findings, Row, Value};
use crate::sink::{Received, Sink};
use crate::tools::median;

/// Invocations of one case in one round.
const INVOCATIONS: u32 = 100;

/// A case under way.
#[derive(Default)]
struct Running {
    function: Option<Function>,
    response: Rounds,
    next: Rounds,
    cpu: Rounds,
    /// Of one invocation, one number per round.
    datagrams: Vec<f64>,
    received: Received,
}

/// Microseconds per invocation.
#[derive(Clone, Copy)]
struct Took {
    response: f64,
    next: f64,
    cpu: f64,
}

type Results = BTreeMap<Case, Running>;

pub fn measure(settings: &Settings) -> Findings {
    let mut sink = Sink::start();
    let mut results: Results = cases().into_iter().map(|case| (case, Running::default())).collect();
    for round in 0..settings.rounds {
        if round % settings.rounds_per_process == 0 {
            eprintln!("  round {} of {}", round + 1, settings.rounds);
            results.iter_mut().for_each(|(case, running)| running.start(Function::start(*case, sink.address)));
        }
        let took = in_turn(cases(), round).into_iter().map(|case| {
            sink.take();
            let took = results.get_mut(&case).expect("every case").round();
            (case, (took, sink.take()))
        });
        let took: BTreeMap<Case, (Took, Received)> = took.collect();
        let (bare, _) = took[&Case::BARE];
        for (case, (took, received)) in took {
            results.entry(case).or_default().add(took, bare, received);
        }
    }
    let note = format!(
        "Times: µs per invocation over the bare function's, seen from the Runtime API; CPU time is that of all threads, user and system. \
         Median of {} rounds of the difference in that round, in brackets the difference of the best rounds; a round is {INVOCATIONS} \
         invocations of each case, of which the median counts. Each case is a process of its own, a fresh one every {} rounds.",
        settings.rounds, settings.rounds_per_process
    );
    Findings { rows: rows(&results), notes: [note].into_iter().chain(notes(&results)).collect() }
}

impl Running {
    /// Goes on in a fresh process: hash maps and memory lie differently in each.
    fn start(&mut self, mut function: Function) {
        function.warm_up();
        self.function = Some(function);
    }

    fn round(&mut self) -> Took {
        let function = self.function.as_mut().expect("started");
        let before = function.cpu_time();
        let invocations = function.invoke(INVOCATIONS);
        let cpu = function.cpu_time() - before;
        let middle = |of: fn(&Invocation) -> Duration| median(&invocations.iter().map(|i| of(i).as_secs_f64() * 1e6).collect::<Vec<_>>());
        Took { response: middle(|i| i.response), next: middle(|i| i.next), cpu: cpu.as_secs_f64() * 1e6 / f64::from(INVOCATIONS) }
    }

    fn add(&mut self, took: Took, bare: Took, received: Received) {
        self.response.add(took.response, bare.response);
        self.next.add(took.next, bare.next);
        self.cpu.add(took.cpu, bare.cpu);
        self.datagrams.push((received.datagrams + received.dropped) as f64 / f64::from(INVOCATIONS));
        self.received.datagrams += received.datagrams;
        self.received.bytes += received.bytes;
        self.received.dropped += received.dropped;
    }
}

fn rows(results: &Results) -> Vec<Row> {
    let bare = &results[&Case::BARE];
    let row = |title: String, state: State, value: &dyn Fn(&Running) -> Value| {
        let traced = results.iter().filter(|(case, _)| case.state == state && case.peer != Peer::Bare);
        traced.fold(Row::new(title), |row, (case, running)| row.cell(case.peer, value(running)))
    };
    let own = |title: &str, rounds: &Rounds| Row::new(title).cell(Peer::Bare, rounds.value());
    let mut rows = vec![
        own("invocation, µs: the bare one until its response", &bare.response),
        own("… until it asks for the next event", &bare.next),
        own("… CPU time", &bare.cpu),
    ];
    for (state, what, bar) in [
        (State::Sampled, "sampled, 13 subsegments", Some(30.0)),
        (State::Unsampled, "not sampled", Some(2.0)),
        (State::Disabled, "disabled by environment", None),
    ] {
        let barred = |row: Row| bar.into_iter().fold(row, Row::bar);
        rows.push(barred(row(format!("{what}: added until its response"), state, &|r| r.response.over(&bare.response))));
        rows.push(barred(row("… until it asks for the next event".to_owned(), state, &|r| r.next.over(&bare.next))));
        rows.push(row("… CPU time".to_owned(), state, &|r| r.cpu.over(&bare.cpu)));
    }
    rows.push(row("datagrams per invocation, sampled".to_owned(), State::Sampled, &|r| Value::Number(median(&r.datagrams))).bar(2.0));
    rows
}

fn notes(results: &Results) -> Vec<String> {
    let sent = results.iter().filter(|(_, running)| running.received.datagrams > 0);
    let note = |(case, running): (&Case, &Running)| {
        let Received { datagrams, bytes, dropped } = running.received;
        let invocations = f64::from(INVOCATIONS) * running.datagrams.len() as f64;
        let [datagrams, bytes] = [datagrams + dropped, bytes].map(|n| n as f64 / invocations);
        format!(
            "`{case}`: {datagrams:.2} datagrams and {bytes:.0} bytes per invocation, {dropped} datagrams lost at the receiver's buffer."
        )
    };
    sent.map(note).collect()
}
