//! `NextToken`: where the next page begins, and the question that it belongs to. Nothing is kept for it.

use std::fmt::Write;

use crate::api::error::Error;
use crate::members::Members;

/// A place in a list, as opaque text: a checksum of the question, and up to two numbers.
const MARK: &str = "ax1";

/// What pages belong to: the operation and those of its members that must stay the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question(u64);

impl Question {
    pub(super) fn new(operation: &str, parts: &[&str]) -> Self {
        let mut hash = Hash::default();
        for part in [operation].iter().chain(parts) {
            hash.add(part.as_bytes());
            hash.add(&[0xff]);
        }
        Self(hash.0)
    }

    /// The token for the page that begins at a place.
    pub(super) fn token(self, place: (u64, u128)) -> String {
        let body = format!("{:016x}{:016x}{:032x}", self.0, place.0, place.1);
        let mut hash = Hash::default();
        hash.add(body.as_bytes());
        let mut token = String::from(MARK);
        let _ = write!(token, "{body}{:08x}", hash.0 as u32);
        token
    }

    /// The place that a request's token names; `None` for the first page.
    pub(super) fn place(self, members: &Members<'_>) -> Result<Option<(u64, u128)>, Error> {
        let Some(token) = members.text("NextToken", 0..=usize::MAX)? else { return Ok(None) };
        let place = self.read(token);
        place.map(Some).ok_or_else(|| {
            members
                .wrong("NextToken", "use the NextToken of the page before, with the other members as they were, or none for the first page")
                .into()
        })
    }

    fn read(self, token: &str) -> Option<(u64, u128)> {
        let body = token.strip_prefix(MARK)?;
        let hex = |from: usize, to: usize| u128::from_str_radix(body.get(from..to)?, 16).ok();
        let place = (u64::try_from(hex(16, 32)?).ok()?, hex(32, 64)?);
        // Whatever differs from what would be written, is none of ours.
        (self.token(place) == token).then_some(place)
    }
}

/// FNV-1a, against mistakes and not against attacks: a forged token shows no more than a question without one.
struct Hash(u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// A number that is the same for the same bytes.
pub(super) fn hash(parts: &[&[u8]]) -> u64 {
    let mut hash = Hash::default();
    parts.iter().for_each(|part| hash.add(part));
    // The upper bits of FNV hardly depend on the last bytes; this mixes them (the end of MurmurHash3).
    let mixed = (hash.0 ^ (hash.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    mixed ^ (mixed >> 33)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_are_of_one_question_only() {
        let question = Question::new("GetTraceSummaries", &["fault", "5"]);
        let place = (17, u128::MAX);
        let token = question.token(place);
        assert!(token.len() <= 100, "GetGroups takes no longer ones");
        assert_eq!(question.read(&token), Some(place));
        for other in [Question::new("GetTraceSummaries", &["fault5"]), Question::new("GetGroups", &["fault", "5"])] {
            assert_eq!(other.read(&token), None);
        }
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] ^= 1;
            assert_eq!(question.read(&String::from_utf8(changed).unwrap()), None);
            assert_eq!(question.read(&token[..at]), None);
        }
        for bad in ["", "ax1", "ax1é", "ax1+", &format!("{token}0"), &token.to_uppercase()] {
            let value = json!({"NextToken": bad});
            let error = question.place(&Members::whole(&value).unwrap()).unwrap_err();
            assert!(error.body()["Message"].as_str().unwrap().contains("NextToken of the page before"), "{bad}");
        }
    }
}
