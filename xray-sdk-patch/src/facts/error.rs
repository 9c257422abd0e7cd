//! Errors that AWS services answer with.
//!
//! Sources: the error sections of the protocols awsJson, restJson, restXml and awsQuery in the Smithy specification; throttling codes as in
//! botocore and the AWS SDK for Rust.

use std::fmt::{self, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::value::RawValue;
use xray_runtime::ErrorKind;

use super::bounded::Bounded;
use super::json;
use super::text::{CHARS_MAX, cut};
use super::url::text_without_secrets;

/// Bytes of a body that are looked at.
const BODY_BYTES_MAX: usize = 64 * 1024;

/// Characters that are kept of a message.
const MESSAGE_CHARS_MAX: usize = 1_000;

/// What an error response says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServiceError {
    /// `ResourceNotFoundException`.
    pub(crate) code: Option<String>,
    pub(crate) message: Option<String>,
}

/// Reads an error response: the header `x-amzn-errortype`, and the body.
pub(crate) fn read(type_header: Option<&str>, body: &[u8]) -> ServiceError {
    let body = &body[..body.len().min(BODY_BYTES_MAX)];
    let (in_body, message) = match body.trim_ascii_start().first() {
        Some(b'{') => from_json(body),
        Some(b'<') => from_xml(&String::from_utf8_lossy(body)),
        _ => (None, None),
    };
    let code = type_header.and_then(code).or_else(|| code(&in_body?));
    ServiceError { code, message: message.map(|text| cut(text.trim(), MESSAGE_CHARS_MAX)).filter(|text| !text.is_empty()) }
}

/// The kind of a response's error, if it is one. Refused for its rate is what comes with 429 or a code that clients wait after, whatever
/// the status; some services answer 200 and tell of the error in the body.
pub(crate) fn kind(status: u16, code: Option<&str>) -> Option<ErrorKind> {
    match (code, ErrorKind::of_status(status)) {
        (Some(code), _) if is_throttling(code) => Some(ErrorKind::Throttle),
        (Some(_), None) if status < 300 => Some(ErrorKind::Fault),
        (Some(_), None) => Some(ErrorKind::Error),
        (_, kind) => kind,
    }
}

fn is_throttling(code: &str) -> bool {
    matches!(
        code,
        "BandwidthLimitExceeded"
            | "EC2ThrottledException"
            | "LimitExceededException"
            | "PriorRequestNotComplete"
            | "ProvisionedThroughputExceededException"
            | "RequestLimitExceeded"
            | "RequestThrottled"
            | "RequestThrottledException"
            | "SlowDown"
            | "ThrottledException"
            | "Throttling"
            | "ThrottlingException"
            | "TooManyRequestsException"
            | "TransactionInProgressException"
    )
}

/// The code alone: `com.amazonaws.sqs#Code:http://internal.amazon.com/` is `Code`.
fn code(text: &str) -> Option<String> {
    let code = text.split(':').next().unwrap_or(text);
    let code = code.rsplit('#').next().unwrap_or(code).trim();
    (!code.is_empty()).then(|| cut(code, CHARS_MAX))
}

/// Code and message of a JSON body, which have several names, in order of precedence.
fn from_json(body: &[u8]) -> (Option<String>, Option<String>) {
    let found = json::pick(body, &["__type", "code", "Code", "errorType", "message", "Message", "errorMessage"]);
    let (codes, messages) = found.split_at(4);
    let first = |found: &[Option<&RawValue>]| found.iter().flatten().find_map(|raw| json::string(raw));
    (first(codes), first(messages))
}

/// Code and message of `<Error>`, which may stand in `<ErrorResponse>`.
fn from_xml(xml: &str) -> (Option<String>, Option<String>) {
    let Some(error) = after_tag(xml, "Error") else { return (None, None) };
    let text = |name| after_tag(error, name).map(content);
    (text("Code"), text("Message"))
}

/// What follows the first start tag of this name.
fn after_tag<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = xml;
    while let Some((_, tag)) = rest.split_once('<') {
        rest = tag;
        if let Some(attributes) = tag.strip_prefix(name)
            && attributes.starts_with(|letter: char| letter == '>' || letter.is_ascii_whitespace())
        {
            return attributes.split_once('>').map(|(_, content)| content);
        }
    }
    None
}

/// Text up to the next tag, with entities decoded.
fn content(xml: &str) -> String {
    if let Some(text) = xml.trim_start().strip_prefix("<![CDATA[") {
        return text.split("]]>").next().unwrap_or(text).to_owned();
    }
    let mut rest = xml.split('<').next().unwrap_or(xml);
    let mut text = String::with_capacity(rest.len());
    while let Some((before, entity)) = rest.split_once('&') {
        text.push_str(before);
        // The longest is `&#x10ffff;`.
        let decoded = entity.bytes().take(10).position(|byte| byte == b';').and_then(|end| Some((decoded(&entity[..end])?, end)));
        rest = match decoded {
            Some((letter, end)) => {
                text.push(letter);
                &entity[end + 1..]
            }
            None => {
                text.push('&');
                entity
            }
        };
    }
    text + rest
}

fn decoded(entity: &str) -> Option<char> {
    Some(match entity {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
    })
}

/// Where texts of the SDK begin to show a request: its body, its headers, and what is in them.
const REQUEST_SHOWN: [&str; 4] = [" to request `", "Request {", "SdkBody", "HttpRequest"];

