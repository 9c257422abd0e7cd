//! Time from before the first use of a tracer to its first datagram, in a fresh process.

use std::net::{SocketAddr, UdpSocket};

use super::{best, median};
use crate::Settings;
use crate::cases::{self, Case, Mode};
use crate::child::{self, Task};
use crate::report::{Findings, Row, Value};

const STARTS: u32 = 30;

pub fn measure(_: &Settings) -> Findings {
    let cases: Vec<Case> = cases::trees().into_iter().filter(|c| c.mode == Mode::Sent && !c.values).collect();
    let mut samples = vec![Vec::new(); cases.len()];
    for _ in 0..STARTS {
        for (case, samples) in cases.iter().zip(&mut samples) {
            samples.push(child::ask(Task::FirstDatagram, *case, free_port(), 0).get("ms"));
        }
    }
    let mut row = Row::new("first use to first datagram: ms").bar(0.2);
    for (case, samples) in cases.iter().zip(&samples) {
        row = row.cell(case.peer, Value::Rounds { best: best(samples), median: median(samples) });
    }
    Findings {
        rows: vec![row],
        notes: vec![format!(
            "First datagram: wall time, median (best) of {STARTS} fresh processes; peers with a queue are flushed at once."
        )],
    }
}

/// A port that nobody uses at the moment.
fn free_port() -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP socket");
    socket.local_addr().expect("a bound socket")
}
