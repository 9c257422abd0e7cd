//! PutTelemetryRecords: what daemons say of themselves.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::json;
use xray_model::document::Timestamp;

use super::Held;
use super::call::Answer;
use crate::members::{Members, Read};
use crate::settings::TELEMETRY_MAX;

const COUNTS: [&str; 4] = ["SegmentsReceivedCount", "SegmentsSentCount", "SegmentsSpilloverCount", "SegmentsRejectedCount"];
const ERRORS: [&str; 6] =
    ["TimeoutCount", "ConnectionRefusedCount", "HTTPCode4XXCount", "HTTPCode5XXCount", "UnknownHostCount", "OtherCount"];

/// What a daemon says of itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Record {
    pub(crate) at: Timestamp,
    /// The daemon's host, or its instance, as far as it says so.
    pub(crate) host: String,
    /// The counts that it gives, by X-Ray's names.
    pub(crate) counts: Vec<(&'static str, i64)>,
}

/// The last records.
#[derive(Debug, Default)]
pub(crate) struct Telemetry {
    last: Mutex<VecDeque<Record>>,
}

impl Telemetry {
    /// The last records, oldest first.
    pub(crate) fn last(&self) -> Vec<Record> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

pub(super) fn put(app: &Held, request: &Members<'_>) -> Answer {
    request.need("TelemetryRecords", request.has("TelemetryRecords").then_some(()))?;
    let instance = request.text("EC2InstanceId", 0..=20)?;
    let host = request.text("Hostname", 0..=255)?.or(instance).unwrap_or_default();
    request.text("ResourceARN", 0..=500)?;
    let records = request.objects("TelemetryRecords", usize::MAX)?;
    let records = records.iter().map(|record| read(record, host)).collect::<Read<Vec<Record>>>()?;
    let mut last = app.api.telemetry.last.lock().unwrap_or_else(PoisonError::into_inner);
    last.extend(records);
    while last.len() > TELEMETRY_MAX {
        last.pop_front();
    }
    Ok(json!({}))
}

fn read(record: &Members<'_>, host: &str) -> Read<Record> {
    let at = record.need("Timestamp", record.time("Timestamp")?)?;
    let mut counts = Vec::new();
    let mut add = |members: &Members<'_>, names: &[&'static str]| -> Read<()> {
        for name in names {
            counts.extend(members.integer(name, 0..=i64::from(i32::MAX))?.map(|count| (*name, count)));
        }
        Ok(())
    };
    add(record, &COUNTS)?;
    if let Some(errors) = record.object("BackendConnectionErrors")? {
        add(&errors, &ERRORS)?;
    }
    Ok(Record { at, host: host.to_owned(), counts })
}
