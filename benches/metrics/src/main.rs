//! What a measurement for CloudWatch costs with autoxray, beside what it costs with its rivals; see the README of the folder above.
//!
//! Each measure is one file in `measures/` and one line of [`MEASURES`]; each library is a file in `callers/`; what is measured is in
//! `cases.rs`.

#[path = "../../src/alloc.rs"]
mod alloc;
mod callers;
#[path = "../../src/callgrind.rs"]
mod callgrind;
mod cases;
mod child;
#[path = "../../src/command_line.rs"]
mod command_line;
mod lines;
mod measures;
#[path = "../../src/os.rs"]
#[expect(dead_code, reason = "nothing is compiled or sent here")]
mod os;
#[path = "../../src/program.rs"]
mod program;
#[path = "../../src/report.rs"]
mod report;
mod team;
#[path = "../../src/tools.rs"]
#[expect(dead_code, reason = "nothing is compiled here")]
mod tools;

use std::env;

use command_line::{Measure, Wanted};
use measures::{allocations, cpu, flush, instructions};
use report::Findings;

const MEASURES: &[Measure<Settings, Findings>] = &[
    Measure { name: "cpu", what: "CPU time per measurement, its share of flushes in it", run: cpu::measure, long: false },
    Measure { name: "flush", what: "CPU time of a flush of 100 series", run: flush::measure, long: false },
    Measure { name: "allocations", what: "heap allocations per measurement and per flush", run: allocations::measure, long: false },
    Measure { name: "callgrind", what: "instructions per measurement and per flush (valgrind)", run: instructions::measure, long: true },
];

/// How thorough to be.
pub struct Settings {
    /// Rounds of every timed case, interleaved.
    pub rounds: u32,
    /// CPU time of one case in one round.
    pub cpu_ms: u32,
}

const THOROUGH: Settings = Settings { rounds: 15, cpu_ms: 100 };
const QUICK: Settings = Settings { rounds: 3, cpu_ms: 50 };

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("child") => child::main(&args[1..]),
        Some("documents") => child::documents(&args[1..]),
        Some("profile") => instructions::profile(&args[1..]),
        Some("--help" | "help") => help(),
        _ => report(&args),
    }
}

fn report(args: &[String]) {
    let Some(wanted) = Wanted::read(args, MEASURES) else {
        help();
        std::process::exit(2);
    };
    let settings = if wanted.quick { QUICK } else { THOROUGH };
    let mut findings = Findings::default();
    for measure in wanted.measures {
        eprintln!("measuring {} …", measure.what);
        findings.absorb((measure.run)(&settings));
    }
    print!("{}", findings.markdown(&os::facts("cargo's default release profile")));
}

fn help() {
    println!("cargo run --release --manifest-path benches/metrics/Cargo.toml -- [--quick] [--all] [MEASURE …]\n");
    command_line::list(MEASURES);
    println!("  {:<16}where a case spends its instructions", "profile CASE");
    println!("  {:<16}what a case writes between two flushes", "documents CASE");
    let cases: Vec<String> = cases::cases().iter().map(ToString::to_string).collect();
    println!("\ncases: {}", cases.join(" "));
}
