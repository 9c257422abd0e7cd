//! CPU time per measurement, of all threads, with its share of the flushes and of documents written in between.

use std::collections::BTreeMap;

use super::Samples;
use crate::Settings;
use crate::callers::PACE;
use crate::cases::{Case, Job, THREADS, cases, one_by_one};
use crate::child::{self, Task};
use crate::report::Findings;

const BAR_NS: f64 = 60.0;

pub fn measure(settings: &Settings) -> Findings {
    let mut results: BTreeMap<(Job, u32), Samples> = BTreeMap::new();
    for round in 0..settings.rounds {
        eprintln!("  round {} of {}", round + 1, settings.rounds);
        for case in cases().into_iter().filter(|case| case.job != Job::Series) {
            let answer = child::ask(Task::Cpu { ms: settings.cpu_ms }, case);
            results.entry((case.job, case.threads)).or_default().add(case.peer, answer.get("ns"));
        }
    }
    let mut findings = Findings::default();
    for facts in one_by_one() {
        for threads in THREADS {
            let on = if threads == 1 { "one thread".to_owned() } else { format!("{threads} threads") };
            findings.rows.extend(results[&(facts.job, threads)].rows(format!("ns per measurement of {}, {on}", facts.title), BAR_NS));
        }
    }
    findings.notes.push(format!(
        "Times per measurement: CPU time of the whole process, all threads, user and system; median (best) of {} rounds, each of which is a \
         process of its own per case. A flush every {PACE} measurements; where values would be lost or documents too large without it, \
         every 100 values. All threads measure into the same series.",
        settings.rounds
    ));
    let example = Case::new(crate::cases::Peer::Autoxray, Job::Value, 1);
    findings.notes.push(format!("What is written can be seen with `documents {example}`."));
    findings
}
