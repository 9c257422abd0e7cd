//! The daemon's datagram: one header line, one document.
//!
//! Source: "AWS X-Ray daemon" and "Sending trace data" in the developer guide; `cmd/tracing/daemon.go` and `pkg/tracesegment` of the daemon.

use std::fmt;

use serde_json::Value;

pub use crate::limits::DATAGRAM_HEADER as HEADER;

/// Splits a datagram into header and body, checks the header and gives back the body.
///
/// The rules are the daemon's: the header ends at the first `\n`, `format` is `json` in any case, `version` is 1, further members are
/// ignored. The body is not looked at.
///
/// ```
/// use xray_model::datagram::{self, Rejected};
///
/// assert_eq!(datagram::split(b"{\"format\": \"json\", \"version\": 1}\n{}"), Ok(&b"{}"[..]));
/// assert_eq!(datagram::split(b"{\"format\": \"json\", \"version\": 2}\n{}"), Err(Rejected::WrongVersion));
/// ```
///
/// # Errors
///
/// Says which part of the datagram the daemon would not take.
pub fn split(datagram: &[u8]) -> Result<&[u8], Rejected> {
    let body = match datagram.strip_prefix(HEADER.as_bytes()) {
        Some(body) => body,
        None => {
            let end = datagram.iter().position(|&byte| byte == b'\n').ok_or(Rejected::MissingNewline)?;
            check_header(&datagram[..end])?;
            &datagram[end + 1..]
        }
    };
    if body.is_empty() { Err(Rejected::EmptyBody) } else { Ok(body) }
}

fn check_header(header: &[u8]) -> Result<(), Rejected> {
    let Ok(Value::Object(members)) = serde_json::from_slice(header) else {
        return Err(Rejected::BadHeader);
    };
    let format = members.get("format").and_then(Value::as_str);
    if !format.is_some_and(|format| format.eq_ignore_ascii_case("json")) {
        return Err(Rejected::WrongFormat);
    }
    if members.get("version").and_then(Value::as_u64) != Some(1) {
        return Err(Rejected::WrongVersion);
    }
    Ok(())
}

/// Why a datagram was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rejected {
    /// No `\n`, so there is no telling header and body apart.
    MissingNewline,
    /// The header is not a JSON object.
    BadHeader,
    /// The header's `format` is missing or not `json`.
    WrongFormat,
    /// The header's `version` is missing or not 1.
    WrongVersion,
    /// Nothing after the header.
    EmptyBody,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MissingNewline => "no line break between header and document",
            Self::BadHeader => "header is not a JSON object",
            Self::WrongFormat => "header names another format than \"json\"",
            Self::WrongVersion => "header names another version than 1",
            Self::EmptyBody => "no document after the header",
        })
    }
}

impl std::error::Error for Rejected {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn headers_are_judged_as_the_daemon_does() {
        let table: [(&str, Result<&str, Rejected>); 22] = [
            ("{\"format\":\"json\",\"version\":1}\n{}", Ok("{}")),
            ("{\"format\": \"json\", \"version\": 1}\n{\n}\n", Ok("{\n}\n")),
            ("{\"version\":1,\"format\":\"JSON\",\"more\":[{}]}\r\nx", Ok("x")),
            (" {\"format\":\"json\",\"version\":1} \n\n", Ok("\n")),
            ("", Err(Rejected::MissingNewline)),
            ("{\"format\":\"json\",\"version\":1}", Err(Rejected::MissingNewline)),
            ("{\"format\":\"json\",\"version\":1} {}", Err(Rejected::MissingNewline)),
            ("\n{}", Err(Rejected::BadHeader)),
            ("hello\n{}", Err(Rejected::BadHeader)),
            ("[1]\n{}", Err(Rejected::BadHeader)),
            ("null\n{}", Err(Rejected::BadHeader)),
            ("{\"format\":\"json\",\"version\":1\n{}", Err(Rejected::BadHeader)),
            ("\u{0}\u{1}\n{}", Err(Rejected::BadHeader)),
            ("{}\n{}", Err(Rejected::WrongFormat)),
            ("{\"version\":1}\n{}", Err(Rejected::WrongFormat)),
            ("{\"format\":\"xml\",\"version\":1}\n{}", Err(Rejected::WrongFormat)),
            ("{\"format\":7,\"version\":1}\n{}", Err(Rejected::WrongFormat)),
            ("{\"format\":\"json\"}\n{}", Err(Rejected::WrongVersion)),
            ("{\"format\":\"json\",\"version\":\"1\"}\n{}", Err(Rejected::WrongVersion)),
            ("{\"format\":\"json\",\"version\":2}\n{}", Err(Rejected::WrongVersion)),
            ("{\"format\":\"json\",\"version\":1}\n", Err(Rejected::EmptyBody)),
            ("{\"format\":\"json\", \"version\":1}\n", Err(Rejected::EmptyBody)),
        ];
        for (datagram, expected) in table {
            assert_eq!(split(datagram.as_bytes()), expected.map(str::as_bytes), "{datagram:?}");
        }
        assert_eq!(split(&[b'['; 60_000]), Err(Rejected::MissingNewline));
        let deep = [&[b'['; 60_000][..], b"\n{}"].concat();
        assert_eq!(split(&deep), Err(Rejected::BadHeader));
    }

    proptest! {
        #[test]
        fn any_bytes_are_judged(bytes: Vec<u8>) {
            let _ = split(&bytes);
            let mut datagram = HEADER.as_bytes().to_vec();
            datagram.extend(&bytes);
            prop_assert_eq!(split(&datagram).ok(), (!bytes.is_empty()).then_some(&bytes[..]));
        }
    }
}
