//! The `X-Amzn-Trace-Id` header, and W3C `traceparent` in and out.
//!
//! Source: "Tracing header" in the AWS X-Ray developer guide; "request tracing" in the ELB guide (`Self`); W3C Trace Context level 1.

use std::fmt;

use crate::ids::ascii;
use crate::limits::HEADER_EXTRAS_BYTES_MAX;
use crate::{SEGMENT_ID_LEN, SegmentId, TRACE_ID_LEN, TraceId};

/// Name of the header. HTTP compares it without regard to case.
pub const TRACE_HEADER_NAME: &str = "X-Amzn-Trace-Id";

/// The upstream's decision whether the trace is recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sampled {
    /// `Sampled=1`: record.
    Yes,
    /// `Sampled=0`: do not record.
    No,
    /// `Sampled=?`: decide, and say how in the response header.
    Requested,
    /// No decision came along.
    #[default]
    Undecided,
}

/// A trace header: `Root=…;Parent=…;Sampled=…` and whatever else came with it.
///
/// Reading never fails. Parts are trimmed, keys compared without regard to case, parts without `=` and later duplicates ignored, `Self`
/// dropped. `Parent` and `Sampled` say something only about the trace that `Root` names, so without a valid `Root` they are ignored too.
/// Other keys (`Lineage` above all) are passed on in order, up to [`HEADER_EXTRAS_BYTES_MAX`] bytes.
///
/// ```
/// use xray_model::{Sampled, TraceHeader};
///
/// let header = TraceHeader::parse("root=1-5759E988-BD862E3FE1BE46A994272793; Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1");
/// assert_eq!(header.sampled, Sampled::Yes);
/// assert_eq!(
///     header.to_string(),
///     "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1"
/// );
/// assert_eq!(TraceHeader::parse("Root=nonsense;Sampled=1"), TraceHeader::default());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TraceHeader {
    /// The trace, if a valid one was named.
    pub root: Option<TraceId>,
    /// The segment or subsegment that made the call.
    pub parent: Option<SegmentId>,
    /// The decision that came along.
    pub sampled: Sampled,
    /// Further `key=value` pairs, `;` between them, in the order they came in. Read through [`Self::extras`].
    extras: String,
}

impl TraceHeader {
    /// A header without extras.
    #[must_use]
    pub fn new(root: TraceId, parent: Option<SegmentId>, sampled: Sampled) -> Self {
        Self { root: Some(root), parent, sampled, extras: String::new() }
    }

    /// Reads a header value. What cannot be used is left out; see the type's documentation for the rules.
    #[must_use]
    pub fn parse(value: &str) -> Self {
        let (mut root, mut parent, mut sampled) = (None, None, None);
        for (key, value) in pairs(value) {
            // The first of several wins, even when it is unusable: a forged second one must not replace it.
            match Key::of(key) {
                Key::Root => _ = root.get_or_insert(value),
                Key::Parent => _ = parent.get_or_insert(value),
                Key::Sampled => _ = sampled.get_or_insert(value),
                Key::Own | Key::Lineage | Key::Other => {}
            }
        }
        let Some(root) = root.and_then(|text| text.parse().ok()) else {
            return Self::default();
        };
        let sampled = match sampled {
            Some("1") => Sampled::Yes,
            Some("0") => Sampled::No,
            Some("?") => Sampled::Requested,
            _ => Sampled::Undecided,
        };
        let parent = parent.and_then(|text| text.parse().ok());
        Self { root: Some(root), parent, sampled, extras: extras(value) }
    }

