//! Keywords compared with values.

use super::ast::{Expr, Match, Order, Scope};
use super::error::{Error, short};
use super::keyword::{Entry, Keyword, known_in};
use super::lex::{Kind, unescaped};
use super::nearest::nearest;
use super::parse::{Parser, is_operator};

/// A term that begins with a word which has no syntax of its own.
pub(super) fn term(parser: &mut Parser<'_>, word: &str) -> Result<Expr, Error> {
    let lower = word.to_ascii_lowercase();
    let Some(entry) = Entry::find(&lower) else {
        return Err(unknown(parser, word, &lower));
    };
    if !entry.is_known_in(parser.scope) {
        let message = format!("`{}` has no meaning in {}, but in {}", entry.name, parser.scope.name(), entry.places());
        return Err(parser.error(message));
    }
    parser.advance();
    match entry.keyword {
        Keyword::Flag(flag) => Ok(Expr::Flag(flag, flag_value(parser, entry.name)?.unwrap_or(true))),
        Keyword::Number(number) => Ok(match order(parser, entry.name)? {
            Some(order) => Expr::Number(number, order, self::number(parser, entry.name)?),
            None => Expr::HasNumber(number),
        }),
        Keyword::Text(text) => Ok(match how(parser, entry.name)? {
            Some(how) => Expr::Text(text, how, self::text(parser, entry.name)?),
            None => Expr::HasText(text),
        }),
    }
}

fn unknown(parser: &Parser<'_>, word: &str, lower: &str) -> Error {
    if ["and", "or"].contains(&lower) {
        return parser.error(format!("expected a keyword before `{}`", short(word)));
    }
    if word.parse::<f64>().is_ok() && word.starts_with(|char: char| char.is_ascii_digit()) {
        return parser.error("a value needs a keyword and an operator before it, as in `duration > 5`");
    }
    let operators = Match::ALL.iter().map(|(name, _)| *name).filter(|name| name.len() > 2);
    let candidates = known_in(parser.scope).chain(["AND", "OR", "NOT"]).chain(operators);
    let shown = short(word);
    parser.error(match nearest(lower, candidates) {
        Some(near) => format!("`{shown}` is no keyword; did you mean `{near}`?"),
        None => {
            let known: Vec<&str> = known_in(parser.scope).filter(|name| !name.starts_with("rootcause.")).collect();
            format!("`{shown}` is no keyword; there are {}", known.join(", "))
        }
    })
}

/// The operator that follows, if any does, as a word of the language.
fn operator(parser: &Parser<'_>) -> Option<String> {
    match parser.peek() {
        Kind::Symbol(symbol) if is_operator(symbol) => Some(symbol.to_owned()),
        Kind::Word(word) => Match::ALL.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(name, _)| (*name).to_owned()),
        _ => None,
    }
}

/// One of `all` if an operator follows; an error if it is another one.
fn one_of<T: Copy>(parser: &mut Parser<'_>, all: &[(&str, T)], wrong: &str) -> Result<Option<T>, Error> {
    let Some(operator) = operator(parser) else { return Ok(None) };
    let Some((_, found)) = all.iter().find(|(name, _)| *name == operator) else {
        let names: Vec<String> = all.iter().map(|(name, _)| format!("`{name}`")).collect();
        return Err(parser.error(format!("`{operator}` cannot be used here: {wrong}, so the operators are {}", names.join(" "))));
    };
    parser.advance();
    match (operator.as_str(), parser.peek()) {
        ("=", Kind::Symbol("=")) => Err(parser.error("write one `=`")),
        ("<", Kind::Symbol(">")) => Err(parser.error("write `!=`")),
        _ => Ok(Some(*found)),
    }
}

/// How a number is compared, if it is.
pub(super) fn order(parser: &mut Parser<'_>, keyword: &str) -> Result<Option<Order>, Error> {
    one_of(parser, &Order::ALL, &format!("`{keyword}` is a number"))
}

/// How text is compared, if it is.
fn how(parser: &mut Parser<'_>, keyword: &str) -> Result<Option<Match>, Error> {
    one_of(parser, &Match::ALL, &format!("`{keyword}` is text"))
}

/// Whether it should be equal, if it is compared.
pub(super) fn equal(parser: &mut Parser<'_>, what: &str) -> Result<Option<bool>, Error> {
    one_of(parser, &[("=", true), ("!=", false)], what)
}

/// What a flag should be, if it is compared.
fn flag_value(parser: &mut Parser<'_>, keyword: &str) -> Result<Option<bool>, Error> {
    let Some(is_equal) = equal(parser, &format!("`{keyword}` is true or false"))? else { return Ok(None) };
    let value = match parser.peek() {
        Kind::Word(word) => truth(word),
        _ => None,
    };
    let Some(value) = value else {
        return Err(no_value(parser, &format!("`{keyword}` is compared with `true` or `false`")));
    };
    parser.advance();
    Ok(Some(value == is_equal))
}

pub(super) fn truth(word: &str) -> Option<bool> {
    match word {
        _ if word.eq_ignore_ascii_case("true") => Some(true),
        _ if word.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// The number that a word says.
pub(super) fn as_number(word: &str) -> Option<f64> {
    // Not `inf` and `NaN`, which Rust would read.
    let is_number = word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    word.parse::<f64>().ok().filter(|number| is_number && number.is_finite())
}

fn number(parser: &mut Parser<'_>, keyword: &str) -> Result<f64, Error> {
    let Kind::Word(word) = parser.peek() else {
        return Err(no_value(parser, &format!("`{keyword}` is compared with a number")));
    };
    let Some(number) = as_number(word) else {
        let hint = if word.starts_with(|char: char| char.is_ascii_digit()) && ["responsetime", "duration"].contains(&keyword) {
            ": times are in seconds, as in `0.25`"
        } else {
            ""
        };
        return Err(no_value(parser, &format!("`{keyword}` is compared with a number{hint}")));
    };
    parser.advance();
    Ok(number)
}

/// Text in quotes.
pub(super) fn text(parser: &mut Parser<'_>, keyword: &str) -> Result<Box<str>, Error> {
    let Kind::Quoted(raw) = parser.peek() else {
        return Err(match parser.peek() {
            Kind::Word(word) => parser.error(format!("text stands in double quotes: write `\"{}\"`", short(word))),
            _ => no_value(parser, &format!("`{keyword}` is compared with text in double quotes")),
        });
    };
    parser.advance();
    Ok(unescaped(raw).into())
}

pub(super) fn no_value(parser: &Parser<'_>, wanted: &str) -> Error {
    parser.unusable().unwrap_or_else(|| parser.error(format!("{wanted}, not {}", parser.shown())))
}

/// In which blocks another keyword may stand, as a message says it.
pub(super) fn misplaced(parser: &Parser<'_>, name: &str, scopes: &[Scope]) -> Error {
    let places: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    parser.error(format!("`{name}` has no meaning in {}, but in {}", parser.scope.name(), places.join(", ")))
}
