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
