//! Whether a trace is recorded: the caller decides, else the settings.
#![allow(missing_docs)]

use std::time::Instant;

use autoxray::{Sampling, TraceHeader, annotate, is_recording, metadata, record_error, segment, set_user, subsegment, traced};
use futures::FutureExt;
use xray_testkit::TestRecorder;

const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";

#[test]
fn the_decision_of_the_caller_is_kept_whatever_the_settings() {
    for sampling in [Sampling::Always, Sampling::Never, Sampling::Rate(0.5), Sampling::default()] {
        for (decision, recorded) in [("1", 10), ("0", 0)] {
            let recorder = TestRecorder::with(|settings| settings.sampling(sampling));
            let header = TraceHeader::parse(&format!("Root={ROOT};Sampled={decision}"));
            recorder.run(|| (0..10).for_each(|_| segment("s").header(header.clone()).run(|| ())));
            assert_eq!(recorder.stats().segments, recorded, "{sampling:?}, Sampled={decision}");
            assert_eq!(recorder.stats().unsampled, 10 - recorded, "{sampling:?}, Sampled={decision}");
        }
    }
}

#[test]
fn without_a_decision_the_settings_decide() {
    for decision in ["", ";Sampled=?", ";Sampled=x"] {
        for (sampling, recorded) in [(Sampling::Always, 10), (Sampling::Never, 0), (Sampling::Rate(1.0), 10), (Sampling::Rate(0.0), 0)] {
            let recorder = TestRecorder::with(|settings| settings.sampling(sampling));
            let header = TraceHeader::parse(&format!("Root={ROOT}{decision}"));
            recorder.run(|| (0..10).for_each(|_| segment("s").header(header.clone()).run(|| ())));
            assert_eq!(recorder.stats().segments, recorded, "{sampling:?} {decision}");
        }
    }
}

#[test]
fn rates_outside_of_their_range_are_harmless() {
    for (rate, recorded) in [(7.0, 10), (-1.0, 0), (f64::NAN, 0), (f64::INFINITY, 10), (f64::NEG_INFINITY, 0)] {
        let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Rate(rate)));
        recorder.run(|| (0..10).for_each(|_| segment("s").run(|| ())));
        assert_eq!(recorder.stats().segments, recorded, "{rate}");
    }
}

#[test]
fn a_rate_is_kept_roughly() {
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Rate(0.25)));
    recorder.run(|| (0..4_000).for_each(|_| segment("s").run(|| ())));
    // More than nine standard deviations to either side.
    let recorded = recorder.stats().segments;
    assert!((750..1_250).contains(&recorded), "{recorded}");
    assert_eq!(recorder.stats().unsampled, 4_000 - recorded);
}

#[test]
fn the_first_of_each_second_are_recorded_in_any_case() {
    let started = Instant::now();
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Reservoir { per_second: 3, rate: 0.0 }));
    recorder.run(|| (0..1_000).for_each(|_| segment("s").run(|| ())));
    // However long that took, it touched at most two seconds more than have passed whole.
    let seconds = started.elapsed().as_secs() + 2;
    let recorded = recorder.stats().segments;
    assert!((3..=3 * seconds).contains(&recorded), "{recorded}");
}

#[test]
fn by_default_it_is_one_per_second_and_five_per_cent() {
    assert_eq!(Sampling::default(), Sampling::Reservoir { per_second: 1, rate: 0.05 });
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::default()));
    let first = recorder.run(|| segment("s").run(is_recording));
    assert!(first, "the first one is always seen");
    let started = Instant::now();
    recorder.run(|| (0..4_000).for_each(|_| segment("s").run(|| ())));
    let seconds = started.elapsed().as_secs() + 2;
    let recorded = recorder.stats().segments;
    assert!((80..=330 + seconds).contains(&recorded), "{recorded}");
}

#[test]
fn many_threads_share_one_reservoir() {
    let started = Instant::now();
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Reservoir { per_second: 5, rate: 0.0 }));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| recorder.run(|| (0..500).for_each(|_| segment("s").run(|| ()))));
        }
    });
    let seconds = started.elapsed().as_secs() + 2;
    let recorded = recorder.stats().segments;
    assert!((5..=5 * seconds).contains(&recorded), "{recorded}");
    assert_eq!(recorder.stats().unsampled, 2_000 - recorded);
}

#[test]
fn nothing_of_an_unsampled_trace_is_recorded_and_nothing_of_it_is_missed() {
    #[traced(annotate(n))]
    async fn work(n: u8) -> Result<u8, String> {
        annotate("k", n);
        metadata("k", &n);
        set_user("ann");
        record_error(autoxray::Failure::new("a", "b"));
        subsegment("inner").run(|| Err("no".to_owned()))
    }
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Never));
    let result = recorder.run(|| {
        segment("s").run(|| {
            assert!(!is_recording());
            work(7).now_or_never().unwrap()
        })
    });
    assert_eq!(result, Err("no".to_owned()));
    assert_eq!(recorder.documents(), Vec::<String>::new());
    let stats = recorder.stats();
    assert_eq!((stats.unsampled, stats.segments, stats.subsegments, stats.losses), (1, 0, 0, vec![]));
}

#[test]
fn one_decision_holds_for_all_below() {
    #[traced(segment)]
    fn worker() {
        subsegment("inner").run(|| ());
    }
    let recorder = TestRecorder::with(|settings| settings.sampling(Sampling::Never));
    // A function that begins a segment only where there is none finds one, and keeps to what was decided there.
    recorder.run(|| segment("s").run(worker));
    assert_eq!(recorder.stats().unsampled, 1);
    recorder.run(worker);
    assert_eq!(recorder.stats().unsampled, 2);
    assert_eq!(recorder.stats().segments, 0);
}
