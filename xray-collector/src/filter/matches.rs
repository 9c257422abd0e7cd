//! Which traces a filter lets through.

mod select;

use std::cell::{OnceCell, RefCell};

use xray_model::TraceId;

use super::Filter;
use super::ast::{Block, Cause, Expr, GroupKey, Match, Order, Side, Test, Who};
use super::causes;
use super::subject::Subject;
use crate::facts::{Annotation, AnnotationValue, Facts, Names, Service};
use crate::rootcause::RootCauses;
use crate::trace::Trace;
use crate::traces::Traces;

/// Name and type of the node that stands for whoever sent the first request.
const CLIENT: &str = "client";

/// What filters ask beyond the facts of a trace.
pub(crate) trait Context {
    /// The filter of a group. No trace is in a group that does not exist.
    fn group(&self, _group: Group<'_>) -> Option<&Filter> {
        None
    }

    /// A trace, put together. Asked for root causes only.
    fn trace(&self, id: TraceId) -> Option<Trace>;
}

/// How a filter names a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group<'a> {
    Name(&'a str),
    Arn(&'a str),
}

impl Context for Traces {
    fn trace(&self, id: TraceId) -> Option<Trace> {
        Self::trace(self, id)
    }
}

/// One trace, without groups.
impl Context for Trace {
    fn trace(&self, _: TraceId) -> Option<Trace> {
        Some(self.clone())
    }
}

impl Filter {
    /// Whether it lets a trace through. In no group are the traces here.
    #[must_use]
    pub fn matches_trace(&self, trace: &Trace) -> bool {
        self.matches(&Facts::of(trace, &mut Names::default()), trace)
    }

    /// Whether it lets a trace through, of which these facts are known.
    pub(crate) fn matches(&self, facts: &Facts, context: &dyn Context) -> bool {
        let Some(expr) = &self.expr else { return true };
        let asked = Asked { facts, context, needs_trace: self.needs_trace, causes: OnceCell::new(), groups: RefCell::default() };
        asked.is(expr, &Subject::Trace(facts))
    }
}

fn group(key: GroupKey, value: &str) -> Group<'_> {
    match key {
        GroupKey::Name => Group::Name(value),
        GroupKey::Arn => Group::Arn(value),
    }
}

/// One question to one trace.
struct Asked<'a> {
    facts: &'a Facts,
    context: &'a dyn Context,
    needs_trace: bool,
    /// Made when first needed.
    causes: OnceCell<RootCauses>,
    /// Groups that were asked for, by the addresses of their filters, and whether the trace is in them; `false` while that is not known.
    groups: RefCell<Vec<(*const Filter, bool)>>,
}

