//! One sampling rule: what the service takes as one, and how it writes it.
//!
//! Source: "SamplingRule" in the API reference of X-Ray, and its service model.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use xray_model::document::Timestamp;

use crate::members::{Members, Read, Wrong};
use crate::settings::ARN_PREFIX;

/// Name of the rule that is always there, and asked last.
pub(crate) const DEFAULT: &str = "Default";
/// Its priority, behind all others.
pub(crate) const DEFAULT_PRIORITY: i64 = 10_000;

const NAME_CHARS_MAX: usize = 32;
const PRIORITY_MAX: i64 = 9_999;
const RESOURCE_CHARS_MAX: usize = 500;
const ATTRIBUTES_MAX: usize = 5;
const ATTRIBUTE_CHARS_MAX: usize = 32;
/// What a request is matched by, and the most characters of each.
const MATCHERS: [(&str, usize); 5] = [("ServiceName", 64), ("ServiceType", 64), ("Host", 64), ("HTTPMethod", 10), ("URLPath", 128)];

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) name: String,
    pub(crate) priority: i64,
    /// Share of what is beyond the reservoir.
    pub(crate) fixed_rate: f64,
    /// Requests a second that are always sampled, over all clients.
    pub(crate) reservoir: i64,
    pub(crate) resource_arn: String,
    /// In the order of [`MATCHERS`].
    pub(crate) matchers: [String; 5],
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) boost: Option<Boost>,
    pub(crate) created: Timestamp,
    pub(crate) modified: Timestamp,
}

/// How far the rate may be raised when something looks odd.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Boost {
    max_rate: f64,
    cooldown_minutes: i64,
}

/// Whether members that the service requires may be left out, as people do who write a file by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    Wrong,
    Any,
}

impl Rule {
    /// The rule that decides where no other does: one request a second, and 5 %.
    pub(super) fn default_rule(now: Timestamp) -> Self {
        Self {
            name: DEFAULT.to_owned(),
            priority: DEFAULT_PRIORITY,
            fixed_rate: 0.05,
            reservoir: 1,
            resource_arn: "*".to_owned(),
            matchers: std::array::from_fn(|_| "*".to_owned()),
            attributes: BTreeMap::new(),
            boost: None,
            created: now,
            modified: now,
        }
    }

    /// A rule of the local file that AWS's SDKs read.
    pub(super) fn local(name: String, priority: i64, (target, rate): (i64, f64), request: [String; 3], now: Timestamp) -> Self {
        let [host, method, path] = request;
        let matchers = ["*".to_owned(), "*".to_owned(), host, method, path];
        Self { name, priority, fixed_rate: rate, reservoir: target, matchers, ..Self::default_rule(now) }
    }

    pub(crate) fn is_default(&self) -> bool {
        self.name == DEFAULT
    }

    pub(crate) fn arn(&self) -> String {
        format!("{ARN_PREFIX}sampling-rule/{}", self.name)
    }

    /// Whether the rule is meant by a name or an ARN.
    pub(super) fn is(&self, name: Option<&str>, arn: Option<&str>) -> bool {
        name.is_none_or(|name| name == self.name) && arn.is_none_or(|arn| arn == self.arn())
    }

    /// Reads a whole rule.
    pub(super) fn read(members: &Members<'_>, missing: Missing, now: Timestamp) -> Read<Self> {
        let name = name(members)?;
        let is_default = name == DEFAULT;
        let mut rule = Self { name, ..Self::default_rule(now) };
        if missing == Missing::Wrong {
            let required = ["ResourceARN", "Priority", "FixedRate", "ReservoirSize", "Version"];
            let lacking = required.into_iter().chain(MATCHERS.map(|(name, _)| name)).find(|name| !members.has(name));
            lacking.map_or(Ok(()), |name| Err(members.wrong(name, "it is required")))?;
        }
        members.integer("Version", 1..=1)?;
        if is_default {
            // The service writes 10000 for it, which nobody may ask for.
            rule.limits(members)?;
            return Ok(rule);
        }
        rule.priority = members.need("Priority", members.integer("Priority", 1..=PRIORITY_MAX)?)?;
        members.need("FixedRate", members.number("FixedRate", 0.0..=1.0)?)?;
        members.need("ReservoirSize", members.integer("ReservoirSize", 0..=i64::from(i32::MAX))?)?;
        rule.change(members)?;
        Ok(rule)
    }

