//! What may be told of a URL.

/// Scheme, host, port and path of a URL. User, password, query and fragment may hold secrets, and are left out.
pub(crate) fn without_secrets(url: &str) -> String {
    let url = &url[..url.find(['?', '#']).unwrap_or(url.len())];
    let Some((scheme, rest)) = url.split_once("://") else {
        // Nothing is known of its form: `data:…` is all content.
        return url.split_once(':').map_or_else(|| url.to_owned(), |(scheme, _)| format!("{scheme}:"));
    };
    let (authority, path) = rest.split_at(rest.find(['/', '\\']).unwrap_or(rest.len()));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut told = String::with_capacity(scheme.len() + 3 + host.len() + path.len());
    for part in [scheme, "://", host, path] {
        told.push_str(part);
    }
    told
}

/// The text with every URL in it as [`without_secrets`] tells it: messages of errors name URLs.
pub(crate) fn text_without_secrets(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.');
        let start = rest[..at].trim_end_matches(is_scheme).len();
        // A bracket or a comma may belong to the URL; none of these can.
        let ends = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '<' | '>' | '`');
        let end = rest[at..].find(ends).map_or(rest.len(), |length| at + length);
        told.push_str(&rest[..start]);
        told.push_str(&without_secrets(&rest[start..end]));
        rest = &rest[end..];
    }
    told + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lose_what_may_be_secret() {
        for (url, told) in [
            ("http://example.com/", "http://example.com/"),
            ("http://example.com", "http://example.com"),
            ("https://example.com:8443/a/b?key=secret#there", "https://example.com:8443/a/b"),
            ("https://ann:secret@example.com/a", "https://example.com/a"),
            ("https://ann:se@cret@example.com?x", "https://example.com"),
            ("https://example.com/@at?a=http://b/c", "https://example.com/@at"),
            ("http://[::1]:80/x#y?z", "http://[::1]:80/x"),
            ("http://ann@[::1]/", "http://[::1]/"),
            ("unix:///run/x.sock", "unix:///run/x.sock"),
            ("data:text/plain,secret", "data:"),
            ("mailto:ann@example.com?subject=x", "mailto:"),
            ("/a/b?c", "/a/b"),
            ("?c", ""),
            ("", ""),
            ("http://ann:secret@example.com\\@b/", "http://example.com\\@b/"),
            ("http://é.example/ü?ö", "http://é.example/ü"),
        ] {
            assert_eq!(without_secrets(url), told, "{url}");
        }
    }

    #[test]
    fn texts_lose_what_may_be_secret() {
        for (text, told) in [
            ("error sending request for url (http://a.b/c?d=(secret)&e=secret)", "error sending request for url (http://a.b/c"),
            ("\"https://ann:secret@a.b/c\" is no URL", "\"https://a.b/c\" is no URL"),
            ("http://a/?secret then https://b:1/c#secret.", "http://a/ then https://b:1/c"),
            ("://", "://"),
            ("nothing to see", "nothing to see"),
            ("", ""),
        ] {
            assert_eq!(text_without_secrets(text), told, "{text}");
        }
    }
}
