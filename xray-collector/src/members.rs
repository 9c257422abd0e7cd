//! JSON objects from outside, read member by member. Errors name the place, the value and the remedy.

use std::fmt::{self, Display};
use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use xray_model::document::Timestamp;

/// Characters shown of a value that is wrong.
const SHOWN_CHARS_MAX: usize = 60;

/// What is wrong with a member: `SamplingRule.FixedRate: 1.5 is not allowed: use a number from 0 to 1`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong(String);

impl Wrong {
    /// A message that says where, what, and what to do.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) type Read<T> = Result<T, Wrong>;

/// An object and where it stands. A member that is `null` is missing, as in the service.
#[derive(Clone, Debug)]
pub(crate) struct Members<'a> {
    /// `SamplingRule.` and the like; empty for the whole.
    place: String,
    map: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    /// The members of a whole body or file.
    pub(crate) fn whole(value: &'a Value) -> Read<Self> {
        let map = value.as_object().ok_or_else(|| Wrong(format!("The JSON is {}: send an object, {{…}}", shown(value))))?;
        Ok(Self { place: String::new(), map })
    }

    /// Where a member stands, for messages.
    pub(crate) fn place(&self, name: &str) -> String {
        format!("{}{name}", self.place)
    }

    /// An error about a member, which is there or not.
    pub(crate) fn wrong(&self, name: &str, remedy: impl Display) -> Wrong {
        let place = self.place(name);
        match self.get(name) {
            Some(value) => Wrong(format!("{place}: {} is not allowed: {remedy}", shown(value))),
            None => Wrong(format!("{place} is missing: {remedy}")),
        }
    }

    /// The member, which must be there.
    pub(crate) fn need<T>(&self, name: &str, value: Option<T>) -> Read<T> {
        value.ok_or_else(|| self.wrong(name, "it is required"))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Names of the members that are there, in the order of the letters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'a str> {
        self.map.keys().map(String::as_str)
    }

    fn get(&self, name: &str) -> Option<&'a Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// A string with as many characters as allowed.
    pub(crate) fn text(&self, name: &str, chars: RangeInclusive<usize>) -> Read<Option<&'a str>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let text = value.as_str().filter(|text| chars.contains(&text.chars().count()));
        let remedy = || match (*chars.start(), *chars.end()) {
            (0, usize::MAX) => "use a string".to_owned(),
            (0, max) => format!("use a string of at most {max} characters"),
            (min, usize::MAX) => format!("use a string of at least {min} characters"),
            (min, max) => format!("use a string of {min} to {max} characters"),
        };
        text.map(Some).ok_or_else(|| self.wrong(name, remedy()))
    }

    /// A whole number.
    pub(crate) fn integer(&self, name: &str, allowed: RangeInclusive<i64>) -> Read<Option<i64>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        // Some clients write 5.0 for 5.
        let whole = |number: f64| (number.fract() == 0.0 && number.abs() < 9e15).then_some(number as i64);
        let number = value.as_i64().or_else(|| value.as_f64().and_then(whole)).filter(|number| allowed.contains(number));
        let remedy = || match (*allowed.start(), *allowed.end()) {
            (min, i64::MAX) => format!("use a whole number, {min} or more"),
            (min, max) => format!("use a whole number from {min} to {max}"),
        };
        number.map(Some).ok_or_else(|| self.wrong(name, remedy()))
    }

    /// A number.
    pub(crate) fn number(&self, name: &str, allowed: RangeInclusive<f64>) -> Read<Option<f64>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let number = value.as_f64().filter(|number| allowed.contains(number));
        number.map(Some).ok_or_else(|| self.wrong(name, format!("use a number from {} to {}", allowed.start(), allowed.end())))
    }

    pub(crate) fn boolean(&self, name: &str) -> Read<Option<bool>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        value.as_bool().map(Some).ok_or_else(|| self.wrong(name, "use true or false"))
    }

    /// A time in seconds since 1970.
    pub(crate) fn time(&self, name: &str) -> Read<Option<Timestamp>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let time = value.as_number().and_then(|number| number.to_string().parse().ok());
        time.map(Some).ok_or_else(|| self.wrong(name, "use a number of seconds since 1970"))
    }

    /// One of a few words.
    pub(crate) fn word<T: Copy>(&self, name: &str, words: &[(&str, T)]) -> Read<Option<T>> {
        let Some(text) = self.text(name, 0..=usize::MAX)? else { return Ok(None) };
        let found = words.iter().find_map(|(word, meaning)| (*word == text).then_some(*meaning));
        let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        found.map(Some).ok_or_else(|| self.wrong(name, format!("use {}", all.join(" or "))))
    }

    /// A list of some of a few words.
    pub(crate) fn words(&self, name: &str, max: usize, words: &[&str]) -> Read<()> {
        let other = self.texts(name, max)?.into_iter().position(|text| !words.contains(&text));
        other.map_or(Ok(()), |index| Err(Wrong(format!("{}[{index}] is not allowed: use {}", self.place(name), words.join(" or ")))))
    }

    /// An object in a member.
    pub(crate) fn object(&self, name: &str) -> Read<Option<Members<'a>>> {
        let Some(value) = self.get(name) else { return Ok(None) };
        let map = value.as_object().ok_or_else(|| self.wrong(name, "use an object, {…}"))?;
        Ok(Some(Members { place: format!("{}.", self.place(name)), map }))
    }

    /// Elements of a list; empty if it is missing.
    fn elements(&self, name: &str, max: usize) -> Read<&'a [Value]> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        let list = value.as_array().ok_or_else(|| self.wrong(name, "use a list, […]"))?;
        if list.len() > max {
            let place = self.place(name);
            return Err(Wrong(format!("{place}: {} elements are too many: use at most {max}, in several requests if need be", list.len())));
        }
        Ok(list)
    }

    /// The objects of a list.
    pub(crate) fn objects(&self, name: &str, max: usize) -> Read<Vec<Members<'a>>> {
        let element = |(index, value): (usize, &'a Value)| {
            let place = format!("{}[{index}]", self.place(name));
            let map = value.as_object().ok_or_else(|| Wrong(format!("{place}: {} is not allowed: use an object, {{…}}", shown(value))))?;
            Ok(Members { place: format!("{place}."), map })
        };
        self.elements(name, max)?.iter().enumerate().map(element).collect()
    }

    /// The strings of a list.
    pub(crate) fn texts(&self, name: &str, max: usize) -> Read<Vec<&'a str>> {
        let element = |(index, value): (usize, &'a Value)| {
            let place = || format!("{}[{index}]", self.place(name));
            value.as_str().ok_or_else(|| Wrong(format!("{}: {} is not allowed: use a string", place(), shown(value))))
        };
        self.elements(name, max)?.iter().enumerate().map(element).collect()
    }
}

