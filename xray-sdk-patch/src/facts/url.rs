//! URLs of HTTP clients: what of them may be recorded, and who was called.

use std::borrow::Cow;

use super::text::{CHARS_MAX, cut};

/// The name of a subsegment whose URL has no host.
const UNKNOWN_HOST: &str = "unknown host";

/// A URL in its parts, each as it stands there.
struct Parts<'a> {
    /// With `://`; empty if there is none.
    scheme: &'a str,
    /// Host and port.
    authority: &'a str,
    /// The rest: path, query, fragment.
    path: &'a str,
}

/// Takes a URL apart. User and password are in none of the parts.
fn parts(url: &str) -> Parts<'_> {
    // A colon in a path or a query begins no scheme.
    let scheme = url.find("://").filter(|at| !url[..*at].contains(['/', '?', '#', '@'])).map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(scheme);
    let (authority, path) = if scheme.is_empty() {
        // Only a path, as far as that can be told.
        rest.strip_prefix("//").map_or(("", rest), authority)
    } else {
        authority(rest)
    };
    Parts { scheme, authority: authority.rsplit('@').next().unwrap_or_default(), path }
}

fn authority(rest: &str) -> (&str, &str) {
    rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
}

/// The host as it stands in a URL, without the port; of an IPv6 address with its brackets. Empty if there is none.
fn host(url: &str) -> &str {
    let authority = parts(url).authority;
    match authority.find(']') {
        Some(end) if authority.starts_with('[') => &authority[..=end],
        _ => authority.split(':').next().unwrap_or_default(),
    }
}

/// The URL without user, password, query and fragment, cut to what X-Ray takes.
///
/// Sources: "X-Ray segment documents", `http.request.url`; the X-Ray SDK for Node leaves the query out as well.
pub(crate) fn recorded(url: &str) -> String {
    let parts = parts(url);
    let path = parts.path.split(['?', '#']).next().unwrap_or_default();
    // Without a scheme it could be anything, also `user:password@host`.
    let path = if parts.scheme.is_empty() && !path.starts_with('/') { path.rsplit('@').next().unwrap_or_default() } else { path };
    let separator = if parts.scheme.is_empty() && !parts.authority.is_empty() { "//" } else { parts.scheme };
    cut(&[separator, parts.authority, path].concat(), CHARS_MAX)
}

/// The name of a subsegment for a call to this URL: its host, without the port.
pub(crate) fn name(url: &str) -> Cow<'static, str> {
    match host(url) {
        "" => Cow::Borrowed(UNKNOWN_HOST),
        host => Cow::Owned(cut(host, xray_model::limits::NAME_CHARS_MAX)),
    }
}

/// Whether the URL's host is in a list of names like `example.com`, and patterns like `*.example.com` for all names below one. Case, and a
/// dot at the end, make no difference.
pub(crate) fn is_allowed<S: AsRef<str>>(url: &str, list: &[S]) -> bool {
    fn plain(name: &str) -> &str {
        name.strip_suffix('.').unwrap_or(name)
    }
    let host = plain(host(url)).as_bytes();
    let is_host = |entry: &str| match entry.strip_prefix('*') {
        Some("") => true,
        Some(below) if below.starts_with('.') && host.len() > below.len() => {
            host[host.len() - below.len()..].eq_ignore_ascii_case(below.as_bytes())
        }
        Some(_) => false,
        None => host.eq_ignore_ascii_case(entry.as_bytes()),
    };
    !host.is_empty() && list.iter().any(|entry| is_host(plain(entry.as_ref().trim())))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_stay_out() {
        for (url, expected, host) in [
            ("https://example.com/a/b?token=x#y", "https://example.com/a/b", "example.com"),
            ("https://ann:secret@example.com:8443/a", "https://example.com:8443/a", "example.com"),
            ("https://ann:se@cret@example.com", "https://example.com", "example.com"),
            ("https://example.com?token=x", "https://example.com", "example.com"),
            ("https://example.com#@evil", "https://example.com", "example.com"),
            ("https://example.com/a@b:c", "https://example.com/a@b:c", "example.com"),
            ("http://[::1]:80/x", "http://[::1]:80/x", "[::1]"),
            ("http://[::1", "http://[::1", "["),
            ("/a?b=c://d", "/a", "unknown host"),
            ("//example.com/a", "//example.com/a", "example.com"),
            ("ann:secret@example.com/a", "example.com/a", "unknown host"),
            ("://", "://", "unknown host"),
            ("https://", "https://", "unknown host"),
            ("https://@:80/", "https://:80/", "unknown host"),
            ("", "", "unknown host"),
        ] {
            assert_eq!((recorded(url).as_str(), name(url).as_ref()), (expected, host), "{url}");
        }
        assert_eq!(recorded(&format!("https://x/{}", "ä".repeat(1_000))).chars().count(), CHARS_MAX);
    }

    #[test]
    fn hosts_are_allowed_by_name_or_pattern() {
        for (url, list, expected) in [
            ("https://example.com/", &["example.com"][..], true),
            ("https://EXAMPLE.com.:80/", &["x", " Example.COM. "], true),
            ("https://a.example.com", &["example.com"], false),
            ("https://a.example.com", &["*.example.com"], true),
            ("https://a.b.example.com", &["*.EXAMPLE.com."], true),
            ("https://example.com", &["*.example.com"], false),
            ("https://.example.com", &["*.example.com"], false),
            ("https://evilexample.com", &["*.example.com", "*example.com"], false),
            ("https://example.com.evil.net", &["*.example.com", "example.com"], false),
            ("https://example.com@evil.net", &["example.com"], false),
            ("https://anything", &["*"], true),
            ("/path", &["*", ""], false),
            ("https://example.com", &[], false),
        ] {
            assert_eq!(is_allowed(url, list), expected, "{url} {list:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_url(url in "\\PC{0,30}(://)?\\PC{0,30}") {
            recorded(&url);
            name(&url);
            is_allowed(&url, &["*.a", &url]);
        }
    }
}
