//! The measured process. Each case has one of its own: tracers have global state, and nobody shall pay for another's threads. It stays for
//! all rounds and makes calls when it is told to, so that rounds can be short, and a machine that slows down slows everybody down alike.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::callers::Subject;
use crate::cases::Case;
use crate::{callgrind, os, program};

const DAEMON: &str = "AWS_XRAY_DAEMON_ADDRESS";

/// Where things are sent.
#[derive(Clone, Copy)]
pub struct Addresses {
    pub daemon: SocketAddr,
    pub server: SocketAddr,
}

/// What the child did.
#[derive(Clone, Copy, Default)]
pub struct Answer {
    pub calls: f64,
    /// CPU time of the whole process.
    pub ns: f64,
    /// Segments and subsegments that reached the exporter; none where that cannot be told.
    pub exported: Option<f64>,
}

/// A measured process as the parent sees it.
pub struct Measured {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// The command that runs a case; `through` is put before it (a tool such as valgrind).
pub fn command(through: &[&str], what: &str, case: Case, to: Addresses) -> Command {
    let mut command = program::command(through, &["XRAY", "OTEL_", "X_AMZN", "RUST_LOG", "AWS_"]);
    command.args([what, &case.to_string(), &to.server.to_string()]);
    command.envs(case.env().iter().copied()).env(DAEMON, to.daemon.to_string());
    command.stdin(Stdio::piped());
    command
}

impl Measured {
    pub fn start(case: Case, to: Addresses) -> Measured {
        let mut child = command(&[], "calls", case, to).spawn().expect("a child process");
        let ask = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        Measured { child, ask, answers }
    }

    /// Makes at least so many calls.
    pub fn calls(&mut self, at_least: u32) -> Answer {
        writeln!(self.ask, "{at_least}").expect("the child listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the child answers");
        let mut numbers = line.split_whitespace().map(|n| n.parse::<f64>().expect("a number"));
        let mut next = || numbers.next().unwrap_or_else(|| panic!("calls, ns and exported, not {line:?}"));
        Answer { calls: next(), ns: next(), exported: Some(next()).filter(|n| !n.is_nan()) }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn subject(args: &[String]) -> (Case, Subject) {
    let [case, server, ..] = args else { panic!("CASE SERVER") };
    let case = Case::parse(case).expect("a case");
    (case, Subject::new(case, server.parse().expect("an address")))
}

/// The child process that makes calls when it is told how many.
pub fn main(args: &[String]) {
    let (_, mut subject) = subject(args);
    for line in std::io::stdin().lines() {
        let at_least = line.expect("a line").parse().expect("a number");
        let before = subject.exported();
        let start = os::cpu_time();
        let calls = subject.call(at_least);
        let used = os::cpu_time() - start;
        let exported = subject.exported().zip(before).map_or(f64::NAN, |(after, before)| (after - before) as f64);
        println!("{calls} {} {exported}", used.as_nanos());
    }
}

/// The child process whose instructions are counted.
pub fn counted(args: &[String]) {
    let (_, mut subject) = subject(args);
    subject.call(1);
    callgrind::counted(|| _ = subject.call(1));
}

/// Calls that [`counted`] counts.
pub fn counted_calls(case: Case) -> f64 {
    f64::from(crate::callers::PACE.next_multiple_of(case.calls))
}

/// The child process that makes the calls of one segment.
pub fn once(args: &[String]) {
    let (case, mut subject) = subject(args);
    subject.call_once(case);
}
