//! Running the program, with nothing in its environment that the test has not put there.
#![allow(dead_code, reason = "not every test needs all of it")]

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use autoxray::{Recorder, Sampling, segment};
use xray_testkit::FakeDaemon;

/// Only a program that hangs takes longer.
pub const LONG: Duration = Duration::from_secs(120);

/// What a program said, and how it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ended {
    pub printed: String,
    pub complained: String,
    pub code: Option<i32>,
}

/// The program with these arguments, sending to nobody unless told otherwise.
pub fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_program"));
    command.args(arguments);
    bare(&mut command);
    command
}

/// Takes everything about tracing out of the environment.
pub fn bare(command: &mut Command) {
    for (name, _) in std::env::vars_os().filter(|(name, _)| ["XRAY", "AWS_EMF"].iter().any(|part| name.to_string_lossy().contains(part))) {
        command.env_remove(name);
    }
    // Any other port than the daemon's own: it may run on this machine.
    command.env("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:9").env("RUST_BACKTRACE", "0").stdin(Stdio::null());
}

pub fn ended(command: &mut Command) -> Ended {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let printed = read(child.stdout.take().unwrap());
    let complained = read(child.stderr.take().unwrap());
    let code = wait(child);
    Ended { printed: printed.join().unwrap(), complained: complained.join().unwrap(), code }
}

fn read(mut from: impl Read + Send + 'static) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

/// Waits for the end of a program, and makes an end of one that hangs.
pub fn wait(mut child: Child) -> Option<i32> {
    let id = child.id().to_string();
    let (done, wait) = channel::<()>();
    let guard = thread::spawn(move || {
        let hangs = wait.recv_timeout(LONG).is_err_and(|error| error == std::sync::mpsc::RecvTimeoutError::Timeout);
        if hangs {
            let _ = Command::new("kill").args(["-9", &id]).status();
        }
        hangs
    });
    let status = child.wait().unwrap();
    drop(done);
    assert!(!guard.join().unwrap(), "the program hung");
    status.code()
}

/// Runs the program, everything sampled, and gives what it sent to a daemon of its own.
pub fn recorded(arguments: &[&str], documents: usize) -> (Ended, FakeDaemon) {
    let daemon = FakeDaemon::start();
    let mut command = program(arguments);
    command.env("XRAY_SAMPLING_RATE", "1").env("AWS_XRAY_DAEMON_ADDRESS", daemon.address().to_string());
    let ended = ended(&mut command);
    daemon.wait_for(documents, LONG);
    (ended, daemon)
}

/// Waits until everything that was sent to `daemon` before has been read.
pub fn settle(daemon: &FakeDaemon) {
    let recorder = Recorder::builder().sampling(Sampling::Always).daemon_address(daemon.address()).build();
    recorder.run(|| segment("last of all").run(|| ()));
    loop {
        let documents = daemon.documents();
        if documents.iter().any(|document| document.contains("last of all")) {
            return;
        }
        daemon.wait_for(documents.len() + 1, LONG);
    }
}

/// What the program prints if nothing is traced at all.
pub fn untraced(what: &str) -> Ended {
    ended(program(&[what]).env("AWS_XRAY_SDK_ENABLED", "false"))
}

/// A panic message names the thread by a number of the system.
pub fn without_thread_ids(text: &str) -> String {
    let line = |line: &str| match (line.find(" ("), line.find(") panicked at")) {
        (Some(from), Some(to)) if from < to => line[..from].to_owned() + &line[to + 1..],
        _ => line.to_owned(),
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

pub fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

pub fn os(text: &str) -> OsString {
    OsStr::new(text).to_owned()
}
