//! A filter over many traces.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::{Context, Filter};
use crate::clock;
use crate::facts::Facts;
use crate::settings::{FILTER_THREADS_MAX, FILTER_TRACES_AT_ONCE};

impl Filter {
    /// Those that it lets through, in their order; `None` if it gets later than `until` meanwhile.
    ///
    /// Most of the time goes into waiting for memory, so with many traces several threads do it.
    pub(crate) fn select(&self, facts: &[Arc<Facts>], context: &(dyn Context + Sync), until: Option<Instant>) -> Option<Vec<Arc<Facts>>> {
        if self.is_empty() {
            return Some(facts.to_vec());
        }
        let chunks: Vec<&[Arc<Facts>]> = facts.chunks(FILTER_TRACES_AT_ONCE).collect();
        let (next, selected) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        // Documents take long to read, facts do not.
        let between = if self.needs_trace { 1 } else { 256 };
        let is_late = AtomicBool::new(false);
        let work = || {
            while !is_late.load(Ordering::Relaxed) {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(place) else { return };
                let mut found: Vec<Arc<Facts>> = Vec::new();
                for some in chunk.chunks(between) {
                    if until.is_some_and(|until| clock::now() > until) {
                        return is_late.store(true, Ordering::Relaxed);
                    }
                    found.extend(some.iter().filter(|facts| self.matches(facts, context)).cloned());
                }
                selected.lock().unwrap_or_else(PoisonError::into_inner).push((place, found));
            }
        };
        let helpers = thread::available_parallelism().map_or(1, usize::from).min(FILTER_THREADS_MAX).min(chunks.len()).saturating_sub(1);
        thread::scope(|scope| {
            for _ in 0..helpers {
                // Without the thread, this one does its work.
                let _ = thread::Builder::new().name("xray-filter".into()).spawn_scoped(scope, work);
            }
            work();
        });
        if is_late.into_inner() {
            return None;
        }
        let mut selected = selected.into_inner().unwrap_or_else(PoisonError::into_inner);
        selected.sort_unstable_by_key(|(place, _)| *place);
        Some(selected.into_iter().flat_map(|(_, found)| found).collect())
    }
}
