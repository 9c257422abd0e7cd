//! What CloudWatch and X-Ray take.

use std::fmt::Display;

use xray_model::limits::METRIC_NAMESPACE_CHARS_MAX;

use super::{Config, Dependencies, Rule};

/// Characters of a sampling rule's name. This and the limits below: "SamplingRule" in X-Ray's API reference.
pub(crate) const RULE_NAME_CHARS_MAX: usize = 32;
/// Characters that a rule takes for the name of a service.
pub(crate) const RULE_SERVICE_CHARS_MAX: usize = 64;
const PRIORITY_MAX: u32 = 9_999;

/// Characters of a dashboard's name.
pub(crate) const DASHBOARD_NAME_CHARS_MAX: usize = 255;
/// Seconds that an alarm looks back at most; "CloudWatch service quotas".
const ALARM_SECONDS_MAX: u64 = 86_400;
/// Seconds that an alarm on a query of Metrics Insights looks back at most; "CloudWatch Metrics Insights quotas".
const QUERY_SECONDS_MAX: u64 = 10_800;
/// Seconds of the longest period.
const PERIOD_MAX: u32 = 86_400;
/// Characters of a service's name: X-Ray's limit for segments.
const SERVICE_CHARS_MAX: usize = xray_model::limits::NAME_CHARS_MAX;
/// What a segment may be called, besides letters, digits and blanks.
const SERVICE_SIGNS: &str = r"_.:/%&#=+\-@";

const SERVICE: &str = r"write 1 to 200 letters, digits, blanks and `_.:/%&#=+\-@`, as segments are named";

/// All problems: key, value, remedy.
pub(super) fn problems(config: &Config) -> Vec<String> {
    let mut found = Found::default();
    if let Some(service) = &config.service {
        found.unless(is_service(service), "service", service, SERVICE);
    }
    found.unless(
        is_namespace(&config.namespace),
        "namespace",
        &config.namespace,
        "write 1 to 256 letters, digits, blanks and `._#:/-`, and not `AWS/` in front",
    );
    if let Some(region) = &config.region {
        let fits = region.contains('-') && is_made_of(region, "-", 32);
        found.unless(fits, "region", region, "write a region such as `eu-west-1`");
    }
    if let Some(name) = &config.dashboard.name {
        let remedy = "write 1 to 255 letters, digits, `-` and `_`";
        found.unless(is_made_of(name, "-_", DASHBOARD_NAME_CHARS_MAX), "dashboard.name", name, remedy);
    }
    let period = config.dashboard.period;
    let fits = matches!(period, 1 | 5 | 10 | 30) || is_minutes(period);
    found.unless(fits, "dashboard.period", period, "write 1, 5, 10, 30, or a multiple of 60 up to 86400");
    alarms(config, &mut found);
    let slow = config.groups.slow_seconds;
    found.unless(slow.is_finite() && slow > 0.0, "groups.slow_seconds", slow, "write a number of seconds above 0");
    for (index, rule) in config.sampling.iter().flatten().enumerate() {
        sampling(rule, &format!("sampling[{index}]"), &mut found);
    }
    found.0
}

