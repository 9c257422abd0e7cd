//! This program as a child of itself: what sends, and what holds, so that neither is in the other's figures.

use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use xray_collector::measure::Held;

use crate::documents::Shop;
use crate::process;

/// The first argument of a child.
const CHILD: &str = "--child";

/// What a child does, if this is one.
pub fn run(args: &[String]) -> bool {
    let number = |at: usize| args.get(at).and_then(|text| text.parse::<u64>().ok()).expect("a number");
    match args {
        [child, role, ..] if child == CHILD => match role.as_str() {
            "send" => send(&args[2], number(3), number(4), number(5)),
            "hold" => hold(number(2), number(3)),
            other => panic!("no child is called {other}"),
        },
        _ => return false,
    }
    true
}

/// A child that runs, and what it says.
pub struct Role {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Role {
    pub fn start(args: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program has a file");
        let mut child =
            Command::new(program).arg(CHILD).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a child starts");
        let (input, output) = (child.stdin.take().expect("a pipe"), BufReader::new(child.stdout.take().expect("a pipe")));
        Self { child, input, output }
    }

    /// Its next line, as numbers.
    pub fn numbers(&mut self) -> Vec<f64> {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("it can be read");
        line.split_whitespace().map(|word| word.parse().unwrap_or_else(|_| panic!("no number: {line:?}"))).collect()
    }

    pub fn end(mut self) {
        drop(self.input);
        let _ = self.child.wait();
    }
}

/// Sends so many documents at a rate, and says how many seconds that took and how many bytes they had.
fn send(address: &str, documents: u64, per_second: u64, per_trace: u64) {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a socket");
    socket.connect(address).expect("an address");
    let shop = Shop::new(per_trace as usize);
    let (mut buffer, mut bytes) = (Vec::new(), 0);
    let begun = Instant::now();
    let mut sent = 0;
    while sent < documents {
        // What is due by now; a sender that was held up catches up, as programs do.
        let due = (begun.elapsed().as_secs_f64() * per_second as f64) as u64;
        if due <= sent {
            std::thread::sleep(Duration::from_micros(500));
            continue;
        }
        for _ in sent..due.min(documents) {
            shop.write(sent, &mut buffer);
            socket.send(&buffer).expect("the loopback takes it");
            bytes += buffer.len();
            sent += 1;
        }
    }
    println!("{} {bytes}", begun.elapsed().as_secs_f64());
}

/// Holds so many documents, and says how many bytes they had, by how much that made it larger, and what it thinks itself. Stays until its
/// input ends.
fn hold(documents: u64, per_trace: u64) {
    let mut settings = xray_collector::Settings::default();
    (settings.segments, settings.bytes) = (usize::MAX, usize::MAX);
    let held = Held::new(&settings);
    let shop = Shop::new(per_trace as usize);
    let mut buffer = Vec::new();
    let mut bytes = 0;
    let before = process::resident(std::process::id());
    for number in 0..documents {
        shop.write(number, &mut buffer);
        let json = std::str::from_utf8(&buffer).expect("text").split_once('\n').expect("a header").1;
        bytes += json.len();
        held.put(json).expect("a document");
    }
    let estimate = held.bytes();
    assert_eq!(held.snapshot().traces() as u64, documents.div_ceil(per_trace));
    println!("{bytes} {} {estimate}", process::resident(std::process::id()) - before);
    std::io::stdout().flush().expect("it is written");
    let _ = std::io::stdin().read_line(&mut String::new());
}
