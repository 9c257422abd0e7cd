//! Documents of generated programs: what each wrote is right, all that could be measured is in it, and all else was counted.

use std::collections::BTreeMap;

use autoxray_metrics_tests::check_ours;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::Value;
use xray_runtime::LossKind;
use xray_runtime::metrics::{MemorySink, Metric, Metrics, Unit};

use crate::{LONG, leaked, text};

/// A generated program.
#[derive(Clone, Debug)]
struct Plan {
    namespace: String,
    service: Option<(String, String)>,
    keys: [String; 2],
    values: Vec<[String; 2]>,
    metrics: Vec<PlannedMetric>,
    properties: Vec<(String, String)>,
}

#[derive(Clone, Debug)]
struct PlannedMetric {
    name: String,
    unit: Unit,
    is_sum: bool,
    is_high: bool,
    /// How many sets: all keys without saying so, or the first ones of some.
    sets: usize,
    /// Measurements, each with one of the plan's values for its dimensions.
    measurements: Vec<(usize, f64)>,
}

/// Names, some of them few, so that they come twice; and what is none, if it is to be odd.
fn name(is_odd: bool) -> BoxedStrategy<String> {
    let good = prop_oneof![4 => "[a-d]", 4 => "[!-9;-~][ -~]{0,40}", 1 => "[x\"\\\\]{240,250}"];
    let odd = prop_oneof![Just(String::from("_aws")), "[x\"\\\\]{251,1100}", "[ :]{0,2}", "\\PC{1,5}", "[\\x00-\\x1f\\x7f]"];
    if is_odd { prop_oneof![4 => good, 1 => odd].boxed() } else { good.boxed() }
}

fn number(is_odd: bool) -> BoxedStrategy<f64> {
    // Sums of these are exact.
    let good = (-1_000_000..1_000_000i32).prop_map(|value| f64::from(value) / 4.0);
    let odd = prop::sample::select(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN][..]);
    if is_odd { prop_oneof![20 => good, 1 => odd].boxed() } else { good.boxed() }
}

fn metric(is_odd: bool) -> impl Strategy<Value = PlannedMetric> {
    let measurement = (0..4usize, number(is_odd));
    let measurements = prop_oneof![4 => prop::collection::vec(measurement.clone(), 0..8), 1 => prop::collection::vec(measurement, 90..450)];
    let all = (name(is_odd), prop::sample::select(Unit::ALL), any::<bool>(), any::<bool>(), 0..4usize, measurements);
    all.prop_map(|(name, unit, is_sum, is_high, sets, measurements)| PlannedMetric { name, unit, is_sum, is_high, sets, measurements })
}

fn plan(is_odd: bool) -> impl Strategy<Value = Plan> {
    let namespace = "[A-Za-z0-9._#/-][A-Za-z0-9._#:/ -]{0,255}";
    let service = prop::option::of(("[a-d]|[!-9;-~][ -~]{0,249}", "[!-9;-~][ -~]{0,1023}"));
    let property = (name(is_odd), "\\PC{0,30}|[\\x00-\\x1f\"\\\\]{0,30}");
    let properties = prop::collection::vec(property, if is_odd { 0..6 } else { 0..1 });
    let values = prop::collection::vec([name(is_odd), name(is_odd)], 4);
    let keys = ["[e-h]".boxed(), prop_oneof!["[i-l]", name(is_odd)].boxed()];
    let metrics = prop::collection::vec(metric(is_odd), 1..12);
    let all = (namespace, service, keys, values, metrics, properties);
    all.prop_map(|(namespace, service, keys, values, metrics, properties)| Plan { namespace, service, keys, values, metrics, properties })
}

/// Whether CloudWatch takes this, by the letter of its rules.
fn is_text(text: &str, chars_max: usize) -> bool {
    (1..=chars_max).contains(&text.len())
        && text.chars().all(|letter| matches!(letter, ' '..='~'))
        && !text.trim().is_empty()
        && !text.starts_with(':')
}

fn is_name(text: &str, chars_max: usize) -> bool {
    is_text(text, chars_max) && text != "_aws"
}

/// What a series is to CloudWatch: its name, unit, resolution, sets of dimensions, and their values.
type Key = (String, String, u64, String, BTreeMap<String, String>);

/// Of one series: the sum, how many values, and whether some of them were added up.
#[derive(Clone, Copy, Debug, Default)]
struct Total {
    sum: f64,
    count: usize,
    is_sum: bool,
}

impl Plan {
    /// What CloudWatch is to get of it, and how many measurements it cannot get, or only with other dimensions.
    fn expected(&self) -> (BTreeMap<Key, Total>, [u64; 2]) {
        let (mut totals, mut refused, mut folded) = (BTreeMap::<Key, Total>::new(), 0, 0);
        let service = self.service.as_ref().map(|(key, _)| key.as_str());
        for metric in &self.metrics {
            let at_root: Vec<&str> =
                service.into_iter().chain(self.keys.iter().map(String::as_str)).chain([metric.name.as_str()]).collect();
            let is_usable = is_name(&metric.name, 1024)
                && self.keys.iter().all(|key| is_name(key, 250))
                && at_root.iter().enumerate().all(|(index, name)| !at_root[..index].contains(name));
            for (index, value) in &metric.measurements {
                let values = &self.values[*index];
                if !is_usable || value.is_nan() || value.abs() > 2f64.powi(360) {
                    refused += 1;
                    continue;
                }
                let kept = values.each_ref().map(|value| if is_text(value, 1024) { value.clone() } else { "other".to_owned() });
                folded += u64::from(kept != *values);
                let total = totals.entry(self.key(metric, &kept)).or_default();
                total.sum += value;
                total.count += 1;
                total.is_sum |= metric.is_sum;
            }
        }
        (totals, [refused, folded])
    }