    /// Changes what the members name.
    pub(super) fn change(&mut self, members: &Members<'_>) -> Read<()> {
        if self.is_default() {
            let allowed = ["RuleName", "RuleARN", "FixedRate", "ReservoirSize"];
            let other = members.names().find(|name| members.has(name) && !allowed.contains(name));
            other.map_or(Ok(()), |name| {
                Err(Wrong::new(format!("{}: the Default rule has only FixedRate and ReservoirSize to be changed", members.place(name))))
            })?;
        }
        self.limits(members)?;
        if let Some(priority) = members.integer("Priority", 1..=PRIORITY_MAX)? {
            self.priority = priority;
        }
        if let Some(arn) = members.text("ResourceARN", 0..=RESOURCE_CHARS_MAX)? {
            self.resource_arn = arn.to_owned();
        }
        for (own, (name, max)) in self.matchers.iter_mut().zip(MATCHERS) {
            if let Some(text) = members.text(name, 0..=max)? {
                *own = text.to_owned();
            }
        }
        if let Some(attributes) = members.object("Attributes")? {
            self.attributes = read_attributes(&attributes)?;
        }
        if let Some(boost) = members.object("SamplingRateBoost")? {
            let max_rate = boost.need("MaxRate", boost.number("MaxRate", 0.0..=1.0)?)?;
            let minutes = boost.integer("CooldownWindowMinutes", 0..=i64::from(i32::MAX))?;
            self.boost = Some(Boost { max_rate, cooldown_minutes: boost.need("CooldownWindowMinutes", minutes)? });
        }
        Ok(())
    }

    fn limits(&mut self, members: &Members<'_>) -> Read<()> {
        self.fixed_rate = members.number("FixedRate", 0.0..=1.0)?.unwrap_or(self.fixed_rate);
        self.reservoir = members.integer("ReservoirSize", 0..=i64::from(i32::MAX))?.unwrap_or(self.reservoir);
        Ok(())
    }

    /// Whether two rules do the same; when they were made or changed does not count.
    pub(super) fn does_the_same(&self, other: &Self) -> bool {
        let without_times = |rule: &Self| Self { created: Timestamp::default(), modified: Timestamp::default(), ..rule.clone() };
        without_times(self) == without_times(other)
    }

    /// As GetSamplingRules has it.
    pub(crate) fn record(&self) -> Value {
        let mut rule = Map::new();
        rule.insert("RuleName".to_owned(), json!(self.name));
        rule.insert("RuleARN".to_owned(), json!(self.arn()));
        rule.insert("ResourceARN".to_owned(), json!(self.resource_arn));
        rule.insert("Priority".to_owned(), json!(self.priority));
        rule.insert("FixedRate".to_owned(), json!(self.fixed_rate));
        rule.insert("ReservoirSize".to_owned(), json!(self.reservoir));
        for ((name, _), value) in MATCHERS.into_iter().zip(&self.matchers) {
            rule.insert(name.to_owned(), json!(value));
        }
        rule.insert("Version".to_owned(), json!(1));
        rule.insert("Attributes".to_owned(), json!(self.attributes));
        if let Some(boost) = self.boost {
            rule.insert(
                "SamplingRateBoost".to_owned(),
                json!({"MaxRate": boost.max_rate, "CooldownWindowMinutes": boost.cooldown_minutes}),
            );
        }
        json!({"SamplingRule": rule, "CreatedAt": seconds(self.created), "ModifiedAt": seconds(self.modified)})
    }
}

/// A time as the service writes it.
pub(crate) fn seconds(time: Timestamp) -> f64 {
    time.as_nanos() as f64 / 1e9
}

fn name(members: &Members<'_>) -> Read<String> {
    let name = members.need("RuleName", members.text("RuleName", 1..=NAME_CHARS_MAX)?)?;
    Ok(name.to_owned())
}

fn read_attributes(members: &Members<'_>) -> Read<BTreeMap<String, String>> {
    let mut attributes = BTreeMap::new();
    for key in members.names() {
        let value = members.need(key, members.text(key, 1..=ATTRIBUTE_CHARS_MAX)?)?;
        if key.is_empty() || key.chars().count() > ATTRIBUTE_CHARS_MAX {
            return Err(Wrong::new(format!(
                "{}: the key is empty or too long: use 1 to {ATTRIBUTE_CHARS_MAX} characters",
                members.place(key)
            )));
        }
        attributes.insert(key.to_owned(), value.to_owned());
    }
    if attributes.len() > ATTRIBUTES_MAX {
        let place = members.place("").trim_end_matches('.').to_owned();
        return Err(Wrong::new(format!("{place}: {} are too many: use at most {ATTRIBUTES_MAX}", attributes.len())));
    }
    Ok(attributes)
}