/// The text of an error that the client makes, as far as it may be told: not a request that is shown in it, nor secrets of URLs.
pub(crate) fn told(error: &dyn fmt::Display) -> String {
    let mut text = Bounded::default();
    // Cut short is as good as written. The innermost may be an error of the program's, whose panic is not ours to pass on.
    let _ = catch_unwind(AssertUnwindSafe(|| write!(text, "{error}")));
    let text = text.0;
    let shown = REQUEST_SHOWN.iter().filter_map(|sign| text.find(sign)).min();
    let end = shown.unwrap_or(text.len());
    let mut told = text_without_secrets(&text[..end]);
    if shown.is_some() {
        told.push_str(" …");
    }
    told
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use xray_model::limits::EXCEPTION_MESSAGE_CHARS_MAX;

    use super::*;

    fn said(header: Option<&str>, body: &[u8]) -> (String, String) {
        let error = read(header, body);
        (error.code.unwrap_or_default(), error.message.unwrap_or_default())
    }

    #[test]
    fn codes_and_messages_are_found() {
        for (header, body, code, message) in [
            (
                None,
                r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"no \"table\""}"#,
                "ResourceNotFoundException",
                "no \"table\"",
            ),
            (None, r#"{"__type":"aws.x#FooError:http://internal.amazon.com/coral/y#z/"}"#, "FooError", ""),
            (
                Some("ValidationException:http://internal.amazon.com/coral/x/"),
                r#"{"Message":"m","code":"Other"}"#,
                "ValidationException",
                "m",
            ),
            (None, r#"{"code":404,"Code":"C","errorMessage":"m","errorType":"T"}"#, "C", "m"),
            (None, r#"{"errorMessage":"m","errorType":"T"}"#, "T", "m"),
            (Some(" "), r#"{"code":"C"} nonsense"#, "C", ""),
            (
                None,
                "<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; &amp;amp; &#65;&#x42;&no; &</Message></Error>",
                "NoSuchKey",
                "a <b> &amp; AB&no; &",
            ),
            (
                None,
                "<ErrorResponse xmlns=\"http://sns\"><Error><Type>Sender</Type><Code>No</Code><Message>m</Message></Error></ErrorResponse>",
                "No",
                "m",
            ),
            (None, "<Response><Errors><Error\n><Code> C </Code><Message><![CDATA[a<b]]></Message></Error></Errors></Response>", "C", "a<b"),
            (None, "<Error><Code/><Message></Message>", "", ""),
            (None, "<Error><Code>C", "C", ""),
            (None, "<Errors><Code>C</Code></Errors>", "", ""),
            (None, "<Error><Message>&#xD800;&#x110000;&#;&#x;&;&#-1;</Message></Error>", "", "&#xD800;&#x110000;&#;&#x;&;&#-1;"),
            (None, "<Error><Message>&ääääääää;</Message>", "", "&ääääääää;"),
            (None, "<<<Error", "", ""),
            (None, "<html>Service Unavailable</html>", "", ""),
            (None, "{", "", ""),
            (None, "", "", ""),
            (Some("#:"), "", "", ""),
        ] {
            assert_eq!(said(header, body.as_bytes()), (code.to_owned(), message.to_owned()), "{header:?} {body}");
        }
    }

    #[test]
    fn large_errors_are_cut() {
        let body = format!(r#"{{"message":"{}","code":"C"}}"#, "ä".repeat(20_000));
        let (code, message) = said(None, body.as_bytes());
        assert_eq!((code.as_str(), message.chars().count()), ("C", MESSAGE_CHARS_MAX));
        let body = format!("<Error><Code>{}</Code>{}<Message>m</Message></Error>", "c".repeat(1_000), " ".repeat(BODY_BYTES_MAX));
        let (code, message) = said(None, body.as_bytes());
        assert_eq!((code.chars().count(), message.as_str()), (CHARS_MAX, ""));
        assert_eq!(said(None, &b"<Error".repeat(1_000_000)), Default::default());
    }

    #[test]
    fn kinds_follow_status_and_code() {
        for (status, code, expected) in [
            (200, None, None),
            (304, None, None),
            (301, Some("PermanentRedirect"), Some(ErrorKind::Error)),
            (404, None, Some(ErrorKind::Error)),
            (400, Some("ValidationException"), Some(ErrorKind::Error)),
            (400, Some("ThrottlingException"), Some(ErrorKind::Throttle)),
            (429, None, Some(ErrorKind::Throttle)),
            (503, Some("SlowDown"), Some(ErrorKind::Throttle)),
            (500, None, Some(ErrorKind::Fault)),
            (200, Some("InternalError"), Some(ErrorKind::Fault)),
            (200, Some("SlowDown"), Some(ErrorKind::Throttle)),
            (u16::MAX, None, None),
        ] {
            assert_eq!(kind(status, code), expected, "{status} {code:?}");
        }
    }

    #[test]
    fn requests_that_errors_show_are_not_told() {
        let shown = "failed to apply endpoint `localhost:8000` to request `Request { body: SdkBody { inner: Once(Some(b\"hunter2\")) } }`";
        for (text, expected) in [
            (shown, "failed to apply endpoint `localhost:8000` …"),
            ("Request { headers: secret }", " …"),
            ("endpoint http://ann:secret@host/a?b=secret is bad", "endpoint http://host/a is bad"),
            ("operation timeout occurred after 30ms", "operation timeout occurred after 30ms"),
        ] {
            assert_eq!(told(&text), expected);
        }
        assert!(told(&"é".repeat(1_000_000)).len() <= EXCEPTION_MESSAGE_CHARS_MAX * 4);
    }

    proptest! {
        #[test]
        fn no_body_panics(
            body in proptest::collection::vec(any::<u8>(), 0..200),
            xml in "(<|>|&|;|#|x|Error|Code|Message|ä|/|!\\[CDATA\\[){0,30}",
        ) {
            read(None, &body);
            read(None, xml.as_bytes());
            read(None, format!("<Error><Code>{xml}").as_bytes());
        }
    }
}
