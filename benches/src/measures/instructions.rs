//! Instructions per subsegment in user space, counted by valgrind's callgrind: the same on a busy machine as on an idle one.

use std::collections::HashMap;
use std::fs;
use std::process::Command;

use super::{output, target};
use crate::Settings;
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
    let messages = String::from_utf8_lossy(&output.stderr);
    let count = messages.lines().find_map(|l| l.split_once("Collected : ")).map(|(_, n)| n.trim().parse());
    let count: Option<f64> = count.and_then(Result::ok);
    count.map(|n| n / f64::from(TREES * SUBSEGMENTS)).unwrap_or_else(|| panic!("valgrind {case} failed:\n{messages}"))
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
    let mut annotate = Command::new("callgrind_annotate");
    let text = output(annotate.args(["--auto=no", "--threshold=100"]).arg(&file));
    let lines: Vec<Line<'_>> = text.lines().filter_map(Line::parse).collect();
    print_sums("function", lines.iter().map(|l| (l.function, l.instructions)));
    print_sums("source file", lines.iter().map(|l| (l.file, l.instructions)));
}

/// `45,094,349 ( 5.96%)  path/to/file.rs:module::function [/path/to/object]`
struct Line<'a> {
    instructions: f64,
    file: &'a str,
    function: &'a str,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Line<'a>> {
        let (count, rest) = line.trim_start().split_once(" (")?;
        let instructions = count.replace(',', "").parse().ok()?;
        let place = rest.split_once("%)")?.1.trim_start();
        let (path, function) = place.split_once(':')?;
        let function = function.rsplit_once(" [").map_or(function, |(function, _)| function);
        // The last four parts of the path name crate and file, and no machine.
        let from = path.rmatch_indices('/').nth(3).map_or(0, |(at, _)| at + 1);
        Some(Line { instructions, file: &path[from..], function })
    }
}

fn print_sums<'a>(what: &str, lines: impl Iterator<Item = (&'a str, f64)>) {
    let mut sums: HashMap<&str, f64> = HashMap::new();
    for (key, instructions) in lines {
        *sums.entry(key).or_default() += instructions / f64::from(TREES * SUBSEGMENTS);
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    let total: f64 = sums.iter().map(|(_, n)| n).sum();
    println!("{total:10.1}  instructions per subsegment, by {what}");
    for (key, instructions) in sums.iter().take(45) {
        println!("{instructions:10.1}  {key}");
    }
    println!();
}
