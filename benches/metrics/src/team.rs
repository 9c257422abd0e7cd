//! Threads that measure at the same time. They stay, so that what each of them sets up is warm.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;

use crate::callers::Subject;

pub struct Team {
    begin: Barrier,
    end: Barrier,
    /// What each of them is to do next; nothing means that it is over.
    measurements: AtomicU32,
}

impl Team {
    /// Lets each thread take so many measurements, with the flushes that belong to them.
    pub fn measure(&self, measurements: u32) {
        self.measurements.store(measurements.max(1), Relaxed);
        self.begin.wait();
        self.end.wait();
    }

    fn follow(&self, subject: &dyn Subject, pace: u32) {
        loop {
            self.begin.wait();
            match self.measurements.load(Relaxed) {
                0 => return,
                measurements => paced(subject, measurements, pace),
            }
            self.end.wait();
        }
    }
}

/// So many measurements, and a flush after so many.
fn paced(subject: &dyn Subject, measurements: u32, pace: u32) {
    let mut left = measurements;
    while left > 0 {
        let now = left.min(pace);
        subject.measure(now);
        subject.flush();
        left -= now;
    }
}

/// Runs `lead` on this thread, which does not measure itself, with a team of so many others.
pub fn with<R>(subject: &dyn Subject, threads: u32, lead: impl FnOnce(&Team) -> R) -> R {
    let everybody = threads as usize + 1;
    let team = Team { begin: Barrier::new(everybody), end: Barrier::new(everybody), measurements: AtomicU32::new(0) };
    let pace = subject.pace(threads);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| team.follow(subject, pace));
        }
        let result = lead(&team);
        team.measurements.store(0, Relaxed);
        team.begin.wait();
        result
    })
}
