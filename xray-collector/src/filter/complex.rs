//! Keywords with a syntax of their own: services, edges, annotations, groups, root causes, trace ids.

use xray_model::TraceId;

use super::ast::{Cause, Expr, GroupKey, Match, Order, Part, Scope, Side, Test, Who};
use super::error::{Error, short};
use super::json;
use super::keyword::COMPLEX;
use super::lex::{Kind, unescaped};
use super::nearest::nearest;
use super::parse::{Parser, is_operator};
use super::terms::{as_number, equal, misplaced, no_value, text, truth};

/// A term that begins with such a keyword; `None` if the word is another one.
pub(super) fn term(parser: &mut Parser<'_>, word: &str) -> Result<Option<Expr>, Error> {
    if let Some(id) = trace_id(word) {
        if parser.scope != Scope::Trace {
            return Err(parser.error(format!("a trace id has no meaning {}", parser.scope.place())));
        }
        parser.advance();
        return Ok(Some(Expr::Id(id)));
    }
    let lower = word.to_ascii_lowercase();
    if let Some((side, key)) = annotation_of(&lower, word) {
        check_scope(parser, side.name())?;
        return annotation(parser, side, key).map(Some);
    }
    if !COMPLEX.iter().any(|(name, _)| *name == lower) {
        return if lower == "id" {
            Err(parser.error("`id( )` stands in `service( )` and `edge( )`, as in `service(id(type: \"AWS::Lambda\"))`"))
        } else if lower == "rootcause" || lower.starts_with("rootcause.") {
            Err(unknown_cause(parser, word, &lower))
        } else {
            Ok(None)
        };
    }
    check_scope(parser, &lower)?;
    parser.advance();
    if let Some((_, key)) = GroupKey::ALL.iter().find(|(name, _)| *name == lower) {
        return group(parser, *key).map(Some);
    }
    let expr = match lower.as_str() {
        "service" => service(parser)?,
        "edge" => edge(parser)?,
        "json" | "rootcause.json" => root_causes(parser)?,
        _ => root_cause(parser, &lower)?,
    };
    Ok(Some(expr))
}

/// A trace id in X-Ray's or W3C's form.
pub(super) fn trace_id(word: &str) -> Option<TraceId> {
    word.parse().ok().or_else(|| TraceId::from_w3c(word))
}

fn check_scope(parser: &Parser<'_>, name: &str) -> Result<(), Error> {
    match COMPLEX.iter().find(|(complex, _)| *complex == name) {
        Some((name, scopes)) if !scopes.contains(&parser.scope) => Err(misplaced(parser, name, scopes)),
        _ => Ok(()),
    }
}

fn unknown_cause(parser: &Parser<'_>, word: &str, lower: &str) -> Error {
    let known = COMPLEX.iter().map(|(name, _)| *name).filter(|name| name.starts_with("rootcause."));
    let shown = short(word);
    let forms = "`rootcause.json`, and `rootcause.` with `fault`, `error` or `responsetime`, and `.service`, `.entity` or `.exception`";
    parser.error(match nearest(lower, known).filter(|near| *near != "rootcause.json" || lower.contains('j')) {
        Some(near) => format!("`{shown}` is no keyword; did you mean `{near}`?"),
        None => format!("`{shown}` is no keyword; there are {forms}"),
    })
}

/// `annotation`, or `annotation.key`, with or without the end of an edge before it.
fn annotation_of<'a>(lower: &str, word: &'a str) -> Option<(Side, Option<&'a str>)> {
    Side::ALL.iter().find_map(|(name, side)| match lower.strip_prefix(name)? {
        "" => Some((*side, None)),
        rest => rest.starts_with('.').then(|| (*side, word.get(name.len() + 1..))),
    })
}

fn annotation(parser: &mut Parser<'_>, side: Side, key: Option<&str>) -> Result<Expr, Error> {
    let key: Box<str> = match key {
        Some("") => return Err(parser.error(format!("the key is missing: write `{}[key]`", side.name()))),
        Some(dotted) if dotted.contains('.') => {
            let name = side.name();
            return Err(parser.error(format!("a key with a dot stands in brackets: write `{name}[{}]`", short(dotted))));
        }
        Some(_) => parser.word_with_colons()[side.name().len() + 1..].into(),
        None => {
            parser.advance();
            bracketed_key(parser, side)?
        }
    };
    let test = annotation_test(parser)?;
    Ok(Expr::Annotation(side, key, test))
}

fn bracketed_key(parser: &mut Parser<'_>, side: Side) -> Result<Box<str>, Error> {
    let opened = parser.here();
    if !parser.eat("[") {
        return Err(parser.error(format!("the key is missing: write `{}[key]`", side.name())));
    }
    let key: Box<str> = match parser.peek() {
        Kind::Word(_) | Kind::Symbol(":") => parser.word_with_colons().into(),
        Kind::Quoted(raw) => {
            parser.advance();
            unescaped(raw).into()
        }
        Kind::Symbol("]") => return Err(parser.error("the key is missing between `[` and `]`")),
        _ => return Err(no_value(parser, "expected the key of an annotation")),
    };
    if !matches!(parser.peek(), Kind::Symbol("]") | Kind::End) {
        return Err(parser.error("expected `]`; a key with blanks or symbols stands in quotes, as in `annotation[\"my key\"]`"));
    }
    parser.close("]", opened)?;
    Ok(key)
}

