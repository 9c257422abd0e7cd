//! How long answers take, and the table of that.
//!
//! CPU time of the thread: what a neighbour takes is not in it. Nothing that is timed here waits or has help of other threads.

use std::hint::black_box;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

fn cpu() -> Duration {
    duration(ClockId::ThreadCPUTime)
}

/// CPU time of all threads of this process.
pub fn cpu_of_all() -> Duration {
    duration(ClockId::ProcessCPUTime)
}

fn duration(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// One line of the table each.
#[derive(Default)]
pub struct Rows {
    rows: Vec<Row>,
    figures: Vec<[String; 5]>,
}

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
        self.times(what, bar, times, note);
    }

    /// Times that were taken elsewhere, shortest first.
    pub fn times(&mut self, what: &str, bar: Option<Duration>, times: Vec<Duration>, note: impl Into<String>) {
        self.rows.push(Row { what: what.into(), bar, times, note: note.into() });
    }

    /// What is no time.
    pub fn figure(&mut self, what: impl Into<String>, bar: &str, is_met: Option<bool>, value: String, note: String) {
        let met = is_met.map_or("", |is_met| if is_met { "yes" } else { "**no**" });
        self.figures.push([what.into(), bar.into(), met.into(), value, note]);
    }

    pub fn absorb(&mut self, others: Self) {
        self.rows.extend(others.rows);
        self.figures.extend(others.figures);
    }

    pub fn markdown(&self) -> String {
        let millis = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1e3);
        let mut table = String::new();
        if !self.rows.is_empty() {
            table += "| what | bar, ms | met | best, ms | median, ms | worst, ms | |\n|---|---|---|---|---|---|---|\n";
        }
        for row in &self.rows {
            let (best, median, worst) = (row.times[0], row.times[row.times.len() / 2], row.times[row.times.len() - 1]);
            let met = row.bar.map_or("", |bar| if median <= bar { "yes" } else { "**no**" });
            let bar = row.bar.map(|bar| format!("≤ {}", bar.as_millis())).unwrap_or_default();
            let cells = [row.what.clone(), bar, met.into(), millis(best), millis(median), millis(worst), row.note.clone()];
            table += &format!("| {} |\n", cells.join(" | "));
        }
        if !self.figures.is_empty() {
            table += "\n| what | bar | met | measured | |\n|---|---|---|---|---|\n";
        }
        for figure in &self.figures {
            table += &format!("| {} |\n", figure.join(" | "));
        }
        table
    }
}
