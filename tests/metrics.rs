//! Metrics that are made of what is recorded, exact although traces are sampled.
#![allow(missing_docs)]

use std::collections::BTreeMap;
use std::time::Duration;

use autoxray::metrics::{MemorySink, Metrics};
use autoxray::{
    ErrorKind, Failure, MemoryExporter, Namespace, Recorder, Sampling, TraceHeader, record_error, segment, subsegment, trace_header, traced,
};
use serde_json::Value;

struct Measured {
    recorder: Recorder,
    sink: MemorySink,
    exporter: MemoryExporter,
}

impl Measured {
    fn new(sampling: Sampling) -> Self {
        let (sink, exporter) = (MemorySink::new(), MemoryExporter::new());
        let metrics = Metrics::builder("Tests").dimension("Service", "shop").sink(sink.clone()).build().unwrap();
        let builder = Recorder::builder().service_name("shop").sampling(sampling).exporter(exporter.clone());
        Self { recorder: builder.metrics(metrics).build(), sink, exporter }
    }

    /// Each series, by its name and the dimensions besides the service: the sum of its values, latencies left out, and how many there are.
    fn series(&self) -> BTreeMap<String, (f64, usize)> {
        assert!(self.recorder.flush(Duration::ZERO));
        let mut all = BTreeMap::new();
        for line in self.sink.take() {
            let document: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(document["Service"], "shop");
            let directive = &document["_aws"]["CloudWatchMetrics"][0];
            for metric in directive["Metrics"].as_array().unwrap() {
                let name = metric["Name"].as_str().unwrap();
                let values = match &document[name] {
                    Value::Array(values) => values.clone(),
                    value => vec![value.clone()],
                };
                let of = ["Operation", "RemoteService"].into_iter().find_map(|key| Some(format!("{key}={}", document[key].as_str()?)));
                let key = format!("{name} {}", of.unwrap_or_default());
                let sum: f64 = values.iter().map(|value| value.as_f64().unwrap()).sum();
                let entry: &mut (f64, usize) = all.entry(key).or_default();
                entry.0 += if name == "Latency" { 0.0 } else { sum };
                entry.1 += values.len();
            }
        }
        all
    }
}

#[derive(Debug)]
struct Refused;

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("refused")
    }
}

impl std::error::Error for Refused {}

#[traced(segment)]
fn place(outcome: u32) -> Result<(), Refused> {
    subsegment("payments.example.com").namespace(Namespace::Remote).run(|| {
        if outcome == 1 {
            record_error(Failure::from(&Refused).kind(ErrorKind::Throttle));
        }
    });
    subsegment("local").run(|| record_error(ErrorKind::Fault));
    match outcome {
        2 => Err(Refused),
        3 => {
            record_error(ErrorKind::Error);
            Ok(())
        }
        4 => panic!("no"),
        _ => Ok(()),
    }
}

#[traced(segment = "nightly")]
async fn clean_up(wait: bool) {
    let call = subsegment("S3").namespace(Namespace::Aws).open();
    if wait {
        std::future::pending::<()>().await;
    }
    call.record_status(503);
    call.close();
}

