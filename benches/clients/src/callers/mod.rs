//! One file per client, with the calls of all who are measured with it.

mod aws;
mod instant;
mod requests;
mod rivals;

use std::hint::black_box;
use std::net::SocketAddr;

use autoxray::segment;

use crate::cases::{Case, Client, State, Who};

/// Calls between two flushes of those who keep a queue: a full one would drop spans and make the case look cheap.
pub const PACE: u32 = 250;

/// The runtime all calls are made on.
pub struct Executor(tokio::runtime::Runtime);

impl Executor {
    fn new() -> Executor {
        Executor(tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a tokio runtime"))
    }

    /// Makes `calls` calls under autoxray, in segments of so many as the case says, or without.
    fn calls<F: Future<Output = usize>>(&self, case: Case, calls: u32, call: impl Fn() -> F) {
        let chunk = || async {
            for _ in 0..case.calls {
                black_box(call().await);
            }
        };
        self.0.block_on(async {
            for _ in 0..calls / case.calls {
                match (case.who, case.state) {
                    (Who::Bare, _) | (_, State::NoSegment) => chunk().await,
                    _ => segment("bench").trace(chunk()).await,
                }
            }
        });
    }
}

/// A client that is set up and can be called.
trait Caller {
    fn call(&mut self, executor: &Executor, calls: u32);

    /// Makes all that is recorded leave the process; nothing to do for those who send at once.
    fn flush(&mut self) {}

    /// Subsegments and segments that reached the exporter so far, where that can be told.
    fn exported(&self) -> Option<u64> {
        None
    }
}

/// A case that is set up.
pub struct Subject {
    executor: Executor,
    caller: Box<dyn Caller>,
    pace: u32,
}

impl Subject {
    /// `server` answers reqwest.
    pub fn new(case: Case, server: SocketAddr) -> Subject {
        let executor = Executor::new();
        let caller: Box<dyn Caller> = match (case.client, case.who) {
            (Client::Aws, Who::Rival) => Box::new(rivals::aws::Rival::new(case)),
            (Client::Aws, _) => Box::new(aws::Aws::new(case)),
            (Client::Reqwest, Who::Rival) => Box::new(rivals::reqwest::Rival::new(case, server)),
            (Client::Reqwest, _) => Box::new(requests::Requests::new(case, server)),
        };
        Subject { executor, caller, pace: PACE.next_multiple_of(case.calls) }
    }

    /// Makes at least so many calls, lets all that was recorded leave, and says how many they were.
    pub fn call(&mut self, at_least: u32) -> u32 {
        let mut calls = 0;
        while calls < at_least {
            self.caller.call(&self.executor, self.pace);
            self.caller.flush();
            calls += self.pace;
        }
        calls
    }

    /// Exactly one segment.
    pub fn call_once(&mut self, case: Case) {
        self.caller.call(&self.executor, case.calls);
        self.caller.flush();
    }

    pub fn exported(&self) -> Option<u64> {
        self.caller.exported()
    }
}
