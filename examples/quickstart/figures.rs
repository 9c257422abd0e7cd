//! What tracing cost, by its own account and by measuring it.

use std::io::{self, Write};
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use autoxray::{Recorder, Sampling, Stats, traced};

/// Headings of the report.
#[derive(Debug)]
pub struct Headings {
    pub colour: bool,
}

impl Headings {
    pub fn write(&self, out: &mut impl Write, text: &str) -> io::Result<()> {
        let (bold, plain) = if self.colour { ("\x1b[1m", "\x1b[0m") } else { ("", "") };
        writeln!(out, "\n{bold}{text}{plain}\n{}", "─".repeat(80))
    }
}

/// Writes the recorder's own figures.
pub fn write(out: &mut impl Write, stats: &Stats) -> io::Result<()> {
    let recorded = stats.segments + stats.subsegments;
    let document = stats.bytes / stats.documents.max(1);
    let export = stats.export_time.as_nanos() as u64 / recorded.max(1);
    let (count, each) = calibrate()?;

    writeln!(out, "recorded   {} segments, {} subsegments", stats.segments, stats.subsegments)?;
    writeln!(out, "sent       {} documents, {} bytes each", stats.documents, thousands(document))?;
    if stats.losses.is_empty() {
        writeln!(out, "lost       nothing")?;
    }
    for loss in &stats.losses {
        writeln!(out, "lost       {loss}")?;
    }
    writeln!(out, "encoding   {} ns per subsegment, sending included; caches were cold", thousands(export))?;
    writeln!(out, "in all     {} ns per subsegment, over {} empty ones; caches were warm", thousands(each), thousands(count))?;
    if cfg!(debug_assertions) {
        writeln!(out, "           (not optimised; see `cargo run --release --example quickstart`)")?;
    }
    Ok(())
}

/// Traces functions that do nothing, in a recorder of their own, for a tenth of a second: how many, and nanoseconds for each.
fn calibrate() -> io::Result<(u64, u64)> {
    let nobody = UdpSocket::bind("127.0.0.1:0")?;
    let recorder = Recorder::builder().sampling(Sampling::Always).daemon_address(nobody.local_addr()?).build();
    recorder.run(|| {
        let (begun, mut trees) = (Instant::now(), 0);
        while begun.elapsed() < Duration::from_millis(100) {
            tree::root();
            trees += 1;
        }
        let count = trees * tree::SIZE;
        Ok((count, begun.elapsed().as_nanos() as u64 / count))
    })
}

/// A tree of functions: one calls three, each of which calls three.
mod tree {
    use super::traced;

    pub const SIZE: u64 = 1 + 3 + 9;

    #[traced(segment = "calibration")]
    pub fn root() {
        (0..3).for_each(|_| branch());
    }

    #[traced]
    fn branch() {
        (0..3).for_each(|_| leaf());
    }

    #[traced]
    fn leaf() {}
}

/// A number with commas.
fn thousands(number: u64) -> String {
    match number {
        0..1_000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1_000), number % 1_000),
    }
}