impl Asked<'_> {
    fn is(&self, expr: &Expr, subject: &Subject<'_>) -> bool {
        match expr {
            Expr::And(parts) => !self.any(parts, subject, false),
            Expr::Or(parts) => self.any(parts, subject, true),
            Expr::Not(part) => !self.is(part, subject),
            Expr::Flag(flag, wanted) => subject.flag(*flag) == *wanted,
            Expr::HasNumber(number) => subject.number(*number).is_some(),
            Expr::Number(number, order, value) => subject.number(*number).is_some_and(|found| order.holds(found, *value)),
            Expr::HasText(text) => subject.any_text(*text, &mut |_| true),
            Expr::Text(text, Match::NotEqual, value) => {
                subject.any_text(*text, &mut |_| true) && !subject.any_text(*text, &mut |found| found == &**value)
            }
            Expr::Text(text, how, value) => subject.any_text(*text, &mut |found| how.holds(found, value)),
            Expr::Annotation(side, key, test) => self.annotation(subject, *side, key, test),
            Expr::Service(who, block) => self.service(who, block),
            Expr::Edge(source, destination, block) => self.edge(source, destination, block),
            Expr::Group(key, value, wanted) => self.in_group(group(*key, value)) == *wanted,
            Expr::RootCause(cause, part, block) => {
                let Some(found) = self.causes(*cause) else { return false };
                causes::any(found, *part, |item| block.as_ref().is_none_or(|inner| self.is(inner, &Subject::Listed(item))))
            }
            Expr::RootCauses(patterns, wanted) => {
                let is_like = |cause| self.causes(cause).is_some_and(|found| causes::any_like(found, cause, patterns));
                [Cause::Fault, Cause::Error, Cause::ResponseTime].into_iter().any(is_like) == *wanted
            }
            Expr::Id(id) => self.facts.id == *id,
        }
    }

    /// Whether any part is as wanted; those for which documents are read come last.
    fn any(&self, parts: &[Expr], subject: &Subject<'_>, wanted: bool) -> bool {
        if !self.needs_trace {
            return parts.iter().any(|part| self.is(part, subject) == wanted);
        }
        let (slow, quick): (Vec<&Expr>, Vec<&Expr>) = parts.iter().partition(|part| part.needs_trace());
        quick.into_iter().chain(slow).any(|part| self.is(part, subject) == wanted)
    }

    fn service(&self, who: &Who, block: &Block) -> bool {
        (0..self.facts.services.len()).any(|place| self.is_service(place, who, block))
    }

    fn edge(&self, source: &Who, destination: &Who, block: &Block) -> bool {
        (0..self.facts.services.len()).any(|place| self.is_edge(place, source, destination, block))
    }

    /// Whether the service at a place is one of those that are meant.
    fn is_service(&self, place: usize, who: &Who, block: &Block) -> bool {
        who.is(&self.facts.services[place]) && block.as_ref().is_none_or(|inner| self.is(inner, &Subject::Service(self.facts, place)))
    }

    /// Whether the call of the service at a place is one of those that are meant.
    fn is_edge(&self, place: usize, source: &Who, destination: &Who, block: &Block) -> bool {
        let called = &self.facts.services[place];
        let caller = called.caller.and_then(|caller| self.facts.services.get(caller as usize));
        destination.is(called)
            && caller.map_or_else(|| source.is_client(), |caller| source.is(caller))
            && block.as_ref().is_none_or(|inner| self.is(inner, &Subject::Edge(self.facts, place)))
    }

    fn annotation(&self, subject: &Subject<'_>, side: Side, key: &str, test: &Test) -> bool {
        let ends = subject.ends(side);
        let is_asked =
            |annotation: &&Annotation| &*annotation.key == key && ends.is_none_or(|ends| ends.contains(&Some(annotation.service)));
        let mut values = self.facts.annotations.iter().filter(is_asked).map(|annotation| &annotation.value);
        match test {
            Test::IsSet => values.any(|value| *value != AnnotationValue::Bool(false)),
            Test::Bool(is_equal, wanted) => compared(values, *is_equal, |value| *value == AnnotationValue::Bool(*wanted)),
            Test::Number(order @ (Order::Equal | Order::NotEqual), wanted) => {
                compared(values, *order == Order::Equal, |value| *value == AnnotationValue::Number(*wanted))
            }
            Test::Number(order, wanted) => {
                values.any(|value| matches!(value, AnnotationValue::Number(number) if order.holds(*number, *wanted)))
            }
            Test::Text(Match::NotEqual, wanted) => compared(values, false, |value| is_text(value, |text| text == &**wanted)),
            Test::Text(how, wanted) => values.any(|value| is_text(value, |text| how.holds(text, wanted))),
        }
    }

    fn in_group(&self, group: Group<'_>) -> bool {
        let Some(filter) = self.context.group(group) else { return false };
        let place = {
            // Each group is asked once, however often groups name it: else the work would double with each of them. One that names itself,
            // directly or not, has no traces by that.
            let mut known = self.groups.borrow_mut();
            if let Some((_, is_in)) = known.iter().find(|(other, _)| std::ptr::eq(*other, filter)) {
                return *is_in;
            }
            known.push((filter, false));
            known.len() - 1
        };
        let is_in = filter.expr.as_ref().is_none_or(|expr| self.is(expr, &Subject::Trace(self.facts)));
        if let Some(known) = self.groups.borrow_mut().get_mut(place) {
            known.1 = is_in;
        }
        is_in
    }

    /// The root causes of the trace; `None` if the facts say that there are none.
    fn causes(&self, cause: Cause) -> Option<&[crate::rootcause::RootCause]> {
        let may_be = match cause {
            Cause::Fault => self.facts.any_fault,
            Cause::Error => self.facts.any_error,
            Cause::ResponseTime => self.facts.response_time.is_some(),
        };
        let made = || self.context.trace(self.facts.id).map(|trace| RootCauses::of(&trace)).unwrap_or_default();
        let causes = may_be.then(|| self.causes.get_or_init(made))?;
        Some(match cause {
            Cause::Fault => &causes.faults,
            Cause::Error => &causes.errors,
            Cause::ResponseTime => &causes.response_times,
        })
    }
}

/// With several values, one that is equal is enough to be equal, and too much to be not.
fn compared<T>(values: impl Iterator<Item = T>, is_equal: bool, equals: impl Fn(T) -> bool) -> bool {
    let (mut is_set, mut found) = (false, false);
    for value in values {
        is_set = true;
        found |= equals(value);
    }
    is_set && found == is_equal
}

fn is_text(value: &AnnotationValue, test: impl Fn(&str) -> bool) -> bool {
    matches!(value, AnnotationValue::Text(text) if test(text))
}

impl Who {
    fn is(&self, service: &Service) -> bool {
        self.name.as_ref().is_none_or(|name| **name == *service.name)
            && self.kind.as_ref().is_none_or(|kind| **kind == *service.kind)
            && self.account.as_ref().is_none_or(|account| service.account.as_deref() == Some(&**account))
    }

    /// The client is meant only where it is named: no call of it is recorded.
    fn is_client(&self) -> bool {
        let is = |member: &Option<Box<str>>| member.as_deref() == Some(CLIENT);
        self.account.is_none()
            && (is(&self.name) || is(&self.kind))
            && [&self.name, &self.kind].into_iter().all(|member| member.is_none() || is(member))
    }
}

impl Order {
    fn holds(self, found: f64, value: f64) -> bool {
        match self {
            Self::Equal => found == value,
            Self::NotEqual => found != value,
            Self::Less => found < value,
            Self::LessOrEqual => found <= value,
            Self::Greater => found > value,
            Self::GreaterOrEqual => found >= value,
        }
    }
}

impl Match {
    fn holds(self, found: &str, value: &str) -> bool {
        match self {
            Self::Equal => found == value,
            Self::NotEqual => found != value,
            Self::Contains => found.contains(value),
            Self::BeginsWith => found.starts_with(value),
            Self::EndsWith => found.ends_with(value),
        }
    }
}
