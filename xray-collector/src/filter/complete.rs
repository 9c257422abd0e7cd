//! What could be written next in a filter expression.

use std::ops::Range;
use std::sync::Arc;

use super::ast::{Match, Order, Scope};
use super::keyword::{COMPLEX, Entry, KEYWORDS, Keyword};
use super::lex::{Kind, Token, ends_word, tokens};
use super::place::{Expected, Place};
use super::print::quote;
use super::seen::Seen;
use crate::facts::Facts;
use crate::settings::SUGGESTIONS_MAX;

/// Bytes that have to be written before what has them inside is proposed, too.
const SOUGHT_BYTES_MIN: usize = 2;

/// Something that could stand at a place of a filter expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suggestion {
    /// What to write.
    pub(crate) text: String,
    /// The bytes that it replaces: what of it was written already.
    pub(crate) at: Range<usize>,
    /// What it is, in a few words.
    pub(crate) about: String,
}

/// What could be written at a byte of an expression, the best first: at most [`SUGGESTIONS_MAX`].
///
/// Values and keys are those of the traces given, most frequent first.
pub(crate) fn complete(text: &str, cursor: usize, facts: &[Arc<Facts>]) -> Vec<Suggestion> {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let mut before = tokens(&text[..cursor]);
    // The end.
    before.pop();
    let begun = before.pop_if(|token| token.at.end == cursor && matches!(token.kind, Kind::Word(_) | Kind::Unclosed(_)));
    let prefix = begun.as_ref().map_or("", |token| &text[token.at.clone()]).to_lowercase();
    let at = replaced(text, cursor, begun.as_ref());
    let mut found = Found { prefix, at, begins: Vec::new(), contains: Vec::new() };
    for expected in Place::of(&before).expected(&before) {
        found.offer(expected, facts);
    }
    found.begins.append(&mut found.contains);
    found.begins.truncate(SUGGESTIONS_MAX);
    found.begins
}

/// What is written already, also behind the cursor.
fn replaced(text: &str, cursor: usize, begun: Option<&Token<'_>>) -> Range<usize> {
    let rest = &text[cursor..];
    match begun.map(|token| (token.kind, token.at.start)) {
        Some((Kind::Unclosed(_), start)) => {
            let begins = &text[start..];
            // Up to the quote that closes it, if there is one.
            match tokens(begins).first().map(|token| (token.kind, token.at.end)) {
                Some((Kind::Quoted(_), end)) => start..start + end,
                _ => start..cursor,
            }
        }
        Some((_, start)) => start..cursor + rest.find(ends_word).unwrap_or(rest.len()),
        None => cursor..cursor,
    }
}

struct Found {
    /// What was written already, in lower case.
    prefix: String,
    at: Range<usize>,
    /// Those that begin with the prefix, and those that have it somewhere.
    begins: Vec<Suggestion>,
    contains: Vec<Suggestion>,
}

impl Found {
    fn add(&mut self, text: String, about: impl Into<String>) {
        let lower = text.to_lowercase();
        let is_known = |list: &[Suggestion]| list.iter().any(|suggestion| suggestion.text == text);
        if lower == self.prefix || is_known(&self.begins) || is_known(&self.contains) {
            return;
        }
        let list = if lower.starts_with(&self.prefix) {
            &mut self.begins
        } else if has_inside(&lower, &self.prefix) {
            &mut self.contains
        } else {
            return;
        };
        if list.len() < SUGGESTIONS_MAX {
            list.push(Suggestion { text, at: self.at.clone(), about: about.into() });
        }
    }

