//! A filter over many traces.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use super::{Context, Filter};
use crate::clock;
use crate::facts::Facts;
use crate::settings::{FILTER_THREADS_MAX, FILTER_TRACES_AT_ONCE};

impl Filter {
    /// Those that it lets through, in their order; none if that takes longer than `until`.
    ///
    /// Most of the time goes into waiting for memory, so with many traces several threads do it.
    pub(crate) fn select(&self, facts: &[Arc<Facts>], context: &(dyn Context + Sync), until: Instant) -> Option<Vec<Arc<Facts>>> {
        if self.is_empty() {
            return Some(facts.to_vec());
        }
        let chunks: Vec<&[Arc<Facts>]> = facts.chunks(FILTER_TRACES_AT_ONCE).collect();
        let (next, selected) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        let work = || {
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = chunks.get(place) else { return };
                let mut found = Vec::new();
                for facts in *chunk {
                    if clock::now() > until {
                        return;
                    }
                    if self.matches(facts, context) {
                        found.push(Arc::clone(facts));
                    }
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
        let mut selected: Vec<(usize, Vec<Arc<Facts>>)> = selected.into_inner().unwrap_or_else(PoisonError::into_inner);
        if selected.len() < chunks.len() {
            return None;
        }
        selected.sort_unstable_by_key(|(place, _)| *place);
        Some(selected.into_iter().flat_map(|(_, found)| found).collect())
    }
}
