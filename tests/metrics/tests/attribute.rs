//! What the attribute and what is counted by itself write, judged by the check.
#![allow(missing_docs)]

use std::time::Duration;

use autoxray::metrics::{MemorySink, Metrics};
use autoxray::{ErrorKind, Namespace, Recorder, Sampling, business_metric, record_error, subsegment, traced};
use autoxray_metrics_tests::check_ours;

#[business_metric(name = "Orders", dimensions(country), dimensions())]
#[business_metric(name = "Revenue", value = cents / 100.0, dimensions(country, plan = format_args!("{cents:?}")), resolution = 1)]
#[business_metric(name = "Took", value = duration, unit = Microseconds, when = always)]
#[business_metric(name = "Trouble", when = err, dimensions(why = format!("{ret:?}")))]
#[traced(segment = "orders", name = "größe: place/order")]
fn place(country: &str, cents: f64) -> Result<(), &'static str> {
    subsegment("zahlung für alles").namespace(Namespace::Remote).run(|| {
        if cents < 0.0 {
            record_error(ErrorKind::Throttle);
        }
    });
    if cents.is_nan() { Err("no\nnumber") } else { Ok(()) }
}

#[test]
fn whatever_is_measured_cloudwatch_takes_it() {
    for rate in [0.0, 0.5, 1.0] {
        let sink = MemorySink::new();
        let metrics = Metrics::builder("Shop").dimension("Service", "orders").sink(sink.clone()).build().unwrap();
        let recorder =
            Recorder::builder().sampling(Sampling::Rate(rate)).exporter(autoxray::MemoryExporter::new()).metrics(metrics).build();
        recorder.run(|| {
            for round in 0..30 {
                for country in ["de", "", "größe", ":x", " ", "\n", &"x".repeat(1024), &"ö".repeat(2000), "other"] {
                    for cents in [0.0, -1.0, 1e300, f64::NAN, f64::INFINITY, f64::from(round)] {
                        let _ = place(country, cents);
                    }
                }
            }
        });
        assert!(recorder.flush(Duration::from_secs(10)));
        let lines = sink.take();
        check_ours(&lines);
        let count = |name: &str| -> u64 {
            let member = format!("\"{name}\":");
            let value = |line: &String| {
                let value = &line[line.find(&member)? + member.len()..];
                value[..value.find([',', '}'])?].parse::<u64>().ok()
            };
            lines.iter().filter_map(value).sum()
        };
        // The attribute is on all calls but those that fail.
        assert_eq!((count("Orders"), count("Trouble")), (30 * 9 * 5, 30 * 9), "rate {rate}");
        assert_eq!(count("Requests"), 2 * 30 * 9 * 6);
    }
}
