//! Metadata: anything that serializes.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, Serializer};
use xray_model::limits::{METADATA_DEPTH_MAX, METADATA_VALUE_BYTES_MAX};

use super::quietly;
use crate::stats::LossReason;

/// `value` as JSON. It is stopped at the limit of size or depth and not run to its end.
pub(crate) fn json(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, LossReason> {
    let mut out = Sink { json: Vec::new(), too_large: false };
    let result = quietly(|| value.serialize(&mut Serializer::with_formatter(&mut out, Depth(0))));
    match result {
        None => Err(LossReason::Panicked),
        Some(Ok(())) => Ok(out.json),
        Some(Err(_)) if out.too_large => Err(LossReason::TooLarge),
        // The value itself refused, or it is nested too deep.
        Some(Err(error)) if error.is_io() => Err(LossReason::TooLarge),
        Some(Err(_)) => Err(LossReason::Unusable),
    }
}

struct Sink {
    json: Vec<u8>,
    too_large: bool,
}

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.json.len() + bytes.len() > METADATA_VALUE_BYTES_MAX {
            self.too_large = true;
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
struct Depth(usize);

impl Depth {
    fn enter(&mut self) -> io::Result<()> {
        self.0 += 1;
        if self.0 > METADATA_DEPTH_MAX { Err(io::ErrorKind::OutOfMemory.into()) } else { Ok(()) }
    }
}

impl Formatter for Depth {
    fn begin_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        CompactFormatter.begin_array(writer)
    }

    fn end_array<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0 -= 1;
        CompactFormatter.end_array(writer)
    }

    fn begin_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.enter()?;
        CompactFormatter.begin_object(writer)
    }

    fn end_object<W: io::Write + ?Sized>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0 -= 1;
        CompactFormatter.end_object(writer)
    }

    /// Comes with serde_json's feature `arbitrary_precision`. A number that readers cannot hold would cost them the document.
    fn write_number_str<W: io::Write + ?Sized>(&mut self, writer: &mut W, value: &str) -> io::Result<()> {
        let is_finite = value.parse::<f64>().is_ok_and(f64::is_finite);
        if is_finite { writer.write_all(value.as_bytes()) } else { write!(writer, "\"{value}\"") }
    }

    /// Comes with serde_json's feature `raw_value`: JSON that was made elsewhere.
    fn write_raw_fragment<W: io::Write + ?Sized>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let (mut in_string, mut escaped) = (false, false);
        for byte in fragment.bytes() {
            match byte {
                _ if std::mem::take(&mut escaped) => {}
                b'\\' => escaped = in_string,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => self.enter()?,
                b']' | b'}' if !in_string => self.0 = self.0.saturating_sub(1),
                _ => {}
            }
        }
        // A document is one line. Inside of strings, line breaks are escaped.
        writer.write_all(fragment.replace(['\n', '\r'], " ").as_bytes())
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
        let written = |fragment: &str| {
            let mut out = Vec::new();
            Depth(0).write_raw_fragment(&mut out, fragment).map(|()| String::from_utf8(out).unwrap()).ok()
        };
        assert_eq!(written("{\n  \"a\\\"[\\\\\": [1]\r\n}").as_deref(), Some("{   \"a\\\"[\\\\\": [1]  }"));
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(written(&nested(METADATA_DEPTH_MAX)), Some(nested(METADATA_DEPTH_MAX)));
        assert_eq!(written(&nested(METADATA_DEPTH_MAX + 1)), None);
        assert!(written(&format!("\"{}\"", nested(1000))).is_some());
        assert!(written(&"[[]],".repeat(100)).is_some());
        for (number, expected) in [("12345678901234567890123", "12345678901234567890123"), ("1e999", "\"1e999\""), ("-1e-999", "-1e-999")] {
            let mut out = Vec::new();
            Depth(0).write_number_str(&mut out, number).unwrap();
            assert_eq!(out, expected.as_bytes());
        }
    }

    #[derive(Serialize)]
    struct Nested(Option<Box<Nested>>);

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
