//! Stands in for `disk` where that feature is off: there is none, and asking for it is an error.

use std::io::{self, ErrorKind};

use xray_model::TraceId;
use xray_model::document::Timestamp;

use crate::collector::DiskStats;
use crate::settings::Settings;
use crate::store::Packed;
use crate::traces::Traces;

/// See `disk::Kept`. Never made here.
pub(crate) struct Kept {
    pub(crate) arrived: Timestamp,
    pub(crate) json: Vec<u8>,
}

/// Never made.
pub(crate) enum Disk {}

/// Never made.
#[derive(Clone)]
pub(crate) enum Handle {}

impl Disk {
    pub(crate) fn open(settings: &Settings) -> io::Result<Option<(Self, Handle)>> {
        match &settings.data {
            None => Ok(None),
            Some(folder) => Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("Traces cannot be kept in {}: this collector was built without the feature `disk`", folder.display()),
            )),
        }
    }

    pub(crate) fn read_back(&mut self, _: Traces) -> io::Result<()> {
        match *self {}
    }
}

impl Handle {
    pub(crate) fn keep(&self, _: TraceId, _: Packed, _: Timestamp) {
        match *self {}
    }

    pub(crate) fn keep_metrics(&self, _: &[u8], _: Timestamp) {
        match *self {}
    }

    pub(crate) fn documents(&self, _: TraceId, _: Timestamp) -> Vec<Vec<u8>> {
        match *self {}
    }

    pub(crate) fn clear(&self) {
        match *self {}
    }

    pub(crate) fn is_stopped(&self) -> bool {
        match *self {}
    }

    pub(crate) fn stats(&self) -> DiskStats {
        match *self {}
    }
}
