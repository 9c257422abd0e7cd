//! What has been recorded and not been sent.
//!
//! Threads are spread over shards, each with a lock and a table of its own, so that the lock is uncontended where there are not more threads
//! than shards: it costs some nanoseconds then, and nothing is handed from one processor to the other. A registry knows all series, for the
//! limits on their number. A shard holds a reference to each of its series, and new ones are made under the registry's lock only; so what
//! nobody but the registry refers to can be forgotten under that lock.
//!
//! Order of locks: registry, then shard.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use xray_model::limits::{EMF_VALUES_MAX, METRIC_SERIES_MAX, METRIC_SERIES_TOTAL_MAX, METRIC_VALUE_MAX};
use xray_model::{SegmentId, TraceId};

use super::emf::Buffers;
use super::table::{Entry, Series, Table, Wanted};
use crate::stats::LossReason;
use crate::sys;

/// The value of dimensions of series beyond the limit.
pub(super) const OTHER: &str = "other";

/// A power of two. More threads than that share.
const SHARDS: usize = 16;

/// The store of one process.
#[derive(Debug)]
pub(super) struct Store {
    process: u32,
    shards: [Shard; SHARDS],
    registry: Mutex<Registry>,
    /// Taken out while they are used: a sink may itself measure.
    buffers: Mutex<Option<Box<Buffers>>>,
    /// For a forked child: there, nobody may ever give back the locks above, and what has been recorded is the parent's to send.
    in_child: OnceLock<Box<Store>>,
}

/// On cache lines of its own: processors fetch them in pairs.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Shard(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    table: Table<Values>,
    /// An empty vector with room, for the next series that is full.
    spare: Vec<f64>,
}

/// The measurements of one series.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// What is to be written; one for a sum, unless that would leave the range of numbers.
    pub(super) values: Vec<f64>,
    /// How many measurements these are.
    pub(super) count: u64,
    /// The last of them that there is a trace of.
    pub(super) exemplar: Option<Exemplar>,
    /// Whether others have left already since the last time, as there were so many.
    were_full: bool,
}

/// The segment or subsegment that a measurement was made in, if that is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exemplar {
    pub(crate) trace: TraceId,
    pub(crate) segment: SegmentId,
}

/// A measurement to be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measurement {
    pub(super) value: f64,
    pub(super) exemplar: Option<Exemplar>,
}

#[derive(Debug, Default)]
struct Registry {
    table: Table<()>,
    /// How many series each metric has.
    per_metric: BTreeMap<usize, usize>,
}

/// Measurements on their way out.
#[derive(Debug)]
pub(super) struct Drained {
    pub(super) series: Arc<Series>,
    pub(super) values: Values,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing of the program runs under these locks, and nothing is left half done.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn shard_of_thread() -> usize {
    static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SHARD: Cell<usize> = const { Cell::new(usize::MAX) };
    }
    if SHARD.get() == usize::MAX {
        SHARD.set(NEXT_SHARD.fetch_add(1, Relaxed) % SHARDS);
    }
    SHARD.get()
}

impl Values {
    /// Takes one measurement, and says whether there is no room for another.
    #[inline]
    fn take(&mut self, &Measurement { value, ref exemplar }: &Measurement, is_sum: bool) -> bool {
        self.count += 1;
        if exemplar.is_some() {
            self.exemplar = *exemplar;
        }
        if let (true, Some(sum)) = (is_sum, self.values.last_mut())
            && (*sum + value).abs() <= METRIC_VALUE_MAX
        {
            *sum += value;
            return false;
        }
        self.values.push(value);
        self.values.len() >= EMF_VALUES_MAX
    }

    /// Takes those of the same series from another shard.
    pub(super) fn append(&mut self, other: &Self, is_sum: bool) {
        let count = self.count + other.count;
        match is_sum {
            true => other.values.iter().for_each(|value| _ = self.take(&Measurement { value: *value, exemplar: None }, true)),
            false => self.values.extend_from_slice(&other.values),
        }
        self.count = count;
        self.exemplar = other.exemplar.or(self.exemplar);
    }
}

impl Default for Store {
    fn default() -> Self {
        let process = sys::process_id();
        Self { process, shards: Default::default(), registry: Mutex::default(), buffers: Mutex::default(), in_child: OnceLock::new() }
    }
}

impl Store {
    /// The store of this process.
    #[inline]
    pub(super) fn here(&self) -> &Self {
        if self.process == sys::process_id() { self } else { self.in_child.get_or_init(Box::default).here() }
    }

