//! Lengths of time as people type them.

use std::str::FromStr;
use std::time::Duration;

/// The longest: as long as X-Ray keeps traces.
const LAST_MAX: Duration = Duration::from_secs(30 * 86_400);

/// How far to look back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Last(pub(crate) Duration);

impl FromStr for Last {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let problem = || "write a number and s, m, h or d: 90s, 15m, 6h, 1d".to_owned();
        let text = text.trim();
        let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(problem)?;
        let seconds: u64 = match unit {
            "s" => 1,
            "m" => 60,
            "h" => 3_600,
            "d" => 86_400,
            _ => return Err(problem()),
        };
        let number: u64 = number.trim().parse().ok().filter(|number| *number > 0).ok_or_else(problem)?;
        let last = number.checked_mul(seconds).map(Duration::from_secs).filter(|last| *last <= LAST_MAX);
        last.map(Self).ok_or_else(|| "X-Ray keeps traces for 30 days".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time() {
        for (text, seconds) in [("90s", 90), ("15m", 900), (" 6 h ", 21_600), ("30d", 2_592_000)] {
            assert_eq!(text.parse(), Ok(Last(Duration::from_secs(seconds))), "{text}");
        }
        for text in ["", "h", "0s", "1", "1.5h", "-1h", "1w", "1ä", "ä", "99999999999999999999d", "9999999999999999d", "31d"] {
            assert!(text.parse::<Last>().is_err(), "{text}");
        }
    }
}
