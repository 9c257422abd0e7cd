//! What a page is about: a filter and a stretch of time. It stands in the query of every address, so that each page can be passed on.

use std::sync::Arc;
use std::time::Duration;

use form_urlencoded::Serializer;
use xray_model::document::Timestamp;

use super::time;
use crate::api::Wanted;
use crate::clock;
use crate::facts::Facts;
use crate::filter::Filter;
use crate::serve::App;
use crate::settings::{FILTER_CHARS_MAX, PAGE_TIME_MAX, QUERY_PARAMETERS_MAX};

/// Stretches of time that can be chosen, shortest first.
pub(crate) const CHOICES: [(&str, u64, &str); 4] =
    [("5m", 300, "Last 5 minutes"), ("15m", 900, "Last 15 minutes"), ("1h", 3_600, "Last hour"), ("6h", 21_600, "Last 6 hours")];

/// The parameters of an address, as they came.
#[derive(Clone, Debug, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes()).take(QUERY_PARAMETERS_MAX);
        // The one character that no form can hold.
        Self(pairs.map(|(key, value)| (key.into_owned(), value.replace('\0', "\u{fffd}"))).collect())
    }

    /// A parameter that is there and not empty.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A parameter that is a number.
    pub(crate) fn number<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name)?.trim().parse().ok()
    }
}

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Range {
    /// All that is held.
    #[default]
    All,
    /// One of [`CHOICES`].
    Last(usize),
    Between(Option<Timestamp>, Option<Timestamp>),
}

/// A filter and a stretch of time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    /// The filter expression, as it was typed.
    pub(crate) filter: String,
    pub(crate) range: Range,
    /// The filter, if it was understood; of scopes that are made for links only, nobody asks.
    parsed: Option<Filter>,
    /// What could not be understood; shown beside the filter.
    pub(crate) problems: Vec<Problem>,
    /// To look through the traces took too long.
    is_late: bool,
}

/// Something in the scope that could not be understood.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) message: String,
    /// The column, counted from 0, of the filter that it is about.
    pub(crate) column: Option<usize>,
}

impl Scope {
    pub(crate) fn of(query: &Query) -> Self {
        let mut problems = Vec::new();
        let filter = query.get("filter").map(str::trim).unwrap_or_default();
        let mut short: String = filter.chars().take(FILTER_CHARS_MAX).collect();
        if short.len() < filter.len() {
            problems
                .push(Problem { message: format!("A filter may have {FILTER_CHARS_MAX} characters; nothing is filtered."), column: None });
            short.clear();
        }
        let parsed = Filter::parse(&short).map_err(|error| {
            let message = format!("Column {}: {}.", error.column(), super::text::line(error.message(), 400));
            problems.push(Problem { message, column: Some(error.column() - 1) });
        });
        let range = range(query, &mut problems);
        Self { filter: short, range, parsed: parsed.ok(), problems, is_late: false }
    }

    /// Whether the filter was not understood, so that nothing can be shown.
    pub(crate) fn is_broken(&self) -> bool {
        self.parsed.is_none() && !self.filter.is_empty()
    }

    /// Whether nothing is shown because it would have taken too long.
    pub(crate) const fn is_late(&self) -> bool {
        self.is_late
    }

    /// Whether everything is shown.
    pub(crate) fn is_all(&self) -> bool {
        self.filter.is_empty() && self.range == Range::All
    }

    /// The same stretch of time with another filter.
    pub(crate) fn with_filter(&self, filter: impl Into<String>) -> Self {
        Self { filter: filter.into(), range: self.range, ..Self::default() }
    }

    /// The same stretch of time with another filter that is read, to be asked for traces.
    pub(crate) fn reading(&self, filter: &str) -> Self {
        let other = Self::of(&Query(vec![("filter".to_owned(), filter.to_owned())]));
        Self { range: self.range, ..other }
    }

    /// What fits the filter and also `condition`.
    pub(crate) fn narrowed(&self, condition: &str) -> Self {
        match self.filter.as_str() {
            "" => self.with_filter(condition),
            // Clicked a second time, it is not said twice.
            filter if filter.split(" AND ").any(|part| part == condition) => self.clone(),
            filter if filter.contains(" OR ") => self.with_filter(format!("({filter}) AND {condition}")),
            filter => self.with_filter(format!("{filter} AND {condition}")),
        }
    }

    /// The same filter over another stretch of time.
    pub(crate) fn over(&self, range: Range) -> Self {
        Self { filter: self.filter.clone(), range, ..Self::default() }
    }

