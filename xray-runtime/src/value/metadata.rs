//! Metadata: anything that serializes.

use std::cell::Cell;
use std::io;

use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use xray_model::limits::{METADATA_DEPTH_MAX, METADATA_VALUE_BYTES_MAX};

use super::quietly;
use crate::stats::LossReason;

/// `value` as JSON. It is stopped at the limit of size or depth and not run to its end.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, LossReason> {
    let seen = Seen::default();
    let mut out = Sink { json: Vec::with_capacity(64), seen: &seen };
    let result = quietly(|| value.serialize(&mut Serializer::with_formatter(&mut out, Watchful { levels: 0, seen: &seen })));
    let json = out.json;
    match result {
        None => Err(LossReason::Panicked),
        // Also if the value did not pass the error on.
        Some(_) if seen.too_large.get() => Err(LossReason::TooLarge),
        Some(Ok(())) if seen.is_sound() => Ok(json),
        Some(Ok(())) => checked(json),
        Some(Err(_)) => Err(LossReason::Unusable),
    }
}

/// What was seen while a value was written.
#[derive(Default)]
struct Seen {
    too_large: Cell<bool>,
    /// Keys, values, arrays and objects that were begun and not ended.
    unfinished: Cell<i64>,
    /// JSON that the value brought along.
    foreign: Cell<bool>,
}

impl Seen {
    /// Whether all of it was written by serde_json, and each piece to its end: then it reads back.
    fn is_sound(&self) -> bool {
        self.unfinished.get() == 0 && !self.foreign.get()
    }

    fn begun(&self) {
        self.unfinished.set(self.unfinished.get() + 1);
    }

    fn ended(&self) {
        self.unfinished.set(self.unfinished.get() - 1);
    }
}

/// A `Serialize` may swallow errors half-way, or write JSON of its own (`RawValue`): what does not read back would cost the document.
fn checked(mut json: Vec<u8>) -> Result<Vec<u8>, LossReason> {
    if serde_json::from_slice::<IgnoredAny>(&json).is_err() {
        return Err(LossReason::Unusable);
    }
    // In valid JSON, line breaks stand only between values, and brackets outside of strings nest.
    let (mut levels, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in &mut json {
        match *byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => levels += 1,
            b']' | b'}' if !in_string => levels -= 1,
            b'\n' | b'\r' => *byte = b' ',
            _ => {}
        }
        if levels > METADATA_DEPTH_MAX {
            return Err(LossReason::TooLarge);
        }
    }
    Ok(json)
}

struct Sink<'a> {
    json: Vec<u8>,
    seen: &'a Seen,
}

impl io::Write for Sink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.json.len() + bytes.len() > METADATA_VALUE_BYTES_MAX {
            self.seen.too_large.set(true);
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.json.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compact JSON with a floor: readers stop at some depth, and one value must not cost the document.
struct Watchful<'a> {
    levels: usize,
    seen: &'a Seen,
}

impl Watchful<'_> {
    fn enter(&mut self) -> io::Result<()> {
        self.levels += 1;
        if self.levels > METADATA_DEPTH_MAX {
            self.seen.too_large.set(true);
            return Err(io::ErrorKind::OutOfMemory.into());
        }
        self.seen.begun();
        Ok(())
    }

    fn leave(&mut self) {
        self.levels -= 1;
        self.seen.ended();
    }
}