/// A value on one short line.
fn shown(value: &Value) -> String {
    let text = match value {
        Value::Object(_) => return "an object".to_owned(),
        Value::Array(_) => return "a list".to_owned(),
        other => other.to_string(),
    };
    let mut shown: String = text.chars().take(SHOWN_CHARS_MAX).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect();
    if text.chars().nth(SHOWN_CHARS_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_named() {
        let value = json!({
            "a": {"list": [{"n": 1.5}, 7], "texts": ["x", null], "many": [1, 2, 3]},
            "text": "four", "n": 12, "whole": 3.0, "time": 1710276830.123, "null": null, "word": "no"
        });
        let whole = Members::whole(&value).unwrap();
        let a = whole.object("a").unwrap().unwrap();
        let first = a.objects("many", 5).err();
        let table: [(Read<()>, &str); 12] = [
            (whole.text("text", 1..=3).map(drop), "text: \"four\" is not allowed: use a string of 1 to 3 characters"),
            (whole.text("n", 0..=3).map(drop), "n: 12 is not allowed: use a string of at most 3 characters"),
            (whole.integer("n", 0..=9).map(drop), "n: 12 is not allowed: use a whole number from 0 to 9"),
            (whole.integer("time", 0..=i64::MAX).map(drop), "time: 1710276830.123 is not allowed: use a whole number, 0 or more"),
            (whole.number("n", 0.0..=1.0).map(drop), "n: 12 is not allowed: use a number from 0 to 1"),
            (whole.time("text").map(drop), "text: \"four\" is not allowed: use a number of seconds since 1970"),
            (whole.need("null", whole.time("null").unwrap()).map(drop), "null is missing: it is required"),
            (whole.word("word", &[("XRAY", 1), ("OTEL", 2)]).map(drop), "word: \"no\" is not allowed: use XRAY or OTEL"),
            (a.objects("list", 2).map(drop), "a.list[1]: 7 is not allowed: use an object, {…}"),
            (a.texts("texts", 2).map(drop), "a.texts[1]: null is not allowed: use a string"),
            (a.texts("many", 2).map(drop), "a.many: 3 elements are too many: use at most 2, in several requests if need be"),
            (first.map_or(Ok(()), Err), "a.many[0]: 1 is not allowed: use an object, {…}"),
        ];
        for (read, message) in table {
            assert_eq!(read.unwrap_err().to_string(), message);
        }
        assert_eq!(whole.integer("whole", 0..=9).unwrap(), Some(3));
        assert_eq!(whole.time("time").unwrap().unwrap().as_nanos(), 1_710_276_830_123_000_000);
        assert!(Members::whole(&json!([])).unwrap_err().to_string().contains("send an object"));
    }

    #[test]
    fn long_values_are_cut() {
        let value = json!({"a": "x\u{1b}".repeat(1000)});
        let message = Members::whole(&value).unwrap().boolean("a").unwrap_err().to_string();
        assert!(message.len() < 200 && !message.contains('\u{1b}'), "{message}");
    }
}
