//! The measured process. Each case runs in a process of its own: libraries have global state, and nobody shall pay for another's threads.

use std::process::Command;
use std::time::Duration;

use crate::callers::{PACE, Subject};
use crate::cases::Case;
use crate::program::{Answer, answer};
use crate::{alloc, callgrind, lines, os, program, team};

const WARM_UP: Duration = Duration::from_millis(30);

/// Flushes that are counted or come before those that are.
const FLUSHES: u32 = 50;

/// What to do in the child.
#[derive(Clone, Copy)]
pub enum Task {
    /// CPU time per measurement, with its share of flushes; runs for about so many milliseconds.
    Cpu { ms: u32 },
    /// CPU time per flush of so many values in each series.
    Flush { values: u32 },
    /// Heap allocations per measurement and per flush, with as many in each series between two flushes as are usual.
    Allocations,
    /// The same with so many.
    AllocationsOf { values: u32 },
    /// Measurements for callgrind to count.
    Counted,
    /// Flushes for callgrind to count, of so many values in each series.
    CountedFlush { values: u32 },
}

/// Measurements of [`Task::Counted`].
pub const COUNTED: u32 = 20 * PACE;
/// Flushes of [`Task::CountedFlush`].
pub const COUNTED_FLUSHES: u32 = FLUSHES;

/// The command that runs a case; `through` is put before it (a tool such as valgrind).
pub fn command(through: &[&str], task: Task, case: Case) -> Command {
    let (name, number) = match task {
        Task::Cpu { ms } => ("cpu", ms),
        Task::Flush { values } => ("flush", values),
        Task::Allocations => ("allocations", 0),
        Task::AllocationsOf { values } => ("allocations-of", values),
        Task::Counted => ("counted", 0),
        Task::CountedFlush { values } => ("counted-flush", values),
    };
    let mut command = program::command(through, &["XRAY", "AWS_", "RUST_LOG"]);
    command.args(["child", name, &number.to_string(), &case.to_string()]);
    command
}

/// Runs a case and reads its answer.
pub fn ask(task: Task, case: Case) -> Answer {
    let output = command(&[], task, case).output().expect("a child process");
    assert!(output.status.success(), "{case} failed: {}", String::from_utf8_lossy(&output.stdout));
    Answer::of(&output)
}

/// The child process; `args` is what follows `child`.
pub fn main(args: &[String]) {
    let [task, number, case] = args else { panic!("child <task> <number> <case>") };
    let number = number.parse().expect("a number");
    let case = Case::parse(case).expect("a case");
    let subject = &*case.subject();
    match task.as_str() {
        "cpu" => cpu(subject, case, Duration::from_millis(u64::from(number))),
        "flush" => flush(subject, number),
        "allocations" => allocations(subject, subject.pace(1)),
        "allocations-of" => allocations(subject, number),
        "counted" => team::with(subject, case.threads, |team| {
            team.measure(4 * PACE);
            callgrind::counted(|| team.measure(COUNTED));
        }),
        "counted-flush" => flushes(subject, number, |flush| callgrind::counted(flush)),
        task => panic!("no task called {task}"),
    }
}

/// Prints what a case writes.
pub fn documents(args: &[String]) {
    let Some(case) = args.first().and_then(|id| Case::parse(id)) else {
        eprintln!("documents CASE, for instance autoxray/value");
        std::process::exit(2);
    };
    let subject = case.subject();
    lines::show();
    subject.measure(subject.pace(1));
    subject.flush();
}

fn cpu(subject: &dyn Subject, case: Case, target: Duration) {
    team::with(subject, case.threads, |team| {
        // Warm up, and find out how many fit.
        let (mut measured, mut next) = (0, PACE);
        let start = os::cpu_time();
        let per_measurement = loop {
            team.measure(next);
            measured += next;
            let used = os::cpu_time() - start;
            if used >= WARM_UP {
                break used.as_secs_f64() / f64::from(measured);
            }
            next = next.saturating_mul(2);
        };
        let pace = subject.pace(case.threads);
        let measurements = ((target.as_secs_f64() / per_measurement) as u32).max(pace).next_multiple_of(pace);
        let start = os::cpu_time();
        team.measure(measurements);
        let used = os::cpu_time() - start;
        answer([("ns", &(used.as_nanos() as f64 / f64::from(measurements) / f64::from(case.threads)))]);
    });
}

/// Hands flushes of so many values in each series to `observe`.
fn flushes(subject: &dyn Subject, values: u32, mut observe: impl FnMut(&dyn Fn())) {
    for index in 0..2 * FLUSHES {
        subject.measure(values);
        if index < FLUSHES {
            subject.flush();
        } else {
            observe(&|| subject.flush());
        }
    }
}

fn flush(subject: &dyn Subject, values: u32) {
    let mut used = Duration::ZERO;
    flushes(subject, values, |flush| {
        let start = os::cpu_time();
        flush();
        used += os::cpu_time() - start;
    });
    answer([("us", &(used.as_nanos() as f64 / 1e3 / f64::from(FLUSHES)))]);
}

fn allocations(subject: &dyn Subject, values: u32) {
    let (mut measuring, mut flushing) = (0, 0);
    for index in 0..2 * FLUSHES {
        let (measured, _) = alloc::during(|| subject.measure(values));
        let (flushed, _) = alloc::during(|| subject.flush());
        if index >= FLUSHES {
            measuring += measured;
            flushing += flushed;
        }
    }
    let per_flush = |allocations| allocations as f64 / f64::from(FLUSHES);
    answer([("measurement", &(per_flush(measuring) / f64::from(values))), ("flush", &per_flush(flushing))]);
}
