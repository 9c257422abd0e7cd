//! Trace and segment ids.
//!
//! Source: "X-Ray segment documents" and "Sending trace data", AWS X-Ray developer guide; the W3C form was added to X-Ray in October 2023.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize, Serializer};

/// Length of a trace id in X-Ray form, `1-5759e988-bd862e3fe1be46a994272793`.
pub const TRACE_ID_LEN: usize = 35;

/// Length of a segment, subsegment or exception id.
pub const SEGMENT_ID_LEN: usize = 16;

/// A trace id: 32 bits of start time (Unix seconds) and 96 random bits.
///
/// X-Ray writes it `1-<8 hex>-<24 hex>`, W3C trace context writes the same 128 bits as 32 hex digits, so both directions are free of loss.
///
/// ```
/// use xray_model::TraceId;
///
/// let id: TraceId = "1-5759e988-bd862e3fe1be46a994272793".parse()?;
/// assert_eq!(id.to_w3c(), "5759e988bd862e3fe1be46a994272793");
/// assert_eq!(TraceId::from_w3c("5759e988bd862e3fe1be46a994272793"), Some(id));
/// assert_eq!(id.to_string(), "1-5759e988-bd862e3fe1be46a994272793");
/// # Ok::<(), xray_model::ParseIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(u128);

impl TraceId {
    /// Makes an id from its start time in Unix seconds and its random part, of which the lower 96 bits count.
    #[must_use]
    pub const fn new(epoch_seconds: u32, random: u128) -> Self {
        Self(((epoch_seconds as u128) << 96) | (random & ((1 << 96) - 1)))
    }

    /// The id as one number; the upper 32 bits are [`Self::epoch_seconds`].
    #[must_use]
    pub const fn to_bits(self) -> u128 {
        self.0
    }

    /// The id with these 128 bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The start time part in Unix seconds. Since October 2023 X-Ray accepts ids in which it is random.
    #[must_use]
    pub const fn epoch_seconds(self) -> u32 {
        (self.0 >> 96) as u32
    }

    /// The 35 ASCII bytes of the X-Ray form.
    #[must_use]
    pub fn to_ascii(self) -> [u8; TRACE_ID_LEN] {
        let mut text = [b'-'; TRACE_ID_LEN];
        text[0] = b'1';
        text[2..10].copy_from_slice(&hex(u64::from(self.epoch_seconds()))[8..]);
        text[11..19].copy_from_slice(&hex((self.0 >> 64) as u64)[8..]);
        text[19..].copy_from_slice(&hex(self.0 as u64));
        text
    }

    /// The 32 hex digits of the W3C form.
    #[must_use]
    pub fn to_w3c(self) -> String {
        format!("{:032x}", self.0)
    }

    /// Reads the W3C form; `None` unless it is 32 hex digits and not all zero.
    #[must_use]
    pub fn from_w3c(text: &str) -> Option<Self> {
        match parse_hex(text, 32)? {
            0 => None,
            bits => Some(Self(bits)),
        }
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ascii(&self.to_ascii()))
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for TraceId {
    type Err = ParseIdError;

    /// Strict: version `1`, dashes at 1 and 10, hex digits of either case elsewhere.
    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        let bytes = text.as_bytes();
        let error = || ParseIdError::new("trace id", "1-<8 hex digits>-<24 hex digits>", text);
        if bytes.len() != TRACE_ID_LEN || !bytes.is_ascii() || &bytes[..2] != b"1-" || bytes[10] != b'-' {
            return Err(error());
        }
        let epoch = parse_hex(&text[2..10], 8).ok_or_else(error)?;
        let random = parse_hex(&text[11..], 24).ok_or_else(error)?;
        Ok(Self((epoch << 96) | random))
    }
}

/// Id of a segment, subsegment or exception: 64 bits, never zero, written as 16 hex digits.
///
/// ```
/// use xray_model::SegmentId;
///
/// let id: SegmentId = "53995c3f42cd8ad8".parse()?;
/// assert_eq!(id.to_string(), "53995c3f42cd8ad8");
/// assert!("0000000000000000".parse::<SegmentId>().is_err());
/// # Ok::<(), xray_model::ParseIdError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId(NonZeroU64);

impl SegmentId {
    /// The id with these bits; `None` for zero, which SDKs use for "not sampled".
    #[must_use]
    pub const fn from_bits(bits: u64) -> Option<Self> {
        match NonZeroU64::new(bits) {
            Some(bits) => Some(Self(bits)),
            None => None,
        }
    }

