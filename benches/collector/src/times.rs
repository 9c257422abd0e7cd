//! How long answers take, and the table of that.
//!
//! CPU time of the thread: what a neighbour takes is not in it. Nothing that is timed here waits or has help of other threads.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// One line of the table each.
#[derive(Default)]
pub struct Rows(Vec<Row>);

struct Row {
    what: String,
    bar: Option<Duration>,
    times: Vec<Duration>,
    note: String,
}

impl Rows {
    /// Does something `rounds` times, after once to warm up. A bar is what it may take at most.
    pub fn time<T>(&mut self, what: &str, bar: Option<Duration>, rounds: usize, note: impl Into<String>, mut work: impl FnMut() -> T) {
        black_box(work());
        let once = |_| {
            let start = cpu();
            black_box(work());
            cpu() - start
        };
        let mut times: Vec<_> = (0..rounds.max(1)).map(once).collect();
        times.sort_unstable();
        self.0.push(Row { what: what.into(), bar, times, note: note.into() });
    }

    pub fn absorb(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    pub fn markdown(&self) -> String {
        let millis = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
        let mut table = "| what | bar, ms | met | best, ms | median, ms | worst, ms | |\n|---|---|---|---|---|---|---|\n".to_owned();
        for row in &self.0 {
            let (best, median, worst) = (row.times[0], row.times[row.times.len() / 2], row.times[row.times.len() - 1]);
            let met = row.bar.map_or("", |bar| if median <= bar { "yes" } else { "**no**" });
            let bar = row.bar.map(|bar| format!("≤ {}", bar.as_millis())).unwrap_or_default();
            let cells = [row.what.clone(), bar, met.into(), millis(best), millis(median), millis(worst), row.note.clone()];
            table += &format!("| {} |\n", cells.join(" | "));
        }
        table
    }
}
