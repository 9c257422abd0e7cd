//! The measured process: a function that runs as Lambda would run it.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::api::{Api, Invocation};
use crate::cases::{Case, Peer};
use crate::tools::{cargo, output, target};

/// What a function may still do after it has asked for its next event.
const SETTLED: Duration = Duration::from_millis(2);

/// Once compiled, how often a function is called before it counts as warm.
const WARM_UP: u32 = 200;

pub struct Function {
    child: Child,
    api: Api,
    case: Case,
    /// From before the process was started until it asked for its first event.
    pub start: Duration,
}

/// Compiles all functions, each by itself: together they would share features.
pub fn compile() {
    for peer in Peer::BUILT {
        eprintln!("compiling {} …", package(peer));
        output(build(peer).arg("--target-dir").arg(folder()));
    }
}

/// The command that compiles one function.
pub fn build(peer: Peer) -> Command {
    let mut command = cargo();
    command.args(["build", "--quiet", "--locked", "--profile", "lambda", "--package", &package(peer)]);
    command
}

/// The compiled program of a function.
pub fn program(peer: Peer) -> PathBuf {
    program_in(folder(), peer)
}

/// The same, compiled elsewhere.
pub fn program_in(target: PathBuf, peer: Peer) -> PathBuf {
    target.join("lambda").join(package(peer))
}

fn folder() -> PathBuf {
    target("lambda")
}

fn package(peer: Peer) -> String {
    format!("function-{}", peer.id())
}

impl Function {
    /// Starts a function and waits until it asks for its first event.
    pub fn start(case: Case, daemon: SocketAddr) -> Function {
        Function::run(&mut Command::new(program(case.peer)), case, daemon)
    }

    /// The same with a command that may be a tool such as valgrind, whose messages are kept for [`Function::stop`].
    pub fn start_in(mut command: Command, case: Case, daemon: SocketAddr) -> Function {
        Function::run(command.stderr(Stdio::piped()), case, daemon)
    }

    fn run(command: &mut Command, case: Case, daemon: SocketAddr) -> Function {
        let mut api = Api::new();
        command.env_clear().envs(case.env().iter().copied()).env("AWS_XRAY_DAEMON_ADDRESS", daemon.to_string());
        command.env("AWS_LAMBDA_RUNTIME_API", api.address().to_string());
        command.envs([
            ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("AWS_REGION", "eu-west-1"),
            ("LAMBDA_TASK_ROOT", "/var/task"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("_HANDLER", "bootstrap"),
        ]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let start = Instant::now();
        let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        api.wait();
        Function { child, api, case, start: start.elapsed() }
    }

    pub fn warm_up(&mut self) {
        self.invoke(WARM_UP);
    }

    pub fn invoke(&mut self, times: u32) -> Vec<Invocation> {
        (0..times).map(|_| self.api.invoke(self.case.state)).collect()
    }

    /// CPU time that all threads have used so far.
    pub fn cpu_time(&self) -> Duration {
        thread::sleep(SETTLED);
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).expect("Linux's /proc");
        let ran = threads.map(|thread| {
            let stat = fs::read_to_string(thread.expect("a thread").path().join("schedstat")).expect("a thread that stays");
            // Nanoseconds on a processor come first.
            stat.split(' ').next().and_then(|n| n.parse().ok()).map_or(Duration::ZERO, Duration::from_nanos)
        });
        ran.sum()
    }

    /// Resident memory in bytes; unlike the sum in `status`, this one is exact.
    pub fn memory(&self) -> f64 {
        let rollup = fs::read_to_string(format!("/proc/{}/smaps_rollup", self.child.id())).expect("Linux's /proc");
        let resident = rollup.lines().find_map(|line| line.strip_prefix("Rss:"));
        let kibibytes = resident.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        1024.0 * kibibytes.expect("a number of kB")
    }

    /// Ends the process and returns its messages.
    pub fn stop(mut self) -> Vec<u8> {
        use std::io::Read as _;
        kill_process(Pid::from_child(&self.child), Signal::TERM).expect("the process runs");
        let mut messages = Vec::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_end(&mut messages).expect("its messages");
        }
        messages
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
