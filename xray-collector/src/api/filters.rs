//! Filter expressions and groups of a request.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use xray_model::TraceId;

use super::error::Error;
use super::groups::Group;
use super::{Held, Kept};
use crate::clock;
use crate::facts::Facts;
use crate::filter::{self, Context, Filter};
use crate::members::Members;
use crate::trace::Trace;
use crate::traces::Traces;

/// The traces that a request wants: all, those of a filter expression, or those of a group.
pub(crate) struct Wanted {
    text: String,
    filter: Filter,
    /// Filters of all groups, as they were when the request came.
    groups: BTreeMap<String, (String, Filter)>,
}

impl Wanted {
    /// By a filter that was read already.
    pub(crate) fn of(kept: &Kept, filter: Filter) -> Self {
        Self { text: filter.to_string(), filter, groups: groups(kept) }
    }

    /// By a member that holds a filter expression.
    pub(super) fn read(app: &Held, request: &Members<'_>, member: &str, chars: RangeInclusive<usize>) -> Result<Self, Error> {
        let text = request.text(member, chars)?.unwrap_or_default();
        Ok(Self { text: text.to_owned(), filter: parse(&request.place(member), text)?, groups: groups(&app.api) })
    }

    /// By `GroupName` or `GroupARN`.
    pub(super) fn of_group(app: &Held, request: &Members<'_>) -> Result<Self, Error> {
        let text = app.api.groups.meant(request)?.map(|group| group.filter).unwrap_or_default();
        Ok(Self { filter: parse("FilterExpression", &text)?, text, groups: groups(&app.api) })
    }

    /// As the client wrote it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    pub(crate) fn matches(&self, traces: &Traces, facts: &Facts) -> bool {
        self.filter.matches(facts, &self.asking(traces))
    }

    /// Those that are wanted of many traces, in their order.
    ///
    /// # Errors
    ///
    /// If that takes longer than `time`.
    pub(crate) fn select(&self, time: Duration, traces: &Traces, all: Vec<Arc<Facts>>) -> Result<Vec<Arc<Facts>>, TooLong> {
        if self.filter.is_empty() {
            return Ok(all);
        }
        self.filter.select(&all, &self.asking(traces), Some(clock::now() + time)).ok_or(TooLong(time))
    }

    /// What filters ask beyond facts.
    pub(super) fn asking<'a>(&'a self, traces: &'a Traces) -> impl Context + Sync + 'a {
        Asking { traces, groups: &self.groups }
    }
}

/// A filter takes too long for so many traces.
#[derive(Debug)]
pub(crate) struct TooLong(Duration);

impl fmt::Display for TooLong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        write!(formatter, "To look through all traces takes more than {seconds} s: ask for a shorter time, or a simpler expression")
    }
}

impl From<TooLong> for Error {
    fn from(error: TooLong) -> Self {
        Self::invalid(error.to_string())
    }
}

/// A filter expression of a request; its error shows the place.
pub(super) fn parse(place: &str, text: &str) -> Result<Filter, Error> {
    Filter::parse(text).map_err(|error| Error::invalid(format!("{place}: column {}: {error}", error.column())))
}

fn groups(kept: &Kept) -> BTreeMap<String, (String, Filter)> {
    // What is kept was read before.
    let parsed = |group: Group| Some((group.name.clone(), (group.arn(), Filter::parse(&group.filter).ok()?)));
    kept.groups.all().into_iter().filter_map(parsed).collect()
}

struct Asking<'a> {
    traces: &'a Traces,
    groups: &'a BTreeMap<String, (String, Filter)>,
}

impl Context for Asking<'_> {
    fn group(&self, group: filter::Group<'_>) -> Option<&Filter> {
        match group {
            filter::Group::Name(name) => self.groups.get(name).map(|(_, filter)| filter),
            filter::Group::Arn(arn) => self.groups.values().find_map(|(other, filter)| (other == arn).then_some(filter)),
        }
    }

    fn trace(&self, id: TraceId) -> Option<Trace> {
        self.traces.trace(id)
    }
}
