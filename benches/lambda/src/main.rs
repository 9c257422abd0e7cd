//! What autoxray adds to a Lambda function, beside what its rivals add; see the README of the folder above.
//!
//! Each measure is one file in `measures/` and one line of [`MEASURES`]; each function is a package in `functions/`.

mod api;
#[path = "../../src/callgrind.rs"]
#[expect(dead_code, reason = "the functions cannot tell valgrind when to count")]
mod callgrind;
mod cases;
#[path = "../../src/command_line.rs"]
mod command_line;
mod function;
mod measures;
#[path = "../../src/os.rs"]
#[expect(dead_code, reason = "the time of other processes is read in function.rs")]
mod os;
#[path = "../../src/report.rs"]
mod report;
#[path = "../../src/sink.rs"]
mod sink;
#[path = "../../src/tools.rs"]
mod tools;

use std::env;

use command_line::{Measure, Wanted};
use measures::{cold_start, instructions, invocations, memory, size};
use report::Findings;

const MEASURES: &[Measure<Settings, Findings>] = &[
    Measure { name: "invocations", what: "time and datagrams of one invocation", run: invocations::measure, long: false },
    Measure { name: "cold-start", what: "from the start of the process to its first question", run: cold_start::measure, long: false },
    Measure { name: "size", what: "bytes of the program", run: size::measure, long: false },
    Measure { name: "memory", what: "resident memory once warm", run: memory::measure, long: false },
    Measure { name: "callgrind", what: "instructions per invocation (valgrind)", run: instructions::measure, long: true },
];

/// How thorough to be.
pub struct Settings {
    /// Rounds of every timed case, interleaved.
    pub rounds: u32,
    pub rounds_per_process: u32,
    /// Processes of each case whose start is timed.
    pub starts: u32,
    /// Processes of each case whose memory is read.
    pub processes: u32,
}

const THOROUGH: Settings = Settings { rounds: 60, rounds_per_process: 6, starts: 30, processes: 5 };
const QUICK: Settings = Settings { rounds: 12, rounds_per_process: 3, starts: 30, processes: 1 };

/// What `profile.lambda` of the workspace says.
const PROFILE: &str = "functions with fat LTO, one codegen unit, opt-level 3, stripped";

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.first().map(String::as_str) {
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
    function::compile();
    let mut findings = Findings::default();
    for measure in wanted.measures {
        eprintln!("measuring {} …", measure.what);
        findings.absorb((measure.run)(&settings));
    }
    print!("{}", findings.markdown(&os::facts(PROFILE)));
}

fn help() {
    println!("cargo run --release --manifest-path benches/lambda/Cargo.toml -- [--quick] [--all] [MEASURE …]\n");
    command_line::list(MEASURES);
    println!("  {:<16}where a case spends its instructions", "profile CASE");
    let cases: Vec<String> = cases::cases().iter().map(ToString::to_string).collect();
    println!("\ncases: {}", cases.join(" "));
}
