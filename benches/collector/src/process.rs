//! What Linux says of processes, and the program as users run it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Bytes of memory that a process has.
pub fn resident(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).expect("a process of ours");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().expect("a number") << 10
}

/// Processor time that a process has taken, by all its threads.
pub fn processor(id: u32) -> Duration {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).expect("a process of ours");
    // Of each thread, in nanoseconds: `/proc/…/stat` counts in hundredths of a second.
    let spent = |task: PathBuf| fs::read_to_string(task.join("schedstat")).ok()?.split(' ').next()?.parse::<u64>().ok();
    Duration::from_nanos(tasks.flatten().filter_map(|task| spent(task.path())).sum())
}

/// `cargo xray view`, compiled as users get it.
pub fn program() -> PathBuf {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["build", "--release", "--quiet", "--package", "cargo-xray", "--manifest-path"]).arg(root.join("Cargo.toml"));
    assert!(cargo.status().expect("cargo runs").success(), "cargo-xray compiles");
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or(root.join("target"), PathBuf::from);
    target.join("release/cargo-xray")
}

/// It, running.
pub struct View {
    pub child: Child,
    output: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl View {
    pub fn start(program: &PathBuf, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(["xray", "view", "--address", "127.0.0.1:0"]).args(args).stdout(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        output.read_line(&mut line).expect("it says where it is");
        let address = line.strip_prefix("http://").and_then(|line| line.split('/').next()).and_then(|at| at.parse().ok());
        Self { child, output, address: address.unwrap_or_else(|| panic!("no address in {line:?}")) }
    }

    /// A page of it.
    pub fn page(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        answer
    }

    /// A figure of the page on its health.
    pub fn figure(&self, label: &str) -> u64 {
        let page = self.page("/health");
        let value = page.split_once(&format!("<dt>{label}</dt><dd>")).unwrap_or_else(|| panic!("no {label} in {page}")).1;
        let value = value.split_once("</dd>").expect("its end").0;
        value.chars().filter(char::is_ascii_digit).collect::<String>().parse().expect("a number")
    }

    /// Ends it as Ctrl-C does.
    pub fn end(mut self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.output.read_to_string(&mut String::new());
        let _ = self.child.wait();
    }
}
