//! What rewriting calls costs in compile time: a crate of 200 `#[traced]` functions, in half of which a client is called.
//!
//! `fixtures/calls` makes them in its build script. The measured difference is the feature `autopatch` of autoxray.

use std::time::Duration;

use crate::Settings;
use crate::os;
use crate::report::{Findings, Row, Value};
use crate::tools::{best, cargo, median, output, target};

const TIMES: u32 = 5;

/// Compilations that are measured as one, as the clock goes in steps of 10 ms.
const PARTS: u32 = 3;

/// The features of `fixtures/calls`.
const FEATURES: [&str; 3] = ["bare", "traced", "autopatch"];

pub fn measure(_: &Settings) -> Findings {
    let (mut rows, mut notes) = (Vec::new(), Vec::new());
    for command in ["check", "build"] {
        let mut samples = vec![Vec::new(); FEATURES.len()];
        let mut idle = Vec::new();
        // The first time also compiles the dependencies and is not counted.
        for time in 0..=TIMES {
            eprintln!("  cargo {command}: {time} of {TIMES}");
            for (feature, samples) in FEATURES.iter().zip(&mut samples) {
                let (used, nothing_to_do) = compile(command, feature, time);
                if time > 0 {
                    samples.push(used.as_secs_f64());
                    idle.push(nothing_to_do.as_secs_f64());
                }
            }
        }
        let [bare, traced, patched] = [0, 1, 2].map(|n: usize| Value { number: median(&samples[n]), best: Some(best(&samples[n])) });
        let ratio = |f: fn(&[f64]) -> f64| 100.0 * (f(&samples[2]) / f(&samples[1]) - 1.0);
        let row = Row::new(format!("cargo {command} of 200 traced functions with 100 client calls: autopatch on over off"), "%");
        rows.push(row.bar(10.0).ours(Value { number: ratio(median), best: Some(ratio(best)) }));
        let [bare, traced, patched] = [bare, traced, patched].map(|v| format!("{:.2} ({:.2})", v.number, v.best.unwrap_or_default()));
        notes.push(format!(
            "cargo {command}, s of CPU: without attributes {bare}, autopatch off {traced}, on {patched}; {:.2} with nothing to do.",
            median(&idle)
        ));
    }
    notes.push(format!("Compile time: whole crate, dev profile, median (best) of {TIMES}; what cargo itself needs is in it."));
    Findings { rows, notes }
}

/// CPU time for compiling the crate, and that of the same command when there is nothing to do. A new `salt` makes it compile.
fn compile(command: &str, feature: &str, salt: u32) -> (Duration, Duration) {
    let (mut used, mut idle) = (Duration::ZERO, Duration::ZERO);
    for part in 0..PARTS {
        let salt = format!("{command}-{salt}-{part}");
        used += cargo_time(command, feature, &salt);
        idle += cargo_time(command, feature, &salt);
    }
    (used / PARTS, idle / PARTS)
}

fn cargo_time(command: &str, feature: &str, salt: &str) -> Duration {
    let start = os::children_cpu_time();
    let mut cargo = cargo();
    cargo.args([command, "--quiet", "--locked", "--package", "calls", "--features", feature]);
    output(cargo.arg("--target-dir").arg(target("calls")).env("CALLS_SALT", salt));
    os::children_cpu_time() - start
}
