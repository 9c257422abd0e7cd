//! Functions that may take only so long.

use std::time::Duration;

use super::Measures;
use crate::clock::Stopwatch;
use crate::context::Here;
use crate::map;
use crate::switch;

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
        let start = if switch::is_off() || Here::is_passive() { None } else { Some(Stopwatch::start()) };
        Self { operation, target, start }
    }

    fn end(&mut self) {
        if let Some(start) = self.start.take().filter(|_| Here::current().is_recording()) {
            map::Sla::new(self.operation, self.target).actual(start.elapsed()).record();
        }
    }
}

impl<R> Measures<R> for SlaWatch {
    #[inline]
    fn returned(&mut self, _result: &R) {
        self.end();
    }
}

impl Drop for SlaWatch {
    #[inline]
    fn drop(&mut self) {
        if self.start.is_some() {
            self.end();
        }
    }
}
