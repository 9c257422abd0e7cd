//! One file per measure; each has a function `measure` that returns rows for the table.

pub mod allocations;
pub mod cpu;
pub mod flush;
pub mod instructions;

use std::collections::BTreeMap;

use crate::cases::Peer;
use crate::report::{Row, Value};
use crate::tools::{best, median};

/// Values in each series when it is flushed.
const FILLED: [u32; 2] = [1, 50];

/// Numbers of one row: a sample per round.
#[derive(Default)]
struct Samples(BTreeMap<Peer, Vec<f64>>);

impl Samples {
    fn add(&mut self, peer: Peer, sample: f64) {
        self.0.entry(peer).or_default().push(sample);
    }

    /// The row, and one below it that says how often ours goes into the others'.
    fn rows(&self, what: String, bar: f64) -> [Row; 2] {
        let mut row = Row::new(what).bar(bar);
        let mut ratios = Row::new("… times ours");
        for (peer, samples) in &self.0 {
            row = row.cell(*peer, Value::Rounds { best: best(samples), median: median(samples) });
            let ratio = |of: fn(&[f64]) -> f64| of(samples) / of(&self.0[&Peer::Autoxray]);
            ratios = ratios.cell(*peer, Value::Rounds { best: ratio(best), median: ratio(median) });
        }
        [row, ratios]
    }
}
