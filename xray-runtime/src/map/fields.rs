//! How the values of one kind are attached.

use std::borrow::Cow;
use std::time::Duration;

use serde::{Serialize, Serializer};
use xray_model::limits::{NAME_CHARS_MAX, STRING_CHARS_MAX};

use crate::context::Here;
use crate::span::Values;
use crate::stats::LossKind;
use crate::value::{Annotation, bounded};

/// What tells one from others of its kind: a text or a whole number.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::map::Id;
///
/// assert_eq!(Id::from(4711), Id::Number(4711));
/// assert_eq!(Id::from("A-7"), Id::Text("A-7"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Id<'a> {
    /// Cut at 250 characters when it is recorded.
    Text(&'a str),
    /// Recorded as a number.
    Number(i128),
}

impl<'a> From<&'a str> for Id<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Id<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl From<$type> for Id<'_> {
            fn from(number: $type) -> Self {
                // Lossless: none of them is wider.
                Self::Number(number as i128)
            }
        }
    )*};
}
numbers!(i8, i16, i32, i64, isize, u8, u16, u32, u64, usize);

/// What is known of one kind, in the order of the table.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<Field>);

#[derive(Debug)]
struct Field {
    /// That of the annotation; what is after the dot is the member of the metadata value.
    key: Cow<'static, str>,
    value: Annotation,
    is_indexed: bool,
}

impl Fields {
    fn add(&mut self, key: &'static str, value: Annotation) {
        self.0.push(Field { key: key.into(), value, is_indexed: true });
    }

    pub(super) fn text(&mut self, key: &'static str, text: Option<&str>) {
        if let Some(text) = text {
            self.add(key, cut(text, STRING_CHARS_MAX));
        }
    }

    pub(super) fn id(&mut self, key: &'static str, id: Option<Id<'_>>) {
        match id {
            Some(Id::Text(text)) => self.text(key, Some(text)),
            Some(Id::Number(number)) => self.add(key, Annotation::Int(number)),
            None => {}
        }
    }

    pub(super) fn truth(&mut self, key: &'static str, value: Option<bool>) {
        if let Some(value) = value {
            self.add(key, Annotation::Bool(value));
        }
    }

    pub(super) fn count(&mut self, key: &'static str, value: Option<u64>) {
        if let Some(value) = value {
            self.add(key, Annotation::Int(value.into()));
        }
    }

    /// Milliseconds, with three decimals: finer than what a network or a disk does.
    pub(super) fn millis(&mut self, key: &'static str, length: Option<Duration>) {
        if let Some(length) = length {
            self.add(key, Annotation::Float(length.as_micros() as f64 / 1000.0));
        }
    }

    /// A number under a name of the program's, `metric.` and this.
    pub(super) fn number(&mut self, name: &str, number: Option<f64>) {
        let key = format!("metric.{}", bounded(NAME_CHARS_MAX, |out| out.write_str(name)).text);
        // X-Ray has no other numbers.
        if let Some(number) = number.filter(|number| number.is_finite()) {
            self.0.push(Field { key: key.into(), value: Annotation::Float(number), is_indexed: true });
        }
    }

    /// A text for reading, which is not searched.
    pub(super) fn prose(&mut self, key: &'static str, text: Option<&str>, chars: usize) {
        if let Some(text) = text {
            self.0.push(Field { key: key.into(), value: cut(text, chars), is_indexed: false });
        }
    }
}

fn cut(text: &str, chars: usize) -> Annotation {
    Annotation::Text(bounded(chars, |out| out.write_str(text)).text)
}

/// The metadata value: an object of all fields.
impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fn member(field: &Field) -> &str {
            field.key.split_once('.').map_or(&*field.key, |(_, member)| member)
        }
        serializer.collect_map(self.0.iter().map(|field| (member(field), Member(&field.value))))
    }
}

struct Member<'a>(&'a Annotation);

impl Serialize for Member<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Annotation::Bool(value) => serializer.serialize_bool(*value),
            Annotation::Int(value) => serializer.serialize_i128(*value),
            Annotation::Float(value) => serializer.serialize_f64(*value),
            Annotation::Text(text) => serializer.serialize_str(text),
        }
    }
}

/// Attaches what `fill` knows to what is current, in one go. Nothing is looked at where nothing is recorded.
pub(super) fn record(kind: &'static str, fill: &dyn Fn(&mut Fields)) {
    let here = Here::current();
    if !here.is_recording() {
        here.change(LossKind::Annotation, format_args!("`{kind}`"), |_, _| ());
        return;
    }
    let values = Values::collect(|values| {
        let mut fields = Fields::default();
        fill(&mut fields);
        values.metadata_in("map", kind, &fields);
        for Field { key, value, .. } in fields.0.into_iter().filter(|field| field.is_indexed) {
            values.annotate(key, value);
        }
    });
    values.attach(here);
}
