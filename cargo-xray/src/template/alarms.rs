//! Alarms on the metrics that each process writes by itself.

use serde_json::{Value, json};

use super::expression::sum_over;
use super::{Template, names};
use crate::config::{Alarms, Config, Dependencies};
use crate::{Error, Manifest};

const KIND: &str = "AWS::CloudWatch::Alarm";
/// Characters of an alarm's name.
const NAME_CHARS_MAX: usize = 255;
const PARAMETER: &str = "AlarmTopic";
const CONDITION: &str = "HasAlarmTopic";

pub(super) fn add(template: &mut Template, config: &Config, service: &str, manifest: &Manifest) -> Result<(), Error> {
    let alarms = &config.alarms;
    let make = Make { alarms, namespace: &config.namespace, service };
    if alarms.faults.enabled {
        make.faults(template);
    }
    if alarms.latency.enabled {
        make.latency(template);
    }
    if alarms.dependencies.enabled {
        make.dependencies(template, manifest);
    }
    if alarms.topic.is_none() {
        let description = "ARN of the SNS topic that alarms are told to. Empty: nobody is told.";
        let pattern = "^$|^arn:[^:]+:sns:[^:]+:[0-9]{12}:[A-Za-z0-9_.-]+$";
        let parameter = json!({ "Type": "String", "Default": "", "Description": description, "AllowedPattern": pattern });
        template.parameters.insert(PARAMETER.into(), parameter);
        template.conditions.insert(CONDITION.into(), json!({ "Fn::Not": [{ "Fn::Equals": [{ "Ref": PARAMETER }, ""] }] }));
    }
    Ok(())
}

struct Make<'a> {
    alarms: &'a Alarms,
    namespace: &'a str,
    service: &'a str,
}

impl Make<'_> {
    /// The share of requests that fail. Without requests there is nothing to say.
    fn faults(&self, template: &mut Template) {
        let faults = &self.alarms.faults;
        let rate = format!("IF(requests >= {}, 100 * faults / requests, 0)", faults.min_requests.max(1));
        let query = |id: &str, name: &str| {
            let metric = json!({ "Namespace": self.namespace, "MetricName": name, "Dimensions": self.dimensions(None) });
            json!({ "Id": id, "MetricStat": { "Metric": metric, "Period": faults.period, "Stat": "Sum" }, "ReturnData": false })
        };
        let expression = json!({ "Id": "rate", "Expression": rate, "Label": "Faults of all requests, %", "ReturnData": true });
        let description = format!(
            "More than {} % of the requests of {} fail, for {}.",
            faults.percent,
            self.service,
            times(faults.periods, faults.period)
        );
        let metrics = json!([expression, query("requests", "Requests"), query("faults", "Faults")]);
        let properties = self.properties("fault rate", &description, faults.percent, faults.periods, json!({ "Metrics": metrics }));
        template.add("AlarmFaults", "", KIND, properties);
    }

    fn latency(&self, template: &mut Template) {
        let latency = &self.alarms.latency;
        let percentile = format!("p{}", latency.percentile);
        let description = format!(
            "{percentile} of the latency of {} is above {} s, for {}.",
            self.service,
            latency.seconds,
            times(latency.periods, latency.period)
        );
        let what = json!({
            "Namespace": self.namespace, "MetricName": "Latency", "Dimensions": self.dimensions(None), "ExtendedStatistic": percentile,
            "Period": latency.period,
        });
        let properties = self.properties(&format!("latency {percentile}"), &description, latency.seconds * 1000.0, latency.periods, what);
        template.add("AlarmLatency", "", KIND, properties);
    }

    /// One for each service that is known by name, and one for all together, for which CloudWatch needs no names.
    fn dependencies(&self, template: &mut Template, manifest: &Manifest) {
        let settings = &self.alarms.dependencies;
        let Dependencies { faults, period, periods, .. } = *settings;
        let mut known: Vec<&str> = settings.names.iter().map(String::as_str).chain(manifest.remote_names()).collect();
        known.sort_unstable();
        known.dedup();
        for name in known {
            let description = format!("More than {faults} calls of {} to {name} fail, in {}.", self.service, times(periods, period));
            let what = json!({
                "Namespace": self.namespace, "MetricName": "Faults", "Dimensions": self.dimensions(Some(name)), "Statistic": "Sum", "Period": period,
            });
            let properties = self.properties(&format!("faults of {name}"), &description, f64::from(faults), periods, what);
            template.add("AlarmDependency", name, KIND, properties);
        }
        if settings.total {
            let expression = sum_over(self.namespace, "Faults", "RemoteService", &names::dimension(self.service));
            let query = json!({ "Id": "faults", "Expression": expression, "Period": period, "Label": "Faults of all dependencies", "ReturnData": true });
            let description =
                format!("More than {faults} calls of {} to other services fail, in {}.", self.service, times(periods, period));
            let what = json!({ "Metrics": [query] });
            let properties = self.properties("faults of all dependencies", &description, f64::from(faults), periods, what);
            template.add("AlarmDependencies", "", KIND, properties);
        }
    }

    fn dimensions(&self, remote: Option<&str>) -> Value {
        let named = [("Service", Some(self.service)), ("RemoteService", remote)];
        named.iter().filter_map(|(name, value)| value.map(|value| json!({ "Name": name, "Value": names::dimension(value) }))).collect()
    }

    /// What all alarms have, and what this one looks at. A service that nobody uses is no alarm: missing data is fine.
    fn properties(&self, what: &str, description: &str, threshold: f64, periods: u32, looks_at: Value) -> Value {
        let mut name = format!("{}: {what}", self.service);
        if name.chars().count() > NAME_CHARS_MAX {
            name = names::plain(&name, NAME_CHARS_MAX);
        }
        let actions = match &self.alarms.topic {
            Some(topic) => json!([topic]),
            None => json!({ "Fn::If": [CONDITION, [{ "Ref": PARAMETER }], { "Ref": "AWS::NoValue" }] }),
        };
        let mut properties = json!({
            "AlarmName": name, "AlarmDescription": description, "ComparisonOperator": "GreaterThanThreshold", "Threshold": threshold,
            "EvaluationPeriods": periods, "DatapointsToAlarm": periods, "TreatMissingData": "notBreaching",
            "AlarmActions": actions, "OKActions": actions,
        });
        if let (Value::Object(all), Value::Object(own)) = (&mut properties, looks_at) {
            all.extend(own);
        }
        properties
    }
}

/// `2 periods of 300 s`
fn times(periods: u32, period: u32) -> String {
    if periods == 1 { format!("a period of {period} s") } else { format!("{periods} periods of {period} s") }
}
