//! Our side of the cases.

use std::time::Duration;

use serde_json::{Map, Value};
use xray_runtime::metrics::{MemorySink, Metric, Metrics, Unit};

use crate::Written;

pub(crate) fn written(case: &Value) -> Written {
    let none = Map::new();
    let texts = |name: &str| -> Vec<(&'static str, &'static str)> {
        let members = case[name].as_object().unwrap_or(&none);
        members.iter().map(|(key, value)| (leaked(key), leaked(value.as_str().unwrap()))).collect()
    };
    let sink = MemorySink::new();
    let mut builder = Metrics::builder(case["namespace"].as_str().unwrap_or("Shop")).sink(sink.clone());
    for (key, value) in texts("all") {
        builder = builder.dimension(key, value);
    }
    let metrics = builder.build().unwrap();
    match texts("own")[..] {
        [] => record(&metrics, case, []),
        [one] => record(&metrics, case, [one]),
        [one, two] => record(&metrics, case, [one, two]),
        _ => panic!("more dimensions than this is written for: {case}"),
    }
    assert!(metrics.flush_with(&texts("properties"), Duration::from_secs(10)));
    let losses = metrics.stats().losses;
    Written { lines: sink.take(), refused: losses.iter().map(|loss| format!("{} {} {}", loss.count, loss.kind, loss.reason)).collect() }
}

/// Records all metrics of a case, in which they have these dimensions of their own.
fn record<const N: usize>(metrics: &Metrics, case: &Value, dimensions: [(&'static str, &'static str); N]) {
    let sets = case["sets"].as_array().map(|sets| {
        let set = |set: &Value| -> &'static [&'static str] {
            set.as_array().unwrap().iter().map(|key| leaked(key.as_str().unwrap())).collect::<Vec<_>>().leak()
        };
        let sets: &'static [_] = sets.iter().map(set).collect::<Vec<_>>().leak();
        sets
    });
    for planned in case["metrics"].as_array().unwrap() {
        let name = leaked(planned["name"].as_str().unwrap());
        let unit = *Unit::ALL.iter().find(|unit| unit.as_str() == planned["unit"]).unwrap();
        let keys = dimensions.map(|(key, _)| key);
        let metric = if planned["counter"] == true { Metric::counter(name, keys) } else { Metric::new(name, unit, keys) };
        let metric = if planned["high"] == true { metric.high_resolution() } else { metric };
        let metric = match sets {
            Some(sets) => metric.sets(sets),
            None => metric,
        };
        let metric = Box::leak(Box::new(metric));
        for value in planned["values"].as_array().unwrap() {
            // What JSON has no word for is a text.
            let value = value.as_f64().unwrap_or_else(|| value.as_str().unwrap().parse().unwrap());
            metrics.record(metric, dimensions.map(|(_, value)| value), value);
        }
    }
}

fn leaked(text: &str) -> &'static str {
    text.to_owned().leak()
}