    /// The id as a number.
    #[must_use]
    pub const fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The 16 ASCII hex digits.
    #[inline]
    #[must_use]
    pub fn to_ascii(self) -> [u8; SEGMENT_ID_LEN] {
        hex(self.0.get())
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(ascii(&self.to_ascii()))
    }
}

impl fmt::Debug for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SegmentId {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        parse_hex(text, SEGMENT_ID_LEN)
            .and_then(|bits| Self::from_bits(bits as u64))
            .ok_or_else(|| ParseIdError::new("segment id", "16 hex digits, not all zero", text))
    }
}

/// An id that could not be read; the message names the value and the form that was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseIdError {
    what: &'static str,
    expected: &'static str,
    found: String,
}

impl ParseIdError {
    #[cold]
    fn new(what: &'static str, expected: &'static str, found: &str) -> Self {
        // An id comes from outside: what is shown of it stays on one short line.
        let found = found.chars().take(TRACE_ID_LEN + 1).map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect();
        Self { what, expected, found }
    }
}

impl fmt::Display for ParseIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid {} `{}`: expected {}", self.what, self.found, self.expected)
    }
}

impl std::error::Error for ParseIdError {}

macro_rules! serde_as_text {
    ($($id:ty),*) => {$(
        impl Serialize for $id {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(ascii(&self.to_ascii()))
            }
        }

        impl<'de> Deserialize<'de> for $id {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    )*};
}
serde_as_text!(TraceId, SegmentId);

/// Eight digits at a time, each in a byte of a 64-bit number: this is on the way of every subsegment.
#[inline]
fn hex(bits: u64) -> [u8; SEGMENT_ID_LEN] {
    let mut text = [0; SEGMENT_ID_LEN];
    text[..8].copy_from_slice(&hex_half((bits >> 32) as u32));
    text[8..].copy_from_slice(&hex_half(bits as u32));
    text
}

#[inline]
fn hex_half(bits: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // 0x12345678 spreads to 0x0102030405060708.
    let mut digits = u64::from(bits);
    digits = (digits | (digits << 16)) & 0x0000_ffff_0000_ffff;
    digits = (digits | (digits << 8)) & 0x00ff_00ff_00ff_00ff;
    digits = (digits | (digits << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    // 1 where the digit is a letter: 10 and more carry into the upper half when 6 is added.
    let letters = ((digits + 6 * ONES) >> 4) & ONES;
    let ascii = digits + ONES * u64::from(b'0') + letters * u64::from(b'a' - b'0' - 10);
    ascii.to_be_bytes()
}

/// A number of exactly so many hex digits, at most 32; `from_str_radix` would accept a sign.
fn parse_hex(text: &str, digits: usize) -> Option<u128> {
    if text.len() != digits {
        return None;
    }
    // Each half fits 64 bits.
    let (high, low) = text.as_bytes().split_at(digits.saturating_sub(16));
    let digit = |number: u64, byte: &u8| Some(number << 4 | u64::from(hex_digit(*byte)?));
    let (high, low) = (high.iter().try_fold(0, digit)?, low.iter().try_fold(0, digit)?);
    Some(u128::from(high) << 64 | u128::from(low))
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

/// The bytes come from [`hex`] and literals, so they are ASCII.
pub(crate) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn ids_round_trip(bits: u128, segment in 1u64..) {
            let id = TraceId::from_bits(bits);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
            prop_assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
            prop_assert_eq!(TraceId::new(id.epoch_seconds(), bits), id);
            let id = SegmentId::from_bits(segment).unwrap();
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn any_text_is_refused_or_reproduced(text in ".{0,40}|[0-9a-f-]{35}|1-[0-9a-fA-F]{8}-[0-9a-fA-F]{24}") {
            if let Ok(id) = text.parse::<TraceId>() {
                prop_assert_eq!(id.to_string(), text.to_lowercase());
            }
            let _ = text.parse::<SegmentId>();
            let _ = TraceId::from_w3c(&text);
        }
    }

    #[test]
    fn malformed_ids_are_refused_with_the_form_expected() {
        for text in [
            "",
            "1",
            "2-5759e988-bd862e3fe1be46a994272793",
            "1-5759e98-8bd862e3fe1be46a994272793",
            "1-5759e988-bd862e3fe1be46a99427279",
            "1-5759e988-bd862e3fe1be46a9942727930",
            "1-+759e988-bd862e3fe1be46a994272793",
            "1-5759e988-bd862e3fe1be46a99427279é",
            "1-5759e988-bd862e3fe1be46a9942727\u{e9}",
        ] {
            let error = text.parse::<TraceId>().unwrap_err().to_string();
            assert!(error.contains("expected 1-<8 hex digits>-<24 hex digits>"), "{error}");
        }
    }
}