    /// Reads a W3C `traceparent` value; `None` if it is not valid by the W3C's rules.
    ///
    /// ```
    /// use xray_model::TraceHeader;
    ///
    /// let header = TraceHeader::from_traceparent("00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01").unwrap();
    /// assert_eq!(header.to_string(), "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    /// assert_eq!(header.to_traceparent().unwrap(), "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01");
    /// ```
    #[must_use]
    pub fn from_traceparent(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        if value.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let mut parts = value.splitn(5, '-');
        let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex_pair =
            |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| u8::from_str_radix(text, 16).ok())?;
        // Version ff is forbidden; version 00 has exactly four parts, later ones may add some.
        if hex_pair(version)? == 0xff || (version == "00" && parts.next().is_some()) {
            return None;
        }
        let sampled = if hex_pair(flags)? & 1 == 1 { Sampled::Yes } else { Sampled::No };
        Some(Self::new(TraceId::from_w3c(trace)?, Some(parent.parse().ok()?), sampled))
    }

    /// The W3C `traceparent` value, or `None` where root or parent are missing. Anything but [`Sampled::Yes`] clears the sampled flag.
    #[must_use]
    pub fn to_traceparent(&self) -> Option<String> {
        let (root, parent) = (self.root?, self.parent?);
        let flags = u8::from(self.sampled == Sampled::Yes);
        Some(format!("00-{}-{parent}-{flags:02x}", root.to_w3c()))
    }

    /// Further `key=value` pairs that came with the header, `;` between them; empty if none.
    #[must_use]
    pub fn extras(&self) -> &str {
        &self.extras
    }

    /// The same header with these extras, cleaned by the rules of [`Self::parse`].
    #[must_use]
    pub fn with_extras(mut self, pairs: &str) -> Self {
        self.extras = extras(pairs);
        self
    }
}

impl fmt::Display for TraceHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f)
    }
}

impl TraceHeader {
    /// The header as text, as [`Display`](fmt::Display) writes it, in memory of the right size: each call to another service needs one.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(SAMPLED_HEADER_LEN + 1 + self.extras.len());
        // Writing into memory does not fail.
        let _ = self.write(&mut text);
        text
    }

    fn write(&self, out: &mut impl fmt::Write) -> fmt::Result {
        let mut separator = "";
        let mut part = |key: &str, value: &str| {
            [separator, key, value].into_iter().try_for_each(|text| out.write_str(text))?;
            separator = ";";
            Ok(())
        };
        if let Some(root) = self.root {
            part("Root=", ascii(&root.to_ascii()))?;
        }
        if let Some(parent) = self.parent {
            part("Parent=", ascii(&parent.to_ascii()))?;
        }
        match self.sampled {
            Sampled::Yes => part("Sampled=", "1")?,
            Sampled::No => part("Sampled=", "0")?,
            Sampled::Requested => part("Sampled=", "?")?,
            Sampled::Undecided => {}
        }
        if !self.extras.is_empty() {
            part("", &self.extras)?;
        }
        Ok(())
    }
}

/// Bytes of `Root=…;Parent=…;Sampled=1`.
const SAMPLED_HEADER_LEN: usize = 5 + TRACE_ID_LEN + 8 + SEGMENT_ID_LEN + 10;

enum Key {
    Root,
    Parent,
    Sampled,
    /// `Self`, which load balancers add for their own use.
    Own,
    Lineage,
    Other,
}

impl Key {
    fn of(key: &str) -> Self {
        let known =
            [("root", Self::Root), ("parent", Self::Parent), ("sampled", Self::Sampled), ("self", Self::Own), ("lineage", Self::Lineage)];
        known.into_iter().find_map(|(name, kind)| key.eq_ignore_ascii_case(name).then_some(kind)).unwrap_or(Self::Other)
    }
}

fn pairs(value: &str) -> impl Iterator<Item = (&str, &str)> {
    value
        .split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(key, value)| (key.trim(), value.trim()))
        .filter(|(key, _)| !key.is_empty())
}

