//! From text to tokens. Nothing is an error here: the parser says what it cannot use.

use std::ops::Range;

/// A token, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind<'a>,
    /// Its bytes in the text.
    pub(super) at: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A keyword, a number, a trace id: anything up to a blank or a symbol.
    Word(&'a str),
    /// What stands between double quotes, escapes as they were written.
    Quoted(&'a str),
    /// What stands behind a double quote that no other one follows.
    Unclosed(&'a str),
    Symbol(&'static str),
    /// A character that has no meaning.
    Stray(char),
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 15] = ["!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ",", ":", "#", "=", "<", ">"];
/// What ends a word beside blanks and symbols.
const STRAYS: [char; 6] = ['!', '"', '\'', '&', '|', ';'];

/// The tokens of a text; the last one is [`Kind::End`].
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    loop {
        at += text[at..].len() - text[at..].trim_start().len();
        let kind = next(&text[at..]);
        let end = at + length(kind);
        tokens.push(Token { kind, at: at..end });
        if kind == Kind::End {
            return tokens;
        }
        at = end;
    }
}

fn length(kind: Kind<'_>) -> usize {
    match kind {
        Kind::Word(word) => word.len(),
        Kind::Quoted(text) => text.len() + 2,
        Kind::Unclosed(text) => text.len() + 1,
        Kind::Symbol(symbol) => symbol.len(),
        Kind::Stray(char) => char.len_utf8(),
        Kind::End => 0,
    }
}

fn next(rest: &str) -> Kind<'_> {
    let Some(first) = rest.chars().next() else { return Kind::End };
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
        return Kind::Symbol(symbol);
    }
    match first {
        '"' => quoted(&rest[1..]),
        '!' => Kind::Symbol("!"),
        stray if STRAYS.contains(&stray) => Kind::Stray(stray),
        _ => Kind::Word(&rest[..rest.find(ends_word).unwrap_or(rest.len())]),
    }
}

fn ends_word(char: char) -> bool {
    char.is_whitespace() || STRAYS.contains(&char) || SYMBOLS.iter().any(|symbol| symbol.starts_with(char))
}

fn quoted(rest: &str) -> Kind<'_> {
    let mut chars = rest.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Kind::Quoted(&rest[..at]),
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
    Kind::Unclosed(rest)
}

/// The text that stands between quotes: `\"` is a quote, `\\` a backslash, and a backslash before anything else is itself.
pub(super) fn unescaped(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    while let Some(char) = chars.next() {
        text.push(match char {
            '\\' => chars.next_if(|next| matches!(next, '"' | '\\')).unwrap_or(char),
            other => other,
        });
    }
    text
}
