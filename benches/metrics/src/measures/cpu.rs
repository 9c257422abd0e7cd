//! CPU time per measurement, of all threads, with its share of the flushes and of documents written in between.

use std::collections::BTreeMap;

use super::Samples;
use crate::Settings;
use crate::callers::PACE;
use crate::cases::{Job, ONE_BY_ONE, THREADS};
use crate::child::{self, Task};
use crate::report::Findings;

const BAR_NS: f64 = 60.0;

pub fn measure(settings: &Settings) -> Findings {
    let mut results: BTreeMap<(&str, u32), Samples> = BTreeMap::new();
    for round in 0..settings.rounds {
        eprintln!("  round {} of {}", round + 1, settings.rounds);
        for (job, threads) in jobs() {
            for case in job.cases(threads) {
                let answer = child::ask(Task::Cpu { ms: settings.cpu_ms }, case);
                results.entry((job.id, threads)).or_default().add(case.peer, answer.get("ns"));
            }
        }
    }
    let mut findings = Findings::default();
    for (job, threads) in jobs() {
        let on = if threads == 1 { "one thread".to_owned() } else { format!("{threads} threads") };
        findings.rows.extend(results[&(job.id, threads)].rows(format!("ns per measurement of {}, {on}", job.title), BAR_NS));
    }
    findings.notes.push(format!(
        "Times per measurement: CPU time of the whole process, all threads, user and system; median (best) of {} rounds, each of which is a \
         process of its own per case. A flush every {PACE} measurements; where values would be lost or documents too large without it, \
         every 100 values. All threads measure into the same series.",
        settings.rounds
    ));
    findings
}

fn jobs() -> impl Iterator<Item = (&'static Job, u32)> {
    ONE_BY_ONE.iter().flat_map(|job| THREADS.map(|threads| (job, threads)))
}
