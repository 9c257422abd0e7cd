//! Instructions per invocation in user space, counted by valgrind's callgrind: the same on a busy machine as on an idle one.
//!
//! The functions know nothing of valgrind. So all of a short run is counted, and all of a long one; the difference is free of the start.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use crate::Settings;
use crate::callgrind;
use crate::cases::{Case, Peer, State, cases};
use crate::function::{Function, build, program, program_in};
use crate::report::{Findings, Row, Value};
use crate::sink::Sink;
use crate::tools::{output, target};

const SHORT: u32 = 200;
const LONG: u32 = 700;

/// So many that the start does not show.
const PROFILED: u32 = 3_000;

pub fn measure(_: &Settings) -> Findings {
    if Command::new("valgrind").arg("--version").output().is_err() {
        let note = "Instructions were not counted: valgrind is not installed.".to_owned();
        return Findings { rows: Vec::new(), notes: vec![note] };
    }
    let sink = Sink::start();
    let bare = per_invocation(Case::BARE, sink.address);
    let mut rows = vec![Row::new("instructions per invocation: the bare one").cell(Peer::Bare, Value::Number(bare))];
    for (state, what) in [(State::Sampled, "sampled"), (State::Unsampled, "not sampled"), (State::Disabled, "disabled by environment")] {
        let traced = cases().into_iter().filter(|case| case.state == state && case.peer != Peer::Bare);
        let over = |case| Value::Number(per_invocation(case, sink.address) - bare);
        rows.push(traced.fold(Row::new(format!("… added, {what}")), |row, case| row.cell(case.peer, over(case))));
    }
    let note = format!("Instructions: user space only, all threads; {LONG} invocations minus {SHORT}, so that the start is not in it.");
    Findings { rows, notes: vec![note] }
}

fn per_invocation(case: Case, daemon: SocketAddr) -> f64 {
    let [short, long] = [SHORT, LONG].map(|invocations| {
        let messages = run(&program(case.peer), "/dev/null", case, daemon, invocations);
        callgrind::collected(&messages)
    });
    (long - short) / f64::from(LONG - SHORT)
}

/// Runs a function under callgrind and returns valgrind's messages.
fn run(program: &Path, out: &str, case: Case, daemon: SocketAddr, invocations: u32) -> Vec<u8> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", &format!("--callgrind-out-file={out}")]).arg(program);
    let mut function = Function::start_in(command, case, daemon);
    function.invoke(invocations);
    function.stop()
}

/// Prints where a case spends its instructions, in a program that has its symbols.
pub fn profile(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("profile CASE, for instance {}", Case::new(Peer::Awssdk, State::Sampled));
        std::process::exit(2);
    };
    let folder = target("lambda-profile");
    fs::create_dir_all(&folder).expect("a folder in the target folder");
    let symbols = ["--config", "profile.lambda.strip=false", "--config", "profile.lambda.debug='line-tables-only'"];
    output(build(case.peer).args(symbols).arg("--target-dir").arg(&folder));
    let file = folder.join("callgrind.out");
    let sink = Sink::start();
    run(&program_in(folder, case.peer), &file.display().to_string(), case, sink.address, PROFILED);
    callgrind::print(&file, f64::from(PROFILED), "invocation, with its share of the start");
}
