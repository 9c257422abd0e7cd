//! Why a request failed, and whether to try again.

use std::error::Error;
use std::io;
use std::time::Duration;

use crate::relay::{Answered, Loss};

/// Characters of an answer that are kept to be shown.
const SHOWN: usize = 300;

/// A request that did not succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) loss: Loss,
    pub(super) text: String,
    pub(super) may_try_again: bool,
    /// How long the receiver asks to be left alone.
    pub(super) retry_after: Option<Duration>,
}

impl Failure {
    pub(super) fn new(loss: Loss, text: impl Into<String>) -> Self {
        Self { loss, text: text.into(), may_try_again: false, retry_after: None }
    }

    pub(super) fn timed_out(seconds: u64) -> Self {
        Self { loss: Loss::TimedOut, text: format!("no answer within {seconds} s"), may_try_again: true, retry_after: None }
    }

    /// An answer that is an error.
    pub(super) fn answered(answered: &Answered) -> Self {
        let Answered { status, retry_after, body, error } = answered;
        let loss = if *status < 500 { Loss::Status4xx } else { Loss::Status5xx };
        let said = format!("{} {}", error.as_deref().unwrap_or_default(), String::from_utf8_lossy(body));
        let said: String = said.trim().chars().filter(|letter| !letter.is_control()).take(SHOWN).collect();
        // AWS says some of it in words, with 400 or 403.
        let is_passing = || ["Throttl", "ExpiredToken", "RequestTimeout"].iter().any(|word| said.contains(word));
        let may_try_again = matches!(status, 408 | 429 | 500 | 502 | 503 | 504) || (*status < 500 && is_passing());
        Self { loss, text: format!("answered with {status}: {said}"), may_try_again, retry_after: *retry_after }
    }

    /// A connection that failed: the chain of errors says how.
    pub(super) fn connection(error: &(dyn Error + 'static)) -> Self {
        let mut loss = Loss::Other;
        let mut texts: Vec<String> = Vec::new();
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            let kind = error.downcast_ref::<io::Error>().map(io::Error::kind);
            if kind == Some(io::ErrorKind::ConnectionRefused) {
                loss = Loss::Refused;
            } else if text.contains("dns error") || text.contains("failed to lookup address") {
                loss = Loss::UnknownHost;
            } else if kind == Some(io::ErrorKind::TimedOut) {
                loss = Loss::TimedOut;
            }
            if !texts.iter().any(|told| told.contains(&text)) {
                texts.push(text);
            }
            next = error.source();
        }
        Self { loss, text: texts.join(": ").chars().take(SHOWN).collect(), may_try_again: true, retry_after: None }
    }
}
