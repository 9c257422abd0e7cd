//! Documents tell what was lost, so that a viewer can show it.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use autoxray::export::Document;
use autoxray::{
    Exporter, LossKind, LossReason, MemoryExporter, Recorder, Sampling, TraceHeader, annotate, metadata, metadata_in, segment, subsegment,
};
use serde_json::{Value, json};
use xray_testkit::TestRecorder;

const TOO_LARGE: &str = "metadata, too large";

fn lose() {
    metadata("huge", &vec![0_u8; 1_000_000]);
}

/// What each document tells, oldest first; `null` if it tells nothing.
fn told(documents: &[String]) -> Vec<Value> {
    let told = |json: &String| serde_json::from_str::<Value>(json).unwrap()["metadata"]["autoxray"]["losses"].clone();
    documents.iter().map(told).collect()
}

fn lost(told: &[Value]) -> Vec<Value> {
    told.iter().map(|told| told["lost"].clone()).collect()
}

/// As `stats` has it.
fn counted(recorder: &Recorder) -> Value {
    recorder
        .stats()
        .losses
        .iter()
        .map(|loss| (format!("{}, {}", loss.kind, loss.reason), loss.count))
        .collect::<BTreeMap<_, _>>()
        .into_iter()
        .collect()
}

#[test]
fn the_next_document_tells_once_of_all_there_was() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("sound").run(|| annotate("a", 1));
        segment("loses").run(|| {
            metadata("kept", &1);
            lose();
        });
        segment("sound").run(|| subsegment("inner").run(|| ()));
        // Below it, nothing tells.
        segment("loses twice").run(|| subsegment("inner").run(|| (0..2).for_each(|_| lose())));
        // Of what is lost when nothing is recorded, the next one does.
        autoxray::annotate("nowhere", 1);
        segment("sound").run(|| metadata_in("autoxray", "mine", &1));
        segment("sound").run(|| ());
    });
    let documents = recorder.documents();
    let told = told(&documents);
    let context = "annotation, context missing";
    assert_eq!(
        lost(&told),
        [Value::Null, json!({TOO_LARGE: 1}), Value::Null, json!({TOO_LARGE: 3}), json!({context: 1, TOO_LARGE: 3}), Value::Null]
    );
    assert_eq!(told[4]["lost"], counted(recorder.recorder()));
    assert_eq!((&told[1]["id"], &told[1]["since"]), (&told[4]["id"], &told[4]["since"]));
    let id = told[1]["id"].as_str().unwrap();
    assert!(id.len() == 16 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{id}");
    let begun = serde_json::from_str::<Value>(&documents[0]).unwrap()["start_time"].as_f64().unwrap();
    assert!((begun - told[1]["since"].as_f64().unwrap()).abs() < 600.0, "{}", told[1]);
    let traces = recorder.traces();
    assert_eq!(traces[1].expect("loses").metadata("kept"), 1);
    assert_eq!(traces[4].expect("sound").metadata_in("autoxray", "mine"), 1);
    assert_eq!(traces[3].expect("inner").document().metadata.get("autoxray"), None);
}

#[test]
fn what_the_program_has_in_its_place_gives_way() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            metadata_in("autoxray", "losses", &"mine");
            lose();
        });
    });
    assert_eq!(lost(&told(&recorder.documents())), [json!({TOO_LARGE: 1})]);
}

#[test]
fn recorders_tell_of_their_own() {
    let recorders = [TestRecorder::new(), TestRecorder::new()];
    for (recorder, times) in recorders.iter().zip(1..) {
        recorder.run(|| segment("s").run(|| (0..times).for_each(|_| lose())));
    }
    let [first, second] = recorders.map(|recorder| told(&recorder.documents()).remove(0));
    assert_ne!(first["id"], second["id"]);
    assert_eq!([&first["lost"], &second["lost"]], [&json!({TOO_LARGE: 1}), &json!({TOO_LARGE: 2})]);
}

#[test]
fn nothing_is_missing_in_the_end_whatever_threads_lose_meanwhile() {
    let recorder = TestRecorder::new();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                recorder.run(|| segment("s").run(|| (0..200).for_each(|_| subsegment("inner").run(lose))));
            });
        }
    });
    recorder.run(|| segment("last").run(|| ()));
    let told = told(&recorder.documents());
    let largest = told.iter().filter_map(|told| told["lost"][TOO_LARGE].as_u64()).max();
    assert_eq!(largest, Some(1_600));
    assert_eq!(Some(1_600), counted(recorder.recorder())[TOO_LARGE].as_u64());
}

