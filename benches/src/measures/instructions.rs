//! Instructions per subsegment in user space, counted by valgrind's callgrind: the same on a busy machine as on an idle one.

use std::fs;
use std::process::Command;

use super::target;
use crate::Settings;
use crate::callgrind;
use crate::cases::{self, Case, Mode, Peer, SUBSEGMENTS};
use crate::child::{self, Task};
use crate::report::{Findings, Row, Value};
use crate::sink::Sink;

/// Counted after a warm-up.
const TREES: u32 = 2_000;
const CALLGRIND: [&str; 3] = ["valgrind", "--tool=callgrind", "--instr-atstart=no"];

const TITLES: [(Mode, bool, &str); 7] = [
    (Mode::Plain, false, "instructions per subsegment: bare"),
    (Mode::Disabled, false, "disabled"),
    (Mode::NoRoot, false, "no segment / root / subscriber"),
    (Mode::Unsampled, false, "root not sampled"),
    (Mode::Discarded, false, "recorded, exporter throws away"),
    (Mode::Sent, false, "recorded, encoded, sent"),
    (Mode::Sent, true, "the same, one annotation per leaf"),
];

pub fn measure(_: &Settings) -> Findings {
    if Command::new("valgrind").arg("--version").output().is_err() {
        let note = "Instructions were not counted: valgrind is not installed.".to_owned();
        return Findings { rows: Vec::new(), notes: vec![note] };
    }
    let sink = Sink::start();
    let mut rows = Vec::new();
    for (mode, values, title) in TITLES {
        let title = if rows.is_empty() { title.to_owned() } else { format!("… {title}") };
        let mut row = Row::new(title);
        for case in cases::trees().into_iter().filter(|c| c.mode == mode && c.values == values) {
            row = row.cell(case.peer, Value::Number(per_subsegment(&sink, case)));
        }
        rows.push(row);
    }
    let note = "Instructions: user space only, all threads, counted by callgrind after a warm-up.".to_owned();
    Findings { rows, notes: vec![note] }
}

fn per_subsegment(sink: &Sink, case: Case) -> f64 {
    let [valgrind, tool, off] = CALLGRIND;
    let valgrind = [valgrind, tool, off, "--callgrind-out-file=/dev/null"];
    let mut command = child::command(&valgrind, Task::Trees { trees: TREES }, case, sink.address, 0);
    let output = command.output().expect("valgrind");
    callgrind::collected(&output.stderr) / f64::from(TREES * SUBSEGMENTS)
}

/// Prints where a case spends its instructions: by function, and by source file (which shows what was inlined from where).
pub fn profile(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("profile CASE, for instance {}", Case::new(Peer::OtelDirect, Mode::Discarded));
        std::process::exit(2);
    };
    let sink = Sink::start();
    let folder = target("profile");
    fs::create_dir_all(&folder).expect("a folder in the target folder");
    let file = folder.join("callgrind.out");
    let out = format!("--callgrind-out-file={}", file.display());
    let [valgrind, tool, off] = CALLGRIND;
    let mut command = child::command(&[valgrind, tool, off, &out], Task::Trees { trees: TREES }, case, sink.address, 0);
    command.output().expect("valgrind");
    callgrind::print(&file, f64::from(TREES * SUBSEGMENTS), "subsegment");
}
