//! One file per tracer, each with the same tree 1 → 3 → 9 of async functions.
//!
//! Every file has two copies of the tree: `plain`, and `values`, where the leaf records one annotation. The functions
//! take a `u32`, await their children and add up what those return; the leaf adds one to its argument.

pub mod autoxray;
pub mod bare;
pub mod fastrace;
pub mod floors;
mod otel;
pub mod otel_direct;
pub mod tracing_otel;
pub mod xray_lite;

use std::hint::black_box;
use std::net::SocketAddr;

use crate::cases::{Case, Peer};

/// A tracer that is set up and whose tree can be run.
pub trait Subject {
    /// Runs the tree `trees` times.
    fn run(&mut self, executor: &Executor, trees: u32);

    /// Makes all that is recorded leave the process; nothing to do for those who send at once.
    fn flush(&mut self) {}

    /// Spans that reached the exporter so far, where that can be told.
    fn exported(&self) -> Option<u64> {
        None
    }
}

/// What a subject may need to know.
pub struct Setup {
    pub case: Case,
    /// Where datagrams go.
    pub daemon: SocketAddr,
    /// Size of the floor case's datagram.
    pub datagram_bytes: usize,
}

/// Sets up the tracer of a case.
pub fn subject(setup: &Setup) -> Box<dyn Subject> {
    match setup.case.peer {
        Peer::Autoxray => autoxray::subject(setup),
        Peer::OtelDirect => otel_direct::subject(setup),
        Peer::Fastrace => fastrace::subject(setup),
        Peer::TracingOtel => tracing_otel::subject(setup),
        Peer::XrayLite => xray_lite::subject(setup),
        Peer::Bare => bare::subject(),
        Peer::Floor => floors::subject(setup),
    }
}

/// The runtime all trees run on.
pub struct Executor(tokio::runtime::Runtime);

impl Executor {
    pub fn new() -> Executor {
        Executor(tokio::runtime::Builder::new_current_thread().build().expect("a tokio runtime"))
    }

    /// Runs `tree` again and again, hiding argument and result from the optimiser.
    pub fn repeat<F: Future<Output = u32>>(&self, trees: u32, tree: impl Fn(u32) -> F) {
        self.0.block_on(async {
            for i in 0..trees {
                black_box(tree(black_box(i)).await);
            }
        });
    }
}

/// Bytes of the futures of one tracer.
#[derive(Clone, Copy)]
pub struct Frames {
    pub leaf: usize,
    /// Awaits leaves: two frames deep.
    pub mid: usize,
    /// A leaf that takes 1,024 bytes by value.
    pub big: usize,
}

/// Sizes of the futures; `None` for who has no wrapper of their own.
pub fn frames(peer: Peer) -> Option<Frames> {
    match peer {
        Peer::Autoxray => Some(autoxray::frames()),
        Peer::OtelDirect => Some(otel_direct::frames()),
        Peer::Fastrace => Some(fastrace::frames()),
        Peer::TracingOtel => Some(tracing_otel::frames()),
        Peer::XrayLite => Some(xray_lite::frames()),
        Peer::Bare => Some(bare::frames()),
        _ => None,
    }
}

/// The big argument of [`Frames::big`].
pub type Big = [u8; 1024];
