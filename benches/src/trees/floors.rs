//! What no tracer that keeps times and sends documents can go below.

use std::hint::black_box;
use std::net::UdpSocket;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::{Executor, Setup, Subject};
use crate::cases::{Mode, SUBSEGMENTS};

/// Start and end of every subsegment.
struct Clocks;

impl Subject for Clocks {
    fn run(&mut self, _: &Executor, trees: u32) {
        for _ in 0..trees * SUBSEGMENTS {
            let start = black_box(Instant::now());
            black_box(start.elapsed());
        }
    }
}

/// One uncontended lock per subsegment.
struct Lock(Mutex<u32>);

impl Subject for Lock {
    fn run(&mut self, _: &Executor, trees: u32) {
        for _ in 0..trees * SUBSEGMENTS {
            *black_box(&self.0).lock().expect("never poisoned") += 1;
        }
    }
}

/// One relaxed load and a branch per subsegment: a switched-off tracer.
struct Load(AtomicBool);

impl Subject for Load {
    fn run(&mut self, _: &Executor, trees: u32) {
        for i in 0..trees * SUBSEGMENTS {
            if black_box(&self.0).load(Ordering::Relaxed) {
                black_box(i);
            }
        }
    }
}

/// One datagram per tree, of the size autoxray sends.
struct Datagram {
    socket: UdpSocket,
    bytes: Vec<u8>,
    sent: u64,
}

impl Subject for Datagram {
    fn run(&mut self, _: &Executor, trees: u32) {
        for _ in 0..trees {
            self.sent += u64::from(self.socket.send(&self.bytes).is_ok());
        }
    }

    fn exported(&self) -> Option<u64> {
        Some(self.sent * u64::from(SUBSEGMENTS))
    }
}

pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    match setup.case.mode {
        Mode::Clocks => Box::new(Clocks),
        Mode::Mutex => Box::new(Lock(Mutex::new(0))),
        Mode::Load => Box::new(Load(AtomicBool::new(false))),
        Mode::Datagram => {
            let socket = UdpSocket::bind("127.0.0.1:0").expect("a UDP socket");
            socket.connect(setup.daemon).expect("the sink's address");
            socket.set_nonblocking(true).expect("a non-blocking socket");
            Box::new(Datagram { socket, bytes: vec![b'x'; setup.datagram_bytes], sent: 0 })
        }
        mode => panic!("no floor called {mode:?}"),
    }
}
