//! From tree to text: one way to write each filter.

use std::fmt::{self, Formatter, Write};

use super::ast::{Block, Expr, Json, Match, Test, Who};
use super::keyword::Keyword;

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::And(parts) => joined(f, parts, " AND ", |part| matches!(part, Self::Or(_))),
            Self::Or(parts) => joined(f, parts, " OR ", |_| false),
            Self::Not(part) => {
                f.write_char('!')?;
                one(f, part, matches!(**part, Self::And(_) | Self::Or(_)))
            }
            Self::Flag(flag, is_set) => {
                f.write_str(Keyword::Flag(*flag).name())?;
                f.write_str(if *is_set { "" } else { " = false" })
            }
            Self::HasNumber(number) => f.write_str(Keyword::Number(*number).name()),
            Self::Number(number, order, value) => {
                write!(f, "{} {} ", Keyword::Number(*number).name(), order.name())?;
                write_number(f, *value)
            }
            Self::HasText(text) => f.write_str(Keyword::Text(*text).name()),
            Self::Text(text, how, value) => {
                write!(f, "{} {} ", Keyword::Text(*text).name(), how.name())?;
                quoted(f, value)
            }
            Self::Annotation(side, key, test) => {
                write!(f, "{}[{}]", side.name(), write_key(key))?;
                write_test(f, test)
            }
            Self::Service(who, block) => {
                f.write_str("service(")?;
                if *who != Who::default() {
                    write_who(f, who)?;
                }
                f.write_char(')')?;
                write_block(f, block)
            }
            Self::Edge(source, destination, block) => {
                f.write_str("edge(")?;
                if [source, destination] != [&Who::default(); 2] {
                    write_who(f, source)?;
                    f.write_str(", ")?;
                    write_who(f, destination)?;
                }
                f.write_char(')')?;
                write_block(f, block)
            }
            Self::Group(key, value, is_equal) => {
                write!(f, "{} {} ", key.name(), if *is_equal { "=" } else { "!=" })?;
                quoted(f, value)
            }
            Self::RootCause(cause, part, block) => {
                write!(f, "rootcause.{}.{}", cause.name(), part.name())?;
                write_block(f, block)
            }
            Self::RootCauses(causes, is_equal) => {
                write!(f, "rootcause.json {} #[", if *is_equal { "=" } else { "!=" })?;
                list(f, causes, write_json)?;
                f.write_char(']')
            }
            Self::Id(id) => write!(f, "{id}"),
        }
    }
}

fn joined(f: &mut Formatter<'_>, parts: &[Expr], word: &str, needs_parens: fn(&Expr) -> bool) -> fmt::Result {
    for (place, part) in parts.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { word })?;
        one(f, part, needs_parens(part))?;
    }
    Ok(())
}

fn one(f: &mut Formatter<'_>, part: &Expr, needs_parens: bool) -> fmt::Result {
    if needs_parens { write!(f, "({part})") } else { write!(f, "{part}") }
}

fn write_block(f: &mut Formatter<'_>, block: &Block) -> fmt::Result {
    match block {
        Some(inner) => write!(f, " {{ {inner} }}"),
        None => Ok(()),
    }
}

/// The shortest text that reads as the same number.
fn write_number(f: &mut Formatter<'_>, number: f64) -> fmt::Result {
    // `{}` has no exponent, `{:?}` has a fraction.
    if number.fract() == 0.0 && number.abs() < 1e15 { write!(f, "{number}") } else { write!(f, "{number:?}") }
}

fn quoted(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str(&quote(text))
}

/// Text as a value is written.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        if matches!(char, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(char);
    }
    quoted.push('"');
    quoted
}

/// The key of an annotation as it stands in brackets.
pub(super) fn write_key(key: &str) -> String {
    let is_plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b':'));
    if is_plain { key.to_owned() } else { quote(key) }
}

fn write_test(f: &mut Formatter<'_>, test: &Test) -> fmt::Result {
    match test {
        Test::IsSet => Ok(()),
        Test::Bool(is_equal, value) => write!(f, " {} {value}", if *is_equal { Match::Equal } else { Match::NotEqual }.name()),
        Test::Number(order, value) => {
            write!(f, " {} ", order.name())?;
            write_number(f, *value)
        }
        Test::Text(how, value) => {
            write!(f, " {} ", how.name())?;
            quoted(f, value)
        }
    }
}

fn write_who(f: &mut Formatter<'_>, who: &Who) -> fmt::Result {
    if let Who { name: Some(name), kind: None, account: None } = who {
        return quoted(f, name);
    }
    f.write_str("id(")?;
    let members = [("name", &who.name), ("type", &who.kind), ("account.id", &who.account)];
    let given: Vec<(&str, &str)> = members.into_iter().filter_map(|(key, value)| Some((key, value.as_deref()?))).collect();
    list(f, &given, |f, (key, value)| {
        write!(f, "{key}: ")?;
        quoted(f, value)
    })?;
    f.write_char(')')
}

fn list<T>(f: &mut Formatter<'_>, items: &[T], write: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
    for (place, item) in items.iter().enumerate() {
        f.write_str(if place == 0 { "" } else { ", " })?;
        write(f, item)?;
    }
    Ok(())
}

fn write_json(f: &mut Formatter<'_>, json: &Json) -> fmt::Result {
    match json {
        Json::Null => f.write_str("null"),
        Json::Bool(value) => write!(f, "{value}"),
        Json::Number(number) => write_number(f, *number),
        Json::Text(text) => json_text(f, text),
        Json::List(items) => {
            f.write_char('[')?;
            list(f, items, write_json)?;
            f.write_char(']')
        }
        Json::Object(members) => {
            f.write_char('{')?;
            list(f, members, |f, (name, value)| {
                json_text(f, name)?;
                f.write_str(": ")?;
                write_json(f, value)
            })?;
            f.write_char('}')
        }
    }
}

fn json_text(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    f.write_char('"')?;
    for char in text.chars() {
        match char {
            '"' | '\\' => write!(f, "\\{char}")?,
            '\0'..='\x1f' => write!(f, "\\u{:04x}", u32::from(char))?,
            _ => f.write_char(char)?,
        }
    }
    f.write_char('"')
}
