//! What we write, judged by the check: documents of many shapes of use, and of generated ones.
#![allow(missing_docs)]

mod generated;

use std::time::Duration;

use autoxray_metrics_tests::check_ours;
use serde_json::Value;
use xray_runtime::metrics::{Line, MemorySink, Metric, Metrics, Sink, Unit};
use xray_runtime::{LossKind, LossReason};

const LONG: Duration = Duration::from_secs(10);

pub(crate) fn leaked<const N: usize>(metric: Metric<N>) -> &'static Metric<N> {
    Box::leak(Box::new(metric))
}

pub(crate) fn text(text: impl Into<String>) -> &'static str {
    text.into().leak()
}

fn shop() -> (Metrics, MemorySink) {
    let sink = MemorySink::new();
    (Metrics::builder("Shop").dimension("service", "orders").sink(sink.clone()).build().unwrap(), sink)
}

/// What has been written, checked and read.
fn documents(metrics: &Metrics, sink: &MemorySink) -> Vec<Value> {
    assert!(metrics.flush(LONG));
    let lines = sink.take();
    check_ours(&lines);
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn definitions(document: &Value) -> &Vec<Value> {
    document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap()
}

#[test]
fn counts_values_sets_and_resolutions() {
    static ORDERS: Metric = Metric::counter("Orders", []);
    static LATENCY: Metric<2> =
        Metric::new("Latency", Unit::Milliseconds, ["route", "method"]).sets(&[&["route", "method"], &["route"], &[]]);
    static FAST: Metric<1> = Metric::new("Fast", Unit::BytesPerSecond, ["route"]).high_resolution();
    let (metrics, sink) = shop();
    for value in 0..5 {
        metrics.record(&ORDERS, [], f64::from(value));
        metrics.record(&LATENCY, ["/", "GET"], f64::from(value) / 3.0);
        metrics.record(&LATENCY, ["/", "PUT"], f64::from(value) / 3.0);
    }
    metrics.record(&FAST, ["/"], -0.0);
    let documents = documents(&metrics, &sink);
    assert_eq!(documents.len(), 4);
    let sets = |document: &Value| document["_aws"]["CloudWatchMetrics"][0]["Dimensions"].clone();
    let of = |name: &str| documents.iter().filter(|document| document[name] != Value::Null).collect::<Vec<_>>();
    let (orders, latency, fast) = (of("Orders")[0], of("Latency"), of("Fast")[0]);
    let (get, put) = (latency[0], latency[1]);
    assert_eq!(orders["Orders"], 10);
    assert_eq!(sets(get), serde_json::json!([["service", "route", "method"], ["service", "route"], ["service"]]));
    assert_eq!(get["Latency"].as_array().map(Vec::len), Some(5));
    assert_eq!((&get["method"], &put["method"]), (&"GET".into(), &"PUT".into()));
    assert_eq!((&definitions(fast)[0]["StorageResolution"], &fast["Fast"]), (&1.into(), &0.into()));
}

#[test]
fn every_unit_in_one_document() {
    let (metrics, sink) = shop();
    for unit in Unit::ALL {
        metrics.record(leaked(Metric::new(text(format!("in {unit}")), *unit, [])), [], 1.0);
    }
    let documents = documents(&metrics, &sink);
    assert_eq!((documents.len(), definitions(&documents[0]).len()), (1, 27));
}

#[test]
fn values_and_metrics_of_more_than_one_document() {
    static TIMES: Metric = Metric::new("Times", Unit::Seconds, []);
    let (metrics, sink) = shop();
    (0..250).for_each(|value| metrics.record(&TIMES, [], f64::from(value) / 7.0));
    let of_values = documents(&metrics, &sink);
    let counts: Vec<usize> = of_values.iter().map(|document| document["Times"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [100, 100, 50]);

    // Among them three of one name, which need documents of their own.
    for index in 0..147 {
        metrics.record(leaked(Metric::counter(text(format!("m{index}")), [])), [], 1.0);
    }
    for unit in [Unit::Seconds, Unit::Bytes, Unit::None] {
        metrics.record(leaked(Metric::new("m77", unit, [])), [], 1.0);
    }
    metrics.record(leaked(Metric::new("m77", Unit::None, []).high_resolution()), [], 1.0);
    let of_metrics = documents(&metrics, &sink);
    assert_eq!(of_metrics.iter().map(|document| definitions(document).len()).sum::<usize>(), 151);
    assert_eq!(metrics.stats().losses, []);
}

#[test]
fn values_that_several_threads_have_left_over() {
    static TIMES: Metric = Metric::new("Times", Unit::Seconds, []);
    let (metrics, sink) = shop();
    // None of them fills a document, all together fill some.
    std::thread::scope(|scope| {
        for _ in 0..5 {
            scope.spawn(|| (0..60).for_each(|value| metrics.record(&TIMES, [], f64::from(value))));
        }
    });
    let documents = documents(&metrics, &sink);
    assert_eq!(documents.iter().map(|document| document["Times"].as_array().unwrap().len()).sum::<usize>(), 300);
}

#[test]
fn names_at_the_limits_and_odd_ones() {
    let odd = r##" !"#$%&'()*+,-./0:;<=>?@[\]^_`{|}~ "##;
    let limit = |count: usize| text("x".repeat(count));
    let sink = MemorySink::new();
    for (namespace, name, key, value) in [
        (limit(256), limit(1024), text("k".repeat(250)), limit(1024)),
        ("My App_1.0#x:y/z-", text(odd), text(format!("key{odd}")), text(odd)),
        ("a", "_aws.Timestamp", "Timestamp", "_aws"),
        (" a ", "a.b[0]", "CloudWatchMetrics", "\\u0000\\n\\"),
        ("0", "0", "1", "2"),
        ("null", "null", "true", "NaN"),
    ] {
        let metrics = Metrics::builder(namespace).dimension(text(format!("{}2", &key[1..])), value).sink(sink.clone()).build().unwrap();
        metrics.record(leaked(Metric::new(name, Unit::None, [key])), [value], 1.5);
        metrics.flush(LONG);
        assert_eq!(metrics.stats().losses, []);
    }
    let lines = sink.take();
    assert_eq!(lines.len(), 6);
    check_ours(&lines);
}

#[test]
fn thirty_dimensions_in_thirty_sets() {
    const KEYS: [&str; 29] = [
        "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23",
        "24", "25", "26", "27", "28", "29",
    ];
    let (metrics, sink) = shop();
    metrics.record(leaked(Metric::counter("All", KEYS)), ["x"; 29], 1.0);
    let sets: Vec<&'static [&'static str]> = (0..30).map(|count| &KEYS[..count]).collect();
    metrics.record(leaked(Metric::counter("Sets", KEYS).sets(sets.leak())), ["x"; 29], 1.0);
    let documents = documents(&metrics, &sink);
    let sets = |document: &Value| document["_aws"]["CloudWatchMetrics"][0]["Dimensions"].as_array().unwrap().len();
    let mut counts: Vec<usize> = documents.iter().map(sets).collect();
    counts.sort_unstable();
    assert_eq!(counts, [1, 30]);
    assert_eq!(metrics.stats().losses, []);
}

#[test]
fn a_set_that_comes_twice_is_written_once() {
    static TWICE: Metric<2> = Metric::counter("Twice", ["a", "b"]).sets(&[&["a", "b"], &["b", "a"], &[], &["b", "a"], &[]]);
    let (metrics, sink) = shop();
    metrics.record(&TWICE, ["1", "2"], 1.0);
    let documents = documents(&metrics, &sink);
    let sets = &documents[0]["_aws"]["CloudWatchMetrics"][0]["Dimensions"];
    assert_eq!(*sets, serde_json::json!([["service", "a", "b"], ["service"]]));
}

#[test]
fn properties_and_names_of_logs() {
    static ORDERS: Metric<1> = Metric::counter("Orders", ["route"]);
    let sink = MemorySink::new();
    let builder = Metrics::builder("Shop").dimension("service", "orders").log_group("/aws/orders").log_stream("x".repeat(512));
    let metrics = builder.sink(sink.clone()).build().unwrap();
    metrics.record(&ORDERS, ["/"], 1.0);
    let long = "\u{1}\u{20ac}".repeat(256);
    let many: Vec<String> = (0..40).map(|index| format!("p{index}")).collect();
    let mut properties = vec![("trace_id", "1-2-3"), ("odd\u{2028}\u{7f}\"\\", "line\nbreak \u{1F600}"), ("long", &long), (":", "")];
    // These would come twice.
    properties.extend([("_aws", "x"), ("", "x"), ("service", "x"), ("route", "x"), ("Orders", "x"), ("trace_id", "x")]);
    properties.extend(many.iter().map(|key| (key.as_str(), "x")));
    metrics.flush_with(&properties, LONG);
    let lines = sink.take();
    check_ours(&lines);
    let document: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!((&document["service"], &document["route"], &document["Orders"]), (&"orders".into(), &"/".into(), &1.into()));
    assert_eq!(document["odd\u{2028}\u{7f}\"\\"], "line\nbreak \u{1F600}");
    assert_eq!(document["_aws"]["LogGroupName"], "/aws/orders");
    // Thirty, the document's own description, two dimensions and a metric.
    assert_eq!(document.as_object().unwrap().len(), 30 + 1 + 2 + 1);
    let stats = metrics.stats();
    assert_eq!(stats.lost(LossKind::Property, LossReason::Unusable), 6);
    assert_eq!(stats.lost(LossKind::Property, LossReason::Limit), 14);
}

#[test]
fn the_largest_documents_are_cut() {
    // Some 100 KB of names, and as much again where they have their values.
    let (metrics, sink) = shop();
    for index in 0..300 {
        metrics.record(leaked(Metric::counter(text(format!("{index:\\>1024}")), [])), [], 1e100);
    }
    let documents = documents(&metrics, &sink);
    assert_eq!(documents.iter().map(|document| definitions(document).len()).sum::<usize>(), 300);
    assert!(documents.len() > 3, "{}", documents.len());
    assert_eq!(metrics.stats().losses, []);

    /// Takes smaller lines, as the agent does by UDP.
    #[derive(Debug)]
    struct Small(MemorySink);
    impl Sink for Small {
        fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
            assert!(line.bytes().len() <= 2000);
            self.0.write(line)
        }
        fn line_bytes_max(&self) -> usize {
            2000
        }
    }
    let metrics = Metrics::builder("Shop").sink(Small(sink.clone())).build().unwrap();
    for value in 0..5000 {
        metrics.record(leaked(Metric::new(text(format!("m{}", value % 50)), Unit::None, [])), [], f64::from(value));
    }
    assert!(metrics.flush(LONG));
    check_ours(&sink.take());
    assert_eq!(metrics.stats().losses, []);
}

