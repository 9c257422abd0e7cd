//! How much memory documents take: by how much a process becomes larger that holds them, facts and indexes included.

use crate::Settings;
use crate::child::Role;
use crate::times::Rows;

/// Bytes of memory for each of a document.
const BAR: f64 = 1.5;

pub fn measure(settings: &Settings) -> Rows {
    let mut rows = Rows::default();
    for per_trace in [1, 5] {
        let documents = settings.traces * per_trace;
        let mut held = Role::start(&["hold", &documents.to_string(), &per_trace.to_string()]);
        let said = held.numbers();
        held.end();
        let [bytes, resident, estimate] = said[..] else { panic!("three numbers") };
        let ratio = resident / bytes;
        let note = format!(
            "{documents} documents of {:.0} bytes in {} traces: {:.0} bytes each; the collector's own estimate is {:.0} %",
            bytes / documents as f64,
            settings.traces,
            resident / documents as f64,
            100.0 * estimate / resident
        );
        let what = format!("memory per byte, {per_trace} documents a trace");
        rows.figure(what, "≤ 1.5", Some(ratio <= BAR), format!("{ratio:.2}"), note);
    }
    rows
}
