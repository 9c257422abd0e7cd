//! Reads JSON piece by piece, knows where it is, and never recurses over what it reads.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Number, Value};

use super::{ParseError, Problem};

/// A place in a JSON text. After an error the reader is of no further use.
pub(super) struct Reader<'a> {
    text: &'a str,
    offset: usize,
    path: Vec<Step<'a>>,
    /// Collects what a receiver bears but a sender should not write; `None` if nobody asks.
    pub(super) oddities: Option<Vec<Problem>>,
}

enum Step<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

/// Where the reader is in an object: before its first key or later, and which keys it has seen if oddities are wanted.
pub(super) struct Keys {
    first: bool,
    seen: BTreeSet<String>,
}

type Read<T> = Result<T, ParseError>;

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, with_oddities: bool) -> Self {
        Self { text, offset: 0, path: Vec::new(), oddities: with_oddities.then(Vec::new) }
    }

    pub(super) fn error(&self, expected: impl Into<String>) -> ParseError {
        self.error_at(self.offset, expected)
    }

    /// About what stands at `offset`: the value that was read last, if it does, else what is left.
    fn error_at(&self, offset: usize, expected: impl Into<String>) -> ParseError {
        let end = if offset < self.offset { self.offset } else { self.text.len() };
        ParseError::new(self.field(), offset, expected, trim(self.text.get(offset..end).unwrap_or_default()))
    }

    fn field(&self) -> String {
        let mut field = String::new();
        for step in &self.path {
            match step {
                Step::Key(key) if field.is_empty() => field.push_str(key),
                Step::Key(key) => _ = write!(field, ".{key}"),
                Step::Index(index) => _ = write!(field, "[{index}]"),
            }
        }
        field
    }

    fn odd(&mut self, rule: &str) {
        let field = self.field();
        if let Some(oddities) = &mut self.oddities {
            oddities.push(Problem { field, rule: rule.to_owned() });
        }
    }

    pub(super) fn enter_index(&mut self, index: usize) {
        self.path.push(Step::Index(index));
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
    }

    fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(self.offset) {
            self.offset += 1;
        }
        bytes.get(self.offset).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.offset += usize::from(there);
        there
    }

    pub(super) fn end(&mut self) -> Read<()> {
        if self.peek().is_none() { Ok(()) } else { Err(self.error("nothing after the document")) }
    }

    pub(super) fn open_object(&mut self) -> Read<Keys> {
        if !self.take(b'{') {
            return Err(self.error("an object"));
        }
        Ok(Keys { first: true, seen: BTreeSet::new() })
    }

    /// Moves to the value of the object's next key. Call [`Self::leave`] after reading that value.
    pub(super) fn next_key(&mut self, keys: &mut Keys) -> Read<Option<Cow<'a, str>>> {
        if self.take(b'}') {
            return Ok(None);
        }
        if !keys.first && !self.take(b',') {
            return Err(self.error("`,` or `}`"));
        }
        keys.first = false;
        if self.peek() != Some(b'"') {
            return Err(self.error("a key in quotes"));
        }
        let key = self.string()?;
        self.path.push(Step::Key(key.clone()));
        if !self.take(b':') {
            return Err(self.error("`:`"));
        }
        if self.oddities.is_some() && !keys.seen.insert(key.to_string()) {
            self.odd("is written twice");
        }
        Ok(Some(key))
    }

    /// Reads an object whose keys are dealt with one by one.
    pub(super) fn object(&mut self, mut field: impl FnMut(&mut Self, Cow<'a, str>) -> Read<()>) -> Read<()> {
        let mut keys = self.open_object()?;
        while let Some(key) = self.next_key(&mut keys)? {
            field(self, key)?;
            self.leave();
        }
        Ok(())
    }

    pub(super) fn open_array(&mut self) -> Read<()> {
        if self.take(b'[') { Ok(()) } else { Err(self.error("an array")) }
    }

    /// Moves to the array's element with this index, if there is one.
    pub(super) fn next_element(&mut self, index: usize) -> Read<bool> {
        if self.take(b']') {
            return Ok(false);
        }
        if index > 0 && !self.take(b',') {
            return Err(self.error("`,` or `]`"));
        }
        Ok(true)
    }

    pub(super) fn array<T>(&mut self, mut element: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let mut elements = Vec::new();
        self.open_array()?;
        while self.next_element(elements.len())? {
            self.enter_index(elements.len());
            elements.push(element(self)?);
            self.leave();
        }
        Ok(elements)
    }

    /// Skips `null`, which stands for a missing field in what some SDKs send.
    pub(super) fn null(&mut self) -> bool {
        let there = self.peek() == Some(b'n') && self.text[self.offset..].starts_with("null");
        if there {
            self.offset += 4;
            self.odd("is null instead of missing");
        }
        there
    }

    /// Reads a field that may be null.
    pub(super) fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<Option<T>> {
        if self.null() { Ok(None) } else { read(self).map(Some) }
    }

    /// Like [`Self::optional`], with `false`, 0 or empty for null.
    pub(super) fn or_default<T: Default>(&mut self, read: impl FnOnce(&mut Self) -> Read<T>) -> Read<T> {
        self.optional(read).map(Option::unwrap_or_default)
    }

    /// The text of the next value, found by its brackets and quotes; whether it is JSON shows when it is read.
    fn raw(&mut self) -> &'a str {
        self.peek();
        let bytes = self.text.as_bytes();
        let (start, mut depth) = (self.offset, 0usize);
        let mut at = start;
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'"' => at = end_of_string(bytes, at),
                b'{' | b'[' => (depth, at) = (depth + 1, at + 1),
                b'}' | b']' | b',' if depth == 0 => break,
                b'}' | b']' => (depth, at) = (depth - 1, at + 1),
                _ => at += 1,
            }
            if depth == 0 && matches!(byte, b'"' | b'}' | b']') {
                break;
            }
        }
        self.offset = at;
        &self.text[start..at]
    }

    /// Reads the next value with a function of its text.
    fn leaf<T>(&mut self, expected: &str, read: impl FnOnce(&'a str) -> Option<T>) -> Read<T> {
        let raw = self.raw();
        read(trim(raw)).ok_or_else(|| self.error_at(self.offset - raw.len(), expected))
    }

    pub(super) fn string(&mut self) -> Read<Cow<'a, str>> {
        if let Some(text) = self.plain_string() {
            return Ok(Cow::Borrowed(text));
        }
        self.leaf("a string", |raw| {
            let inner = raw.strip_prefix('"')?.strip_suffix('"')?;
            if inner.bytes().any(|byte| matches!(byte, b'\\' | b'"' | 0..0x20)) {
                return serde_json::from_str(raw).ok().map(Cow::Owned);
            }
            Some(Cow::Borrowed(inner))
        })
    }

    /// Reads a string in which nothing is escaped, as nearly all are; else stays where it is.
    fn plain_string(&mut self) -> Option<&'a str> {
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.offset + 1;
        let rest = self.text.as_bytes().get(start..)?;
        let length = rest.iter().position(|byte| matches!(byte, b'\\' | b'"' | 0..0x20))?;
        if rest.get(length) != Some(&b'"') {
            return None;
        }
        self.offset = start + length + 1;
        self.text.get(start..start + length)
    }

    pub(super) fn text(&mut self) -> Read<String> {
        self.string().map(Cow::into_owned)
    }

    /// Reads a string in the form of `T`, an id for example.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, expected: &str) -> Read<T> {
        self.peek();
        let start = self.offset;
        let text = match self.plain_string() {
            Some(text) => Cow::Borrowed(text),
            None => self.leaf(expected, |raw| serde_json::from_str::<Cow<'_, str>>(raw).ok())?,
        };
        text.parse().map_err(|_| self.error_at(start, expected))
    }

    /// Reads a number in the form of `T`.
    pub(super) fn number<T: std::str::FromStr<Err: ToString>>(&mut self) -> Read<T> {
        let raw = self.raw();
        trim(raw).parse().map_err(|error: T::Err| self.error_at(self.offset - raw.len(), error.to_string()))
    }

    /// Reads an integer; also one in quotes or with decimals, as receivers meet them.
    pub(super) fn integer(&mut self) -> Read<i64> {
        self.leaf("an integer", |raw| {
            let raw = raw.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(raw);
            let float = || raw.parse::<f64>().ok().filter(|float| float.abs() < 9e15);
            raw.parse().ok().or_else(|| float().map(|float| float as i64))
        })
    }

    pub(super) fn boolean(&mut self) -> Read<bool> {
        self.leaf("true or false", |raw| raw.parse().ok())
    }

    /// Reads any value. serde_json bounds how deep it may be, so that dropping it is safe too.
    pub(super) fn value(&mut self) -> Read<Value> {
        let raw = self.raw();
        let exact = trim(raw);
        if exact.starts_with(['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']) && exact.contains(['.', 'e', 'E']) {
            // serde_json may miss the nearest f64 by one step.
            let nearest = || serde_json::from_str::<f64>(exact).ok().and(exact.parse().ok()).and_then(Number::from_f64);
            return nearest().map(Value::Number).ok_or_else(|| self.error_at(self.offset - raw.len(), "a number"));
        }
        serde_json::from_str(raw).map_err(|error| {
            let expected = if error.to_string().starts_with("recursion limit") { "at most 127 levels of nesting" } else { "a JSON value" };
            let start = self.offset - raw.len();
            let line: usize = raw.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
            let inside = (line + error.column().saturating_sub(1)).min(raw.len());
            self.error_at(if self.text.is_char_boundary(start + inside) { start + inside } else { start }, expected)
        })
    }

    pub(super) fn is_string(&mut self) -> bool {
        self.peek() == Some(b'"')
    }

    pub(super) fn is_object(&mut self) -> bool {
        self.peek() == Some(b'{')
    }
}

