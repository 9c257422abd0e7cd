//! Heap allocations once everything is warm, of all threads: of measurements, documents of full series included, and of flushes.

use super::FILLED;
use crate::Settings;
use crate::cases::{FLUSHED, Job, ONE_BY_ONE, Peer};
use crate::child::{self, Task};
use crate::program::Answer;
use crate::report::{Findings, Row, Value};

pub fn measure(_: &Settings) -> Findings {
    let mut rows = Vec::new();
    for job in &ONE_BY_ONE {
        let answers = answers(job, Task::Allocations);
        let what = format!("heap allocations per measurement of {}", job.title);
        rows.push(row(Row::new(what).bar(0.0), &answers, "measurement"));
        rows.push(row(Row::new(format!("… per flush of {}", job.title)), &answers, "flush"));
    }
    for values in FILLED {
        let what = format!("… per flush of {}, values in each: {values}", FLUSHED.title);
        rows.push(row(Row::new(what), &answers(&FLUSHED, Task::AllocationsOf { values }), "flush"));
    }
    let note = "Allocations: of all threads; what a background thread allocates while it is measured is in either number.".to_owned();
    Findings { rows, notes: vec![note] }
}

fn answers(job: &'static Job, task: Task) -> Vec<(Peer, Answer)> {
    job.cases(1).map(|case| (case.peer, child::ask(task, case))).collect()
}

fn row(empty: Row, answers: &[(Peer, Answer)], key: &str) -> Row {
    answers.iter().fold(empty, |row, (peer, answer)| row.cell(*peer, Value::Number(answer.get(key))))
}
