//! Everything that adds up over all traces that are held.

use std::time::Duration;

use crate::Settings;
use crate::held::held;
use crate::times::Rows;

const BAR: Option<Duration> = Some(Duration::from_millis(100));

pub fn measure(settings: &Settings) -> Rows {
    let held = held(settings.traces);
    let snapshot = held.snapshot();
    let mut rows = Rows::default();
    let (nodes, edges) = snapshot.graph();
    let note = format!("{} traces, {} requests to services, {nodes} nodes, {edges} edges", snapshot.traces(), snapshot.services());
    rows.time("facts of all traces", None, settings.rounds, "what every answer begins with", || held.snapshot().traces());
    rows.time("service graph", BAR, settings.rounds, note, || snapshot.graph());
    rows.time("time series, one minute", BAR, settings.rounds, format!("{} minutes", snapshot.series()), || snapshot.series());
    rows.time("percentiles by operation", BAR, settings.rounds, format!("{} operations", snapshot.operations()), || snapshot.operations());
    rows.time("errors", BAR, settings.rounds, format!("{} groups", snapshot.errors()), || snapshot.errors());
    rows.time("figures and service levels", BAR, settings.rounds, format!("{} groups", snapshot.figures()), || snapshot.figures());
    rows
}
