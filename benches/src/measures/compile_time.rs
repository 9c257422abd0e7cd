//! What 1,000 attributed functions (half of them async) add to the time of compiling their crate.
//!
//! `fixtures/thousand` makes them in its build script, with the attribute its feature names.

use std::time::Duration;

use super::{best, cargo, median, output, target};
use crate::Settings;
use crate::cases::Peer;
use crate::os;
use crate::report::{Findings, Row, Value};

const TIMES: u32 = 5;

/// The features of `fixtures/thousand`.
const FEATURES: [(Peer, &str); 4] =
    [(Peer::Bare, "bare"), (Peer::Autoxray, "autoxray"), (Peer::Fastrace, "fastrace"), (Peer::TracingOtel, "tracing")];

pub fn measure(_: &Settings) -> Findings {
    let mut rows = Vec::new();
    for (title, command) in [("1,000 attributed functions: s of CPU, cargo check", "check"), ("the same, cargo build", "build")] {
        let mut samples = vec![Vec::new(); FEATURES.len()];
        // The first time also compiles the dependencies and is not counted.
        for time in 0..=TIMES {
            for ((_, feature), samples) in FEATURES.iter().zip(&mut samples) {
                let used = compile(command, feature, time);
                if time > 0 {
                    samples.push(used.as_secs_f64());
                }
            }
        }
        let mut row = Row::new(title);
        for ((peer, _), samples) in FEATURES.iter().zip(&samples) {
            row = row.cell(*peer, Value::Rounds { best: best(samples), median: median(samples) });
        }
        rows.push(row);
    }
    let note = format!("Compile time: whole crate, dev profile, median (best) of {TIMES}; half of the functions are async.");
    Findings { rows, notes: vec![note] }
}

/// Compiles the crate; a new `salt` makes cargo do it again.
fn compile(command: &str, feature: &str, salt: u32) -> Duration {
    let start = os::children_cpu_time();
    let mut cargo = cargo();
    cargo.args([command, "--quiet", "--locked", "--package", "thousand", "--features", feature]);
    output(cargo.arg("--target-dir").arg(target(feature)).env("THOUSAND_SALT", format!("{command}-{salt}")));
    os::children_cpu_time() - start
}
