//! The thread that writes.

use std::sync::atomic::Ordering;

use xray_model::document::Timestamp;

use super::Shared;
use super::file::{self, File};
use super::queue::Batch;
use crate::clock;

/// Writes what comes until there is no more. Does nothing while nothing comes.
pub(super) fn write(shared: &Shared, mut file: File) {
    // What is too old now need not wait for something new.
    let mut failed = write_one(shared, &mut file, &Batch::default(), false);
    while let Some(batch) = shared.queue.take() {
        shared.stats().waiting = batch.items.len() as u64;
        failed = write_one(shared, &mut file, &batch, failed);
    }
}

/// Writes a batch and keeps the limits. Tells whether anything failed, as `failed` tells it of the time before.
fn write_one(shared: &Shared, file: &mut File, batch: &Batch, failed: bool) -> bool {
    let count = batch.items.len() as u64;
    let cleared = if batch.clear { file.clear() } else { Ok(()) };
    if batch.clear {
        shared.clearing.store(false, Ordering::Release);
    }
    let written = if batch.items.is_empty() { Ok(()) } else { file.write(&batch.items) };
    let trimmed = trim(shared, file);
    let bytes = file.bytes();

    let mut stats = shared.stats();
    stats.waiting = 0;
    match written {
        Ok(()) => stats.written += count,
        Err(_) => stats.lost_in_writing += count,
    }
    stats.deleted += trimmed.as_ref().copied().unwrap_or(0);
    stats.bytes = bytes.as_ref().copied().unwrap_or(stats.bytes);
    let errors = [cleared.err(), written.err(), trimmed.err(), bytes.err()];
    let problem = errors.into_iter().flatten().next().map(|error| file::unusable(&stats.file, &error).to_string());
    let fails = problem.is_some();
    if fails || failed {
        stats.problem = problem;
    }
    fails
}

fn trim(shared: &Shared, file: &File) -> rusqlite::Result<u64> {
    let age = u64::try_from(shared.age_max.as_nanos()).unwrap_or(u64::MAX);
    file.trim(Timestamp::from_nanos(clock::today().as_nanos().saturating_sub(age)), shared.bytes_max)
}
