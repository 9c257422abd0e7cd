//! Which trace is wanted, in any of the ways in which its id stands in logs, headers and addresses.

use std::str::FromStr;
use std::time::Duration;

use xray_model::{TraceHeader, TraceId};

/// Hexadecimal digits of the time in an id: it takes them to know where to look.
const TIME_DIGITS: usize = 8;
const DIGITS: usize = 32;

/// A trace, by its id or by how that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Id(TraceId),
    Beginning(Beginning),
}

/// The first digits of an id, eight or more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    digits: String,
}

impl Beginning {
    /// The time in the id, since 1970. Ids of OpenTelemetry may have anything there.
    pub(super) fn time(&self) -> Duration {
        let seconds = self.digits.get(..TIME_DIGITS).and_then(|digits| u64::from_str_radix(digits, 16).ok());
        Duration::from_secs(seconds.unwrap_or_default())
    }

    /// Whether an id of X-Ray's form begins with it.
    pub(super) fn begins(&self, id: &str) -> bool {
        let digits = id.strip_prefix("1-").unwrap_or(id).chars().filter(|char| *char != '-');
        digits.zip(self.digits.chars()).filter(|(one, other)| one.eq_ignore_ascii_case(other)).count() == self.digits.len()
    }
}

impl std::fmt::Display for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (time, rest) = self.digits.split_at_checked(TIME_DIGITS).unwrap_or((&self.digits, ""));
        write!(f, "1-{time}-{rest}")
    }
}

impl FromStr for Wanted {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        // The address of a page of the viewer.
        let id = text.rsplit_once("/traces/").map_or(text, |(_, id)| id.split(['/', '?', '#']).next().unwrap_or(id));
        let root = || TraceHeader::parse(&id[id.find("Root=")?..]).root;
        let traceparent = || TraceHeader::from_traceparent(id.strip_prefix("traceparent:").unwrap_or(id).trim())?.root;
        if let Some(id) = id.parse().ok().or_else(|| TraceId::from_w3c(id)).or_else(root).or_else(traceparent) {
            return Ok(Self::Id(id));
        }
        let digits: String = match id.strip_prefix("1-") {
            // A dash behind the time may be there already.
            Some(rest) if !rest.starts_with('-') => rest.replacen('-', "", usize::from(rest.find('-') == Some(TIME_DIGITS))),
            _ => id.to_owned(),
        };
        let is_beginning = (TIME_DIGITS..DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_beginning {
            return Ok(Self::Beginning(Beginning { digits }));
        }
        Err("it is 1-, 8 hexadecimal digits, -, and 24 more of them; or 32 of them (W3C). The first 8 digits are enough where no other \
             trace has them"
            .to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "1-5759e988-bd862e3fe1be46a994272793";

    #[test]
    fn ids_as_they_stand_in_logs_headers_and_addresses() {
        for text in [
            ID,
            " 1-5759E988-BD862E3FE1BE46A994272793\n",
            "5759e988bd862e3fe1be46a994272793",
            "Root=1-5759e988-bd862e3fe1be46a994272793",
            "X-Amzn-Trace-Id: Self=1-5759e988-000000000000000000000001;Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            "traceparent: 00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01",
            "http://127.0.0.1:2000/traces/1-5759e988-bd862e3fe1be46a994272793?theme=dark#raw",
        ] {
            assert_eq!(text.parse(), Ok(Wanted::Id(ID.parse().unwrap())), "{text}");
        }
    }

    #[test]
    fn beginnings_of_ids() {
        for (text, shown) in [
            ("1-5759e988", "1-5759e988-"),
            ("1-5759e988-", "1-5759e988-"),
            ("5759E988", "1-5759E988-"),
            ("1-5759e988-bd8", "1-5759e988-bd8"),
            ("5759e988bd8", "1-5759e988-bd8"),
        ] {
            let Ok(Wanted::Beginning(beginning)) = text.parse() else { panic!("{text}") };
            assert_eq!(beginning.to_string(), shown);
            assert_eq!(beginning.time(), Duration::from_secs(0x5759_e988));
            assert!(beginning.begins(ID) && !beginning.begins("1-5759e989-bd862e3fe1be46a994272793") && !beginning.begins(""), "{text}");
        }
        for text in [
            "",
            "1-",
            "4711",
            "1-5759e98",
            "1--5759e988",
            "1-5759e988--b",
            "1-5759-e988",
            "15759e988bd862e3fe1be46a994272793",
            "wörterbuch",
            "Root=",
        ] {
            assert!(text.parse::<Wanted>().is_err_and(|error| error.contains("(W3C)")), "{text}");
        }
    }
}
