//! Instructions in user space, counted by valgrind's callgrind: the same on a busy machine as on an idle one.

use std::fs;
use std::process::Command;

use super::FILLED;
use crate::Settings;
use crate::callgrind;
use crate::cases::{Case, FLUSHED, Job, ONE_BY_ONE};
use crate::child::{self, COUNTED, COUNTED_FLUSHES, Task};
use crate::report::{Findings, Row, Value};
use crate::tools::target;

const CALLGRIND: [&str; 3] = ["valgrind", "--tool=callgrind", "--instr-atstart=no"];

pub fn measure(_: &Settings) -> Findings {
    if Command::new("valgrind").arg("--version").output().is_err() {
        let note = "Instructions were not counted: valgrind is not installed.".to_owned();
        return Findings { rows: Vec::new(), notes: vec![note] };
    }
    let row = |what: String, job: &'static Job, task, times: u32| {
        job.cases(1).fold(Row::new(what), |row, case| row.cell(case.peer, Value::Number(count(case, task) / f64::from(times))))
    };
    let mut rows = Vec::new();
    for job in &ONE_BY_ONE {
        rows.push(row(format!("instructions per measurement of {}", job.title), job, Task::Counted, COUNTED));
    }
    for values in FILLED {
        let what = format!("… per flush of {}, values in each: {values}", FLUSHED.title);
        rows.push(row(what, &FLUSHED, Task::CountedFlush { values }, COUNTED_FLUSHES));
    }
    let note = "Instructions: user space only, all threads, counted by callgrind after a warm-up; flushes as in the times.".to_owned();
    Findings { rows, notes: vec![note] }
}

fn count(case: Case, task: Task) -> f64 {
    let [valgrind, tool, off] = CALLGRIND;
    let mut command = child::command(&[valgrind, tool, off, "--callgrind-out-file=/dev/null"], task, case);
    callgrind::collected(&command.output().expect("valgrind").stderr)
}

/// Prints where a case spends its instructions.
pub fn profile(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("profile CASE, for instance autoxray/value");
        std::process::exit(2);
    };
    let folder = target("metrics-profile");
    fs::create_dir_all(&folder).expect("a folder in the target folder");
    let file = folder.join("callgrind.out");
    let out = format!("--callgrind-out-file={}", file.display());
    let [valgrind, tool, off] = CALLGRIND;
    let (task, times, what) = match case.job.id == FLUSHED.id {
        true => (Task::CountedFlush { values: FILLED[1] }, COUNTED_FLUSHES, "flush"),
        false => (Task::Counted, COUNTED * case.threads, "measurement"),
    };
    child::command(&[valgrind, tool, off, &out], task, case).output().expect("valgrind");
    callgrind::print(&file, f64::from(times), what);
}
