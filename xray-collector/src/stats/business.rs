//! What the business measures, and what it promised.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use xray_model::TraceId;
use xray_model::document::Timestamp;

use super::{Axis, Spread};
use crate::facts::Facts;
use crate::settings::EXAMPLES_MAX;

/// A figure with one unit and one set of dimensions.
///
/// Only of traces that were sampled: the exact figures are the metrics that programs send beside their traces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FigureGroup {
    pub(crate) name: Arc<str>,
    pub(crate) unit: Arc<str>,
    pub(crate) dimensions: Arc<str>,
    pub(crate) sum: f64,
    pub(crate) values: Spread<f64>,
    /// Sums over time.
    pub(crate) trend: Box<[f64]>,
    pub(crate) last: Timestamp,
    /// Latest first.
    pub(crate) examples: Vec<TraceId>,
}

/// How one operation keeps to its service level.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LevelGroup {
    pub(crate) operation: Arc<str>,
    /// As the latest has it.
    pub(crate) target: Option<Duration>,
    /// Of those that ended.
    pub(crate) times: Spread<Duration>,
    pub(crate) violations: u64,
    /// How many, and how many of these were violations, over time.
    pub(crate) trend: Box<[(u64, u64)]>,
    /// Traces with violations, latest first.
    pub(crate) examples: Vec<TraceId>,
    target_at: Timestamp,
}

impl LevelGroup {
    /// Share of those that ended in which the level was kept, 0 to 1; `None` if none ended.
    pub(crate) fn kept(&self) -> Option<f64> {
        (self.times.count > 0).then(|| 1.0 - self.violations.min(self.times.count) as f64 / self.times.count as f64)
    }
}

/// All figures, by name, unit and dimensions.
pub(crate) fn figures(traces: &[Arc<Facts>], axis: &Axis) -> Vec<FigureGroup> {
    let mut groups = BTreeMap::<(&str, &str, &str), (FigureGroup, Vec<f64>)>::new();
    for facts in traces {
        for figure in &facts.figures {
            let (group, values) = groups.entry((&figure.name, &figure.unit, &figure.dimensions)).or_insert_with(|| {
                let group = FigureGroup {
                    name: Arc::clone(&figure.name),
                    unit: Arc::clone(&figure.unit),
                    dimensions: Arc::clone(&figure.dimensions),
                    sum: 0.0,
                    values: Spread::default(),
                    trend: axis.zeros(),
                    last: figure.at,
                    examples: Vec::new(),
                };
                (group, Vec::new())
            });
            values.push(figure.value);
            group.sum += figure.value;
            group.last = group.last.max(figure.at);
            if let Some(place) = axis.place(figure.at) {
                group.trend[place] += figure.value;
            }
            example(&mut group.examples, facts.id);
        }
    }
    let finish = |(mut group, mut values): (FigureGroup, Vec<f64>)| {
        group.values = Spread::of(&mut values, f64::total_cmp);
        group
    };
    groups.into_values().map(finish).collect()
}

/// All service levels, by operation.
pub(crate) fn levels(traces: &[Arc<Facts>], axis: &Axis) -> Vec<LevelGroup> {
    let mut groups = BTreeMap::<&str, (LevelGroup, Vec<Duration>)>::new();
    for facts in traces {
        for level in &facts.levels {
            let (group, times) = groups.entry(&level.operation).or_insert_with(|| {
                let group = LevelGroup {
                    operation: Arc::clone(&level.operation),
                    target: level.target,
                    times: Spread::default(),
                    violations: 0,
                    trend: axis.zeros(),
                    examples: Vec::new(),
                    target_at: level.at,
                };
                (group, Vec::new())
            });
            if level.at >= group.target_at {
                (group.target, group.target_at) = (level.target.or(group.target), level.at);
            }
            // Of what is in progress nobody knows yet.
            let Some(actual) = level.actual else { continue };
            times.push(actual);
            group.violations += u64::from(level.is_violated);
            if let Some(place) = axis.place(level.at) {
                group.trend[place].0 += 1;
                group.trend[place].1 += u64::from(level.is_violated);
            }
            if level.is_violated {
                example(&mut group.examples, facts.id);
            }
        }
    }
    let finish = |(mut group, mut times): (LevelGroup, Vec<Duration>)| {
        group.times = Spread::of(&mut times, Duration::cmp);
        group
    };
    groups.into_values().map(finish).collect()
}

fn example(examples: &mut Vec<TraceId>, id: TraceId) {
    if examples.first() != Some(&id) {
        examples.insert(0, id);
        examples.truncate(EXAMPLES_MAX);
    }
}