impl Formatter for Watchful<'_> {
    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        CompactFormatter.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        CompactFormatter.end_array(writer)
    }

    fn begin_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.seen.begun();
        CompactFormatter.begin_array_value(writer, first)
    }

    fn end_array_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.seen.ended();
        CompactFormatter.end_array_value(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        CompactFormatter.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.leave();
        CompactFormatter.end_object(writer)
    }

    fn begin_object_key<W: io::Write + ?Sized>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        // Until the value of this key has been written.
        self.seen.begun();
        CompactFormatter.begin_object_key(writer, first)
    }

    fn end_object_value<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.seen.ended();
        CompactFormatter.end_object_value(writer)
    }

    fn write_raw_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        self.seen.foreign.set(true);
        CompactFormatter.write_raw_fragment(writer, fragment)
    }

    /// Comes with serde_json's feature `arbitrary_precision`. A number that readers cannot hold would cost them the document.
    fn write_number_str<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: &str) -> io::Result<()> {
        let is_finite = serde_json::from_str::<f64>(value).is_ok_and(f64::is_finite);
        if is_finite { writer.write_all(value.as_bytes()) } else { write!(writer, "\"{value}\"") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serializer;

    struct Panics;
    impl Serialize for Panics {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            panic!("in serialize")
        }
    }

    struct Refuses;
    impl Serialize for Refuses {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }

    #[test]
    fn json_made_elsewhere_keeps_to_the_same_rules() {
        let written = |fragment: &str| checked(fragment.as_bytes().to_vec()).ok().map(|json| String::from_utf8(json).unwrap());
        assert_eq!(written("{\n  \"a\\\"[\\\\\": [1]\r\n}").as_deref(), Some("{   \"a\\\"[\\\\\": [1]  }"));
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(written(&nested(METADATA_DEPTH_MAX)), Some(nested(METADATA_DEPTH_MAX)));
        assert_eq!(written(&nested(METADATA_DEPTH_MAX + 1)), None);
        assert!(written(&format!("\"{}\"", nested(1000))).is_some());
        for (number, expected) in [("12345678901234567890123", "12345678901234567890123"), ("1e999", "\"1e999\""), ("-1e-999", "-1e-999")] {
            let mut out = Vec::new();
            Watchful { levels: 0, seen: &Seen::default() }.write_number_str(&mut out, number).unwrap();
            assert_eq!(out, expected.as_bytes());
        }
    }

    #[derive(Serialize)]
    struct Nested(Option<Box<Nested>>);

    /// Goes on after an element has been refused.
    struct Careless;
    impl Serialize for Careless {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut all = serializer.serialize_seq(None)?;
            all.serialize_element(&1)?;
            let _ = all.serialize_element(&"x".repeat(METADATA_VALUE_BYTES_MAX));
            let _ = all.serialize_element(&Refuses);
            all.serialize_element(&2)?;
            all.end()
        }
    }

    /// The same without anything that is too large.
    struct CarelessRefusal;
    impl Serialize for CarelessRefusal {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeSeq;
            let mut all = serializer.serialize_seq(None)?;
            let _ = all.serialize_element(&Refuses);
            all.serialize_element(&2)?;
            all.end()
        }
    }

    /// A key whose value has been refused, and one that never had any.
    struct KeysWithout;
    impl Serialize for KeysWithout {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            use serde::ser::SerializeMap;
            let mut all = serializer.serialize_map(None)?;
            all.serialize_entry("good", &1)?;
            let _ = all.serialize_entry("bad", &Refuses);
            all.serialize_key("alone")?;
            all.end()
        }
    }

    #[test]
    fn own_json_is_looked_at() {
        assert_eq!(json(&KeysWithout), Err(LossReason::Unusable));
        assert_eq!(json(&Careless), Err(LossReason::TooLarge));
        assert_eq!(json(&CarelessRefusal), Err(LossReason::Unusable));
        assert_eq!(checked(b"{\"a\\n\\\"[\":\n[1,\r2]}".to_vec()).unwrap(), b"{\"a\\n\\\"[\": [1, 2]}");
        assert_eq!(checked([b"[".repeat(40), b"]".repeat(40)].concat()), Err(LossReason::TooLarge));
        assert_eq!(checked(b"[1,\",2]".to_vec()), Err(LossReason::Unusable));
    }

    #[test]
    fn what_cannot_be_recorded_says_why() {
        assert_eq!(json(&[1, 2]).unwrap(), b"[1,2]");
        assert_eq!(json(&Panics), Err(LossReason::Panicked));
        assert_eq!(json(&Refuses), Err(LossReason::Unusable));
        assert_eq!(json(&vec![0u8; 10_000_000]), Err(LossReason::TooLarge));
        assert_eq!(json(&"x".repeat(10_000_000)), Err(LossReason::TooLarge));
        let mut deep: Vec<serde_json::Value> = vec![];
        for _ in 0..100 {
            deep = vec![deep.into()];
        }
        assert_eq!(json(&deep), Err(LossReason::TooLarge));
        assert_eq!(json(&Nested(None)).unwrap(), b"null");
        // Map keys that are not strings are written as strings, or refused, by serde_json's rules.
        assert_eq!(json(&std::collections::BTreeMap::from([((1, 2), 3)])), Err(LossReason::Unusable));
    }
}