    /// The parameters that say it.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        if !self.filter.is_empty() {
            pairs.push(("filter", self.filter.clone()));
        }
        match self.range {
            Range::All => {}
            Range::Last(choice) => pairs.extend(CHOICES.get(choice).map(|(name, ..)| ("range", (*name).to_owned()))),
            Range::Between(from, to) => {
                pairs.push(("range", "custom".to_owned()));
                pairs.extend(from.map(|from| ("from", time::iso(from))));
                pairs.extend(to.map(|to| ("to", time::iso(to))));
            }
        }
        pairs
    }

    /// The address of a page about the same: `/traces?filter=fault&range=5m`.
    pub(crate) fn link(&self, path: &str) -> String {
        self.link_with(path, &[])
    }

    /// The same with further parameters.
    pub(crate) fn link_with(&self, path: &str, more: &[(&str, &str)]) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.pairs());
        query.extend_pairs(more.iter().filter(|(_, value)| !value.is_empty()));
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }

    /// The earliest and latest time at which a trace may begin.
    pub(crate) fn bounds(&self) -> (Timestamp, Timestamp) {
        let latest = Timestamp::from_nanos(u64::MAX);
        match self.range {
            Range::All => (Timestamp::default(), latest),
            Range::Last(choice) => {
                let length = Duration::from_secs(CHOICES.get(choice).map_or(0, |(_, seconds, _)| *seconds));
                let nanos = clock::today().as_nanos().saturating_sub(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX));
                (Timestamp::from_nanos(nanos), latest)
            }
            Range::Between(from, to) => (from.unwrap_or_default(), to.unwrap_or(latest)),
        }
    }

    /// The traces that it is about, earliest first. None if the filter was not understood, or takes too long: to show all of them would say
    /// that they fit.
    pub(crate) fn facts(&mut self, app: &App) -> Vec<Arc<Facts>> {
        let Some(filter) = &self.parsed else { return Vec::new() };
        let (from, to) = self.bounds();
        let all = app.traces.facts_between(from..=to);
        if filter.is_empty() {
            // Groups, which only filters ask for, are not read.
            return all;
        }
        let found = Wanted::of(&app.api, filter.clone()).select(PAGE_TIME_MAX, &app.traces, all);
        self.is_late = found.is_err();
        found.unwrap_or_default()
    }
}

fn range(query: &Query, problems: &mut Vec<Problem>) -> Range {
    let mut moment = |name: &str| {
        let text = query.get(name)?;
        let time = time::parse(text);
        if time.is_none() {
            let text = super::text::line(text, 40);
            let message = format!("`{name}` is \u{201c}{text}\u{201d}: give a time in UTC like 2024-03-12T20:53, or seconds since 1970.");
            problems.push(Problem { message, column: None });
        }
        time
    };
    let between = Range::Between(moment("from"), moment("to"));
    let chosen = query.get("range").unwrap_or(if between == Range::Between(None, None) { "all" } else { "custom" });
    match (chosen, between) {
        ("all", _) | ("custom", Range::Between(None, None)) => Range::All,
        ("custom", Range::Between(Some(from), Some(to))) if from > to => {
            problems.push(Problem { message: "The time range ends before it begins; everything is shown.".to_owned(), column: None });
            Range::All
        }
        ("custom", between) => between,
        (name, _) => match CHOICES.iter().position(|(known, ..)| *known == name) {
            Some(choice) => Range::Last(choice),
            None => {
                let known: Vec<&str> = CHOICES.iter().map(|(known, ..)| *known).collect();
                let name = super::text::line(name, 40);
                let message =
                    format!("`range` is \u{201c}{name}\u{201d}; it can be {}, all or custom. Everything is shown.", known.join(", "));
                problems.push(Problem { message, column: None });
                Range::All
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(query: &str) -> Scope {
        Scope::of(&Query::parse(query))
    }

    #[test]
    fn a_scope_is_what_its_link_says() {
        let filter = "annotation[a] = \"x & y\" AND fault";
        let links = [
            "",
            "range=5m",
            "range=custom&from=2024-03-12T20%3A53",
            "to=1710276830.5&filter=error",
            "from=2024-03-12&to=2024-03-13&range=custom",
        ];
        for link in links {
            let one = scope(link).with_filter(filter);
            let link = one.link_with("/traces", &[("page", "2"), ("none", "")]);
            let (path, query) = link.split_once('?').unwrap();
            let other = scope(query);
            assert_eq!((path, &*other.filter, other.range, other.problems.len()), ("/traces", filter, one.range, 0), "{link}");
            assert!(link.ends_with("page=2"), "{link}");
        }
        assert_eq!(scope("filter=&range=all&from=&to=").link("/"), "/");
        assert!(scope("").is_all());
    }

    #[test]
    fn what_is_not_understood_is_told() {
        let table = [
            ("filter=duration+=>+5", "Column 11: write `>=`"),
            ("range=7d", "it can be 5m, 15m, 1h, 6h, all or custom"),
            ("from=yesterday", "give a time in UTC"),
            ("from=2024-03-13&to=2024-03-12", "ends before it begins"),
        ];
        for (query, expected) in table {
            let scope = scope(query);
            assert_eq!((scope.problems.len(), scope.range), (1, Range::All), "{query}");
            assert!(scope.problems[0].message.contains(expected), "{:?}", scope.problems);
        }
        let long = scope(&format!("filter={}", "x".repeat(FILTER_CHARS_MAX + 1)));
        assert_eq!((long.filter.as_str(), long.problems.len()), ("", 1));
    }

    #[test]
    fn conditions_are_added_once() {
        let narrowed = scope("filter=fault").narrowed("service(\"a\")");
        assert_eq!(narrowed.filter, "fault AND service(\"a\")");
        assert_eq!(narrowed.narrowed("fault").filter, narrowed.filter);
        assert_eq!(scope("filter=a OR b").narrowed("c").filter, "(a OR b) AND c");
    }
}
