//! From the start of `cargo xray view` until it has answered a first request.

use std::time::{Duration, Instant};

use crate::Settings;
use crate::child::Role;
use crate::process::{self, View};
use crate::times::Rows;

const BAR: Duration = Duration::from_millis(50);

pub fn measure(settings: &Settings) -> Rows {
    let program = process::program();
    let folder = std::env::temp_dir().join(format!("collector-bench-start-{}", std::process::id()));
    let path = folder.to_str().expect("a path that is text");
    let mut rows = Rows::default();
    let mut time = |what: &str, bar: Option<Duration>, note: String, args: &[&str]| {
        let once = || {
            let begun = Instant::now();
            let view = View::start(&program, args);
            view.page("/traces");
            let taken = begun.elapsed();
            view.end();
            taken
        };
        once();
        let mut times: Vec<_> = (0..settings.rounds).map(|_| once()).collect();
        times.sort_unstable();
        rows.times(what, bar, times, note);
    };
    time("start to first page", Some(BAR), "wall time; nothing held".to_owned(), &[]);
    time("start, `--data`, empty", Some(BAR), "wall time; the file is there".to_owned(), &["--data", path]);
    let documents = settings.traces;
    fill(&program, path, documents);
    let (read_back, bytes) = reading_back(&program, path, documents);
    let note = format!("wall time; {documents} traces on disk, {} MB, all of which are back {read_back:.1} s after the start", bytes >> 20);
    time("start, `--data`, full", Some(BAR), note, &["--data", path]);
    let _ = std::fs::remove_dir_all(folder);
    rows
}

/// Has so many traces of one document kept.
fn fill(program: &std::path::PathBuf, folder: &str, documents: u64) {
    let view = View::start(program, &["--data", folder]);
    let mut sender = Role::start(&["send", &view.address.to_string(), &documents.to_string(), "20000", "1"]);
    sender.numbers();
    sender.end();
    let begun = Instant::now();
    while view.figure("Documents written") < documents {
        assert!(begun.elapsed() < Duration::from_secs(60), "some were lost");
        std::thread::sleep(Duration::from_millis(50));
    }
    view.end();
}

/// Seconds until all are back, and the bytes of the file.
fn reading_back(program: &std::path::PathBuf, folder: &str, documents: u64) -> (f64, u64) {
    let bytes = std::fs::metadata(std::path::Path::new(folder).join("traces.sqlite")).expect("the file").len();
    let begun = Instant::now();
    let view = View::start(program, &["--data", folder]);
    while view.figure("Read back at the start") < documents {
        assert!(begun.elapsed() < Duration::from_secs(60), "some are missing");
        std::thread::sleep(Duration::from_millis(20));
    }
    let taken = begun.elapsed().as_secs_f64();
    view.end();
    (taken, bytes)
}
