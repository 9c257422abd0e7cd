//! One file per measure; each has a function `measure` that returns rows for the table.

pub mod cold_start;
pub mod instructions;
pub mod invocations;
pub mod memory;
pub mod size;

use crate::report::Value;
use crate::tools::{best, median};

/// What was measured in each round, and the same minus what the bare function took in that round: a slow moment is slow for both.
#[derive(Default)]
struct Rounds {
    own: Vec<f64>,
    over: Vec<f64>,
}

impl Rounds {
    fn add(&mut self, value: f64, bare: f64) {
        self.own.push(value);
        self.over.push(value - bare);
    }

    fn value(&self) -> Value {
        Value::Rounds { best: best(&self.own), median: median(&self.own) }
    }

    /// Over the bare function.
    fn over(&self, bare: &Rounds) -> Value {
        Value::Rounds { best: best(&self.own) - best(&bare.own), median: median(&self.over) }
    }
}

/// The same in another order each round: whoever comes after a process that emptied the caches starts slower.
fn in_turn<T>(mut all: Vec<T>, round: u32) -> Vec<T> {
    let first = round as usize % all.len();
    all.rotate_left(first);
    all
}
