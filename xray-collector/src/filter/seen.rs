//! Values that traces have, counted.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::ast::Scope;
use super::keyword::{Number, Text};
use super::print::{quote, write_key};
use super::subject::Subject;
use crate::facts::{AnnotationValue, Facts, Service};
use crate::settings::{SUGGESTION_TRACES_MAX, SUGGESTION_VALUES_MAX};

/// Values, and how often each was seen in the latest traces.
#[derive(Default)]
pub(super) struct Seen<'a> {
    counts: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Seen<'a> {
    /// Counts a value; new ones only up to a limit.
    fn add(&mut self, value: impl Into<Cow<'a, str>>) {
        let value = value.into();
        if let Some(count) = self.counts.get_mut(&value) {
            *count += 1;
        } else if self.counts.len() < SUGGESTION_VALUES_MAX {
            self.counts.insert(value, 1);
        }
    }

    /// Hands out the values, most frequent first.
    pub(super) fn sorted(self, mut take: impl FnMut(&str, usize)) {
        let mut values: Vec<_> = self.counts.into_iter().collect();
        values.sort_unstable_by(|(one, one_count), (other, other_count)| other_count.cmp(one_count).then_with(|| one.cmp(other)));
        for (value, count) in values {
            take(&value, count);
        }
    }

    /// Keys of annotations, as they stand in brackets.
    pub(super) fn keys(facts: &'a [Arc<Facts>]) -> Self {
        let mut seen = Self::default();
        for annotation in latest(facts).flat_map(|facts| &facts.annotations) {
            seen.add(&*annotation.key);
        }
        let written = |(key, count): (Cow<'a, str>, usize)| (write_key(&key).into(), count);
        Self { counts: seen.counts.into_iter().map(written).collect() }
    }

    /// Values of an annotation, as they are written.
    pub(super) fn annotations(facts: &'a [Arc<Facts>], key: &str) -> Self {
        let mut seen = Self::default();
        for annotation in latest(facts).flat_map(|facts| &facts.annotations).filter(|annotation| &*annotation.key == key) {
            seen.add(match &annotation.value {
                AnnotationValue::Text(text) => quote(text),
                other => other.text().to_string(),
            });
        }
        seen
    }

    pub(super) fn services(facts: &'a [Arc<Facts>], value: impl Fn(&'a Service) -> Option<&'a str>) -> Self {
        let mut seen = Self::default();
        latest(facts).flat_map(|facts| &facts.services).filter_map(value).for_each(|value| seen.add(value));
        seen
    }

    /// Values of a text keyword.
    pub(super) fn texts(facts: &'a [Arc<Facts>], scope: Scope, text: Text) -> Self {
        let mut seen = Self::default();
        for facts in latest(facts) {
            for subject in subjects(facts, scope) {
                subject.any_text(text, &mut |value| {
                    seen.add(value.to_owned());
                    false
                });
            }
        }
        seen
    }

    /// Values of a number that has few of them.
    pub(super) fn numbers(facts: &'a [Arc<Facts>], scope: Scope, number: Number) -> Self {
        let mut seen = Self::default();
        if number == Number::HttpStatus {
            let subjects = latest(facts).flat_map(|facts| subjects(facts, scope));
            subjects.filter_map(|subject| subject.number(number)).for_each(|value| seen.add(value.to_string()));
        }
        seen
    }
}

fn latest(facts: &[Arc<Facts>]) -> impl Iterator<Item = &Facts> {
    facts.iter().rev().take(SUGGESTION_TRACES_MAX).map(|facts| &**facts)
}

/// What keywords in a block are about. Root causes are in the facts as services and exceptions.
fn subjects(facts: &Facts, scope: Scope) -> Vec<Subject<'_>> {
    let places = 0..facts.services.len();
    match scope {
        Scope::Trace | Scope::CauseException => vec![Subject::Trace(facts)],
        Scope::Edge => places.filter(|place| facts.services[*place].caller.is_some()).map(|place| Subject::Edge(facts, place)).collect(),
        _ => places.map(|place| Subject::Service(facts, place)).collect(),
    }
}
