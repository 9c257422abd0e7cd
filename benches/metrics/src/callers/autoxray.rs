//! Ours.

use std::time::Duration;

use autoxray::metrics::{Line, Metric, Metrics, Sink, Unit};
use autoxray::{LossReason, Recorder, business_metric};

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

#[business_metric(name = "Placed", dimensions(Route = route))]
#[inline(never)]
fn place(route: &str) {
    std::hint::black_box(route);
}

#[business_metric(name = "Cents", value = cents, dimensions(Route = route))]
#[inline(never)]
fn pay(route: &str, cents: f64) {
    std::hint::black_box((route, cents));
}

/// Measures by functions with an attribute, in the metrics of the process.
struct Attribute(fn(u32));

fn attribute(take: fn(u32)) -> Box<dyn Subject> {
    let metrics = Metrics::builder(NAMESPACE).sink(Discard).build().expect("a namespace");
    // Made once for all cases of a process.
    let _ = Recorder::builder().metrics(metrics).install();
    Box::new(Attribute(take))
}

pub fn attribute_counter() -> Box<dyn Subject> {
    attribute(|times| one_series(times, |route, _| place(route)))
}

pub fn attribute_value() -> Box<dyn Subject> {
    attribute(|times| one_series(times, pay))
}

impl Subject for Attribute {
    fn measure(&self, times: u32) {
        (self.0)(times);
    }

    fn flush(&self) {
        assert!(autoxray::flush(Duration::ZERO), "nothing to wait for");
    }
}

impl Subject for Ours {
    fn measure(&self, times: u32) {
        (self.take)(&self.metrics, times);
    }

    fn flush(&self) {
        assert!(self.metrics.flush(Duration::ZERO), "nothing to wait for");
    }
}
