//! Reading back what was there before.

use super::Handle;
use super::file::File;
use crate::traces::Traces;

/// Reads what fits into memory and is not too old: the latest documents first, so that what people look for is there first, and what has no
/// room is not even read. `last` is the last one from before.
pub(super) fn read_back(disk: &Handle, file: &File, traces: &Traces, last: i64) -> rusqlite::Result<()> {
    let end = last.saturating_add(1);
    let mut after = i64::MIN;
    while let Some((id, kept)) = file.metrics_between(after, end)? {
        after = id;
        if !traces.restore_metrics(&kept, disk) {
            break;
        }
    }
    let mut before = end;
    while let Some((id, kept)) = file.documents_before(before)? {
        before = id;
        let (restored, is_all) = traces.restore(&kept, disk);
        disk.note(|stats| stats.read_back += restored);
        if !is_all {
            break;
        }
    }
    Ok(())
}
