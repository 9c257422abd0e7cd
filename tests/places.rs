//! Situations in which the current place is not what it seems. One process-wide recorder, so everything here is one test.
#![allow(missing_docs)]

use std::io::Write;
use std::sync::mpsc;
use std::time::Duration;

use autoxray::{
    Guard, LossKind, LossReason, MemoryExporter, Recorder, Sampling, annotate, is_recording, metadata, segment, subsegment, traced,
};
use xray_testkit::TestRecorder;

#[traced(segment = "job")]
fn job() -> u32 {
    step()
}

#[traced]
fn step() -> u32 {
    1
}

#[traced]
fn finish(guard: Guard) {
    guard.end();
}

#[test]
fn a_guard_that_ends_elsewhere_does_not_end_recording() {
    let exporter = MemoryExporter::new();
    Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).install().unwrap();

    // Standard error is held by the program while a thread of it has something to complain about.
    let mut stderr = std::io::stderr().lock();
    let (done, waited) = mpsc::channel();
    std::thread::spawn(move || done.send(step()));
    let answer = waited.recv_timeout(Duration::from_secs(60));
    let _ = writeln!(stderr, "the thread answered {answer:?}");
    drop(stderr);
    assert_eq!(answer, Ok(1), "nobody waits for the other");
    assert_eq!(autoxray::stats().lost(LossKind::Subsegment, LossReason::ContextMissing), 1);

    // The guard ends in a function that was called in its segment: that place is gone when the function returns to it.
    finish(segment("first").begin());
    assert_eq!((0..5).map(|_| job()).sum::<u32>(), 5);
    let jobs =
        exporter.take().iter().filter(|document| document.contains(r#""name":"job""#) && document.contains(r#""name":"step""#)).count();
    assert_eq!(jobs, 5);
}

#[test]
fn values_of_a_subsegment_that_is_not_recorded_are_nobody_elses() {
    #[traced(annotate(of = n))]
    fn leaf(n: u32) -> u32 {
        annotate("by_hand", n);
        subsegment("deeper").run(|| n)
    }
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let segment = segment("s").begin();
        let mut open: Vec<_> = (1..xray_model::limits::SUBSEGMENTS_OPEN_MAX).map(|_| subsegment("open").begin()).collect();
        assert_eq!(leaf(7), 7);
        while let Some(last) = open.pop() {
            last.end();
        }
        segment.end();
    });
    let stats = recorder.stats();
    assert_eq!(stats.lost(LossKind::Subsegment, LossReason::Limit), 2, "leaf and deeper");
    assert!(stats.lost(LossKind::Annotation, LossReason::Limit) >= 1, "{:?}", stats.losses);
    assert!(recorder.documents().iter().all(|document| !document.contains("by_hand") && !document.contains("\"of\"")));
}

#[test]
fn guards_dropped_out_of_order_leave_the_open_segment_current() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let a = segment("a").begin();
        let b = subsegment("b").begin();
        let c = subsegment("c").begin();
        b.metadata("large", &"x".repeat(50_000));
        drop(b);
        // Enough that what is complete is sent ahead.
        (0..600).for_each(|_| subsegment("leaf").run(|| metadata("n", &"y".repeat(200))));
        drop(c);
        assert!(is_recording());
        annotate("last", true);
        drop(a);
    });
    assert!(recorder.documents().iter().any(|document| document.contains(r#""name":"a""#) && document.contains(r#""last":true"#)));
}