/// Without the blanks after it; JSON has only these four.
fn trim(raw: &str) -> &str {
    raw.trim_end_matches([' ', '\t', '\n', '\r'])
}

/// Index after the string that begins at `start`.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

/// Replaces escaped halves of surrogate pairs that stand alone by U+FFFD.
///
/// Senders that cut UTF-16 strings at a length write them; the pieces are no text, and would cost the whole document.
pub(super) fn repair_surrogates(text: &str) -> Cow<'_, str> {
    if !text.contains("\\ud") && !text.contains("\\uD") {
        return Cow::Borrowed(text);
    }
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut repaired = String::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text[at..].find('\\') {
        at += found;
        let width = match unit(at) {
            Some(0xd800..0xdc00) if matches!(unit(at + 6), Some(0xdc00..0xe000)) => 12,
            Some(0xd800..0xe000) => {
                repaired.push_str(&text[copied..at]);
                repaired.push_str("\\ufffd");
                copied = at + 6;
                6
            }
            // `\\` hides a backslash; the character after any other escape is looked at again, it may be the first of several bytes.
            _ => 1 + usize::from(matches!(text.as_bytes().get(at + 1), Some(b'\\' | b'"'))),
        };
        at += width;
    }
    repaired.push_str(&text[copied..]);
    Cow::Owned(repaired)
}
