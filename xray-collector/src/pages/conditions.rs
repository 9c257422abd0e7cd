//! Filter expressions that links of pages are made of.

use std::time::Duration;

/// Text as it stands in a filter expression.
pub(crate) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A service by its name, and by its type too where the name alone is not enough.
pub(crate) fn who(name: &str, kind: &str, is_unique: bool) -> String {
    if is_unique || kind.is_empty() { quoted(name) } else { format!("id(name: {}, type: {})", quoted(name), quoted(kind)) }
}

/// Traces in which a service took part.
pub(crate) fn service(who: &str) -> String {
    format!("service({who})")
}

/// Traces in which a service took part in some way: `service("a") { fault }`.
pub(crate) fn service_that(who: &str, condition: &str) -> String {
    format!("service({who}) {{ {condition} }}")
}

/// Traces in which one called the other.
pub(crate) fn edge(from: &str, to: &str) -> String {
    format!("edge({from}, {to})")
}

/// What of an operation filters can ask for: method and the fixed beginning of the path. `None` for those that are no HTTP requests.
pub(crate) fn operation(name: Option<&str>) -> Option<String> {
    let (method, path) = name?.split_once(' ')?;
    let is_request = path.starts_with('/') && !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase());
    let fixed = path.split('*').next().unwrap_or_default();
    is_request.then(|| format!("http.method = {} AND http.url CONTAINS {}", quoted(method), quoted(fixed)))
}

/// Response times from one to less than another.
pub(crate) fn took(from: Duration, to: Duration) -> String {
    format!("responsetime >= {} AND responsetime < {}", seconds(from), seconds(to))
}

/// Seconds with as many decimals as are needed.
fn seconds(time: Duration) -> String {
    let text = format!("{}.{:09}", time.as_secs(), time.subsec_nanos());
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_asked_for_as_far_as_filters_know_them() {
        assert_eq!(operation(Some("GET /orders/*/items")).unwrap(), r#"http.method = "GET" AND http.url CONTAINS "/orders/""#);
        for other in [None, Some("GetItem"), Some("SELECT"), Some("get /x"), Some("GET x"), Some(" /")] {
            assert_eq!(operation(other), None);
        }
    }

    #[test]
    fn names_cannot_end_their_quotes() {
        assert_eq!(service(&who("a\"b\\", "", true)), r#"service("a\"b\\")"#);
        assert_eq!(who("f", "AWS::Lambda", false), r#"id(name: "f", type: "AWS::Lambda")"#);
        assert_eq!(edge(&quoted("a"), &quoted("b")), r#"edge("a", "b")"#);
        let slow = took(Duration::from_millis(20), Duration::from_nanos(1_250_000_001));
        assert_eq!(service_that(&quoted("a"), &slow), r#"service("a") { responsetime >= 0.02 AND responsetime < 1.250000001 }"#);
    }
}
