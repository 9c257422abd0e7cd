//! `xray.toml`: what dashboards, alarms, groups and sampling rules are made of.

mod check;

pub(crate) use check::{DASHBOARD_NAME_CHARS_MAX, RULE_NAME_CHARS_MAX, RULE_SERVICE_CHARS_MAX};
use serde::{Deserialize, Serialize};

use crate::Error;

/// An `xray.toml` that has all defaults, and a comment for each key. What has no default is commented out.
pub const SAMPLE: &str = include_str!("sample.toml");

/// The settings. Each of them can be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The name of the service, as in its segments. The workspace's name if left out.
    pub service: Option<String>,
    /// The namespace of its metrics in CloudWatch.
    pub namespace: String,
    /// The region of the widgets. The stack's own if left out.
    pub region: Option<String>,
    /// The dashboard.
    pub dashboard: Dashboard,
    /// The alarms.
    pub alarms: Alarms,
    /// Groups of traces.
    pub groups: Groups,
    /// Sampling rules. One for the service, with X-Ray's own defaults, if left out.
    pub sampling: Option<Vec<Rule>>,
}

/// The dashboard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dashboard {
    /// Its name. That of the service if left out.
    pub name: Option<String>,
    /// Seconds of a point in its graphs.
    pub period: u32,
    /// A widget for each metric found in the code.
    pub business: bool,
}

/// The alarms.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Alarms {
    /// The topic of SNS that is told. The stack's parameter `AlarmTopic` if left out.
    pub topic: Option<String>,
    /// The share of requests that fail.
    pub faults: Faults,
    /// How long requests take.
    pub latency: Latency,
    /// Failing calls to other services.
    pub dependencies: Dependencies,
}

/// The alarm on the share of requests that fail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Whether there is this alarm.
    pub enabled: bool,
    /// More than this many of a hundred.
    pub percent: f64,
    /// Of at least so many requests in a period.
    pub min_requests: u32,
    /// Seconds.
    pub period: u32,
    /// So many periods in a row.
    pub periods: u32,
}

/// The alarm on how long requests take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Latency {
    /// Whether there is this alarm.
    pub enabled: bool,
    /// So many of a hundred requests are faster.
    pub percentile: f64,
    /// More than this.
    pub seconds: f64,
    /// Seconds.
    pub period: u32,
    /// So many periods in a row.
    pub periods: u32,
}

/// The alarms on failing calls to other services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Dependencies {
    /// Whether there are these alarms.
    pub enabled: bool,
    /// More than so many in a period.
    pub faults: u32,
    /// Services that the code does not name: one alarm for each, beside those found there.
    pub names: Vec<String>,
    /// One alarm for all of them together.
    pub total: bool,
    /// Seconds.
    pub period: u32,
    /// So many periods in a row.
    pub periods: u32,
}

/// Groups of traces.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Groups {
    /// Traces in which the service answers with an error or fails.
    pub errors: bool,
    /// Traces in which it is slow.
    pub slow: bool,
    /// What slow is.
    pub slow_seconds: f64,
    /// For each service level in the code, traces that violate it.
    pub sla: bool,
    /// Whether X-Ray looks for anomalies in them, at a price.
    pub insights: bool,
}

/// A sampling rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// Its name. That of the service if left out.
    pub name: Option<String>,
    /// The lowest one is asked first.
    pub priority: u32,
    /// The first so many requests of each second.
    pub reservoir: u32,
    /// And this share of the others, from 0 to 1.
    pub rate: f64,
    /// For the service of this name. The service if left out.
    pub service: Option<String>,
    /// Where it runs: `AWS::Lambda::Function`.
    pub service_type: String,
    /// For requests to this host.
    pub host: String,
    /// With this method.
    pub method: String,
    /// And this path.
    pub path: String,
}

impl Default for Config {
    fn default() -> Self {
        let (service, region, dashboard, alarms, groups, sampling) = Default::default();
        Self { service, namespace: "autoxray".into(), region, dashboard, alarms, groups, sampling }
    }
}

impl Default for Dashboard {
    fn default() -> Self {
        Self { name: None, period: 60, business: true }
    }
}

impl Default for Faults {
    fn default() -> Self {
        Self { enabled: true, percent: 5.0, min_requests: 1, period: 300, periods: 2 }
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self { enabled: true, percentile: 99.0, seconds: 10.0, period: 300, periods: 3 }
    }
}

impl Default for Dependencies {
    fn default() -> Self {
        Self { enabled: true, faults: 10, names: Vec::new(), total: true, period: 300, periods: 1 }
    }
}

impl Default for Groups {
    fn default() -> Self {
        Self { errors: true, slow: true, slow_seconds: 10.0, sla: true, insights: false }
    }
}

impl Default for Rule {
    fn default() -> Self {
        let [service_type, host, method, path] = ["*", "*", "*", "*"].map(String::from);
        Self { name: None, priority: 1000, reservoir: 1, rate: 0.05, service: None, service_type, host, method, path }
    }
}

impl Config {
    /// Reads the text of a file; `name` is what messages call it.
    ///
    /// # Errors
    ///
    /// If it is no TOML, has an unknown key or a value that is not possible: with the key, the value and the remedy.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let config: Self = toml::from_str(text).map_err(|error| {
            let told = error.to_string();
            Error::new(format!("{name}: {}\n`cargo xray config` prints each key with its default and what it means", told.trim_end()))
        })?;
        config.check(name)?;
        Ok(config)
    }

    /// Whether all values are possible; `name` is where they come from.
    ///
    /// # Errors
    ///
    /// For each that is not: the key, the value and the remedy.
    pub fn check(&self, name: &str) -> Result<(), Error> {
        let problems = check::problems(self);
        Error::all(&problems.into_iter().map(|problem| format!("{name}: {problem}")).collect::<Vec<_>>())
    }
}

#[cfg(test)]
mod tests;
