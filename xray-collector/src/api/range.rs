//! `StartTime` and `EndTime` of a request.

use std::ops::RangeInclusive;
use std::time::Duration;

use xray_model::document::Timestamp;

use super::error::Error;
use crate::members::Members;

/// The stretch of time that a request names, at most as long as allowed.
pub(super) fn read(request: &Members<'_>, max: Option<Duration>) -> Result<RangeInclusive<Timestamp>, Error> {
    let start = request.need("StartTime", request.time("StartTime")?)?;
    let end = request.need("EndTime", request.time("EndTime")?)?;
    if start > end {
        return Err(Error::invalid(format!("StartTime: {start} is after EndTime {end}: exchange them")));
    }
    match max {
        Some(max) if end.since(start) > max => {
            let hours = max.as_secs() / 3600;
            Err(Error::invalid(format!(
                "EndTime: {end} is more than {hours} hours after StartTime {start}: ask for shorter times, one after the other"
            )))
        }
        _ => Ok(start..=end),
    }
}
