//! Hosts that are meant by a setting.

/// Whether a host is one of those that are meant: `api.example.com` means itself, `*.example.com` all below it, `*` any.
pub(crate) fn matches(host: &str, patterns: &[String]) -> bool {
    let host = bare(host);
    patterns.iter().any(|pattern| {
        let pattern = bare(pattern.trim());
        match pattern.strip_prefix('*') {
            Some("") => true,
            Some(below) => {
                let split = host.len().checked_sub(below.len()).filter(|split| *split > 0 && host.is_char_boundary(*split));
                below.starts_with('.') && split.is_some_and(|split| host[split..].eq_ignore_ascii_case(below))
            }
            None => !pattern.is_empty() && host.eq_ignore_ascii_case(pattern),
        }
    })
}

/// Without the brackets of an IPv6 address, and the dot at the end of a full name.
fn bare(host: &str) -> &str {
    let host = host.strip_suffix('.').unwrap_or(host);
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_match_themselves_and_what_is_below() {
        let is_match = |host: &str, pattern: &str| matches(host, &["x.test".to_owned(), pattern.to_owned()]);
        for (host, pattern, expected) in [
            ("api.example.com", "api.example.com", true),
            ("API.example.com", "api.EXAMPLE.com", true),
            ("api.example.com.", "api.example.com", true),
            ("example.com", "api.example.com", false),
            ("api.example.com", "example.com", false),
            ("api.example.com", "*.example.com", true),
            ("a.b.Example.com", "*.example.COM", true),
            ("example.com", "*.example.com", false),
            (".example.com", "*.example.com", false),
            ("notexample.com", "*.example.com", false),
            ("notexample.com", "*example.com", false),
            ("api.example.com.evil.test", "*.example.com", false),
            ("[::1]", "::1", true),
            ("[::1]", "[::1]", true),
            ("127.0.0.1", "127.0.0.1", true),
            ("anything", "*", true),
            ("anything", "", false),
            ("é", "*.é", false),
            ("aé", "*.b", false),
            ("x.test", "other", true),
        ] {
            assert_eq!(is_match(host, pattern), expected, "{host} {pattern}");
        }
        assert!(!matches("x.test", &[]));
    }
}