fn alarms(config: &Config, found: &mut Found) {
    let alarms = &config.alarms;
    if let Some(topic) = &alarms.topic {
        let fits = topic.starts_with("arn:") && topic.contains(":sns:") && topic.bytes().all(|byte| byte.is_ascii_graphic());
        found.unless(fits, "alarms.topic", topic, "write the ARN of a topic: `arn:aws:sns:eu-west-1:123456789012:on-call`");
    }
    let percent = alarms.faults.percent;
    found.unless((0.0..=100.0).contains(&percent), "alarms.faults.percent", percent, "write a number from 0 to 100");
    let percentile = alarms.latency.percentile;
    let remedy = "write a number from 1 to below 100, such as 99 or 99.9";
    found.unless((1.0..100.0).contains(&percentile), "alarms.latency.percentile", percentile, remedy);
    let seconds = alarms.latency.seconds;
    found.unless(seconds.is_finite() && seconds > 0.0, "alarms.latency.seconds", seconds, "write a number of seconds above 0");
    for (index, name) in alarms.dependencies.names.iter().enumerate() {
        found.unless(
            is_name(name),
            &format!("alarms.dependencies.names[{index}]"),
            name,
            "write 1 to 200 characters, as the subsegment is named",
        );
    }
    for (key, period, periods) in [
        ("faults", alarms.faults.period, alarms.faults.periods),
        ("latency", alarms.latency.period, alarms.latency.periods),
        ("dependencies", alarms.dependencies.period, alarms.dependencies.periods),
    ] {
        // Shorter ones are for metrics of high resolution, which those of a process are not.
        found.unless(is_minutes(period), &format!("alarms.{key}.period"), period, "write a multiple of 60 up to 86400");
        let at_most = (ALARM_SECONDS_MAX / u64::from(period.max(1))).max(1);
        let fits_day = periods >= 1 && u64::from(periods) <= at_most;
        let remedy = format!("write 1 to {at_most}: CloudWatch looks back for one day, and a period has {period} s");
        found.unless(fits_day, &format!("alarms.{key}.periods"), periods, &remedy);
    }
    let Dependencies { enabled, total, period, periods, .. } = alarms.dependencies;
    let fits = !(enabled && total) || u64::from(period) * u64::from(periods) <= QUERY_SECONDS_MAX;
    let remedy = "write `false`, or make `period` times `periods` at most 10800: an alarm on a query looks back for three hours";
    found.unless(fits, "alarms.dependencies.total", total, remedy);
}

fn sampling(rule: &Rule, key: &str, found: &mut Found) {
    if let Some(name) = &rule.name {
        let fits = is_made_of(name, "-_", RULE_NAME_CHARS_MAX) && name != "Default";
        found.unless(fits, &format!("{key}.name"), name, "write 1 to 32 letters, digits, `-` and `_`; `Default` is X-Ray's own");
    }
    let fits = (1..=PRIORITY_MAX).contains(&rule.priority);
    found.unless(fits, &format!("{key}.priority"), rule.priority, "write a number from 1 to 9999; X-Ray's own rule has 10000");
    found.unless((0.0..=1.0).contains(&rule.rate), &format!("{key}.rate"), rule.rate, "write a number from 0 to 1; 0.05 is 5 %");
    let reservoir = rule.reservoir;
    found.unless(
        reservoir <= i32::MAX as u32,
        &format!("{key}.reservoir"),
        reservoir,
        "write a number of requests per second up to 2147483647",
    );
    for (part, text, chars_max) in [
        ("service", rule.service.as_deref().unwrap_or("*"), RULE_SERVICE_CHARS_MAX),
        ("service_type", &rule.service_type, 64),
        ("host", &rule.host, 64),
        ("method", &rule.method, 10),
        ("path", &rule.path, 128),
    ] {
        let fits = !text.is_empty() && text.chars().count() <= chars_max && !text.chars().any(char::is_control);
        found.unless(fits, &format!("{key}.{part}"), text, &format!("write 1 to {chars_max} characters, `*` for any"));
    }
}

#[derive(Default)]
struct Found(Vec<String>);

impl Found {
    fn unless(&mut self, fits: bool, key: &str, value: impl Display, remedy: &str) {
        if !fits {
            let shown: String = value.to_string().chars().take(100).collect();
            self.0.push(format!("`{key}` is `{}`: {remedy}", shown.escape_debug()));
        }
    }
}

/// Whether a segment may be called so.
fn is_service(name: &str) -> bool {
    let fits = |letter: char| letter.is_alphanumeric() || letter == ' ' || SERVICE_SIGNS.contains(letter);
    is_name(name) && name.chars().all(fits)
}

/// Whether this can be the name of something that is called.
fn is_name(name: &str) -> bool {
    !name.trim().is_empty() && name.chars().count() <= SERVICE_CHARS_MAX && !name.chars().any(char::is_control)
}

fn is_namespace(name: &str) -> bool {
    let fits = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" ._#:/-".contains(&byte));
    // AWS/ is for services of AWS; the runtime refuses it too.
    let is_taken = name.starts_with(':') || name.starts_with("AWS/");
    fits && !name.trim().is_empty() && !is_taken && name.len() <= METRIC_NAMESPACE_CHARS_MAX
}

fn is_made_of(name: &str, signs: &str, chars_max: usize) -> bool {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || signs.contains(letter);
    (1..=chars_max).contains(&name.len()) && name.chars().all(fits)
}

fn is_minutes(period: u32) -> bool {
    period > 0 && period.is_multiple_of(60) && period <= PERIOD_MAX
}
