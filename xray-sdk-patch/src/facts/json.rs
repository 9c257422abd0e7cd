//! Members of JSON objects, found without making values of the rest.

use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Deserializer;
use serde_json::value::RawValue;

use super::parameters::{Field, Source, Take};
use super::text::{CHARS_MAX, cut};
use super::{Fields, Value};

/// Bytes of a body that are looked at for members; the rest is not parsed. It bounds the work to less than a millisecond, which only
/// bodies of this size cost, and only where a member that is looked for is missing or stands at the end.
pub(super) const LOOK_BYTES_MAX: usize = 256 * 1024;

/// Texts that are kept of a list.
const TEXTS_MAX: usize = 50;

/// Bytes of a list or object that is copied as it is; a larger one is left out.
const JSON_BYTES_MAX: usize = 1_000;

/// Nesting of what is copied as it is.
const JSON_DEPTH_MAX: usize = 16;

/// The fields that come from a body.
pub(super) fn fields<'f>(body: &[u8], wanted: impl IntoIterator<Item = &'f Field>) -> Fields {
    let wanted: Vec<(&Field, &str, Take)> = wanted.into_iter().filter_map(|field| Some((field, field.member()?, field.take()))).collect();
    let mut names: Vec<&str> = wanted.iter().map(|(_, member, _)| *member).collect();
    names.sort_unstable();
    names.dedup();
    let found = pick(body, &names);
    let mut fields = Fields::new();
    for (field, member, take) in wanted {
        let raw = names.iter().position(|name| *name == member).and_then(|at| found[at]);
        if let Some(raw) = raw {
            add(field.name, raw, take, &mut fields);
        }
    }
    fields
}

/// The members of these names, each as it stands in the body. Reading stops when all were found or the bound on work is reached; what was
/// found counts even if the rest is no JSON.
pub(super) fn pick<'a>(body: &'a [u8], names: &[&str]) -> Vec<Option<&'a RawValue>> {
    let body = &body[..body.len().min(LOOK_BYTES_MAX)];
    let mut found = vec![None; names.len()];
    if !names.is_empty() {
        // An error is the rule: it is how reading stops early.
        let _ = Deserializer::from_slice(body).deserialize_map(Pick { names, found: &mut found, whole: false });
    }
    // A value at the very end may have been cut there: an object goes on after its values.
    let end = body.as_ptr_range().end;
    found.into_iter().map(|raw| raw.filter(|raw| raw.get().as_bytes().as_ptr_range().end != end)).collect()
}

/// The members of these names, if the whole text is one object that holds none of them twice.
pub(super) fn pick_from_whole<'a>(text: &'a str, names: &[&str]) -> Option<Vec<Option<&'a RawValue>>> {
    let mut found = vec![None; names.len()];
    let mut reader = Deserializer::from_str(text);
    reader.deserialize_map(Pick { names, found: &mut found, whole: true }).ok()?;
    reader.end().ok()?;
    Some(found)
}

/// The elements of a list, each as it stands in the text.
pub(super) fn elements<'a>(text: &'a str, each: impl FnMut(&'a RawValue)) -> Option<()> {
    Deserializer::from_str(text).deserialize_seq(Elements(each)).ok()
}

/// The value of a JSON string.
pub(super) fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// Adds what is wanted of a value.
fn add(name: &'static str, raw: &RawValue, take: Take, fields: &mut Fields) {
    let value = match take {
        Take::Copy => copy(raw),
        Take::Count => count(raw),
        Take::Keys => keys(raw),
        Take::Each(member) => distinct(raw, member),
        Take::Inside(wanted) => {
            for (name, value) in self::fields(raw.get().as_bytes(), wanted) {
                push(name, value, fields);
            }
            None
        }
    };
    if let Some(value) = value {
        push(name, value, fields);
    }
}

/// Different members can have one name in the document; the first counts.
fn push(name: &'static str, value: Value, fields: &mut Fields) {
    if fields.iter().all(|(known, _)| *known != name) {
        fields.push((name, value));
    }
}

fn copy(raw: &RawValue) -> Option<Value> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' => Some(Value::Text(cut(&string(raw)?, CHARS_MAX))),
        b't' | b'f' => Some(Value::Bool(text == "true")),
        b'n' => None,
        b'[' => texts(text).or_else(|| compact(text)),
        b'{' => compact(text),
        _ => match text.parse() {
            Ok(number) => Some(Value::Int(number)),
            Err(_) => text.parse().ok().filter(|number: &f64| number.is_finite()).map(Value::Float),
        },
    }
}

/// A list of strings.
fn texts(text: &str) -> Option<Value> {
    let mut texts = Some(Vec::new());
    elements(text, |raw| match &mut texts {
        Some(list) if list.len() < TEXTS_MAX => match string(raw) {
            Some(element) => list.push(cut(&element, CHARS_MAX)),
            None => texts = None,
        },
        _ => {}
    })?;
    texts.map(Value::Texts)
}