/// Takes documents when it is told to.
#[derive(Debug, Default)]
struct Wavering {
    refuses: AtomicBool,
    taken: MemoryExporter,
    late: Mutex<Vec<(LossReason, u64)>>,
}

impl Exporter for &'static Wavering {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        if self.refuses.load(Relaxed) { Err(LossReason::Refused) } else { self.taken.export(document) }
    }

    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        self.late.lock().unwrap().clone()
    }
}

fn wavering() -> (&'static Wavering, Recorder) {
    let exporter: &Wavering = Box::leak(Box::default());
    (exporter, Recorder::builder().sampling(Sampling::Always).exporter(exporter).build())
}

#[test]
fn a_lost_document_loses_nothing_of_it() {
    let (exporter, recorder) = wavering();
    recorder.run(|| {
        exporter.refuses.store(true, Relaxed);
        (0..3).for_each(|_| segment("refused").run(lose));
        exporter.refuses.store(false, Relaxed);
        segment("taken").run(|| ());
        segment("taken").run(|| ());
    });
    let expected = json!({TOO_LARGE: 3, "document, no daemon listening": 3});
    assert_eq!(lost(&told(&exporter.taken.documents())), [expected.clone(), Value::Null]);
    assert_eq!(counted(&recorder), expected);
}

#[test]
fn what_an_exporter_lost_later_is_told_too() {
    let (exporter, recorder) = wavering();
    *exporter.late.lock().unwrap() = vec![(LossReason::BufferFull, 5)];
    recorder.run(|| (0..200).for_each(|_| segment("s").run(|| ())));
    let told = lost(&told(&exporter.taken.documents()));
    let told: Vec<_> = told.iter().filter(|told| !told.is_null()).collect();
    assert_eq!(told, [&json!({"document, socket buffer full": 5})]);
    assert_eq!(recorder.stats().lost(LossKind::Document, LossReason::BufferFull), 5);
}

#[test]
fn nobody_listening_is_told_to_who_listens_next() {
    // A port that was free a moment ago.
    let port = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    let recorder = Recorder::builder().sampling(Sampling::Always).daemon_address(address).build();
    recorder.run(|| (0..5).for_each(|_| segment("to nobody").run(|| ())));
    let counted = recorder.stats().lost(LossKind::Document, LossReason::Refused);
    assert!(counted > 0);
    let daemon = std::net::UdpSocket::bind(address).unwrap();
    daemon.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    recorder.run(|| segment("to somebody").run(|| ()));
    let mut buffer = vec![0; 65_536];
    let length = daemon.recv(&mut buffer).unwrap();
    let json = String::from_utf8(buffer[..length].to_vec()).unwrap();
    let json = json.split_once('\n').unwrap().1.to_owned();
    assert!(told(&[json])[0]["lost"]["document, no daemon listening"].as_u64().unwrap() > 0);
}

#[test]
fn the_largest_document_has_room_for_it() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            // Nothing of it gives way to what is told.
            (0..56).for_each(|n| metadata(format!("m{n}"), &"x".repeat(1_000)));
            metadata("huge", &vec![0_u8; 1_000_000]);
            (0..200).for_each(|n| annotate(format!("a{n}"), "y".repeat(2)));
            (0..40).for_each(|_| subsegment("child").run(|| metadata("m", &"z".repeat(2_000))));
        });
    });
    let documents = recorder.documents();
    assert!(documents.len() > 1);
    assert!(documents.iter().all(|document| document.len() <= 65_507 - 31));
    let traces = recorder.traces();
    let node = traces[0].expect("s");
    assert!((0..56).all(|n| node.metadata(&format!("m{n}")) == "x".repeat(1_000)));
    assert_eq!(node.metadata_in("autoxray", "losses")["lost"][TOO_LARGE], 1);
}

#[test]
fn what_is_not_sampled_leaves_it_to_the_next_that_is() {
    let recorder = TestRecorder::new();
    let unsampled: TraceHeader = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0");
    recorder.run(|| {
        annotate("nowhere", 1);
        segment("unsampled").header(unsampled).run(|| ());
        segment("sampled").run(|| ());
    });
    assert_eq!(lost(&told(&recorder.documents())), [json!({"annotation, context missing": 1})]);
}
