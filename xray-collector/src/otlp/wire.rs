//! The protocol-buffer form of a request, read span by span.
//!
//! Two bytes can stand for a whole empty message. So the lists are walked through where they lie, and one span at a time is decoded: a
//! request of a few megabytes can never become gigabytes. X-Ray's own limits are kept on the way.

use std::fmt;

use prost::Message;

use super::message::{Resource, Span};
use super::segment;
use crate::settings::{OTLP_RESOURCE_BYTES_MAX, OTLP_SPAN_BYTES_MAX, OTLP_SPANS_MAX};

/// A request that cannot be read; nothing of it is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(String);

impl Malformed {
    pub(super) fn new(what: &str, why: impl fmt::Display) -> Self {
        Self(format!("{what} cannot be read: {why}"))
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What became of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Translated {
    /// Segment documents. A span can be two: a service and what it called.
    pub(crate) documents: Vec<String>,
    /// Spans that are none, or are over a limit.
    pub(crate) rejected: u64,
    /// Why the first of these was rejected; empty if there are none.
    pub(crate) why: String,
}

/// Takes the spans of a request, one after the other.
pub(super) struct Visitor {
    is_sampled: bool,
    seen: usize,
    pub(super) result: Translated,
}

impl Visitor {
    pub(super) fn new(is_sampled: bool) -> Self {
        Self { is_sampled, seen: 0, result: Translated::default() }
    }

    pub(super) fn span(&mut self, span: &Span, resource: &Resource) {
        self.seen += 1;
        if self.seen > OTLP_SPANS_MAX {
            return self.reject(|| format!("a request may have {OTLP_SPANS_MAX} spans"));
        }
        match segment::documents(span, resource, self.is_sampled) {
            Ok(documents) => self.result.documents.extend(documents),
            Err(why) => self.reject(|| why.to_owned()),
        }
    }

    pub(super) fn too_large(&mut self, bytes: usize) {
        self.seen += 1;
        self.reject(|| format!("a span of {bytes} bytes; one may have {OTLP_SPAN_BYTES_MAX}"));
    }

    fn reject(&mut self, why: impl FnOnce() -> String) {
        if self.result.rejected == 0 {
            self.result.why = why();
        }
        self.result.rejected += 1;
    }
}

/// Hands each span of a request to the visitor, with the resource that sent it.
pub(super) fn read_request(protobuf: &[u8], visitor: &mut Visitor) -> Result<(), Malformed> {
    for part in Fields::new("the request", protobuf).of(1) {
        read_resource_spans(part?, visitor)?;
    }
    Ok(())
}

fn read_resource_spans(part: &[u8], visitor: &mut Visitor) -> Result<(), Malformed> {
    let mut resource = Resource::default();
    // It may stand behind the spans.
    for bytes in Fields::new("resource_spans", part).of(1) {
        let bytes = bytes?;
        if bytes.len() > OTLP_RESOURCE_BYTES_MAX {
            return Err(Malformed::new("a resource", format_args!("{} bytes; it may have {OTLP_RESOURCE_BYTES_MAX}", bytes.len())));
        }
        resource.merge(bytes).map_err(|error| Malformed::new("a resource", error))?;
    }
    for scope in Fields::new("resource_spans", part).of(2) {
        for span in Fields::new("scope_spans", scope?).of(2) {
            let bytes = span?;
            if bytes.len() > OTLP_SPAN_BYTES_MAX {
                visitor.too_large(bytes.len());
                continue;
            }
            let span = Span::decode(bytes).map_err(|error| Malformed::new("a span", error))?;
            visitor.span(&span, &resource);
        }
    }
    Ok(())
}

/// The fields of a message that hold bytes, in their order.
struct Fields<'a> {
    what: &'static str,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    fn new(what: &'static str, message: &'a [u8]) -> Self {
        Self { what, rest: message }
    }

    /// Those with one number. Ends after the first error.
    fn of(self, number: u64) -> impl Iterator<Item = Result<&'a [u8], Malformed>> {
        self.filter_map(move |field| match field {
            Ok((found, bytes)) => (found == number).then_some(Ok(bytes)),
            Err(error) => Some(Err(error)),
        })
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn skip(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(bytes)?;
        self.rest = rest;
        Some(taken)
    }

    /// The next field: its number, and its bytes where it holds such.
    fn field(&mut self) -> Option<(u64, &'a [u8])> {
        let key = self.varint()?;
        let bytes = match key & 7 {
            0 => self.varint().map(|_| &[][..])?,
            1 => self.skip(8).map(|_| &[][..])?,
            2 => {
                let length = self.varint()?;
                self.skip(usize::try_from(length).ok()?)?
            }
            5 => self.skip(4).map(|_| &[][..])?,
            // Groups are not part of this protocol.
            _ => return None,
        };
        let number = key >> 3;
        let of_bytes = key & 7 == 2;
        (number > 0).then_some((if of_bytes { number } else { 0 }, bytes))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, &'a [u8]), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let before = self.rest.len();
        let field = self.field();
        if field.is_none() {
            self.rest = &[];
            return Some(Err(Malformed::new(self.what, format_args!("{before} bytes before its end stands no field"))));
        }
        field.map(Ok)
    }
}
