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
        return Err(misplaced(parser, entry.name, entry.scopes()));
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
    let shown = short(word);
    if word.starts_with("1-") {
        let form = "`1-<8 hex digits>-<24 hex digits>` or 32 hex digits";
        return parser.error(format!("`{shown}` is neither a keyword nor a trace id, which is {form}"));
    }
    let longer: Vec<&str> =
        known_in(parser.scope).filter(|name| name.strip_prefix(lower).is_some_and(|rest| rest.starts_with('.'))).collect();
    let operators = Match::ALL.iter().map(|(name, _)| *name).filter(|name| name.len() > 2);
    let candidates = known_in(parser.scope).chain(["AND", "OR", "NOT"]).chain(operators);
    parser.error(if !longer.is_empty() {
        format!("`{shown}` is no keyword; there are `{}`", longer.join("`, `"))
    } else if let Some(near) = nearest(lower, candidates) {
        format!("`{shown}` is no keyword; did you mean `{near}`?")
    } else if let Some((before, operators)) = compared(parser) {
        format!("`{shown}` is neither a keyword nor an operator; `{before}` has {operators}")
    } else {
        let known: Vec<&str> = known_in(parser.scope).filter(|name| !name.starts_with("rootcause.")).collect();
        let more = if parser.scope == Scope::Trace { ", rootcause.…" } else { "" };
        format!("`{shown}` is no keyword; there are {}{more}", known.join(", "))
    })
}

/// What stands before and could be compared, and the operators that it has.
fn compared(parser: &Parser<'_>) -> Option<(&'static str, String)> {
    let names = |all: &mut dyn Iterator<Item = &'static str>| all.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" ");
    let (orders, ways) = (|| Order::ALL.iter().map(|(name, _)| *name), || Match::ALL.iter().map(|(name, _)| *name));
    match parser.previous()? {
        Kind::Symbol("]") => Some(("annotation[ ]", names(&mut orders().chain(ways().filter(|name| name.len() > 2))))),
        Kind::Word(word) => {
            let entry = Entry::find(&word.to_ascii_lowercase())?;
            let operators = match entry.keyword {
                Keyword::Flag(_) => names(&mut ["=", "!="].into_iter()),
                Keyword::Number(_) => names(&mut orders()),
                Keyword::Text(_) => names(&mut ways()),
            };
            Some((entry.name, operators))
        }
        _ => None,
    }
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
        ("=", Kind::Symbol(symbol @ ("<" | ">"))) => Err(parser.error(format!("write `{symbol}=`"))),
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
    let found = match parser.peek() {
        Kind::Word(word) => as_number(word),
        _ => None,
    };
    let Some(number) = found else {
        let is_time = ["responsetime", "duration"].contains(&keyword);
        let hint = match parser.peek() {
            Kind::Quoted(text) if as_number(text).is_some() => " without quotes",
            Kind::Word(word) if is_time && word.starts_with(|char: char| char.is_ascii_digit()) => " of seconds, such as `0.25`",
            _ => "",
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

/// Says where a keyword may stand that stands where it has no meaning.
pub(super) fn misplaced(parser: &Parser<'_>, name: &str, scopes: &[Scope]) -> Error {
    // Where entities of all kinds know it, one of them is enough to say so.
    let is_repeated = |scope: Scope| scope == Scope::SlowEntity && scopes.contains(&Scope::CauseEntity);
    let places: Vec<&str> = scopes.iter().filter(|scope| !is_repeated(**scope)).map(|scope| scope.place()).collect();
    let here = parser.scope.place();
    parser.error(format!("`{name}` has no meaning {here}: it stands {}", places.join(" or ")))
}
