//! Everything that adds up over all traces that are held.

use std::time::{Duration, Instant};

use xray_collector::filter::Filter;
use xray_collector::measure::Held;

use crate::Settings;
use crate::held::held;
use crate::times::{Rows, cpu_of_all};

const BAR: Option<Duration> = Some(Duration::from_millis(100));

/// Of one filter query, 99 times of 100.
const FILTER_BAR: Duration = Duration::from_millis(50);

/// What people look for. None needs documents, as filters on root causes do.
const FILTERS: [&str; 14] = [
    "fault",
    "error OR throttle",
    "responsetime > 0.1",
    "duration > 0.05 AND duration < 0.2",
    "http.url CONTAINS \"checkout\"",
    "http.status >= 500",
    "service(\"checkout\")",
    "service(\"payments\") { fault }",
    "service(\"checkout\") { responsetime > 0.1 AND http.url CONTAINS \"orders\" }",
    "edge(\"checkout\", \"payments\") { fault OR responsetime > 0.1 }",
    "annotation[tier] = \"gold\" AND annotation[order.items] > 3",
    "annotation[Revenue] > 50 !fault",
    "service(id(name: \"reservations\", type: \"AWS::DynamoDB::Table\")) { throttle }",
    "message CONTAINS \"bank\" OR user = \"nobody\"",
];

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
    filters(&held, settings, &mut rows);
    rows
}

/// CPU time of all threads together: on a machine that has nothing else to do, an answer takes no longer than that, and less with several
/// processors. The wall clock is told beside it.
fn filters(held: &Held, settings: &Settings, rows: &mut Rows) {
    let (mut all, mut all_wall) = (Vec::new(), Vec::new());
    for text in FILTERS {
        let filter = Filter::parse(text).expect("a filter");
        let found = held.query(&filter);
        let once = |_| {
            let (begun, cpu) = (Instant::now(), cpu_of_all());
            assert_eq!(held.query(&filter), found);
            (cpu_of_all() - cpu, begun.elapsed())
        };
        let (mut times, mut walls): (Vec<Duration>, Vec<Duration>) = (0..settings.rounds).map(once).unzip();
        times.sort_unstable();
        walls.sort_unstable();
        all.extend_from_slice(&times);
        all_wall.extend_from_slice(&walls);
        let note = format!("{found} traces found; wall time {:.1} ms in the middle", millis(walls[walls.len() / 2]));
        rows.times(&format!("`{text}`"), Some(FILTER_BAR), times, note);
    }
    let p99 = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[(times.len() * 99).div_ceil(100) - 1]
    };
    let (cpu, wall) = (p99(&mut all), p99(&mut all_wall));
    let bar = format!("≤ {} ms", FILTER_BAR.as_millis());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let note = format!("CPU time of all threads, of {} queries; wall time {:.1} ms, on {threads} processors", all.len(), millis(wall));
    rows.figure("filter query, p99", &bar, Some(cpu <= FILTER_BAR), format!("{:.1} ms", millis(cpu)), note);
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
