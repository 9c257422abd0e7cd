//! Points in time as documents carry them.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;
use std::time::Duration;

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Digits that are read of a number; far more than a time in nanoseconds can hold, far less than would overflow.
const DIGITS_MAX: u32 = 30;

/// A point in time: nanoseconds since 1970.
///
/// Documents write seconds as a decimal number. An `f64` holds those only to a quarter of a microsecond, so the digits are read as they
/// stand; two times from one document differ by exactly what their sender measured.
///
/// ```
/// use xray_model::document::Timestamp;
///
/// let start: Timestamp = "1710276830.000000125".parse()?;
/// let end: Timestamp = "1.7102768300000005E9".parse()?;
/// assert_eq!(end.since(start).as_nanos(), 375);
/// assert_eq!(end.to_string(), "1710276830.0000005");
/// # Ok::<(), xray_model::document::TimestampError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
// One more than the nanoseconds, so that an `Option` of it takes no more room. The last two nanoseconds, in 2554, are the same.
pub struct Timestamp(NonZeroU64);

impl Timestamp {
    /// The time this long after 1970 began.
    #[must_use]
    pub const fn from_nanos(nanos: u64) -> Self {
        match NonZeroU64::new(nanos.saturating_add(1)) {
            Some(next) => Self(next),
            None => Self(NonZeroU64::MAX),
        }
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub const fn as_nanos(self) -> u64 {
        self.0.get() - 1
    }

    /// Whole seconds since 1970.
    #[must_use]
    pub const fn as_secs(self) -> u64 {
        self.as_nanos() / NANOS_PER_SECOND
    }

    /// Time passed since `earlier`; zero if that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.get().saturating_sub(earlier.0.get()))
    }
}

impl Default for Timestamp {
    fn default() -> Self {
        Self::from_nanos(0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Timestamp").field(&self.as_nanos()).finish()
    }
}

impl fmt::Display for Timestamp {
    /// Seconds with the decimals that are needed, as documents write them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.as_secs(), self.as_nanos() % NANOS_PER_SECOND);
        if nanos == 0 {
            return write!(f, "{seconds}");
        }
        let decimals = format!("{nanos:09}");
        write!(f, "{seconds}.{}", decimals.trim_end_matches('0'))
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    /// Reads a JSON number of seconds. What is finer than a nanosecond is cut off.
    fn from_str(text: &str) -> Result<Self, TimestampError> {
        if let Some(nanos) = plain(text) {
            return Ok(Self::from_nanos(nanos));
        }
        let number = Decimal::parse(text).ok_or(TimestampError::NotANumber)?;
        number.nanos().map(Self::from_nanos).ok_or(TimestampError::OutOfRange)
    }
}

/// Nanoseconds of a number as nearly all documents write it: ten digits, a point, and up to nine more. Others take the long way.
fn plain(text: &str) -> Option<u64> {
    let (whole, fraction) = text.as_bytes().split_at_checked(10)?;
    let (b'.', fraction @ [_, ..]) = fraction.split_first()? else { return None };
    if whole.first() == Some(&b'0') || fraction.len() > 9 {
        return None;
    }
    let digit = |number: u64, byte: &u8| byte.is_ascii_digit().then(|| number * 10 + u64::from(byte - b'0'));
    let whole = whole.iter().try_fold(0, digit)?;
    let scale = 10u64.pow(9 - u32::try_from(fraction.len()).ok()?);
    let fraction = fraction.iter().try_fold(0, digit)?;
    Some(whole * NANOS_PER_SECOND + fraction * scale)
}

/// A number that is no point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampError {
    /// Not a number as JSON writes them.
    NotANumber,
    /// Before 1970 or after 2554; often milliseconds where seconds are expected.
    OutOfRange,
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "a number of seconds since 1970",
            Self::OutOfRange => "seconds since 1970, not milliseconds and not negative",
        })
    }
}

impl std::error::Error for TimestampError {}

