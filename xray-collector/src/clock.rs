//! The only place of this crate that reads clocks.

use std::time::{Instant, SystemTime};

use xray_model::document::Timestamp;

/// For measuring how much time passed.
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// For telling people when something was.
pub(crate) fn today() -> Timestamp {
    since_1970(SystemTime::now())
}

/// The system's time, of files for example, as documents have it.
pub(crate) fn since_1970(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
}

/// For requests that are signed, and credentials that end.
pub(crate) fn system() -> SystemTime {
    SystemTime::now()
}
