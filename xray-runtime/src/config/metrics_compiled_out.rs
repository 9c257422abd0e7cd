//! Takes the place of `metrics` without that feature: no recorder has any.

use super::Builder;
use super::env::Reader;
use crate::metrics::pulse::SharedPulse;
use crate::metrics::{Metrics, NameError};

/// Only the other one has a use for these.
const _: fn(Metrics, Option<String>) -> Metrics = Metrics::in_namespace;
const _: fn(&NameError) -> String = NameError::why;

/// There is nothing to set.
#[derive(Debug, Default)]
pub(crate) struct MetricsSetting;

impl MetricsSetting {
    pub(crate) const fn take(&mut self) -> Option<SharedPulse> {
        None
    }
}

/// Nothing is looked for in the environment.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct MetricsEnvironment;

impl MetricsEnvironment {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let is_off = |value: &str| {
            if value.eq_ignore_ascii_case("off") { Ok(()) } else { Err("build it with the feature `metrics` of autoxray".to_owned()) }
        };
        reader.first(&["XRAY_METRICS"], "off", is_off);
        Self
    }
}

impl Builder {
    pub(super) const fn apply_metrics(&mut self, _environment: &MetricsEnvironment) {}

    pub(super) const fn unnamed_service(&self) -> Option<String> {
        None
    }
}