/// The value of an annotation has any type, so the operator or the value tells which one is meant.
fn annotation_test(parser: &mut Parser<'_>) -> Result<Test, Error> {
    let (how, order) = match parser.peek() {
        Kind::Symbol(symbol) if is_operator(symbol) => (find(&Match::ALL, symbol), find(&Order::ALL, symbol)),
        Kind::Word(word) => (find(&Match::ALL, &word.to_ascii_uppercase()), None),
        _ => (None, None),
    };
    if how.is_none() && order.is_none() {
        return Ok(Test::IsSet);
    }
    parser.advance();
    let value = match parser.peek() {
        Kind::Quoted(raw) => how.map(|how| Test::Text(how, unescaped(raw).into())),
        Kind::Word(word) => match (truth(word), as_number(word), how, order) {
            (Some(truth), _, Some(how), Some(_)) => Some(Test::Bool(how == Match::Equal, truth)),
            (None, Some(number), _, Some(order)) => Some(Test::Number(order, number)),
            (None, None, Some(_), _) => return Err(parser.error(format!("text stands in double quotes: write `\"{}\"`", short(word)))),
            _ => None,
        },
        Kind::Symbol("=") => return Err(parser.error("write one `=`")),
        _ => None,
    };
    let Some(value) = value else {
        let wanted = match (how, order) {
            (Some(_), Some(_)) => "expected text in double quotes, a number, `true` or `false`",
            (Some(_), None) => "expected text in double quotes",
            _ => "expected a number",
        };
        return Err(no_value(parser, wanted));
    };
    parser.advance();
    Ok(value)
}

fn find<T: Copy>(all: &[(&str, T)], name: &str) -> Option<T> {
    all.iter().find(|(one, _)| *one == name).map(|(_, found)| *found)
}

fn group(parser: &mut Parser<'_>, key: GroupKey) -> Result<Expr, Error> {
    match equal(parser, "a group is this one or another")? {
        Some(is_equal) => Ok(Expr::Group(key, text(parser, key.name())?, is_equal)),
        None => Err(parser.error(format!("expected `=` or `!=`, as in `{} = \"…\"`", key.name()))),
    }
}

fn service(parser: &mut Parser<'_>) -> Result<Expr, Error> {
    let opened = parser.here();
    let mut who = Who::default();
    if parser.eat("(") && !parser.eat(")") {
        who = self::who(parser)?;
        parser.close(")", opened)?;
    }
    Ok(Expr::Service(who, parser.block(Scope::Service)?))
}

fn edge(parser: &mut Parser<'_>) -> Result<Expr, Error> {
    let opened = parser.here();
    let (mut source, mut destination) = (Who::default(), Who::default());
    if parser.eat("(") && !parser.eat(")") {
        source = who(parser)?;
        if !parser.eat(",") {
            return Err(parser.error("expected `,` and the service that is called, as in `edge(\"caller\", \"called\")`"));
        }
        destination = who(parser)?;
        parser.close(")", opened)?;
    }
    Ok(Expr::Edge(source, destination, parser.block(Scope::Edge)?))
}

/// A name in quotes, or `id( )`.
fn who(parser: &mut Parser<'_>) -> Result<Who, Error> {
    match parser.peek() {
        Kind::Quoted(raw) => {
            parser.advance();
            Ok(Who { name: Some(unescaped(raw).into()), ..Who::default() })
        }
        Kind::Word(word) if word.eq_ignore_ascii_case("id") && parser.peek_second() == Kind::Symbol("(") => id(parser),
        Kind::Word(word) => Err(parser.error(format!("the name of a service stands in double quotes: write `\"{}\"`", short(word)))),
        _ => Err(no_value(parser, "expected the name of a service in double quotes, or `id(name: \"…\", type: \"…\")`")),
    }
}

fn id(parser: &mut Parser<'_>) -> Result<Who, Error> {
    parser.advance();
    let opened = parser.here();
    let mut who = Who::default();
    parser.advance();
    if parser.eat(")") {
        return Ok(who);
    }
    loop {
        let member = match parser.peek() {
            Kind::Word(word) if word.eq_ignore_ascii_case("name") => &mut who.name,
            Kind::Word(word) if word.eq_ignore_ascii_case("type") => &mut who.kind,
            Kind::Word(word) if word.eq_ignore_ascii_case("account.id") => &mut who.account,
            _ => return Err(no_value(parser, "`id( )` has `name:`, `type:` and `account.id:`")),
        };
        if member.is_some() {
            return Err(parser.error(format!("{} is given twice", parser.shown())));
        }
        parser.advance();
        if !parser.eat(":") {
            return Err(parser.error("expected `:` and text in double quotes"));
        }
        *member = Some(text(parser, "id( )")?);
        if !parser.eat(",") {
            break;
        }
    }
    parser.close(")", opened)?;
    Ok(who)
}

fn root_cause(parser: &mut Parser<'_>, lower: &str) -> Result<Expr, Error> {
    let mut names = lower.split('.').skip(1);
    let cause = names.next().and_then(|name| find(&Cause::ALL, name));
    let part = names.next().and_then(|name| find(&Part::ALL, name));
    // Those of the list of keywords have both.
    let (Some(cause), Some(part)) = (cause, part) else { return Err(unknown_cause(parser, lower, lower)) };
    Ok(Expr::RootCause(cause, part, parser.block(part.scope(cause))?))
}

fn root_causes(parser: &mut Parser<'_>) -> Result<Expr, Error> {
    let form = "`rootcause.json = #[{\"Services\": […]}]`";
    let Some(is_equal) = equal(parser, "a root cause is like this one or not")? else {
        return Err(parser.error(format!("expected `=` or `!=`, as in {form}")));
    };
    if !parser.eat("#") {
        return Err(no_value(parser, &format!("expected `#[`, as in {form}")));
    }
    Ok(Expr::RootCauses(json::list(parser)?, is_equal))
}
