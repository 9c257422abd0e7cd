//! Resident memory of a function that has been called for a while.

use std::collections::BTreeMap;

use super::Rounds;
use crate::Settings;
use crate::cases::{Case, Peer, State};
use crate::function::Function;
use crate::report::{Findings, Row};
use crate::sink::Sink;

const INVOCATIONS: u32 = 1_000;

pub fn measure(settings: &Settings) -> Findings {
    let sink = Sink::start();
    let mut results: BTreeMap<Peer, Rounds> = BTreeMap::new();
    for _ in 0..settings.processes {
        let mut bare = 0.0;
        for peer in Peer::BUILT {
            let mut function = Function::start(Case::new(peer, State::Sampled), sink.address);
            function.invoke(INVOCATIONS);
            let memory = function.memory() / 1e3;
            // The bare one comes first.
            if peer == Peer::Bare {
                bare = memory;
            }
            results.entry(peer).or_default().add(memory, bare);
        }
    }
    let bare = &results[&Peer::Bare];
    let row = Row::new("resident memory, KB: the bare one").cell(Peer::Bare, bare.value());
    let traced = results.iter().filter(|(peer, _)| **peer != Peer::Bare);
    let over = traced.fold(Row::new("… added").bar(1_000.0), |row, (peer, rounds)| row.cell(*peer, rounds.over(bare)));
    let note = format!("Memory: all of it that is resident, after {INVOCATIONS} sampled invocations; 1 KB is 1,000 bytes.");
    Findings { rows: vec![row, over], notes: vec![note] }
}
