//! The facade `metrics`, written by metrics_cloudwatch_embedded: as both READMEs have it, and with the handles that the documentation of
//! `metrics` recommends where the dimension's value does not change.

use std::sync::Mutex;

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};

use super::{Job, NAMESPACE, PACE, ROUTE, Subject, VALUES_MAX, many_series, one_series};
use crate::lines;

struct Rival<T> {
    collector: &'static Collector,
    job: Job,
    take: T,
    /// It writes its documents in small pieces.
    buffer: Mutex<Vec<u8>>,
}

pub fn facade(job: Job) -> Box<dyn Subject> {
    let take = match job {
        Job::Counter => |times| one_series(times, |route, _| counter!("Orders", "Route" => route).increment(1)),
        Job::Value => |times| one_series(times, |route, value| histogram!("Latency", "Route" => route).record(value)),
        Job::Series => |times| many_series(times, |route, value| histogram!("Latency", "Route" => route).record(value)),
    };
    rival(job, |_| take)
}

pub fn handle(job: Job) -> Box<dyn Subject> {
    struct Handles(Counter, Histogram);
    let handles = |_: Job| Handles(counter!("Orders", "Route" => ROUTE), histogram!("Latency", "Route" => ROUTE));
    match job {
        Job::Counter => rival(job, |job| {
            let handles = handles(job);
            move |times| one_series(times, |_, _| handles.0.increment(1))
        }),
        Job::Value => rival(job, |job| {
            let handles = handles(job);
            move |times| one_series(times, |_, value| handles.1.record(value))
        }),
        Job::Series => unreachable!("no entry in `JOBS`"),
    }
}

fn rival<T: Fn(u32) + Sync + 'static>(job: Job, take: impl FnOnce(Job) -> T) -> Box<dyn Subject> {
    let collector = Builder::new().cloudwatch_namespace(NAMESPACE).init().expect("the only recorder");
    describe_counter!("Orders", Unit::Count, "");
    describe_histogram!("Latency", Unit::Milliseconds, "");
    Box::new(Rival { collector, job, take: take(job), buffer: Mutex::default() })
}

impl<T: Fn(u32) + Sync> Subject for Rival<T> {
    fn measure(&self, times: u32) {
        (self.take)(times);
    }

    fn flush(&self) {
        let mut buffer = self.buffer.lock().expect("no panic");
        self.collector.flush(&mut *buffer).expect("a vector takes everything");
        lines::take(&buffer);
        buffer.clear();
    }

    /// A series that is not flushed loses what it has more than 100 values, whoever they are from.
    fn pace(&self, threads: u32) -> u32 {
        if self.job == Job::Counter { PACE * threads } else { VALUES_MAX / threads }
    }
}