#[test]
fn what_is_refused_reaches_no_document() {
    static ALL: Metric<1> = Metric::new("All", Unit::None, ["key"]);
    let (metrics, sink) = shop();
    let large = 2f64.powi(360);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, large * 2.0, large * -2.0, f64::MAX, large, -large, f64::MIN_POSITIVE, 5e-324]
    {
        metrics.record(&ALL, ["x"], value);
    }
    for name in ["", "  ", ":x", "gr\u{f6}\u{df}e", "a\nb", "_aws", "key", "service", text("x".repeat(1025))] {
        metrics.record(leaked(Metric::new(name, Unit::None, ["key"])), ["x"], 1.0);
    }
    for key in ["", " ", ":x", "gr\u{f6}\u{df}e", "_aws", "service", "Name", text("x".repeat(251))] {
        metrics.record(leaked(Metric::new("Name", Unit::None, [key])), ["x"], 1.0);
    }
    metrics.record(leaked(Metric::new("Name", Unit::None, ["a", "b", "a"])), ["1", "2", "3"], 1.0);
    let documents = documents(&metrics, &sink);
    assert_eq!(documents.len(), 1);
    assert_eq!(documents[0]["All"].as_array().map(Vec::len), Some(4));
    let stats = metrics.stats();
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::TooLarge), 3);
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::Unusable), 3 + 9 + 8 + 1);
}

#[test]
fn values_of_dimensions_that_are_refused_become_another() {
    static ALL: Metric<1> = Metric::new("All", Unit::None, ["key"]);
    let (metrics, sink) = shop();
    for value in ["", " ", ":x", "gr\u{fc}n", "a\tb", "\u{7f}", text("x".repeat(1025))] {
        metrics.record(&ALL, [value], 1.0);
    }
    let documents = documents(&metrics, &sink);
    assert_eq!((documents.len(), &documents[0]["key"], &documents[0]["All"]), (1, &"other".into(), &vec![1; 7].into()));
    assert_eq!(metrics.stats().lost(LossKind::Dimensions, LossReason::Unusable), 7);
}
