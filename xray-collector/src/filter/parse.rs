//! From tokens to a tree: how terms are joined, and what every part of the grammar needs.

use super::ast::{Block, Expr, Scope};
use super::error::{Error, short};
use super::lex::{Kind, Token, tokens};
use super::{complex, terms};
use crate::settings::{FILTER_BYTES_MAX, FILTER_DEPTH_MAX};

/// What a text says; `None` if it says nothing.
pub(super) fn parse(text: &str) -> Result<Option<Expr>, Error> {
    if text.len() > FILTER_BYTES_MAX {
        let message = format!("{} bytes are too many: a filter expression has at most {FILTER_BYTES_MAX}", text.len());
        return Err(Error::new(message, text, 0));
    }
    let mut parser = Parser { text, tokens: tokens(text), next: 0, depth: 0, scope: Scope::Trace };
    if parser.peek() == Kind::End {
        return Ok(None);
    }
    let expr = parser.any_of()?;
    match parser.peek() {
        Kind::End => Ok(Some(expr)),
        _ => Err(parser.joined_wrong()),
    }
}

pub(super) struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
    /// The block that it is in.
    pub(super) scope: Scope,
}

impl<'a> Parser<'a> {
    /// Terms joined by `OR`, which binds less than `AND`.
    fn any_of(&mut self) -> Result<Expr, Error> {
        let mut parts = vec![self.all_of()?];
        while self.eat_word("or") {
            parts.push(self.all_of()?);
        }
        Ok(Expr::or(parts))
    }

    /// Terms joined by `AND`, or by nothing.
    fn all_of(&mut self) -> Result<Expr, Error> {
        let mut parts = vec![self.term()?];
        while self.eat_word("and") || self.begins_term() {
            parts.push(self.term()?);
        }
        Ok(Expr::and(parts))
    }

    /// Whether another term follows without a word in between.
    fn begins_term(&self) -> bool {
        match self.peek() {
            Kind::Word(word) => !word.eq_ignore_ascii_case("or"),
            Kind::Symbol(symbol) => matches!(symbol, "(" | "!"),
            _ => false,
        }
    }

    fn term(&mut self) -> Result<Expr, Error> {
        if self.eat("!") || self.eat_word("not") {
            let part = self.nested(Self::term)?;
            return Ok(Expr::Not(Box::new(part)));
        }
        if self.peek() == Kind::Symbol("(") {
            let opened = self.here();
            self.next += 1;
            let inner = self.nested(Self::any_of)?;
            self.close(")", opened)?;
            return Ok(inner);
        }
        let Kind::Word(word) = self.peek() else {
            return Err(self.no_term());
        };
        if let Some(complex) = complex::term(self, word)? {
            return Ok(complex);
        }
        terms::term(self, word)
    }

