//! Ours.

use std::time::Duration;

use autoxray::LossReason;
use autoxray::metrics::{Line, Metric, Metrics, Sink, Unit};

use super::{NAMESPACE, Subject, many_series, one_series};
use crate::lines;

static ORDERS: Metric<1> = Metric::counter("Orders", ["Route"]);
static LATENCY: Metric<1> = Metric::new("Latency", Unit::Milliseconds, ["Route"]);

#[derive(Debug)]
struct Discard;

impl Sink for Discard {
    fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
        lines::take(line.bytes());
        Ok(())
    }
}

struct Ours {
    metrics: Metrics,
    take: fn(&Metrics, u32),
}

fn ours(take: fn(&Metrics, u32)) -> Box<dyn Subject> {
    let metrics = Metrics::builder(NAMESPACE).sink(Discard).build().expect("a namespace");
    Box::new(Ours { metrics, take })
}

pub fn counter() -> Box<dyn Subject> {
    ours(|metrics, times| one_series(times, |route, _| metrics.record(&ORDERS, [route], 1.0)))
}

pub fn value() -> Box<dyn Subject> {
    ours(|metrics, times| one_series(times, |route, value| metrics.record(&LATENCY, [route], value)))
}

pub fn series() -> Box<dyn Subject> {
    ours(|metrics, times| many_series(times, |route, value| metrics.record(&LATENCY, [route], value)))
}

impl Subject for Ours {
    fn measure(&self, times: u32) {
        (self.take)(&self.metrics, times);
    }

    fn flush(&self) {
        assert!(self.metrics.flush(Duration::ZERO), "nothing to wait for");
    }
}
