//! JSON in filter expressions: what a root cause should look like.
//!
//! Own, because errors point at the column in the expression, and the crate has no JSON without its HTTP side.

use super::ast::Json;
use super::error::{Error, short};
use super::lex::Kind;
use super::nearest::nearest;
use super::parse::Parser;
use super::terms::{as_number, no_value};

/// Members of root causes in X-Ray's API.
pub(super) const MEMBERS: [&str; 12] = [
    "Services",
    "ClientImpacting",
    "Name",
    "Names",
    "Type",
    "AccountId",
    "Inferred",
    "EntityPath",
    "Exceptions",
    "Message",
    "Coverage",
    "Remote",
];

/// What stands behind `#`: a list of root causes.
pub(super) fn list(parser: &mut Parser<'_>) -> Result<Vec<Json>, Error> {
    if parser.peek() != Kind::Symbol("[") {
        return Err(no_value(parser, "expected `[`, as in `#[{\"Services\": […]}]`"));
    }
    items(parser, "]", |parser| match parser.peek() {
        Kind::Symbol("{") => value(parser),
        _ => Err(no_value(parser, "expected a root cause, as in `{\"Services\": […]}`")),
    })
}

fn value(parser: &mut Parser<'_>) -> Result<Json, Error> {
    let simple = match parser.peek() {
        Kind::Symbol("{") => return items(parser, "}", member).map(Json::Object),
        Kind::Symbol("[") => return items(parser, "]", value).map(Json::List),
        Kind::Quoted(raw) => Some(Json::Text(text(parser, raw)?)),
        Kind::Word("null") => Some(Json::Null),
        Kind::Word("true") => Some(Json::Bool(true)),
        Kind::Word("false") => Some(Json::Bool(false)),
        Kind::Word(word) => as_number(word).map(Json::Number),
        _ => None,
    };
    let Some(simple) = simple else { return Err(no_value(parser, "expected a JSON value")) };
    parser.advance();
    Ok(simple)
}

fn member(parser: &mut Parser<'_>) -> Result<(Box<str>, Json), Error> {
    let Kind::Quoted(raw) = parser.peek() else {
        return Err(no_value(parser, "expected the name of a member in double quotes"));
    };
    let name = text(parser, raw)?;
    if !MEMBERS.contains(&&*name) {
        let lower = name.to_ascii_lowercase();
        let hint = match nearest(&lower, MEMBERS.into_iter()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("there are {}", MEMBERS.join(", ")),
        };
        return Err(parser.error(format!("`{}` is no member of a root cause; {hint}", short(&name))));
    }
    parser.advance();
    if !parser.eat(":") {
        return Err(no_value(parser, "expected `:`"));
    }
    Ok((name, value(parser)?))
}

/// A list of anything, from its opening symbol to its closing one.
fn items<T>(
    parser: &mut Parser<'_>,
    end: &'static str,
    mut read: impl FnMut(&mut Parser<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let opened = parser.here();
    parser.advance();
    let mut items = Vec::new();
    if parser.eat(end) {
        return Ok(items);
    }
    loop {
        items.push(parser.nested(&mut read)?);
        if !parser.eat(",") {
            break;
        }
    }
    parser.close(end, opened)?;
    Ok(items)
}

/// What a JSON string says.
fn text(parser: &Parser<'_>, raw: &str) -> Result<Box<str>, Error> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars();
    while let Some(char) = chars.next() {
        let char = if char == '\\' { escaped(&mut chars) } else { Some(char) };
        let Some(char) = char else { return Err(parser.error("an escape in this text is none of JSON's")) };
        text.push(char);
    }
    Ok(text.into())
}

fn escaped(chars: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match chars.next()? {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'u' => {
            let high = unit(chars)?;
            if !(0xd800..0xdc00).contains(&high) {
                return char::from_u32(high);
            }
            // Beyond the first 65,536 characters: two units.
            let rest = chars.as_str().strip_prefix("\\u")?;
            *chars = rest.chars();
            let low = unit(chars)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
            return char::from_u32(0x1_0000 + ((high - 0xd800) << 10) + low);
        }
        char @ ('"' | '\\' | '/') => char,
        _ => return None,
    })
}

fn unit(chars: &mut std::str::Chars<'_>) -> Option<u32> {
    let digits = chars.as_str().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    *chars = chars.as_str()[4..].chars();
    u32::from_str_radix(digits, 16).ok()
}