/// A small value as it is, without blanks.
fn compact(text: &str) -> Option<Value> {
    if text.len() > JSON_BYTES_MAX {
        return None;
    }
    // Through a value, since what was skipped in reading may hold escapes and numbers that readers refuse.
    let value: serde_json::Value = serde_json::from_str(text).ok()?;
    is_plain(&value, JSON_DEPTH_MAX).then(|| serde_json::to_vec(&value).ok().map(Value::Json))?
}

/// Whether any reader can hold the value: so many levels, and no number beyond a double, which serde_json lets through with its feature
/// `arbitrary_precision`.
fn is_plain(value: &serde_json::Value, levels: usize) -> bool {
    match value {
        serde_json::Value::Array(list) => levels > 0 && list.iter().all(|value| is_plain(value, levels - 1)),
        serde_json::Value::Object(map) => levels > 0 && map.values().all(|value| is_plain(value, levels - 1)),
        serde_json::Value::Number(number) => number.as_f64().is_some_and(f64::is_finite),
        _ => true,
    }
}

/// How many a list or object holds.
fn count(raw: &RawValue) -> Option<Value> {
    let mut count = 0;
    match raw.get().as_bytes().first()? {
        b'{' => Deserializer::from_str(raw.get()).deserialize_map(Names(|_: String| count += 1)).ok()?,
        _ => elements(raw.get(), |_| count += 1)?,
    }
    Some(Value::Int(count))
}

/// The names of an object's members.
fn keys(raw: &RawValue) -> Option<Value> {
    let mut names = Vec::new();
    let name = |name: String| {
        if names.len() < TEXTS_MAX {
            names.push(cut(&name, CHARS_MAX));
        }
    };
    Deserializer::from_str(raw.get()).deserialize_map(Names(name)).ok()?;
    Some(Value::Texts(names))
}

/// The different texts that a member has in the elements of a list; just the text if there is one.
fn distinct(raw: &RawValue, member: &str) -> Option<Value> {
    let mut texts: Vec<String> = Vec::new();
    elements(raw.get(), |element| {
        let found = pick(element.get().as_bytes(), &[member])[0].and_then(string);
        if let Some(text) = found.map(|text| cut(&text, CHARS_MAX))
            && texts.len() < TEXTS_MAX
            && !texts.contains(&text)
        {
            texts.push(text);
        }
    })?;
    match texts.len() {
        0 => None,
        1 => texts.pop().map(Value::Text),
        _ => Some(Value::Texts(texts)),
    }
}

/// Reads an object for some of its members.
struct Pick<'p, 'a> {
    names: &'p [&'p str],
    found: &'p mut [Option<&'a RawValue>],
    /// Whether to read to the end, and to refuse a name that comes twice.
    whole: bool,
}

impl<'a> Visitor<'a> for Pick<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        let mut missing = self.names.len();
        while let Some(index) = members.next_key_seed(Index(self.names))? {
            match index {
                Some(index) if self.found[index].is_none() => {
                    self.found[index] = Some(members.next_value()?);
                    missing -= 1;
                    if missing == 0 && !self.whole {
                        return Ok(());
                    }
                }
                Some(_) if self.whole => return Err(A::Error::custom("a member stands twice")),
                _ => _ = members.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

/// Reads a member's name as its place among those wanted.
struct Index<'p>(&'p [&'p str]);

impl<'a> DeserializeSeed<'a> for Index<'_> {
    type Value = Option<usize>;

    fn deserialize<D: serde::Deserializer<'a>>(self, reader: D) -> Result<Option<usize>, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Index<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Option<usize>, E> {
        Ok(self.0.iter().position(|wanted| *wanted == name))
    }
}

/// Reads an object for the names of its members.
struct Names<F>(F);

impl<'a, F: FnMut(String)> Visitor<'a> for Names<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut members: A) -> Result<(), A::Error> {
        while let Some((name, IgnoredAny)) = members.next_entry()? {
            (self.0)(name);
        }
        Ok(())
    }
}

/// Reads a list.
struct Elements<F>(F);

impl<'a, F: FnMut(&'a RawValue)> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut list: A) -> Result<(), A::Error> {
        while let Some(element) = list.next_element()? {
            (self.0)(element);
        }
        Ok(())
    }
}

