//! X-Ray's filter expressions: which traces one wants to see.
//!
//! The language is that of X-Ray's console and of `GetTraceSummaries` ("Using filter expressions", AWS X-Ray developer guide):
//!
//! ```
//! use xray_collector::filter::Filter;
//!
//! let filter = Filter::parse(r#"service("shop") { fault } AND duration > 0.5 !annotation[test]"#)?;
//! assert_eq!(filter.to_string(), r#"service("shop") { fault } AND duration > 0.5 AND !annotation[test]"#);
//!
//! let error = Filter::parse("duration => 5").unwrap_err();
//! assert_eq!((error.column(), error.message()), (11, "write `>=`"));
//! # Ok::<(), xray_collector::filter::Error>(())
//! ```
//!
//! # Grammar
//!
//! | Part | Written as |
//! |---|---|
//! | filter | `and` { `OR` `and` } |
//! | and | `unary` { \[`AND`\] `unary` }: terms side by side are joined by `AND`, which binds more than `OR` |
//! | unary | `!` unary, `NOT` unary, `(` filter `)`, or a term |
//! | term | keyword, keyword operator value, a complex keyword, or a trace id in X-Ray's or W3C's form |
//! | `true`/`false` | `ok` `error` `throttle` `fault` `partial` `inferred` `first` `last` `remote` `root`, with `=` `!=` |
//! | number | `responsetime` `duration` `http.status` `index` `coverage`, with `=` `!=` `<` `<=` `>` `>=` |
//! | text | `http.url` `http.method` `http.useragent` `http.clientip` `user` `name` `type` `message` `availabilityzone` `instance.id` `resource.arn`, with `=` `!=` `CONTAINS` `BEGINSWITH` `ENDSWITH` |
//! | annotation | `annotation[key]` or `annotation.key`, with all operators; in an edge also `source.annotation[key]` and `destination.annotation[key]` |
//! | service | `service(who) { filter }`, `service() { filter }`, `service { filter }`, `service(who)` |
//! | edge | `edge(who, who) { filter }`, `edge { filter }`, `edge(who, who)` |
//! | who | a name in quotes, or `id(name: "…", type: "…", account.id: "…")` with any of them |
//! | group | `group.name` or `group.arn`, with `=` `!=` |
//! | root cause | `rootcause.` `fault`, `error` or `responsetime` `.` `service`, `entity` or `exception` `{ filter }`; `rootcause.json = #[{…}]` |
//!
//! Keywords and operators are read in either case. Text stands in double quotes; in there `\"` is a quote, `\\` is a backslash, and a backslash
//! before anything else is itself. A keyword without an operator asks whether it is true, or set. An empty expression is a filter that lets
//! everything through.

mod ast;
mod causes;
mod complete;
mod complex;
mod error;
mod json;
mod keyword;
mod lex;
mod matches;
mod nearest;
mod parse;
mod place;
mod print;
mod seen;
mod select;
mod subject;
mod terms;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use ast::Expr;
pub(crate) use complete::complete;
pub use error::Error;
pub(crate) use matches::{Context, Group};

use crate::settings::FILTER_BYTES_MAX;

/// A filter expression that was understood. Displayed, it is written in one way, whatever it was read from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// `None` lets everything through.
    expr: Option<Expr>,
    /// See [`Expr::needs_trace`].
    needs_trace: bool,
}

impl Filter {
    /// Bytes of an expression, at most.
    pub const BYTES_MAX: usize = FILTER_BYTES_MAX;

    /// Reads a filter expression.
    ///
    /// # Errors
    ///
    /// If it is none: what is wrong, at which column, and what was expected.
    pub fn parse(text: &str) -> Result<Self, Error> {
        parse::parse(text).map(Self::new)
    }

    fn new(expr: Option<Expr>) -> Self {
        Self { needs_trace: expr.as_ref().is_some_and(Expr::needs_trace), expr }
    }

    /// Whether it lets everything through, because nothing is written in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.expr.is_none()
    }
}

impl FromStr for Filter {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::parse(text)
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expr.as_ref().map_or(Ok(()), |expr| expr.fmt(f))
    }
}
