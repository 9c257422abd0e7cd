//! Compares autoxray with its peers and prints one markdown table; see the README beside `Cargo.toml`.
//!
//! Each measure is one file in `measures/` and one line of [`MEASURES`]; each tracer is one file in `trees/`.

mod alloc;
mod callgrind;
mod cases;
mod child;
mod command_line;
mod measures;
mod os;
mod program;
mod report;
mod sink;
mod tools;
mod trees;

use std::env;

use command_line::{Measure, Wanted};
use measures::{allocations, compile_time, cpu, first_datagram, future_size, instructions, packages, tokens};
use report::Findings;

const MEASURES: &[Measure<Settings, Findings>] = &[
    Measure { name: "cpu", what: "CPU time per subsegment in every state", run: cpu::measure, long: false },
    Measure { name: "allocations", what: "heap allocations per subsegment", run: allocations::measure, long: false },
    Measure { name: "future-size", what: "bytes added to futures", run: future_size::measure, long: false },
    Measure { name: "tokens", what: "tokens added by the macros", run: tokens::measure, long: false },
    Measure { name: "first-datagram", what: "first use to first datagram", run: first_datagram::measure, long: false },
    Measure { name: "packages", what: "packages added to an app", run: packages::measure, long: false },
    Measure { name: "callgrind", what: "instructions per subsegment (valgrind)", run: instructions::measure, long: true },
    Measure { name: "compile-time", what: "1,000 attributed functions", run: compile_time::measure, long: true },
];

/// How thorough to be.
pub struct Settings {
    /// Rounds of every timed case, interleaved.
    pub rounds: u32,
    /// CPU time of one case in one round.
    pub cpu_ms: u32,
}

const THOROUGH: Settings = Settings { rounds: 11, cpu_ms: 200 };
const QUICK: Settings = Settings { rounds: 3, cpu_ms: 60 };

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.first().map(String::as_str) {
        Some("child") => child::main(&args[1..]),
        Some("sink") => sink::main(),
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
    println!("cargo run --release --manifest-path benches/Cargo.toml -- [--quick] [--all] [MEASURE …]\n");
    command_line::list(MEASURES);
    println!("  {:<16}where a case spends its instructions", "profile CASE");
    let cases: Vec<String> = cases::trees().iter().map(ToString::to_string).collect();
    println!("\ncases: {}", cases.join(" "));
}
