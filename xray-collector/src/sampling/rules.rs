//! All rules together, and the files they may stand in.
//!
//! Two shapes are read: what GetSamplingRules answers, and the local rules that AWS's SDKs read (version 1 and 2).

use serde_json::{Value, json};
use xray_model::document::Timestamp;

use super::rule::{DEFAULT, Missing, Rule};
use crate::members::{Members, Read, Wrong};
use crate::settings::RULES_MAX;

/// Rules in the order in which they are asked; the last is `Default`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rules(Vec<Rule>);

impl Rules {
    /// What is there without a file.
    pub(super) fn built_in(now: Timestamp) -> Self {
        Self(vec![Rule::default_rule(now)])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Rule> {
        self.0.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Rule> {
        self.0.iter().find(|rule| rule.name == name)
    }

    /// Puts rules in order.
    fn of(mut rules: Vec<Rule>, now: Timestamp) -> Read<Self> {
        for (index, rule) in rules.iter().enumerate() {
            if rules[..index].iter().any(|other| other.name == rule.name) {
                return Err(Wrong::new(format!("RuleName: {:?} is there twice: give each rule a name of its own", rule.name)));
            }
        }
        if !rules.iter().any(Rule::is_default) {
            rules.push(Rule::default_rule(now));
        }
        if rules.len() > RULES_MAX + 1 {
            return Err(Wrong::new(format!("{} rules are too many: use at most {RULES_MAX} beside Default", rules.len() - 1)));
        }
        rules.sort_by(|one, other| (one.is_default(), one.priority, &one.name).cmp(&(other.is_default(), other.priority, &other.name)));
        Ok(Self(rules))
    }

    /// Whether there is no room for one more.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() > RULES_MAX
    }

    /// The same with a rule more, or another one in place of that of its name.
    pub(super) fn with(&self, rule: Rule, now: Timestamp) -> Read<Self> {
        let mut rules = self.without(&rule.name).0;
        rules.push(rule);
        Self::of(rules, now)
    }

    /// The same without a rule.
    pub(super) fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|rule| rule.name != name).cloned().collect())
    }

    /// Takes over the times of rules that do the same as before.
    pub(super) fn after(mut self, before: &Self) -> Self {
        for rule in &mut self.0 {
            if let Some(old) = before.get(&rule.name) {
                rule.created = old.created;
                rule.modified = if rule.does_the_same(old) { old.modified } else { rule.modified };
            }
        }
        self
    }

    /// Reads a file.
    pub(crate) fn parse(text: &str, now: Timestamp) -> Read<Self> {
        let value: Value = serde_json::from_str(text).map_err(|error| Wrong::new(format!("no JSON: {error}")))?;
        let whole = Members::whole(&value)?;
        if whole.has("SamplingRuleRecords") {
            let record = |record: Members<'_>| match record.object("SamplingRule")? {
                Some(rule) => Rule::read(&rule, Missing::Any, now),
                None => Err(record.wrong("SamplingRule", "each record holds one")),
            };
            // One more than allowed, for what is wrong is said better where they are counted.
            let records = whole.objects("SamplingRuleRecords", usize::MAX)?;
            return Self::of(records.into_iter().map(record).collect::<Read<_>>()?, now);
        }
        if whole.has("version") {
            return Self::local(&whole, now);
        }
        Err(Wrong::new(
            "There are no rules in it: write {\"SamplingRuleRecords\":[…]} as GetSamplingRules answers, or local rules as AWS's SDKs read them, {\"version\":2,\"default\":{…},\"rules\":[…]}",
        ))
    }

    fn local(whole: &Members<'_>, now: Timestamp) -> Read<Self> {
        let version = whole.need("version", whole.integer("version", 1..=2)?)?;
        let default = whole.need("default", whole.object("default")?)?;
        let (target, rate) = limits(&default)?;
        let mut rules = vec![Rule { fixed_rate: rate, reservoir: target, ..Rule::default_rule(now) }];
        for (index, members) in whole.objects("rules", usize::MAX)?.iter().enumerate() {
            let mut request = [const { String::new() }; 3];
            let host = if version == 1 && !members.has("host") { "service_name" } else { "host" };
            for (own, (name, max)) in request.iter_mut().zip([(host, 64), ("http_method", 10), ("url_path", 128)]) {
                members.text(name, 1..=max)?.unwrap_or_default().clone_into(own);
                members.need(name, (!own.is_empty()).then_some(()))?;
            }
            let number = i64::try_from(index + 1).unwrap_or(i64::MAX);
            let description = members.text("description", 0..=usize::MAX)?.unwrap_or_default();
            let name = local_name(description, number, &rules);
            rules.push(Rule::local(name, number, limits(members)?, request, now));
        }
        Self::of(rules, now)
    }

    /// As GetSamplingRules answers it, and as it is written to the file.
    pub(crate) fn records(&self) -> Value {
        json!({"SamplingRuleRecords": self.0.iter().map(Rule::record).collect::<Vec<_>>()})
    }
}

/// `fixed_target` and `rate`.
fn limits(members: &Members<'_>) -> Read<(i64, f64)> {
    let target = members.need("fixed_target", members.integer("fixed_target", 0..=i64::from(i32::MAX))?)?;
    let rate = members.need("rate", members.number("rate", 0.0..=1.0)?)?;
    Ok((target, rate))
}

/// Local rules have no names, but may have descriptions.
fn local_name(description: &str, number: i64, taken: &[Rule]) -> String {
    let short: String = description.trim().chars().take(32).collect();
    let is_free = |name: &str| !name.is_empty() && name != DEFAULT && !taken.iter().any(|rule| rule.name == name);
    if is_free(&short) { short } else { format!("local-{number}") }
}
