//! The measured process. Each case runs in a process of its own: tracers have global state, and nobody shall pay for
//! another's threads. The parent starts this program again with `child <measure> <case>`; the answer is one line of
//! `key=value`.

use std::env;
use std::net::{SocketAddr, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::cases::{Case, SUBSEGMENTS};
use crate::program::{Answer, answer};
use crate::trees::{self, Executor, Setup, Subject};
use crate::{alloc, callgrind, os, program};

/// Trees between two flushes: what a queue between the program and its exporter has to hold, so that nothing is dropped.
pub const PACE: u32 = 250;

const DAEMON: &str = "AWS_XRAY_DAEMON_ADDRESS";
const DATAGRAM_BYTES: &str = "BENCH_DATAGRAM_BYTES";
const WARM_UP: Duration = Duration::from_millis(40);
const WAIT: Duration = Duration::from_secs(5);

/// What to do in the child.
#[derive(Clone, Copy)]
pub enum Task {
    /// CPU time; runs for about so many milliseconds.
    Cpu {
        ms: u32,
    },
    /// Runs exactly so many trees, for callgrind to count.
    Trees {
        trees: u32,
    },
    Allocations,
    FirstDatagram,
}

/// The command that runs a case; `through` is put before it (a tool such as valgrind).
pub fn command(through: &[&str], task: Task, case: Case, daemon: SocketAddr, datagram_bytes: usize) -> Command {
    let mut command = program::command(through, &["XRAY", "OTEL_", "X_AMZN", "RUST_LOG"]);
    let (name, number) = match task {
        Task::Cpu { ms } => ("cpu", ms),
        Task::Trees { trees } => ("trees", trees),
        Task::Allocations => ("allocations", 0),
        Task::FirstDatagram => ("first-datagram", 0),
    };
    command.args(["child", name, &number.to_string(), &case.to_string()]);
    command.envs(case.env()).env(DAEMON, daemon.to_string()).env(DATAGRAM_BYTES, datagram_bytes.to_string());
    command
}

/// Runs a case and reads its answer.
pub fn ask(task: Task, case: Case, daemon: SocketAddr, datagram_bytes: usize) -> Answer {
    let output = command(&[], task, case, daemon, datagram_bytes).output().expect("a child process");
    assert!(output.status.success(), "{case} failed: {}", String::from_utf8_lossy(&output.stdout));
    Answer::of(&output)
}

/// The child process; `args` is what follows `child`.
pub fn main(args: &[String]) {
    let [task, number, case] = args else { panic!("child <measure> <number> <case>") };
    let number = number.parse().expect("a number");
    let setup = Setup {
        case: Case::parse(case).expect("a case"),
        daemon: env::var(DAEMON).expect("set by the parent").parse().expect("an address"),
        datagram_bytes: env::var(DATAGRAM_BYTES).expect("set by the parent").parse().expect("a size"),
    };
    match task.as_str() {
        "cpu" => cpu(&setup, Duration::from_millis(u64::from(number))),
        "trees" => counted_trees(&setup, number),
        "allocations" => allocations(&setup),
        "first-datagram" => first_datagram(&setup),
        task => panic!("no measure called {task}"),
    }
}

/// Runs so many trees and lets all that was recorded leave.
fn run(executor: &Executor, subject: &mut dyn Subject, trees: u32) {
    let mut left = trees;
    while left > 0 {
        let now = left.min(PACE);
        subject.run(executor, now);
        subject.flush();
        left -= now;
    }
}

fn cpu(setup: &Setup, target: Duration) {
    let executor = Executor::new();
    let mut subject = trees::subject(setup);
    // Warm up, and find out how many trees fit.
    let (mut trees, mut warm_up) = (0, PACE);
    let start = os::cpu_time();
    let per_tree = loop {
        run(&executor, &mut *subject, warm_up);
        trees += warm_up;
        let used = os::cpu_time() - start;
        if used >= WARM_UP {
            break used.as_secs_f64() / f64::from(trees);
        }
        warm_up = warm_up.saturating_mul(2);
    };
    let measured = ((target.as_secs_f64() / per_tree) as u32).max(PACE).next_multiple_of(PACE);
    let exported_before = subject.exported();

    let start = os::cpu_time();
    run(&executor, &mut *subject, measured);
    let used = os::cpu_time() - start;

    let subsegments = f64::from(measured) * f64::from(SUBSEGMENTS);
    let exported = subject.exported().zip(exported_before).map(|(after, before)| after - before);
    answer([
        ("ns", &(used.as_nanos() as f64 / subsegments)),
        ("all_trees", &(measured + trees)),
        ("exported_share", &exported.map_or(f64::NAN, |exported| exported as f64 / subsegments)),
    ]);
}

fn allocations(setup: &Setup) {
    let executor = Executor::new();
    let mut subject = trees::subject(setup);
    run(&executor, &mut *subject, 4 * PACE);
    let trees = 8 * PACE;
    let (allocations, bytes) = alloc::during(|| run(&executor, &mut *subject, trees));
    let subsegments = f64::from(trees * SUBSEGMENTS);
    answer([("allocations", &(allocations as f64 / subsegments)), ("bytes", &(bytes as f64 / subsegments))]);
}

fn counted_trees(setup: &Setup, trees: u32) {
    let executor = Executor::new();
    let mut subject = trees::subject(setup);
    run(&executor, &mut *subject, 4 * PACE);
    callgrind::counted(|| run(&executor, &mut *subject, trees));
}

/// From before the first use of the tracer until its first datagram can be read: here, so that waking another process
/// is not part of it.
fn first_datagram(setup: &Setup) {
    let sink = UdpSocket::bind(setup.daemon).expect("the port the parent chose");
    sink.set_read_timeout(Some(WAIT)).expect("a timeout");
    let mut buffer = vec![0; 1 << 16];
    // The app's own runtime runs already.
    let executor = Executor::new();
    executor.repeat(1, std::future::ready);
    let start = Instant::now();
    let mut subject = trees::subject(setup);
    subject.run(&executor, 1);
    subject.flush();
    let received = sink.recv(&mut buffer);
    let ms = start.elapsed().as_secs_f64() * 1e3;
    received.expect("a datagram");
    answer([("ms", &ms)]);
}