/// `digits` · 10^`exponent`.
struct Decimal {
    negative: bool,
    digits: u128,
    exponent: i32,
}

impl Decimal {
    fn parse(text: &str) -> Option<Self> {
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        if whole.is_empty() || (whole.len() > 1 && whole.starts_with('0')) {
            return None;
        }
        let mut number = Self { negative, digits: 0, exponent };
        let mut taken = 0;
        for (position, byte) in whole.bytes().chain(fraction.bytes()).enumerate() {
            let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
            let in_fraction = position >= whole.len();
            if taken < DIGITS_MAX {
                number.digits = number.digits * 10 + u128::from(digit);
                taken += u32::from(number.digits > 0);
                number.exponent = number.exponent.saturating_sub(i32::from(in_fraction));
            } else {
                number.exponent = number.exponent.saturating_add(i32::from(!in_fraction));
            }
        }
        Some(number)
    }

    /// Value in billionths; `None` if negative or too large.
    fn nanos(&self) -> Option<u64> {
        if self.digits == 0 {
            return Some(0);
        }
        let scale = self.exponent.saturating_add(9);
        let power = || 10u128.checked_pow(scale.unsigned_abs());
        let nanos = match scale {
            0.. => self.digits.checked_mul(power()?)?,
            // A power that does not fit divides everything to zero.
            _ => power().map_or(0, |power| self.digits / power),
        };
        if self.negative && nanos > 0 { None } else { u64::try_from(nanos).ok() }
    }
}

fn exponent_of(text: &str) -> Option<i32> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse().unwrap_or(i32::MAX);
    Some(if text.starts_with('-') { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn forms_of_numbers() {
        let table = [
            ("1710276830", Ok("1710276830")),
            ("1710276830.1", Ok("1710276830.1")),
            ("1710276830.100000000", Ok("1710276830.1")),
            ("1.710276830101E9", Ok("1710276830.101")),
            ("1.710276830101e+09", Ok("1710276830.101")),
            ("17102768301010e-4", Ok("1710276830.101")),
            ("0", Ok("0")),
            ("-0.0", Ok("0")),
            ("0.0000000019", Ok("0.000000001")),
            ("1e-400", Ok("0")),
            ("1e-99999999999999", Ok("0")),
            ("0e99999999999999", Ok("0")),
            ("0.1234567890123456789012345678901234567890", Ok("0.123456789")),
            ("1710276830101", Err(TimestampError::OutOfRange)),
            ("1e400", Err(TimestampError::OutOfRange)),
            ("-1", Err(TimestampError::OutOfRange)),
            ("1e99999999999999", Err(TimestampError::OutOfRange)),
            ("99999999999999999999999999999999999999999999", Err(TimestampError::OutOfRange)),
            ("", Err(TimestampError::NotANumber)),
            ("01", Err(TimestampError::NotANumber)),
            ("1.", Err(TimestampError::NotANumber)),
            (".5", Err(TimestampError::NotANumber)),
            ("+1", Err(TimestampError::NotANumber)),
            ("1e", Err(TimestampError::NotANumber)),
            ("1e5e5", Err(TimestampError::NotANumber)),
            ("NaN", Err(TimestampError::NotANumber)),
            ("١", Err(TimestampError::NotANumber)),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<Timestamp>().map(|time| time.to_string()), expected.map(str::to_owned), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_way_leads_where_the_long_one_does(text in "[0-9]{9,11}[.]?[0-9]{0,11}") {
            let long = Decimal::parse(&text).and_then(|number| number.nanos());
            prop_assert!(plain(&text).is_none_or(|nanos| Some(nanos) == long), "{text}");
            prop_assert_eq!(text.parse().ok(), long.map(Timestamp::from_nanos));
        }

        #[test]
        fn times_round_trip(nanos: u64) {
            let time = Timestamp::from_nanos(nanos);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }

        #[test]
        fn any_text_is_judged(text in "-?[0-9.eE+-]{0,40}|.{0,20}") {
            let _ = text.parse::<Timestamp>();
        }
    }
}
