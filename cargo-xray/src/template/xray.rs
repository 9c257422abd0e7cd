//! Groups of traces and sampling rules.

use std::collections::BTreeSet;

use serde_json::json;

use super::expression::{of_service, violated};
use super::{Template, names};
use crate::config::{Config, RULE_NAME_CHARS_MAX, RULE_SERVICE_CHARS_MAX, Rule};
use crate::{Error, Manifest};

/// Characters of a group's name.
const GROUP_NAME_CHARS_MAX: usize = 32;
/// Groups, and as many rules, that a region has by default; "X-Ray endpoints and quotas".
const PER_REGION_MAX: usize = 25;

pub(super) fn add(template: &mut Template, config: &Config, service: &str, manifest: &Manifest) -> Result<(), Error> {
    groups(template, config, service, manifest)?;
    let default = [Rule::default()];
    sampling(template, config.sampling.as_deref().unwrap_or(&default), service)
}

fn groups(template: &mut Template, config: &Config, service: &str, manifest: &Manifest) -> Result<(), Error> {
    let wanted = &config.groups;
    let mut groups: Vec<(&str, String, String)> = Vec::new();
    if wanted.errors {
        groups.push(("Errors", "errors".into(), of_service(service, "error OR fault")));
    }
    if wanted.slow {
        groups.push(("Slow", "slow".into(), of_service(service, &format!("responsetime > {}", wanted.slow_seconds))));
    }
    if wanted.sla {
        let operations: BTreeSet<&str> = manifest.traced.iter().filter(|one| one.sla.is_some()).map(|one| one.name.as_str()).collect();
        groups.extend(operations.into_iter().map(|name| ("Sla", name.to_owned(), violated(name))));
    }
    if groups.len() > PER_REGION_MAX {
        let remedy = "set `groups.sla = false` in xray.toml, or give fewer functions an `sla`";
        return Err(Error::new(format!(
            "there would be {} groups of traces, X-Ray takes {PER_REGION_MAX} in a region: {remedy}",
            groups.len()
        )));
    }
    for (role, name, filter) in groups {
        let called = if role == "Sla" { format!("{service}-sla-{name}") } else { format!("{service}-{name}") };
        let insights = json!({ "InsightsEnabled": wanted.insights, "NotificationsEnabled": false });
        let properties = json!({
            "GroupName": names::plain(&called, GROUP_NAME_CHARS_MAX), "FilterExpression": filter, "InsightsConfiguration": insights,
        });
        let (role, name) = if role == "Sla" { ("GroupSla", name) } else { ("Group", role.to_owned()) };
        template.add(role, &name, "AWS::XRay::Group", properties);
    }
    Ok(())
}

fn sampling(template: &mut Template, rules: &[Rule], service: &str) -> Result<(), Error> {
    if rules.len() > PER_REGION_MAX {
        let remedy = "let one rule stand for several, by `*`";
        return Err(Error::new(format!("`sampling` has {} rules, X-Ray takes {PER_REGION_MAX} in a region: {remedy}", rules.len())));
    }
    let mut seen = BTreeSet::new();
    for (index, rule) in rules.iter().enumerate() {
        let number = if index == 0 { String::new() } else { format!("-{}", index + 1) };
        let made = || names::plain(&format!("{service}{number}"), RULE_NAME_CHARS_MAX);
        // X-Ray's own rule.
        let made = || if made() == "Default" { "Default-service".to_owned() } else { made() };
        let name = rule.name.clone().unwrap_or_else(made);
        if !seen.insert(name.clone()) {
            return Err(Error::new(format!(
                "`sampling[{index}].name` is `{name}`, as that of a rule before: give each rule a name of its own"
            )));
        }
        let properties = json!({
            "RuleName": name, "Priority": rule.priority, "ReservoirSize": rule.reservoir, "FixedRate": rule.rate,
            "ServiceName": rule.service.clone().unwrap_or_else(|| pattern(service)), "ServiceType": rule.service_type, "Host": rule.host,
            "HTTPMethod": rule.method, "URLPath": rule.path, "ResourceARN": "*", "Version": 1,
        });
        template.add("Sampling", &name, "AWS::XRay::SamplingRule", json!({ "SamplingRule": properties }));
    }
    Ok(())
}

/// The service's name, or the beginning of it if a rule takes no more.
fn pattern(service: &str) -> String {
    if service.chars().count() <= RULE_SERVICE_CHARS_MAX {
        return service.to_owned();
    }
    service.chars().take(RULE_SERVICE_CHARS_MAX - 1).chain(['*']).collect()
}
