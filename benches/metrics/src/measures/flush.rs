//! CPU time of a flush of 100 series, each of which becomes a document.

use std::collections::BTreeMap;

use super::{FILLED, Samples};
use crate::Settings;
use crate::cases::FLUSHED;
use crate::child::{self, Task};
use crate::report::Findings;

const BAR_US: f64 = 100.0;

pub fn measure(settings: &Settings) -> Findings {
    let mut results: BTreeMap<u32, Samples> = BTreeMap::new();
    for _ in 0..settings.rounds {
        for values in FILLED {
            for case in FLUSHED.cases(1) {
                let answer = child::ask(Task::Flush { values }, case);
                results.entry(values).or_default().add(case.peer, answer.get("us"));
            }
        }
    }
    let rows = results.iter().flat_map(|(values, samples)| {
        let each = if *values == 1 { "1 value each".to_owned() } else { format!("{values} values each") };
        samples.rows(format!("µs per flush of {}, {each}", FLUSHED.title), BAR_US)
    });
    let note =
        "Flushes: CPU time of the whole process; 100 values of the dimension, so 100 documents; on one thread, once warm.".to_owned();
    Findings { rows: rows.collect(), notes: vec![note] }
}
