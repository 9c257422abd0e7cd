//! How many documents can come by UDP over the loopback without a loss.
//!
//! The sender is a process of its own that keeps to a rate; the collector has default settings.

use std::time::{Duration, Instant};

use xray_collector::{Collector, Settings as Limits};

use crate::Settings;
use crate::child::Role;
use crate::process;
use crate::times::Rows;

/// Documents a second.
const BAR: u64 = 50_000;

pub fn measure(settings: &Settings) -> Rows {
    let mut rows = Rows::default();
    one(&mut rows, "1 KB documents over loopback UDP", settings.documents, Limits::default());
    let folder = std::env::temp_dir().join(format!("collector-bench-{}", std::process::id()));
    one(&mut rows, "the same, kept on disk as well", settings.documents, Limits::default().with_data(folder.clone()));
    let _ = std::fs::remove_dir_all(folder);
    rows
}

fn one(rows: &mut Rows, what: &str, documents: u64, limits: Limits) {
    let collector = Collector::start_with("127.0.0.1:0", limits).expect("a collector");
    let mut sender =
        Role::start(&["send", &collector.local_addr().to_string(), &documents.to_string(), &(BAR + BAR / 20).to_string(), "5"]);
    let begun = Instant::now();
    let before = process::processor(std::process::id());
    let said = sender.numbers();
    let (seconds, bytes) = (said[0], said[1]);
    // Until all that was not lost has been read.
    let all = || {
        let stats = collector.stats();
        stats.progress.documents + stats.lost_in_queue + stats.lost_in_kernel.unwrap_or_default() >= documents
    };
    while !all() && begun.elapsed() < Duration::from_secs(300) {
        std::thread::sleep(Duration::from_millis(5));
    }
    let read = begun.elapsed().as_secs_f64();
    sender.end();
    let stats = collector.stats();
    let lost = stats.lost_in_queue + stats.lost_in_kernel.expect("Linux tells") + stats.progress.rejected + stats.documents_refused;
    let rate = documents as f64 / seconds;
    // What other work on the machine has no part in.
    let spent = process::processor(std::process::id()) - before;
    let mut note = format!(
        "{documents} documents of {:.0} bytes in {seconds:.1} s, all read after {read:.1} s; lost: {} by the kernel, {} in the queue, {} else; receive buffer {} KB; processor time {:.1} µs for each that was read",
        bytes / documents as f64,
        stats.lost_in_kernel.unwrap_or_default(),
        stats.lost_in_queue,
        stats.progress.rejected + stats.documents_refused,
        stats.receive_buffer >> 10,
        spent.as_secs_f64() * 1e6 / stats.progress.documents.max(1) as f64,
    );
    if let Some(disk) = collector.disk() {
        let begun = Instant::now();
        while collector.disk().is_some_and(|disk| disk.waiting > 0) && begun.elapsed() < Duration::from_secs(300) {
            std::thread::sleep(Duration::from_millis(5));
        }
        let disk = collector.disk().unwrap_or(disk);
        note += &format!(
            "; on disk {:.1} s later: {} written, {} lost, {} MB",
            begun.elapsed().as_secs_f64(),
            disk.written,
            disk.lost_in_queue + disk.lost_in_writing,
            disk.bytes >> 20
        );
    }
    let is_met = lost == 0 && rate >= BAR as f64 && stats.progress.documents == documents;
    rows.figure(what, "≥ 50,000/s, none lost", Some(is_met), format!("{rate:.0}/s, {lost} lost"), note);
}