    /// Keeps a value for a series that this thread's shard knows: what is full now, or nothing. `None` if it does not know the series.
    #[inline]
    pub(super) fn record(&self, wanted: &Wanted<'_>, measurement: &Measurement) -> Option<Option<Drained>> {
        let mut kept = lock(&self.shards[shard_of_thread()].0);
        let Kept { table, spare } = &mut *kept;
        table.find(wanted).map(|entry| take(entry, spare, wanted, measurement))
    }

    /// Keeps a value for this series, which this thread's shard may not know yet; what is full now, or nothing.
    ///
    /// The registry's lock is not held here: the other order of the two is that of draining. The reference keeps the series known in between.
    pub(super) fn record_in(&self, series: Arc<Series>, wanted: &Wanted<'_>, measurement: &Measurement) -> Option<Drained> {
        let mut kept = lock(&self.shards[shard_of_thread()].0);
        let Kept { table, spare } = &mut *kept;
        if let Some(entry) = table.find(wanted) {
            return take(entry, spare, wanted, measurement);
        }
        take(table.insert(series, Values::default()), spare, wanted, measurement)
    }

    /// Gives back the memory of something that was full.
    pub(super) fn give_back(&self, mut values: Vec<f64>) {
        values.clear();
        lock(&self.shards[shard_of_thread()].0).spare = values;
    }

    /// Room to write documents in.
    pub(super) fn take_buffers(&self) -> Box<Buffers> {
        lock(&self.buffers).take().unwrap_or_default()
    }

    pub(super) fn give_back_buffers(&self, buffers: Box<Buffers>) {
        // Dropped without the lock, if there are others by now.
        let others = lock(&self.buffers).replace(buffers);
        drop(others);
    }

    /// The series that is known as this, if it is.
    pub(super) fn known(&self, wanted: &Wanted<'_>) -> Option<Arc<Series>> {
        lock(&self.registry).table.find(wanted).map(|entry| Arc::clone(&entry.series))
    }

    /// The series, which is new unless another thread was faster: `Ok(None)` if its metric has too many.
    ///
    /// # Errors
    ///
    /// There are too many series of all metrics.
    pub(super) fn admit(&self, wanted: &Wanted<'_>, is_other: bool) -> Result<Option<Arc<Series>>, LossReason> {
        let Registry { table, per_metric } = &mut *lock(&self.registry);
        if let Some(entry) = table.find(wanted) {
            return Ok(Some(Arc::clone(&entry.series)));
        }
        let count = per_metric.entry(wanted.definition.id()).or_default();
        if *count >= METRIC_SERIES_MAX && !is_other {
            return Ok(None);
        }
        // Where a metric has too many series, there is room for one more that they are folded into.
        if table.len() >= METRIC_SERIES_TOTAL_MAX {
            return Err(LossReason::Limit);
        }
        *count += usize::from(!is_other);
        let series = Arc::new(Series::new(wanted));
        table.insert(Arc::clone(&series), ());
        Ok(Some(series))
    }

    /// Takes everything out. Series without a value since the last time are forgotten, so that others may take their place.
    pub(super) fn drain(&self) -> Vec<Drained> {
        let mut registry = lock(&self.registry);
        let mut drained = Vec::with_capacity(registry.table.len());
        for shard in &self.shards {
            lock(&shard.0).table.retain(|entry| {
                let Values { values, count, exemplar, were_full } = &mut entry.kept;
                let is_used = std::mem::take(were_full) || !values.is_empty();
                if !values.is_empty() {
                    // A copy: the room stays where it is needed again.
                    let values =
                        Values { values: values.clone(), count: std::mem::take(count), exemplar: exemplar.take(), were_full: false };
                    drained.push(Drained { series: Arc::clone(&entry.series), values });
                }
                values.clear();
                is_used
            });
        }
        let Registry { table, per_metric } = &mut *registry;
        let known = table.len();
        table.retain(|entry| Arc::strong_count(&entry.series) > 1);
        if table.len() < known {
            per_metric.clear();
            for entry in table.entries().filter(|entry| !is_other(&entry.series)) {
                *per_metric.entry(entry.series.definition.id()).or_default() += 1;
            }
        }
        drained
    }
}

/// Keeps a value; what is full now, or nothing.
#[inline]
fn take(entry: &mut Entry<Values>, spare: &mut Vec<f64>, wanted: &Wanted<'_>, measurement: &Measurement) -> Option<Drained> {
    if !entry.kept.take(measurement, wanted.definition.is_sum) {
        return None;
    }
    let values = std::mem::replace(&mut entry.kept, Values { values: std::mem::take(spare), were_full: true, ..Values::default() });
    Some(Drained { series: Arc::clone(&entry.series), values })
}

fn is_other(series: &Series) -> bool {
    !series.values.is_empty() && series.values.iter().all(|value| **value == *OTHER)
}