impl Field {
    /// The member of a body that this field is made of.
    fn member(&self) -> Option<&'static str> {
        match self.from {
            Source::Body(member, _) | Source::Asked(_, member) => Some(member),
            _ => None,
        }
    }

    fn take(&self) -> Take {
        match self.from {
            Source::Body(_, take) => take,
            _ => Take::Copy,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(body: &[u8], take: Take) -> Option<Value> {
        fields(body, &[Field { name: "m", from: Source::Body("m", take) }]).pop().map(|(_, value)| value)
    }

    fn text(text: &str) -> Option<Value> {
        Some(Value::Text(text.to_owned()))
    }

    fn texts(texts: &[&str]) -> Option<Value> {
        Some(Value::Texts(texts.iter().map(ToString::to_string).collect()))
    }

    #[test]
    fn values_are_taken_as_wanted() {
        let json = |json: &str| Some(Value::Json(json.into()));
        let long = format!(r#"{{"m":"{}"}}"#, "ä".repeat(300));
        assert_eq!(one(long.as_bytes(), Take::Copy), text(&("ä".repeat(249) + "…")));
        for (body, take, expected) in [
            (r#"{"m":"x\ny"}"#, Take::Copy, text("x\ny")),
            (r#" { "a" : {"m":1} , "m" : 7 } "#, Take::Copy, Some(Value::Int(7))),
            (r#"{"m":-0.5}"#, Take::Copy, Some(Value::Float(-0.5))),
            (r#"{"m":123456789012345678901}"#, Take::Copy, Some(Value::Float(123_456_789_012_345_678_901.0))),
            (r#"{"m":1e999}"#, Take::Copy, None),
            (r#"{"m":true}"#, Take::Copy, Some(Value::Bool(true))),
            (r#"{"m":null}"#, Take::Copy, None),
            (r#"{"m":["a","b"]}"#, Take::Copy, texts(&["a", "b"])),
            (r#"{"m":[]}"#, Take::Copy, texts(&[])),
            (r#"{"m":[1, {"b": 2}]}"#, Take::Copy, json(r#"[1,{"b":2}]"#)),
            (r#"{"m":{"b": [1, 2]}}"#, Take::Copy, json(r#"{"b":[1,2]}"#)),
            (r#"{"m":{"b": "\ud800"}}"#, Take::Copy, None),
            (r#"{"m":"\ud800"}"#, Take::Copy, None),
            (r#"{"m":{"a":1,"b":{"c":2}}}"#, Take::Keys, texts(&["a", "b"])),
            (r#"{"m":["a"]}"#, Take::Keys, None),
            (r#"{"m":{"a":1,"b":{"c":2}}}"#, Take::Count, Some(Value::Int(2))),
            (r#"{"m":[1,[2,3]]}"#, Take::Count, Some(Value::Int(2))),
            (r#"{"m":7}"#, Take::Count, None),
            (r#"{"m":[{"n":"a"},{"n":"a"},{},3]}"#, Take::Each("n"), text("a")),
            (r#"{"m":[{"n":"a"},{"n":"b"},{"n":4}]}"#, Take::Each("n"), texts(&["a", "b"])),
            (r#"{"m":[]}"#, Take::Each("n"), None),
            (r#"{"m":{"n":{"m":1}}}"#, Take::Inside(&[Field { name: "x", from: Source::Body("n", Take::Keys) }]), texts(&["m"])),
        ] {
            assert_eq!(one(body.as_bytes(), take), expected, "{body} {take:?}");
        }
    }

    #[test]
    fn nonsense_has_no_members() {
        let nested = format!(r#"{{"m":{}{}}}"#, "[".repeat(400), "]".repeat(400));
        let bodies: [&[u8]; 12] = [
            b"",
            b"{",
            b"[]",
            b"7",
            b"\"m\"",
            b"{\"m\"",
            b"{\"m\":",
            b"{\"m\":1",
            b"{\"m\":\"\xff\"}",
            b"{\xff:1}",
            b"\0\0",
            nested.as_bytes(),
        ];
        for body in bodies {
            for take in [Take::Copy, Take::Keys, Take::Inside(&[]), Take::Each("m")] {
                assert_eq!(one(body, take), None, "{:?}", String::from_utf8_lossy(body));
            }
        }
        assert_eq!(one(&b"[".repeat(1_000_000), Take::Count), None);
    }

    #[test]
    fn what_was_found_counts_and_the_rest_is_not_read() {
        assert_eq!(one(b"{\"m\":1, nonsense", Take::Copy), Some(Value::Int(1)));
        let late = format!(r#"{{"a":"{}","m":1}}"#, "x".repeat(LOOK_BYTES_MAX));
        assert_eq!(one(late.as_bytes(), Take::Copy), None);
        // The bound falls into the number.
        let head = r#"{"a":"","m":12"#.len();
        let across = format!(r#"{{"a":"{}","m":123456}}"#, "x".repeat(LOOK_BYTES_MAX - head));
        assert_eq!(one(across.as_bytes(), Take::Copy), None);
    }

    #[test]
    fn lists_and_objects_have_limits() {
        let many = format!(r#"{{"m":[{}"a"]}}"#, "\"a\",".repeat(1_000));
        assert_eq!(one(many.as_bytes(), Take::Copy), texts(&["a"; TEXTS_MAX]));
        assert_eq!(one(many.as_bytes(), Take::Count), Some(Value::Int(1_001)));
        let large = format!(r#"{{"m":{{"a":"{}"}}}}"#, "x".repeat(JSON_BYTES_MAX));
        assert_eq!(one(large.as_bytes(), Take::Copy), None);
        let deep = format!(r#"{{"m":{}{}}}"#, "[".repeat(20), "]".repeat(20));
        assert_eq!(one(deep.as_bytes(), Take::Copy), None);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..200), take in 0..4) {
            let take = [Take::Copy, Take::Keys, Take::Count, Take::Each("m")][take as usize];
            one(&body, take);
            one(&[b"{\"m\":", &body[..], b"}"].concat(), take);
        }
    }
}
