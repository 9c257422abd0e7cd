//! Sampling as the service does it: rules that clients ask for, and the shares of their reservoirs.
//!
//! The rules may stand in a file that is edited while the collector runs. It is looked at when somebody asks; an edit that is wrong changes
//! nothing, and is told with its place and the remedy. Rules that are changed through the API are written back to it.

mod file;
mod rule;
mod rules;
mod targets;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use xray_model::document::Timestamp;

use crate::clock;
use crate::members::{Members, Wrong};
use crate::settings::RULES_MAX;
use file::RulesFile;
pub(crate) use file::replace;
use rule::Missing;
pub(crate) use rule::{Rule, seconds};
pub(crate) use rules::Rules;
use targets::Clients;
pub(crate) use targets::{Counts, Quota};

/// Reads a file of sampling rules as a collector would, and tells how many it has, `Default` included.
///
/// # Errors
///
/// If a collector could not use it. The message has the place and the remedy.
pub fn check_rules(path: &Path) -> io::Result<usize> {
    Sampling::open(Some(path)).map(|sampling| sampling.rules().iter().count())
}

/// The file of rules in a folder for traces. If it is not there yet, it is made, with the rule that is built in.
///
/// # Errors
///
/// If it cannot be made.
pub(crate) fn file_in(folder: &Path) -> io::Result<PathBuf> {
    let path = folder.join("sampling-rules.json");
    if !path.exists() {
        let text = format!("{:#}\n", Rules::built_in(clock::today()).records());
        replace(&path, &text)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, format!("{} cannot be written: {error}", path.display())))?;
    }
    Ok(path)
}

/// Rules and those who sample by them.
#[derive(Debug)]
pub(crate) struct Sampling {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    rules: Rules,
    modified: Timestamp,
    file: Option<RulesFile>,
    /// Why the file as it is now is not used.
    problem: Option<String>,
    clients: BTreeMap<String, Clients>,
}

/// Why a rule is not changed.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The request is wrong.
    Invalid(Wrong),
    /// There are as many rules as there may be.
    Full(String),
    /// The file cannot be written.
    File(String),
}

impl From<Wrong> for Refused {
    fn from(wrong: Wrong) -> Self {
        Self::Invalid(wrong)
    }
}

/// A target for a client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Target {
    pub(crate) fixed_rate: f64,
    pub(crate) quota: Quota,
}

