//! Heap allocations once everything is warm, of all threads: of measurements, documents of full series included, and of flushes.

use super::FILLED;
use crate::Settings;
use crate::callers::{PACE, VALUES_MAX};
use crate::cases::{Case, Facts, Job, Peer, one_by_one};
use crate::child::{self, Task};
use crate::program::Answer;
use crate::report::{Findings, Row, Value};

pub fn measure(_: &Settings) -> Findings {
    let mut rows = Vec::new();
    for facts in one_by_one() {
        // For rivals with values, as many as they may have at a time.
        let values = |peer| if facts.job == Job::Counter || peer == Peer::Autoxray { PACE } else { VALUES_MAX };
        let answers = answers(facts, values);
        let per_measurement = |(peer, answer): &(Peer, Answer)| (*peer, answer.get("measuring") / f64::from(values(*peer)));
        let what = format!("heap allocations per measurement of {}", facts.title);
        rows.push(row(Row::new(what).bar(0.0), answers.iter().map(per_measurement)));
        let what = format!("… per flush of {}", facts.title);
        rows.push(row(Row::new(what), answers.iter().map(|(peer, answer)| (*peer, answer.get("flushing")))));
    }
    for values in FILLED {
        let answers = answers(Job::Series.facts(), |_| values);
        let what = format!("… per flush of 100 series, values in each: {values}");
        rows.push(row(Row::new(what), answers.iter().map(|(peer, answer)| (*peer, answer.get("flushing")))));
    }
    let note = "Allocations: of all threads; what a background thread allocates while it is measured is in either number.".to_owned();
    Findings { rows, notes: vec![note] }
}

fn answers(facts: &Facts, values: impl Fn(Peer) -> u32) -> Vec<(Peer, Answer)> {
    let ask = |peer| child::ask(Task::Allocations { values: values(peer) }, Case::new(peer, facts.job, 1));
    facts.peers.iter().map(|peer| (*peer, ask(*peer))).collect()
}

fn row(empty: Row, cells: impl Iterator<Item = (Peer, f64)>) -> Row {
    cells.fold(empty, |row, (peer, number)| row.cell(peer, Value::Number(number)))
}
