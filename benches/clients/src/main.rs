//! What autoxray adds to the calls of clients, beside what its rivals add; see the README of the folder above.
//!
//! Each measure is one file in `measures/` and one line of [`MEASURES`]; each client is a file in `callers/`.

mod callers;
#[path = "../../src/callgrind.rs"]
mod callgrind;
mod cases;
mod child;
#[path = "../../src/command_line.rs"]
mod command_line;
mod measures;
#[path = "../../src/os.rs"]
mod os;
#[path = "../../src/program.rs"]
#[expect(dead_code, reason = "its measured processes answer many times")]
mod program;
mod report;
mod server;
#[path = "../../src/sink.rs"]
mod sink;
#[path = "../../src/tools.rs"]
mod tools;

use std::env;

use command_line::{Measure, Wanted};
use measures::{compile_time, cpu, document, instructions};
use report::Findings;

const MEASURES: &[Measure<Settings, Findings>] = &[
    Measure { name: "cpu", what: "CPU time per call, over the bare call", run: cpu::measure, long: false },
    Measure { name: "document", what: "bytes of the document of one call", run: document::measure, long: false },
    Measure { name: "callgrind", what: "instructions per call (valgrind)", run: instructions::measure, long: true },
    Measure { name: "compile-time", what: "200 functions with 100 client calls", run: compile_time::measure, long: true },
];

/// How thorough to be.
pub struct Settings {
    /// Rounds of every timed case, interleaved.
    pub rounds: u32,
    pub rounds_per_process: u32,
    /// CPU time of one case in one round.
    pub cpu_ms: u32,
}

const THOROUGH: Settings = Settings { rounds: 80, rounds_per_process: 8, cpu_ms: 20 };
const QUICK: Settings = Settings { rounds: 15, rounds_per_process: 3, cpu_ms: 20 };

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("calls") => child::main(&args[1..]),
        Some("counted") => child::counted(&args[1..]),
        Some("once") => child::once(&args[1..]),
        Some("sink") => sink::main(),
        Some("server") => server::main(),
        Some("documents") => document::print(&args[1..]),
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
    println!("cargo run --release --manifest-path benches/clients/Cargo.toml -- [--quick] [--all] [MEASURE …]\n");
    command_line::list(MEASURES);
    println!("  {:<16}where a case spends its instructions", "profile CASE");
    println!("  {:<16}what a case sends for one segment", "documents CASE");
    let cases: Vec<String> = cases::Client::ALL.into_iter().flat_map(cases::cases).map(|case| case.to_string()).collect();
    println!("\ncases: {}", cases.join(" "));
}
