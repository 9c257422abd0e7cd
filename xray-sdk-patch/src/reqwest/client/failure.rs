//! Errors of the client as exceptions.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use xray_model::limits;
use xray_runtime::Failure;

use super::super::reqwest::Error;
use crate::facts::bounded::Bounded;
use crate::facts::url::text_without_secrets;

/// An error that is to be recorded. Its text is made while a panic in it is caught: causes may be errors of the program.
pub(crate) struct Told<'a, E>(pub(crate) &'a E);

impl From<Told<'_, Error>> for Failure {
    fn from(Told(error): Told<'_, Error>) -> Self {
        Self::new(kind(error), Chain(error))
    }
}

/// What went wrong, named after the question that reqwest's error says yes to. A time-out while connecting is a time-out.
fn kind(error: &Error) -> &'static str {
    if error.is_timeout() {
        "reqwest::Timeout"
    } else if error.is_connect() {
        "reqwest::Connect"
    } else if error.is_redirect() {
        "reqwest::Redirect"
    } else if error.is_body() {
        "reqwest::Body"
    } else if error.is_decode() {
        "reqwest::Decode"
    } else if error.is_builder() {
        "reqwest::Builder"
    } else if error.is_request() {
        "reqwest::Request"
    } else {
        "reqwest::Error"
    }
}

/// The texts of an error and its sources, without what is secret in the URLs there.
pub(crate) struct Chain<'a>(pub(crate) &'a (dyn StdError + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text(self.0))?;
        let mut source = self.0.source();
        for _ in 1..limits::EXCEPTIONS_MAX {
            let Some(cause) = source else { break };
            write!(f, ": {}", text(cause))?;
            source = cause.source();
        }
        Ok(())
    }
}

/// The text of one error. Where the URL stands is known of reqwest's own; it is in the document already.
fn text(link: &(dyn StdError + 'static)) -> String {
    let mut text = Bounded::default();
    let _ = write!(text, "{link}");
    let mut text = text.0;
    if let Some(url) = link.downcast_ref::<Error>().and_then(Error::url)
        && let Some(place) = text.find(&format!(" for url ({url})"))
    {
        text.truncate(place);
    }
    text_without_secrets(&text)
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn texts_of_causes_are_bounded_and_keep_no_secret() {
        let cause = io::Error::other(io::Error::other("no answer of http://ann:secret@a.b/c?key=secret in time"));
        assert_eq!(Chain(&cause).to_string(), "no answer of http://a.b/c in time");
        let long = io::Error::other("é".repeat(1_000_000));
        let text = Chain(&long).to_string();
        assert!(text.len() <= 4 * limits::EXCEPTION_MESSAGE_CHARS_MAX && text.chars().count() >= limits::EXCEPTION_MESSAGE_CHARS_MAX);
    }
}
