//! The only place of this crate that reads clocks.

use std::time::{Duration, Instant, SystemTime};

/// Time since 1970.
pub(crate) fn today() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

/// For measuring how much time passed.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Time since 1970 of the header `Date`.
pub(crate) fn of_http(date: &str) -> Option<Duration> {
    httpdate::parse_http_date(date).ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()
}
