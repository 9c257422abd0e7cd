//! The far end: a process of its own that receives datagrams and counts them, so that its CPU time counts for nobody.
//!
//! It looks every 200 µs instead of blocking: a blocked reader would make every sender pay for waking it, and how often it
//! has to would depend on how busy the machine is. Its buffer is large, so looking that seldom loses nothing; if something
//! is lost all the same, the kernel's own count of drops tells.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, UdpSocket};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;
use std::{env, thread};

use crate::os;

const BUFFER_BYTES: usize = 32 << 20;
const NAP: Duration = Duration::from_micros(200);
/// No datagram for this long: all that was sent has come.
const QUIET: Duration = Duration::from_millis(10);

static DATAGRAMS: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);

/// What came since the last time.
#[derive(Clone, Copy, Debug, Default)]
pub struct Received {
    pub datagrams: u64,
    pub bytes: u64,
    /// Sent, but the socket's buffer was full.
    pub dropped: u64,
}

/// The sink as the parent sees it.
pub struct Sink {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
    pub address: SocketAddr,
}

impl Sink {
    pub fn start() -> Sink {
        let exe = env::current_exe().expect("this program");
        let mut child = Command::new(exe).arg("sink").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the sink process");
        let ask = child.stdin.take().expect("piped");
        let mut answers = BufReader::new(child.stdout.take().expect("piped"));
        let address = line(&mut answers).parse().expect("the sink's address");
        Sink { child, ask, answers, address }
    }

    /// Waits until nothing comes any more; counts from zero afterwards.
    pub fn take(&mut self) -> Received {
        writeln!(self.ask, "take").expect("the sink listens");
        let answer = line(&mut self.answers);
        let mut numbers = answer.split(' ').map(|n| n.parse().expect("a count"));
        let mut next = || numbers.next().expect("three counts");
        Received { datagrams: next(), bytes: next(), dropped: next() }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(from: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    from.read_line(&mut line).expect("the sink answers");
    line.trim().to_owned()
}

/// The sink process.
pub fn main() {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP socket");
    // The first needs a privilege; the second is cut to what the system allows.
    if rustix::net::sockopt::set_socket_recv_buffer_size_force(&socket, BUFFER_BYTES).is_err() {
        let _ = rustix::net::sockopt::set_socket_recv_buffer_size(&socket, BUFFER_BYTES);
    }
    socket.set_nonblocking(true).expect("a non-blocking socket");
    let address = socket.local_addr().expect("a bound socket");
    println!("{address}");
    thread::spawn(move || receive(&socket));

    let mut drops = 0;
    for _ in std::io::stdin().lines() {
        let mut seen = u64::MAX;
        while seen != DATAGRAMS.load(Relaxed) {
            seen = DATAGRAMS.load(Relaxed);
            thread::sleep(QUIET);
        }
        let drops_before = std::mem::replace(&mut drops, os::socket_drops(address.port()));
        println!("{} {} {}", DATAGRAMS.swap(0, Relaxed), BYTES.swap(0, Relaxed), drops - drops_before);
    }
}

fn receive(socket: &UdpSocket) {
    let mut buffer = vec![0; 1 << 16];
    loop {
        match socket.recv(&mut buffer) {
            Ok(bytes) => {
                DATAGRAMS.fetch_add(1, Relaxed);
                BYTES.fetch_add(bytes as u64, Relaxed);
            }
            Err(_) => thread::sleep(NAP),
        }
    }
}