    fn key(&self, metric: &PlannedMetric, values: &[String; 2]) -> Key {
        let service = self.service.iter().map(|(key, value)| (key.clone(), value.clone()));
        let dimensions: Vec<(String, String)> = service.chain(self.keys.iter().cloned().zip(values.iter().cloned())).collect();
        let own = self.service.iter().count();
        let keys: Vec<&String> = dimensions.iter().map(|(key, _)| key).collect();
        let sets: Vec<&[&String]> = match metric.sets {
            0 => vec![&keys],
            count => (0..count).map(|count| &keys[..own + count]).collect(),
        };
        // What is in no set is at the root all the same, but is no dimension.
        let in_sets = own + if metric.sets == 0 { 2 } else { metric.sets - 1 };
        let unit = if metric.is_sum { Unit::Count } else { metric.unit };
        let sets = serde_json::to_string(&sets).unwrap();
        (metric.name.clone(), unit.to_string(), if metric.is_high { 1 } else { 60 }, sets, dimensions[..in_sets].iter().cloned().collect())
    }

    /// Runs it, and gives back its documents and how many measurements, and dimensions of others, were counted as lost.
    fn run(&self) -> (Vec<String>, [u64; 2]) {
        let sink = MemorySink::new();
        let mut builder = Metrics::builder(self.namespace.clone()).sink(sink.clone());
        if let Some((key, value)) = &self.service {
            builder = builder.dimension(key, value);
        }
        let metrics = builder.build().unwrap();
        let keys = self.keys.clone().map(text);
        let all: &'static [&'static str] = keys.to_vec().leak();
        for planned in &self.metrics {
            let name = text(planned.name.clone());
            let metric = if planned.is_sum { Metric::counter(name, keys) } else { Metric::new(name, planned.unit, keys) };
            let metric = if planned.is_high { metric.high_resolution() } else { metric };
            let sets: Vec<&'static [&'static str]> = (0..planned.sets).map(|count| &all[..count]).collect();
            let metric = leaked(if planned.sets > 0 { metric.sets(sets.leak()) } else { metric });
            for (index, value) in &planned.measurements {
                metrics.record(metric, self.values[*index].each_ref().map(String::as_str), *value);
            }
        }
        let properties: Vec<(&str, &str)> = self.properties.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert!(metrics.flush_with(&properties, LONG));
        let stats = metrics.stats();
        let lost = |kind| stats.losses.iter().filter(|loss| loss.kind == kind).map(|loss| loss.count).sum();
        (sink.take(), [LossKind::Measurement, LossKind::Dimensions].map(lost))
    }
}

/// What CloudWatch makes of these documents.
fn read(lines: &[String]) -> BTreeMap<Key, Total> {
    let mut totals = BTreeMap::<Key, Total>::new();
    for line in lines {
        let document: Value = serde_json::from_str(line).unwrap();
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        let sets = &directive["Dimensions"];
        let keys = sets.as_array().unwrap().iter().flat_map(|set| set.as_array().unwrap());
        let keys = keys.map(|key| key.as_str().unwrap());
        let dimensions: BTreeMap<String, String> = keys.map(|key| (key.to_owned(), document[key].as_str().unwrap().to_owned())).collect();
        for definition in directive["Metrics"].as_array().unwrap() {
            let name = definition["Name"].as_str().unwrap();
            let unit = definition["Unit"].as_str().unwrap().to_owned();
            let resolution = definition["StorageResolution"].as_u64().unwrap_or(60);
            let total = totals.entry((name.to_owned(), unit, resolution, sets.to_string(), dimensions.clone())).or_default();
            let values = document[name].as_array().cloned().unwrap_or_else(|| vec![document[name].clone()]);
            for value in values {
                total.sum += value.as_f64().unwrap();
                total.count += 1;
            }
        }
    }
    totals
}

#[test]
fn what_generated_programs_write_is_right_and_complete() {
    let mut runner = TestRunner::default();
    let (mut lines, mut refused) = (Vec::new(), 0);
    for index in 0..300 {
        // Each that loses something says so on standard error, which nobody needs 300 times.
        let plan = plan(index % 10 == 0).new_tree(&mut runner).unwrap().current();
        let (own, lost) = plan.run();
        let (expected, expected_lost) = plan.expected();
        let found = read(&own);
        assert_eq!(lost, expected_lost, "{plan:#?}");
        assert!(found.keys().eq(expected.keys()), "{found:#?}\n{plan:#?}");
        for (key, found) in &found {
            let expected = expected[key];
            assert_eq!(found.sum, expected.sum, "{key:?}: {plan:#?}");
            assert!(expected.is_sum && found.count <= expected.count || found.count == expected.count, "{key:?}: {plan:#?}");
        }
        refused += lost[0];
        lines.extend(own);
    }
    // Neither do all pass, nor none.
    assert!(lines.len() > 1000 && refused > 100, "{} documents, {refused} measurements refused", lines.len());
    check_ours(&lines);
}