fn extras(value: &str) -> String {
    // Only what may stand in a header again; a line break from outside must not become one in our request.
    let usable = |text: &str| text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    let mut lineage_left = pairs(value)
        .find(|(key, text)| matches!(Key::of(key), Key::Lineage) && usable(text))
        .map_or(0, |(key, text)| key.len() + text.len() + 2);
    let mut kept = String::new();
    let mut seen = Vec::new();
    for (key, text) in pairs(value) {
        let kind = Key::of(key);
        if !matches!(kind, Key::Lineage | Key::Other) || !usable(key) || !usable(text) {
            continue;
        }
        let is_lineage = matches!(kind, Key::Lineage);
        let len = key.len() + text.len() + 2;
        // Loop detection depends on Lineage, so other keys leave room for it.
        let reserved = if is_lineage { 0 } else { lineage_left };
        if kept.len() + len + reserved > HEADER_EXTRAS_BYTES_MAX || seen.iter().any(|other: &&str| key.eq_ignore_ascii_case(other)) {
            continue;
        }
        if is_lineage {
            lineage_left = 0;
        }
        seen.push(key);
        if !kept.is_empty() {
            kept.push(';');
        }
        kept.push_str(key);
        kept.push('=');
        kept.push_str(text);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";

    #[test]
    fn odd_headers() {
        let full = format!("Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1");
        let table = [
            (full.clone(), full.as_str()),
            (format!("  rOOt = {ROOT} ; PARENT= 53995c3f42cd8ad8;;;sampled=1;"), &full),
            (format!("Self=1-67891234-12456789abcdef012345678;{full}"), &full),
            (format!("{full};Root=1-00000000-000000000000000000000001;Sampled=0"), &full),
            (format!("{full};broken;=x;a=1;A=2;b=\u{7};c=ü"), &format!("{full};a=1")),
            (format!("Root={ROOT};Parent=xyz;Sampled=7"), &format!("Root={ROOT}")),
            (format!("Root={ROOT};Sampled=?"), &format!("Root={ROOT};Sampled=?")),
            (format!("Root={ROOT};x={};Lineage=25:a87bd80c:1", "y".repeat(300)), &format!("Root={ROOT};Lineage=25:a87bd80c:1")),
            (format!("Root={ROOT};x={};Lineage=25:a87bd80c:1", "y".repeat(240)), &format!("Root={ROOT};Lineage=25:a87bd80c:1")),
            ("Root=1-1-1;Parent=53995c3f42cd8ad8;Sampled=1;a=b".into(), ""),
            ("Parent=53995c3f42cd8ad8;Sampled=1".into(), ""),
            (String::new(), ""),
            (";".repeat(100_000), ""),
        ];
        for (value, expected) in table {
            assert_eq!(TraceHeader::parse(&value).to_string(), expected, "from {value:.200}");
        }
    }

    #[test]
    fn malformed_traceparents_are_refused() {
        for value in [
            "",
            "00",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8",
            "00-00000000000000000000000000000000-53995c3f42cd8ad8-01",
            "00-5759e988bd862e3fe1be46a994272793-0000000000000000-01",
            "ff-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01-x",
            "00-5759E988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-0",
            "0-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
        ] {
            assert_eq!(TraceHeader::from_traceparent(value), None, "{value}");
        }
        let later = TraceHeader::from_traceparent("01-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-00-more");
        assert_eq!(later.unwrap().sampled, Sampled::No);
    }

    fn any_header() -> impl Strategy<Value = TraceHeader> {
        let sampled = prop_oneof![Just(Sampled::Yes), Just(Sampled::No), Just(Sampled::Requested), Just(Sampled::Undecided)];
        (any::<u128>(), proptest::option::of(1u64..), sampled, "([a-z]{1,8}=[ -:<-~]{0,12};?){0,4}").prop_map(
            |(root, parent, sampled, extras)| {
                TraceHeader::new(TraceId::from_bits(root), parent.and_then(SegmentId::from_bits), sampled).with_extras(&extras)
            },
        )
    }

    proptest! {
        #[test]
        fn headers_round_trip(header in any_header()) {
            prop_assert_eq!(TraceHeader::parse(&header.to_string()), header);
        }

        #[test]
        fn any_text_reads_to_something_that_is_stable_and_bounded(text in "(?s).{0,300}|((Root|parent|Sampled|x)=[^;]{0,40};){0,6}") {
            let header = TraceHeader::parse(&text);
            let written = header.to_string();
            prop_assert!(written.len() <= 100 + HEADER_EXTRAS_BYTES_MAX);
            prop_assert!(written.bytes().all(|byte| matches!(byte, b' '..=b'~')));
            prop_assert_eq!(TraceHeader::parse(&written), header);
            let _ = TraceHeader::from_traceparent(&text);
        }

        #[test]
        fn w3c_mapping_loses_nothing(root in 1u128.., parent in 1u64.., yes: bool) {
            let sampled = if yes { Sampled::Yes } else { Sampled::No };
            let header = TraceHeader::new(TraceId::from_bits(root), SegmentId::from_bits(parent), sampled);
            prop_assert_eq!(TraceHeader::from_traceparent(&header.to_traceparent().unwrap()), Some(header));
        }
    }
}
