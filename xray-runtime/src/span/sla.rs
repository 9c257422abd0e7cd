//! Functions that may take only so long.

use std::time::Duration;

use super::measured::{Measures, MeasuresResult};
use crate::clock::Stopwatch;
use crate::context::Here;
use crate::map;

/// Watches how long a function takes, and tells it as [`map::Sla`].
#[derive(Debug)]
pub struct SlaWatch {
    operation: &'static str,
    target: Duration,
    /// Nothing if nothing is recorded.
    start: Option<Stopwatch>,
}

impl SlaWatch {
    #[inline]
    pub(crate) fn new(operation: &'static str, target: Duration) -> Self {
        Self { operation, target, start: None }
    }

    fn end(&mut self) {
        if let Some(start) = self.start.take().filter(|_| Here::current().is_recording()) {
            map::Sla::new(self.operation, self.target).actual(start.elapsed()).record();
        }
    }
}

impl Measures for SlaWatch {
    #[inline]
    fn begins(&mut self) {
        self.start = Here::current().is_recording().then(Stopwatch::start);
    }

    #[inline]
    fn broke_off(&mut self, _panicked: bool) {
        self.end();
    }
}

impl<R> MeasuresResult<R> for SlaWatch {
    #[inline]
    fn returned(&mut self, _result: &R) {
        self.end();
    }
}
