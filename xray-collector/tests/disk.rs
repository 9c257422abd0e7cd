//! A collector that keeps traces on disk, across its ends.

use std::fs;
use std::io::ErrorKind;
use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::Index;
use xray_collector::{Collector, DiskStats, Settings, Trace};
use xray_model::datagram::HEADER;

const LONG: Duration = Duration::from_secs(60);
const FILE: &str = "traces.sqlite";

/// A folder that no other test has, and that is not there yet.
fn folder() -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("disk-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    folder
}

fn settings(folder: &Path) -> Settings {
    Settings::default().with_data(folder.to_owned())
}

fn open(settings: Settings) -> Collector {
    let collector = Collector::start_with("127.0.0.1:0", settings).unwrap();
    until(&collector, |disk| !disk.is_reading);
    collector
}

/// Waits for the disk.
fn until(collector: &Collector, reached: impl Fn(&DiskStats) -> bool) -> DiskStats {
    for _ in 0..6_000 {
        let disk = collector.disk().unwrap();
        if reached(&disk) {
            return disk;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{:?}", collector.disk());
}

fn send(collector: &Collector, datagrams: &[String]) {
    let client = UdpSocket::bind("127.0.0.1:0").unwrap();
    for some in datagrams.chunks(50) {
        let before = collector.progress();
        for datagram in some {
            client.send_to(datagram.as_bytes(), collector.local_addr()).unwrap();
        }
        let all = before.documents + before.rejected + some.len() as u64;
        assert!(collector.wait_for(LONG, |progress| progress.documents + progress.rejected >= all));
    }
}

/// A document of this trace, with a text in it.
fn document(trace: u32, id: u64, end: Option<u32>, more: &str) -> String {
    let end = end.map_or("\"in_progress\":true".to_owned(), |end| format!("\"end_time\":1710276831.{end}"));
    format!(
        "{HEADER}{{\"name\":\"shop{}\",\"id\":\"{id:016x}\",\"trace_id\":\"1-{trace:08x}-000000000000000000000001\",\"start_time\":1710276830.{trace},{end},\
         \"metadata\":{{\"default\":{{\"text\":\"{more}\"}}}}}}",
        id % 3
    )
}

fn subsegment(trace: u32, id: u64, parent: u64) -> String {
    document(trace, id, Some(5), "")
        .replace("\"start_time\"", &format!("\"type\":\"subsegment\",\"parent_id\":\"{parent:016x}\",\"start_time\""))
}

fn error_of(settings: Settings) -> String {
    let error = Collector::start_with("127.0.0.1:0", settings).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    error.to_string()
}

#[test]
fn a_restart_shows_the_same() {
    let folder = folder();
    let collector = open(settings(&folder));
    let mut documents: Vec<_> = (1..300).map(|trace| document(trace, 1, Some(trace), "")).collect();
    documents.extend((1..300).rev().map(|trace| subsegment(trace, 2, 1)));
    documents.push(document(7, 1, Some(7), ""));
    send(&collector, &documents);
    let (before, progress) = (collector.all_traces(), collector.progress());
    drop(collector);

    let collector = open(settings(&folder));
    let disk = collector.disk().unwrap();
    assert_eq!((disk.read_back, disk.problem.as_deref()), (599, None));
    assert_eq!(collector.all_traces(), before);
    assert_eq!(collector.stats().progress.segments, progress.segments);
    // What comes now stands behind what was there, and belongs to it.
    send(&collector, &[subsegment(300, 2, 1), subsegment(3, 3, 1)]);
    let trace = collector.trace(before[2].id()).unwrap();
    assert_eq!((trace.tree().len(), trace.documents()), (3, 3));
    assert_eq!(collector.all_traces().last().map(Trace::documents), Some(1));

    // What is forgotten stays so.
    collector.clear();
    assert!(collector.trace(before[5].id()).is_none());
    send(&collector, &[document(500, 1, Some(1), "")]);
    drop(collector);
    let collector = open(settings(&folder));
    assert_eq!(collector.all_traces().len(), 1);
    drop(collector);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_has_no_room_in_memory_is_found_by_its_id() {
    let folder = folder();
    let small = || {
        let mut settings = settings(&folder);
        settings.segments = 20;
        settings
    };
    let collector = open(small());
    send(&collector, &(1..=50).map(|trace| document(trace, 1, Some(trace), "")).collect::<Vec<_>>());
    until(&collector, |disk| disk.written == 50);
    let ids: Vec<_> = collector.all_traces().iter().map(Trace::id).collect();
    let first = "1-00000001-000000000000000000000001".parse().unwrap();
    let check = |collector: &Collector| {
        assert_eq!(collector.all_traces().iter().map(Trace::id).collect::<Vec<_>>(), ids);
        let evicted = collector.trace(first).unwrap();
        assert_eq!((evicted.documents(), evicted.tree().len()), (1, 1));
        assert!(collector.trace("1-00000999-000000000000000000000001".parse().unwrap()).is_none());
    };
    check(&collector);
    drop(collector);
    // The latest are read back, and no more than fit.
    let collector = open(small());
    assert_eq!(collector.disk().unwrap().read_back, 20);
    check(&collector);
    drop(collector);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn old_documents_go() {
    let folder = folder();
    let collector = open(settings(&folder));
    send(&collector, &[document(1, 1, Some(1), ""), document(2, 1, Some(1), "")]);
    drop(collector);
    let mut none = settings(&folder);
    none.age = Duration::ZERO;
    let collector = open(none);
    until(&collector, |disk| disk.deleted == 2);
    assert!(collector.all_traces().is_empty());
    drop(collector);
    assert!(open(settings(&folder)).all_traces().is_empty());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_file_stays_within_its_limit() {
    const LIMIT: u64 = 2 << 20;
    let folder = folder();
    let limited = || {
        let mut settings = settings(&folder);
        settings.disk_bytes = LIMIT;
        settings
    };
    let collector = open(limited());
    let text = "x".repeat(5_000);
    for round in 0..8 {
        let some: Vec<_> = (0..200).map(|trace| document(1 + round * 200 + trace, 1, Some(1), &text)).collect();
        send(&collector, &some);
        until(&collector, |disk| disk.written >= u64::from(round + 1) * 200);
    }
    let disk = until(&collector, |disk| disk.waiting == 0);
    assert_eq!((disk.lost_in_queue, disk.lost_in_writing, disk.problem), (0, 0, None));
    assert!(disk.deleted > 800 && disk.deleted < 1_500, "{}", disk.deleted);
    drop(collector);
    let size = fs::metadata(folder.join(FILE)).unwrap().len();
    assert!(size <= LIMIT && size > LIMIT / 2, "{size}");
    // The latest are there.
    let collector = open(limited());
    assert_eq!(collector.all_traces().len() as u64, 1_600 - disk.deleted);
    assert!(collector.all_traces().iter().any(|trace| trace.id().to_string().starts_with("1-00000640-")));
    drop(collector);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_full_disk_is_told_and_counted_and_the_collector_goes_on() {
    let folder = folder();
    let mut full = settings(&folder);
    // Nothing but what is there already.
    full.disk_bytes = 20 << 10;
    let collector = open(full);
    let text = "x".repeat(50_000);
    send(&collector, &(1..=20).map(|trace| document(trace, 1, Some(1), &text)).collect::<Vec<_>>());
    let disk = until(&collector, |disk| disk.lost_in_writing > 0 && disk.waiting == 0);
    let problem = disk.problem.unwrap();
    assert!(problem.contains("no room") && problem.contains(FILE) && problem.contains("free some"), "{problem}");
    assert_eq!(disk.lost_in_writing + disk.written, 20);
    assert_eq!(collector.all_traces().len(), 20, "they are in memory all the same");
    // What fits is written again, and all is well.
    send(&collector, &[document(21, 1, Some(1), "")]);
    until(&collector, |disk| disk.problem.is_none() && disk.written > 0);
    drop(collector);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn one_folder_is_for_one_collector() {
    let folder = folder();
    let first = open(settings(&folder));
    let told = error_of(settings(&folder));
    assert!(told.contains("in use by another collector") && told.contains(folder.to_str().unwrap()), "{told}");
    drop(first);
    drop(open(settings(&folder)));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn folders_that_cannot_be_used_are_told() {
    let folder = folder();
    fs::create_dir_all(folder.join("taken").join(FILE)).unwrap();
    fs::write(folder.join("file"), "").unwrap();
    for (name, words) in
        [("file", "cannot be kept in the folder"), ("file/below", "cannot be kept in the folder"), ("taken", "cannot be read")]
    {
        let told = error_of(settings(&folder.join(name)));
        assert!(told.contains(words) && told.contains(name) && told.contains("hoose a"), "{told}");
    }
    fs::remove_dir_all(folder).unwrap();
}

/// Files that are no good, and what is said of them. None of them is changed.
#[test]
fn files_of_others_and_damaged_ones_are_told_and_left_alone() {
    let good = {
        let folder = folder();
        let collector = open(settings(&folder));
        send(&collector, &(1..200).map(|trace| document(trace, 1, Some(1), "some text")).collect::<Vec<_>>());
        drop(collector);
        assert!(!folder.join("traces.sqlite-wal").exists(), "all is in the file");
        let good = fs::read(folder.join(FILE)).unwrap();
        fs::remove_dir_all(folder).unwrap();
        good
    };
    let with = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let foreign = "was not written by a local X-Ray";
    let table: [(&str, Vec<u8>, &str); 9] = [
        ("text", b"Dear diary".to_vec(), foreign),
        ("long text", b"Dear diary\n".repeat(1_000), foreign),
        ("zeros", vec![0; 10_000], foreign),
        ("another program's", with(68, b"ABCD"), foreign),
        ("no magic", with(0, b"X"), foreign),
        ("a head alone", good[..90].to_vec(), foreign),
        ("newer", with(60, &[0, 0, 0, 9]), "newer version of the local X-Ray (format 9; this one knows 1)"),
        ("half", good[..good.len() / 2 / 8192 * 8192].to_vec(), "is damaged"),
        ("no tables", with(100, &[0xff; 8_000]), "is damaged"),
    ];
    for (name, bytes, words) in table {
        let folder = folder();
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(FILE), &bytes).unwrap();
        let told = error_of(settings(&folder));
        assert!(told.contains(words) && told.contains(folder.join(FILE).to_str().unwrap()), "{name}: {told}");
        assert!(told.contains("left as it is") && told.contains("another folder"), "{name}: {told}");
        assert!(fs::read(folder.join(FILE)).unwrap() == bytes, "{name}");
        fs::remove_dir_all(folder).unwrap();
    }
    // Damage that shows later: what can be read is there, the rest is told, and new documents arrive.
    let folder = folder();
    fs::create_dir_all(&folder).unwrap();
    let middle = good.len() / 8192 / 2 * 8192;
    fs::write(folder.join(FILE), with(middle, &[0xee; 8_192])).unwrap();
    let collector = open(settings(&folder));
    let disk = collector.disk().unwrap();
    assert!(disk.problem.as_deref().is_some_and(|problem| problem.contains("is damaged")), "{disk:?}");
    send(&collector, &[document(900, 1, Some(1), "")]);
    assert!(collector.traces().iter().any(|trace| trace.id.to_string().starts_with("1-00000384-")));
    drop(collector);
    fs::remove_dir_all(&folder).unwrap();
    // An empty file is what is left when the process ends in its first moment.
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(FILE), "").unwrap();
    drop(open(settings(&folder)));
    fs::remove_dir_all(folder).unwrap();
}

prop_compose! {
    /// Few traces and ids, so that documents contradict each other, come twice and miss parents.
    fn any_document()(trace in 1u32..6, id in 1u64..5, end in proptest::option::of(0u32..4), parent in proptest::option::of(1u64..6), text in "[a-z]{0,8}") -> String {
        match parent {
            Some(parent) => subsegment(trace, id, parent),
            None => document(trace, id, end, &text),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_documents_are_the_same_after_any_restarts(documents in proptest::collection::vec(any_document(), 1..30), ends in proptest::collection::vec(any::<Index>(), 0..3)) {
        let in_memory = open_in_memory(&documents);
        let folder = folder();
        let mut ends: Vec<_> = ends.iter().map(|end| end.index(documents.len())).collect();
        ends.sort_unstable();
        ends.push(documents.len());
        let mut sent = 0;
        for end in ends {
            let collector = open(settings(&folder));
            send(&collector, &documents[sent..end]);
            sent = end;
        }
        let collector = open(settings(&folder));
        prop_assert_eq!(collector.all_traces(), in_memory.all_traces());
        prop_assert_eq!(collector.traces(), in_memory.traces());
        prop_assert_eq!(collector.services(), in_memory.services());
        let (held, expected) = (collector.progress(), in_memory.progress());
        prop_assert_eq!((held.traces, held.complete, held.segments), (expected.traces, expected.complete, expected.segments));
        drop(collector);
        fs::remove_dir_all(folder).unwrap();
    }
}

/// One that has no disk.
fn open_in_memory(documents: &[String]) -> Collector {
    let collector = Collector::start("127.0.0.1:0").unwrap();
    send(&collector, documents);
    collector
}
