//! Clients of a version that is not known: their calls stay what they are, and that is said once.

use std::any::type_name;
use std::sync::Once;

use xray_runtime::tell_operator;

/// Looks at a receiver that is nothing known.
#[inline]
pub(super) fn look<P>() {
    if is_request_of_reqwest(type_name::<P>()) {
        tell();
    }
}

/// The compiler knows the answer for each type, and leaves the question out of the program.
#[inline]
fn is_request_of_reqwest(name: &str) -> bool {
    name.starts_with("reqwest::") && name.ends_with("::RequestBuilder")
}

#[cold]
fn tell() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tell_operator(
            "requests of a version of reqwest are not recorded: versions 0.12 and 0.13 are supported, by the features `reqwest-0-12` and \
             `reqwest` (both in `autopatch`)",
        );
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_other_versions_are_told_by_their_name() {
        for (name, expected) in [
            ("reqwest::async_impl::request::RequestBuilder", true),
            ("reqwest::blocking::request::RequestBuilder", true),
            ("reqwest_middleware::client::RequestBuilder", false),
            ("my::reqwest::RequestBuilder", false),
            ("reqwest::async_impl::request::Request", false),
        ] {
            assert_eq!(is_request_of_reqwest(name), expected, "{name}");
        }
    }
}