    fn offer(&mut self, expected: Expected<'_>, facts: &[Arc<Facts>]) {
        match expected {
            Expected::Term(scope) => self.terms(scope, facts),
            Expected::Join => ["AND", "OR"].into_iter().for_each(|word| self.add(word.to_owned(), "and another condition")),
            Expected::Words(words, about) => words.iter().for_each(|word| self.add((*word).to_owned(), about)),
            Expected::Operator(keyword) => self.operators(keyword),
            Expected::Value(entry, scope) => self.values(entry, scope, facts),
            Expected::Key => Seen::keys(facts).sorted(|key, count| self.add(key.to_owned(), in_traces(count))),
            Expected::AnnotationOperator => {
                let words = Order::ALL.iter().map(|(name, _)| *name).chain(Match::ALL.iter().map(|(name, _)| *name));
                words.for_each(|name| self.add(name.to_owned(), "operator"));
            }
            Expected::AnnotationValue(key) => {
                Seen::annotations(facts, key).sorted(|value, count| self.add(value.to_owned(), in_traces(count)))
            }
            Expected::Service => self.quoted(Seen::services(facts, |service| Some(&service.name))),
            Expected::Type => self.quoted(Seen::services(facts, |service| Some(&*service.kind).filter(|kind| !kind.is_empty()))),
            Expected::Account => self.quoted(Seen::services(facts, |service| service.account.as_deref())),
        }
    }

    fn quoted(&mut self, seen: Seen<'_>) {
        seen.sorted(|value, count| self.add(quote(value), in_traces(count)));
    }

    fn terms(&mut self, scope: Scope, facts: &[Arc<Facts>]) {
        for entry in KEYWORDS.iter().filter(|entry| entry.is_known_in(scope)) {
            self.add(entry.name.to_owned(), entry.about);
        }
        let has_annotations = COMPLEX.iter().any(|(name, scopes)| *name == "annotation" && scopes.contains(&scope));
        if has_annotations {
            Seen::keys(facts).sorted(|key, count| self.add(format!("annotation[{key}]"), in_traces(count)));
        }
        for (name, _) in COMPLEX.iter().filter(|(_, scopes)| scopes.contains(&scope)) {
            let (behind, about) = match *name {
                "service" => ("(", "a service, and what is true of it"),
                "edge" => ("(", "a call, and what is true of it"),
                "group.name" | "group.arn" => (" = ", "traces of a group"),
                "json" | "rootcause.json" => (" = #[", "what a root cause looks like"),
                annotation if annotation.ends_with("annotation") => ("[", "value of an annotation"),
                _ => (" { ", "why it failed or was slow"),
            };
            self.add(format!("{name}{behind}"), about);
        }
        self.add("NOT".to_owned(), "the opposite");
    }

    fn operators(&mut self, keyword: Keyword) {
        let names: Vec<&str> = match keyword {
            Keyword::Flag(_) => vec!["=", "!="],
            Keyword::Number(_) => Order::ALL.iter().map(|(name, _)| *name).collect(),
            Keyword::Text(_) => Match::ALL.iter().map(|(name, _)| *name).collect(),
        };
        names.into_iter().for_each(|name| self.add(name.to_owned(), "operator"));
    }

    fn values(&mut self, entry: &Entry, scope: Scope, facts: &[Arc<Facts>]) {
        match entry.keyword {
            Keyword::Flag(_) => ["true", "false"].into_iter().for_each(|word| self.add(word.to_owned(), entry.about)),
            Keyword::Number(number) => {
                Seen::numbers(facts, scope, number).sorted(|value, count| self.add(value.to_owned(), in_traces(count)))
            }
            Keyword::Text(text) => self.quoted(Seen::texts(facts, scope, text)),
        }
    }
}

/// Whether it has inside of it what was written: in values anywhere, in keywords where a word begins.
fn has_inside(lower: &str, written: &str) -> bool {
    let sought = written.trim_start_matches('"');
    let begins_word = |at: usize| written.starts_with('"') || !lower[..at].ends_with(char::is_alphanumeric);
    sought.len() >= SOUGHT_BYTES_MIN && lower.match_indices(sought).any(|(at, _)| begins_word(at))
}

fn in_traces(count: usize) -> String {
    format!("seen {count} time{}", if count == 1 { "" } else { "s" })
}
