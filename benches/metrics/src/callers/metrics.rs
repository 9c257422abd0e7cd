//! The facade `metrics`, written by metrics_cloudwatch_embedded: as both READMEs have it, and with the handles that the documentation of
//! `metrics` recommends where the dimension's value does not change.

use std::sync::{LazyLock, Mutex};

use metrics::{Counter, Histogram, Unit, counter, describe_counter, describe_histogram, histogram};
use metrics_cloudwatch_embedded::{Builder, Collector};

use super::{NAMESPACE, PACE, ROUTE, Subject, VALUES_MAX, many_series, one_series};
use crate::lines;

struct Rival<T> {
    collector: &'static Collector,
    take: T,
    /// At most so many measurements between two flushes.
    flush_after: Option<u32>,
    /// It writes its documents in small pieces.
    buffer: Mutex<Vec<u8>>,
}

pub fn counter() -> Box<dyn Subject> {
    rival(None, |times| one_series(times, |route, _| counter!("Orders", "Route" => route).increment(1)))
}

pub fn value() -> Box<dyn Subject> {
    rival(Some(VALUES_MAX), |times| one_series(times, |route, value| histogram!("Latency", "Route" => route).record(value)))
}

pub fn series() -> Box<dyn Subject> {
    rival(Some(VALUES_MAX), |times| many_series(times, |route, value| histogram!("Latency", "Route" => route).record(value)))
}

pub fn counter_handle() -> Box<dyn Subject> {
    let orders = LazyLock::new(|| counter!("Orders", "Route" => ROUTE));
    rival(None, move |times| {
        let orders: &Counter = &orders;
        one_series(times, |_, _| orders.increment(1));
    })
}

pub fn value_handle() -> Box<dyn Subject> {
    let latency = LazyLock::new(|| histogram!("Latency", "Route" => ROUTE));
    rival(Some(VALUES_MAX), move |times| {
        let latency: &Histogram = &latency;
        one_series(times, |_, value| latency.record(value));
    })
}

fn rival(flush_after: Option<u32>, take: impl Fn(u32) + Sync + 'static) -> Box<dyn Subject> {
    let collector = Builder::new().cloudwatch_namespace(NAMESPACE).init().expect("the only recorder");
    describe_counter!("Orders", Unit::Count, "");
    describe_histogram!("Latency", Unit::Milliseconds, "");
    Box::new(Rival { collector, take, flush_after, buffer: Mutex::default() })
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

    /// Between two flushes a series keeps 100 values, whichever threads they are from, and loses the rest.
    fn pace(&self, threads: u32) -> u32 {
        self.flush_after.map_or(PACE * threads, |max| max / threads)
    }
}