    /// Reads what is inside of something, unless that is too deep.
    pub(super) fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        if self.depth == FILTER_DEPTH_MAX {
            return Err(self.error(format!("this is nested too deep: at most {FILTER_DEPTH_MAX} levels of `!`, `( )` and `{{ }}`")));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// What stands in braces, if any follow.
    pub(super) fn block(&mut self, scope: Scope) -> Result<Block, Error> {
        let opened = self.here();
        if !self.eat("{") {
            return Ok(None);
        }
        if self.eat("}") {
            return Ok(None);
        }
        let around = std::mem::replace(&mut self.scope, scope);
        let inner = self.nested(Self::any_of);
        self.scope = around;
        let inner = inner?;
        self.close("}", opened)?;
        Ok(Some(Box::new(inner)))
    }

    /// Reads the symbol that closes what was opened at a byte, or says what is missing.
    pub(super) fn close(&mut self, symbol: &'static str, opened: usize) -> Result<(), Error> {
        if self.eat(symbol) {
            return Ok(());
        }
        let open = &self.text[opened..=opened];
        let column = self.text[..opened].chars().count() + 1;
        Err(match self.peek() {
            Kind::End => self.error(format!("`{symbol}` is missing for the `{open}` at column {column}")),
            _ => self.joined_wrong_or(&format!("expected the `{symbol}` for the `{open}` at column {column}")),
        })
    }

    fn no_term(&self) -> Error {
        let wanted = "expected a keyword, such as `fault`, `duration > 1` or `service(\"name\")`";
        match self.peek() {
            Kind::End => self.error(wanted),
            Kind::Quoted(_) => self.error("a value needs a keyword and an operator before it, as in `user = \"alice\"`"),
            Kind::Symbol(symbol) => self.error(misplaced(symbol).map_or_else(|| format!("{wanted}, before `{symbol}`"), str::to_owned)),
            _ => self.unusable().unwrap_or_else(|| self.error(wanted)),
        }
    }

    /// Says why what follows a term cannot follow it.
    fn joined_wrong(&self) -> Error {
        match self.peek() {
            Kind::Symbol(symbol @ (")" | "}" | "]")) => self.error(format!("this `{symbol}` closes nothing")),
            Kind::Symbol(symbol @ ("{" | "[" | "#")) => self.error(misplaced(symbol).unwrap_or_default()),
            _ => self.joined_wrong_or("expected `AND`, `OR` or the end"),
        }
    }

    fn joined_wrong_or(&self, wanted: &str) -> Error {
        match self.peek() {
            Kind::Symbol(symbol) if is_operator(symbol) => self.error(format!("{wanted}: nothing to compare stands before `{symbol}`")),
            _ => self.unusable().unwrap_or_else(|| self.error(wanted)),
        }
    }

    /// What stands next if it has no place in the language, with what to write instead.
    pub(super) fn unusable(&self) -> Option<Error> {
        let message = match self.peek() {
            Kind::Unclosed(_) => "the closing `\"` is missing; inside of quotes, a quote is written `\\\"`".to_owned(),
            Kind::Stray('\'') => "text stands in double quotes: `\"`".to_owned(),
            Kind::Stray('&') => "write `AND`".to_owned(),
            Kind::Stray('|') => "write `OR`".to_owned(),
            Kind::Stray(';') => "a filter is one expression: join its parts with `AND` or `OR`".to_owned(),
            _ => return None,
        };
        Some(self.error(message))
    }

    pub(super) fn peek(&self) -> Kind<'a> {
        self.tokens.get(self.next).map_or(Kind::End, |token| token.kind)
    }

    /// The token after the next.
    pub(super) fn peek_second(&self) -> Kind<'a> {
        self.tokens.get(self.next + 1).map_or(Kind::End, |token| token.kind)
    }

    pub(super) fn advance(&mut self) {
        self.next += 1;
    }

    /// The token before the next.
    pub(super) fn previous(&self) -> Option<Kind<'a>> {
        self.tokens.get(self.next.checked_sub(1)?).map(|token| token.kind)
    }

    /// Reads words that colons hold together, as in the key `aws:api_stage`; for the rest of the language a colon is a symbol.
    pub(super) fn word_with_colons(&mut self) -> &'a str {
        let (start, mut end) = (self.here(), self.here());
        while let Some(Token { kind: Kind::Word(_) | Kind::Symbol(":"), at }) =
            self.tokens.get(self.next).filter(|token| token.at.start == end)
        {
            end = at.end;
            self.next += 1;
        }
        &self.text[start..end]
    }

    /// The place of the next token.
    pub(super) fn here(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |token| token.at.start)
    }

    pub(super) fn eat(&mut self, symbol: &'static str) -> bool {
        let is_there = self.peek() == Kind::Symbol(symbol);
        self.next += usize::from(is_there);
        is_there
    }

    fn eat_word(&mut self, wanted: &str) -> bool {
        let is_there = matches!(self.peek(), Kind::Word(word) if word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(is_there);
        is_there
    }

    /// An error at the next token.
    pub(super) fn error(&self, message: impl Into<String>) -> Error {
        self.error_at(message, self.here())
    }

    pub(super) fn error_at(&self, message: impl Into<String>, at: usize) -> Error {
        Error::new(message, self.text, at)
    }

    /// What stands next, for a message.
    pub(super) fn shown(&self) -> String {
        match self.peek() {
            Kind::Word(word) => format!("`{}`", short(word)),
            Kind::Quoted(text) | Kind::Unclosed(text) => format!("`\"{}\"`", short(text)),
            Kind::Symbol(symbol) => format!("`{symbol}`"),
            Kind::Stray(char) => format!("`{char}`"),
            Kind::End => "the end".to_owned(),
        }
    }
}

/// What to say about a symbol that belongs to something else.
fn misplaced(symbol: &str) -> Option<&'static str> {
    match symbol {
        "{" => Some("braces stand behind `service`, `edge` and `rootcause.…` only; `( )` group"),
        "[" => Some("brackets stand behind `annotation` only, as in `annotation[key]`"),
        "#" => Some("`#[ ]` stands behind `rootcause.json =` only"),
        _ => None,
    }
}

pub(super) fn is_operator(symbol: &str) -> bool {
    matches!(symbol, "=" | "!=" | "<" | "<=" | ">" | ">=")
}