#[test]
fn requests_and_calls_are_counted_whether_sampled_or_not() {
    for sampling in [Sampling::Always, Sampling::Never, Sampling::Rate(0.5)] {
        let measured = Measured::new(sampling);
        measured.recorder.run(|| {
            for outcome in 0..4 {
                let _ = place(outcome);
            }
            std::panic::catch_unwind(|| place(4)).unwrap_err();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
            runtime.block_on(clean_up(false));
            runtime.block_on(async { tokio::time::timeout(Duration::from_millis(1), clean_up(true)).await.unwrap_err() });
        });
        let mut expected: BTreeMap<String, (f64, usize)> = BTreeMap::new();
        for (name, of, sum) in [
            ("Requests", "Operation=place", 5.0),
            ("Errors", "Operation=place", 1.0),
            ("Faults", "Operation=place", 2.0),
            ("Throttles", "Operation=place", 0.0),
            ("Requests", "Operation=clean_up", 2.0),
            ("Errors", "Operation=clean_up", 0.0),
            ("Faults", "Operation=clean_up", 0.0),
            ("Throttles", "Operation=clean_up", 0.0),
            ("Requests", "RemoteService=payments.example.com", 5.0),
            ("Errors", "RemoteService=payments.example.com", 1.0),
            ("Faults", "RemoteService=payments.example.com", 0.0),
            ("Throttles", "RemoteService=payments.example.com", 1.0),
            ("Requests", "RemoteService=S3", 2.0),
            ("Errors", "RemoteService=S3", 0.0),
            ("Faults", "RemoteService=S3", 1.0),
            ("Throttles", "RemoteService=S3", 0.0),
        ] {
            expected.insert(format!("{name} {of}"), (sum, 1));
        }
        for (of, count) in
            [("Operation=place", 5), ("Operation=clean_up", 2), ("RemoteService=payments.example.com", 5), ("RemoteService=S3", 2)]
        {
            expected.insert(format!("Latency {of}"), (0.0, count));
        }
        assert_eq!(measured.series(), expected, "{sampling:?}");
        let documents = measured.exporter.take().len();
        match sampling {
            Sampling::Never => assert_eq!(documents, 0),
            Sampling::Always => assert_eq!(documents, 7),
            _ => assert!(documents <= 7),
        }
        assert_eq!(measured.recorder.stats().losses, []);
    }
}

#[test]
fn what_is_only_measured_is_told_on_as_not_sampled_and_evaluates_nothing() {
    let measured = Measured::new(Sampling::Never);
    let upstream = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;k=v");
    measured.recorder.run(|| {
        segment("s").header(upstream).run(|| {
            let outer = trace_header().unwrap();
            subsegment("inner").run(|| {
                let inner = trace_header().unwrap();
                assert_eq!((inner.root, inner.sampled, inner.extras()), (outer.root, outer.sampled, outer.extras()));
                assert_ne!(inner.parent, outer.parent);
                assert!(inner.to_string().starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;"));
                assert!(inner.to_string().contains("Sampled=0"));
                assert!(!autoxray::is_recording() && autoxray::is_observed() && autoxray::is_in_segment());
            });
            autoxray::annotate("key", "value");
            autoxray::metadata("key", &"value");
            autoxray::set_user("user");
            let call = subsegment("inner").open();
            call.attach(|_| panic!("nothing is attached"));
            call.close();
        });
    });
    assert_eq!((measured.exporter.take().len(), measured.recorder.stats().losses), (0, vec![]));
    assert_eq!(measured.recorder.stats().unsampled, 1);
}

#[traced(segment)]
fn many() {
    for _ in 0..300_000 {
        subsegment("inner").run(|| ());
    }
}

#[test]
fn what_is_only_measured_keeps_nothing() {
    let measured = Measured::new(Sampling::Never);
    measured.recorder.run(many);
    assert_eq!(measured.series()["Requests Operation=many"], (1.0, 1));
    // Not even a place in the table, of which there is a limited number.
    assert_eq!(measured.recorder.stats().losses, []);
}

#[test]
fn what_outlives_its_segment_is_measured_too() {
    for sampling in [Sampling::Always, Sampling::Never] {
        let measured = Measured::new(sampling);
        let late = measured.recorder.run(|| segment("s").run(|| subsegment("late.example.com").namespace(Namespace::Remote).open()));
        late.record_error(ErrorKind::Fault);
        late.close();
        let series = measured.series();
        assert_eq!(series["Requests Operation=s"], (1.0, 1));
        assert_eq!(series["Faults Operation=s"], (0.0, 1));
        assert_eq!(series["Faults RemoteService=late.example.com"], (1.0, 1));
    }
}