impl Sampling {
    /// With the rules of a file, or the built-in one.
    ///
    /// # Errors
    ///
    /// If the file cannot be used as it is now.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        let now = clock::today();
        let file = path.map(RulesFile::new);
        let mut state = State { rules: Rules::built_in(now), modified: now, file, problem: None, clients: BTreeMap::new() };
        state.look(now);
        match state.problem {
            Some(problem) => Err(io::Error::new(io::ErrorKind::InvalidInput, problem)),
            None => Ok(Self { state: Mutex::new(state) }),
        }
    }

    /// The state after a look at the file.
    fn current(&self, now: Timestamp) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.look(now);
        state
    }

    /// All rules in the order in which they are asked.
    pub(crate) fn rules(&self) -> Rules {
        self.current(clock::today()).rules.clone()
    }

    /// When a rule was changed last.
    pub(crate) fn modified(&self) -> Timestamp {
        self.current(clock::today()).modified
    }

    /// Why the file as it is now is not used.
    pub(crate) fn problem(&self) -> Option<String> {
        self.current(clock::today()).problem.clone()
    }

    /// Adds a rule.
    pub(crate) fn create(&self, members: &Members<'_>) -> Result<Rule, Refused> {
        let now = clock::today();
        let mut state = self.current(now);
        let rule = Rule::read(members, Missing::Wrong, now)?;
        if state.rules.get(&rule.name).is_some() {
            return Err(members.wrong("RuleName", "there is a rule of this name: update that one, or choose another name").into());
        }
        if state.rules.is_full() {
            return Err(Refused::Full(format!("There are {RULES_MAX} rules, which is the limit: delete one first")));
        }
        let rules = state.rules.with(rule.clone(), now)?;
        state.replace(rules, now)?;
        Ok(rule)
    }

    /// Changes those members of a rule that are there.
    pub(crate) fn update(&self, members: &Members<'_>) -> Result<Rule, Refused> {
        let now = clock::today();
        let mut state = self.current(now);
        let mut rule = state.named(members)?.clone();
        rule.change(members)?;
        rule.modified = now;
        let rules = state.rules.with(rule.clone(), now)?;
        state.replace(rules, now)?;
        Ok(rule)
    }

    /// Takes a rule away.
    pub(crate) fn delete(&self, members: &Members<'_>) -> Result<Rule, Refused> {
        let now = clock::today();
        let mut state = self.current(now);
        let rule = state.named(members)?.clone();
        if rule.is_default() {
            return Err(Wrong::new("RuleName: the Default rule cannot be deleted: set its FixedRate and ReservoirSize instead").into());
        }
        let rules = state.rules.without(&rule.name);
        state.replace(rules, now)?;
        state.clients.remove(&rule.name);
        Ok(rule)
    }

    /// Takes a client's report on a rule; `None` if there is no such rule.
    pub(crate) fn report(&self, rule: &str, client: &str, counts: Counts) -> Option<Target> {
        let now = clock::today();
        let mut state = self.current(now);
        let Rule { fixed_rate, reservoir, .. } = *state.rules.get(rule)?;
        let quota = state.clients.entry(rule.to_owned()).or_default().report(client, counts, reservoir, now.as_secs());
        Some(Target { fixed_rate, quota })
    }

    /// What clients did lately by each rule that they have asked about, and when they said so.
    pub(crate) fn recent(&self) -> Vec<(String, u64, Counts)> {
        let now = clock::today();
        let state = self.current(now);
        let recent = state.clients.iter().filter_map(|(rule, clients)| Some((rule, clients.recent(now.as_secs())?)));
        recent.map(|(rule, (at, counts))| (rule.clone(), at, counts)).collect()
    }
}

impl State {
    /// Takes over the file if it has changed.
    fn look(&mut self, now: Timestamp) {
        let Some(file) = &mut self.file else { return };
        let Some(read) = file.changed() else { return };
        let path = file.path().display();
        match read.map(|text| Rules::parse(&text, now)) {
            Ok(Ok(rules)) => {
                self.problem = None;
                self.take(rules.after(&self.rules), now);
            }
            Ok(Err(wrong)) => self.problem = Some(format!("The sampling rules in {path} cannot be used: {wrong}")),
            Err(error) => self.problem = Some(format!("The sampling rules in {path} cannot be read: {error}")),
        }
    }

    fn take(&mut self, rules: Rules, now: Timestamp) {
        if rules != self.rules {
            self.rules = rules;
            self.modified = now;
            let rules = &self.rules;
            self.clients.retain(|name, _| rules.get(name).is_some());
        }
    }

    /// Takes other rules, once they are in the file.
    fn replace(&mut self, rules: Rules, now: Timestamp) -> Result<(), Refused> {
        if let (Some(_), Some(problem)) = (&self.file, &self.problem) {
            return Err(Refused::File(format!("Rules are not changed as long as their file is wrong: correct it first. {problem}")));
        }
        if let Some(file) = &mut self.file {
            let text = format!("{:#}\n", rules.records());
            file.write(&text)
                .map_err(|error| Refused::File(format!("{} cannot be written: {error}: nothing was changed", file.path().display())))?;
        }
        self.take(rules, now);
        Ok(())
    }

    /// The rule that a request means.
    fn named(&self, members: &Members<'_>) -> Result<&Rule, Wrong> {
        let (name, arn) = (members.text("RuleName", 1..=32)?, members.text("RuleARN", 1..=usize::MAX)?);
        let member = if name.is_some() { "RuleName" } else { "RuleARN" };
        if name.is_none() && arn.is_none() {
            return Err(Wrong::new(format!("{} and RuleARN are missing: give one of them", members.place("RuleName"))));
        }
        let found = self.rules.iter().find(|rule| rule.is(name, arn));
        found.ok_or_else(|| members.wrong(member, "there is no such rule: GetSamplingRules has those that there are"))
    }
}
