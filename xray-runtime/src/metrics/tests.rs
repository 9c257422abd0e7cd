use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read as _};
use std::net::{TcpListener, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use proptest::prelude::*;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use xray_model::limits::{EMF_BYTES_MAX, METRIC_SERIES_MAX, METRIC_VALUE_MAX};

use super::*;

const LONG: Duration = Duration::from_secs(10);

/// The members of an object, those that come twice included.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(All)
    }
}

/// A series as CloudWatch sees it: name, unit, resolution, and dimensions.
type Key = (String, String, u64, BTreeMap<String, String>);

/// The values of each series.
#[derive(Debug, Default)]
struct Read(BTreeMap<Key, Vec<f64>>);

impl Read {
    fn of(lines: &[String]) -> Self {
        let mut read = Self::default();
        lines.iter().for_each(|line| read.add(line, EMF_BYTES_MAX));
        read
    }

    /// Reads a document as CloudWatch does, and checks it against all rules of the specification.
    fn add(&mut self, line: &str, bytes_max: usize) {
        assert!(line.len() < bytes_max && !line.contains('\n'), "{} bytes", line.len());
        let Members(members) = serde_json::from_str(line).expect("JSON");
        let names: BTreeSet<&String> = members.iter().map(|(name, _)| name).collect();
        assert_eq!(names.len(), members.len(), "a name comes twice: {line}");
        let root: BTreeMap<&str, &Value> = members.iter().map(|(name, value)| (name.as_str(), value)).collect();
        assert!(root["_aws"]["Timestamp"].as_u64().is_some_and(|millis| millis > 1_600_000_000_000), "{line}");
        let directives = root["_aws"]["CloudWatchMetrics"].as_array().expect("directives");
        let [directive] = directives.as_slice() else { panic!("{line}") };
        let namespace = directive["Namespace"].as_str().expect("a namespace");
        assert!((1..=256).contains(&namespace.len()), "{line}");
        let sets = directive["Dimensions"].as_array().expect("sets");
        assert!(!sets.is_empty());
        let mut dimensions = BTreeMap::new();
        for set in sets {
            let set = set.as_array().expect("a set");
            assert!(set.len() <= 30);
            for key in set.iter().map(|key| key.as_str().expect("a key")) {
                let value = root[key].as_str().expect("a value");
                assert!((1..=250).contains(&key.len()) && (1..=1024).contains(&value.len()), "{line}");
                assert!(value.is_ascii() && !value.trim().is_empty() && !value.starts_with(':'), "{line}");
                dimensions.insert(key.to_owned(), value.to_owned());
            }
        }
        let metrics = directive["Metrics"].as_array().expect("metrics");
        assert!((1..=100).contains(&metrics.len()));
        for metric in metrics {
            let name = metric["Name"].as_str().expect("a name");
            let unit = metric["Unit"].as_str().expect("a unit");
            assert!((1..=1024).contains(&name.len()) && Unit::ALL.iter().any(|known| known.as_str() == unit));
            let resolution = metric.get("StorageResolution").map_or(60, |value| value.as_u64().expect("a number"));
            assert!(resolution == 1 || resolution == 60);
            let numbers = match root[name] {
                Value::Array(values) => values.clone(),
                one => vec![one.clone()],
            };
            assert!((1..=100).contains(&numbers.len()));
            let numbers = numbers.iter().map(|value| value.as_f64().expect("a number"));
            let numbers = numbers.inspect(|value| assert!(value.abs() <= METRIC_VALUE_MAX));
            self.0.entry((name.to_owned(), unit.to_owned(), resolution, dimensions.clone())).or_default().extend(numbers);
        }
    }

    fn values(&self, name: &str, value: &str) -> Vec<f64> {
        let mine = self.0.iter().filter(|((own, _, _, dimensions), _)| own == name && dimensions.values().any(|own| own == value));
        mine.flat_map(|(_, values)| values.clone()).collect()
    }

    fn sum(&self, name: &str) -> f64 {
        self.0.iter().filter(|((own, ..), _)| own == name).flat_map(|(_, values)| values).sum()
    }
}

fn leaked<const N: usize>(metric: Metric<N>) -> &'static Metric<N> {
    Box::leak(Box::new(metric))
}

fn in_memory() -> (Metrics, MemorySink) {
    let sink = MemorySink::new();
    (Metrics::builder("Tests").sink(sink.clone()).build().unwrap(), sink)
}

/// A sink that takes smaller lines only.
#[derive(Debug)]
struct Small(MemorySink, usize);

impl Sink for Small {
    fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
        assert!(line.bytes().len() <= self.1 && line.bytes().ends_with(b"}\n"));
        self.0.write(line)
    }

    fn line_bytes_max(&self) -> usize {
        self.1
    }
}

/// What a generated metric is like.
#[derive(Clone, Debug)]
struct Plan {
    name: String,
    unit: Unit,
    is_sum: bool,
    is_high: bool,
    values: Vec<(usize, f64)>,
}

fn plan() -> impl Strategy<Value = Plan> {
    let value = prop_oneof![-1e6..1e6f64, (0..1000u32).prop_map(f64::from), -METRIC_VALUE_MAX..METRIC_VALUE_MAX, Just(0.0), Just(1e-300)];
    // Few names, so that some come twice, and odd ones.
    let name = prop_oneof!["[ab]", "[!-9;-~][ -~]{0,20}", "[x\"\\\\]{1000}"];
    let values = prop::collection::vec((0..3usize, value), 0..250);
    (name, 0..Unit::ALL.len(), any::<bool>(), any::<bool>(), values).prop_map(|(name, unit, is_sum, is_high, values)| Plan {
        name,
        unit: Unit::ALL[unit],
        is_sum,
        is_high,
        values,
    })
}

/// Whether these are the same numbers; the reader of JSON is off by a last digit now and then.
fn is_same(mut one: Vec<f64>, mut other: Vec<f64>) -> bool {
    one.sort_by(f64::total_cmp);
    other.sort_by(f64::total_cmp);
    let is_near = |(one, other): (&f64, &f64)| (one - other).abs() <= 1e-14 * one.abs().max(other.abs());
    one.len() == other.len() && one.iter().zip(&other).all(is_near)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(if cfg!(debug_assertions) { 60 } else { 400 }) })]

    #[test]
    fn what_was_recorded_is_read_back(
        plans in prop::collection::vec(plan(), 1..6),
        texts in prop::array::uniform3("[!-9;-~][ -~]{0,30}"),
        key in "[!-9;-~][ -~]{0,30}",
        bytes_max in prop_oneof![Just(6_000usize), Just(65_507), Just(EMF_BYTES_MAX)],
    ) {
        let key: &'static str = key.leak();
        prop_assume!(plans.iter().all(|plan| plan.name != key && plan.name != "env") && key != "env");
        let sink = MemorySink::new();
        let metrics = Metrics::builder("Tests").dimension("env", "test").sink(Small(sink.clone(), bytes_max)).build().unwrap();
        let mut expected: BTreeMap<Key, Vec<f64>> = BTreeMap::new();
        let mut sums: BTreeMap<Key, f64> = BTreeMap::new();
        for plan in &plans {
            let name: &'static str = plan.name.clone().leak();
            let metric = if plan.is_sum { Metric::counter(name, [key]) } else { Metric::new(name, plan.unit, [key]) };
            let metric = leaked(if plan.is_high { metric.high_resolution() } else { metric });
            for (index, value) in &plan.values {
                // Sums are exact where the numbers are whole and small.
                let value = if plan.is_sum { (value % 1000.0).trunc() } else { *value };
                metrics.record(metric, [texts[*index].as_str()], value);
                let dimensions = [("env", "test"), (key, &texts[*index])].map(|(key, value)| (key.to_owned(), value.to_owned()));
                let of = (name.to_owned(), metric.unit().to_string(), if plan.is_high { 1 } else { 60 }, dimensions.into());
                expected.entry(of.clone()).or_default().push(value);
                // A sum and single values can come to lie in one series only as counts.
                if plan.is_sum { *sums.entry(of).or_default() += value; }
            }
        }
        prop_assert!(metrics.flush(LONG));
        let mut read = Read::default();
        sink.take().iter().for_each(|line| read.add(line, bytes_max));
        prop_assert_eq!(metrics.stats().losses, []);
        prop_assert_eq!(expected.keys().collect::<Vec<_>>(), read.0.keys().collect::<Vec<_>>());
        for (of, values) in expected {
            let found = read.0[&of].clone();
            if sums.contains_key(&of) {
                let (one, other) = (found.iter().sum::<f64>(), values.iter().sum::<f64>());
                prop_assert!((one - other).abs() <= 1e-9 * values.iter().map(|value| value.abs()).sum::<f64>(), "{of:?}");
            } else {
                prop_assert!(is_same(found, values), "{of:?}");
            }
        }
    }
}

#[test]
fn threads_lose_nothing_while_others_flush() {
    static HITS: Metric<1> = Metric::counter("Hits", ["thread"]);
    static ALL: Metric = Metric::counter("All", []);
    static TIMES: Metric<1> = Metric::new("Times", Unit::Microseconds, ["route"]);
    const ROUTES: [&str; 3] = ["/a", "/b", "/c"];
    // As many as have a shard of their own, and so many that they share.
    for (threads, each) in [(8, 1_000_000), (40, 20_000)] {
        let names: Vec<String> = (0..threads).map(|thread| format!("thread {thread}")).collect();
        let (metrics, sink) = in_memory();
        let is_over = AtomicBool::new(false);
        let mut lines = std::thread::scope(|scope| {
            let flusher = scope.spawn(|| {
                let mut lines = Vec::new();
                while !is_over.load(Relaxed) {
                    metrics.flush(LONG);
                    lines.extend(sink.take());
                }
                lines
            });
            let worker = |name| {
                let metrics = &metrics;
                scope.spawn(move || {
                    for index in 0..each {
                        metrics.record(&HITS, [name], 1.0);
                        metrics.record(&ALL, [], 1.0);
                        if index % 10 == 0 {
                            metrics.record(&TIMES, [ROUTES[index / 10 % 3]], index as f64);
                        }
                        // Also side by side, and whatever the flusher's share of the processors is.
                        if index % (each / 10) == each / 20 {
                            metrics.flush(LONG);
                        }
                    }
                })
            };
            let workers: Vec<_> = names.iter().map(|name| worker(name)).collect();
            workers.into_iter().for_each(|worker| worker.join().unwrap());
            is_over.store(true, Relaxed);
            flusher.join().unwrap()
        });
        metrics.flush(LONG);
        lines.extend(sink.take());
        let read = Read::of(&lines);
        for name in &names {
            let sums = read.values("Hits", name);
            assert_eq!(sums.iter().sum::<f64>(), each as f64);
            // Between two flushes of its own, it recorded.
            assert!(sums.len() > 10, "{name}: {} flushes", sums.len());
        }
        assert_eq!(read.sum("All"), (threads * each) as f64);
        for (remainder, route) in ROUTES.iter().enumerate() {
            // Each value as often as there are threads: nothing is lost, doubled, or exchanged for something else.
            let mut times = read.values("Times", route);
            times.sort_by(f64::total_cmp);
            let expected = (remainder..each / 10).step_by(3).flat_map(|index| std::iter::repeat_n(index as f64 * 10.0, threads));
            assert!(times.into_iter().eq(expected), "{route}");
        }
        assert_eq!(metrics.stats().losses, []);
    }
}

#[test]
fn what_cloudwatch_would_refuse_is_lost_and_counted() {
    static ODD: Metric<1> = Metric::new("größe", Unit::None, ["key"]);
    static TWICE: Metric<2> = Metric::new("Twice", Unit::None, ["key", "key"]);
    static OWN: Metric<1> = Metric::new("Own", Unit::None, ["Own"]);
    static OURS: Metric<1> = Metric::new("Ours", Unit::None, ["env"]);
    static ENV: Metric<1> = Metric::new("env", Unit::None, ["key"]);
    static AWS: Metric<1> = Metric::new("_aws", Unit::None, ["key"]);
    static SET: Metric<1> = Metric::new("Set", Unit::None, ["key"]).sets(&[&["other"]]);
    static NO_SET: Metric<1> = Metric::new("NoSet", Unit::None, ["key"]).sets(&[]);
    static GOOD: Metric<1> = Metric::new("Good", Unit::None, ["key"]);
    static MANY: Metric<30> = Metric::new(
        "Many",
        Unit::None,
        [
            "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22",
            "23", "24", "25", "26", "27", "28", "29", "30",
        ],
    );
    let sink = MemorySink::new();
    let metrics = Metrics::builder("Tests").dimension("env", "test").sink(sink.clone()).build().unwrap();
    for metric in [&ODD, &OWN, &OURS, &ENV, &AWS, &SET, &NO_SET] {
        metrics.record(metric, ["x"], 1.0);
    }
    metrics.record(&TWICE, ["x", "y"], 1.0);
    metrics.record(&MANY, ["x"; 30], 1.0);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        metrics.record(&GOOD, ["x"], value);
    }
    metrics.record(&GOOD, ["x"], f64::MAX);
    assert!(metrics.flush(LONG));
    assert_eq!(sink.take(), Vec::<String>::new());
    let stats = metrics.stats();
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::Unusable), 7 + 2 + 3);
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::TooLarge), 1);
    for (builder, problem) in [
        (Metrics::builder(""), "empty"),
        (Metrics::builder("a\"b"), "not allowed"),
        (Metrics::builder("x").dimension("", "y"), "empty"),
        (Metrics::builder("x").dimension("y", ":"), "colon"),
        (Metrics::builder("x").dimension("y", "1").dimension("y", "2"), "twice"),
        (Metrics::builder("x").log_group("\n"), "printable"),
        ((0..31).fold(Metrics::builder("x"), |builder, index| builder.dimension(index.to_string(), "y")), "30"),
    ] {
        let message = builder.build().unwrap_err().to_string();
        assert!(message.contains(problem) && message.contains("write "), "{message}");
    }
}

#[test]
fn values_of_dimensions_that_cloudwatch_would_refuse_are_folded_and_counted() {
    static SOLD: Metric<2> = Metric::counter("Sold", ["country", "city"]);
    let (metrics, sink) = in_memory();
    let odd = ["", " ", ":x", "ö", "\n", &"x".repeat(1025)];
    for text in odd {
        metrics.record(&SOLD, ["de", text], 1.0);
        metrics.record(&SOLD, [text, text], 1.0);
    }
    metrics.record(&SOLD, ["de", "Ulm"], 1.0);
    metrics.flush(LONG);
    let read = Read::of(&sink.take());
    assert_eq!((read.0.len(), read.sum("Sold")), (3, 13.0), "{read:?}");
    assert_eq!(read.values("Sold", "de").iter().sum::<f64>(), 7.0);
    assert_eq!(metrics.stats().lost(LossKind::Dimensions, LossReason::Unusable), 12);
    assert_eq!(metrics.stats().losses.len(), 1);
}

#[test]
fn documents_lead_to_the_last_trace_that_took_part() {
    static ORDERS: Metric = Metric::counter("Orders", []);
    static ODD: Metric<1> = Metric::counter("Odd", ["trace_id"]);
    let (metrics, sink) = in_memory();
    let recorder = crate::Recorder::builder().exporter(crate::MemoryExporter::new()).sampling(crate::Sampling::Always).build();
    let mut ids = Vec::new();
    for _ in 0..2 {
        recorder.run(|| {
            crate::segment("s").run(|| {
                crate::subsegment("inner").run(|| {
                    metrics.record(&ORDERS, [], 1.0);
                    metrics.record(&ODD, ["a"], 1.0);
                    ids.push(crate::trace_header().unwrap());
                });
            });
        });
    }
    metrics.record(&ORDERS, [], 1.0);
    metrics.flush(LONG);
    let lines: Vec<Value> = sink.take().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [orders, odd] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!(orders["Orders"], 3);
    assert_eq!(orders["trace_id"], ids[1].root.unwrap().to_string());
    assert_eq!(orders["segment_id"], ids[1].parent.unwrap().to_string());
    assert_eq!((&odd["trace_id"], odd.get("segment_id")), (&Value::from("a"), None), "names that are taken stay as they are");
    // The next documents are of measurements without one.
    metrics.record(&ORDERS, [], 1.0);
    metrics.flush(LONG);
    assert!(!sink.take()[0].contains("trace_id"));
}

#[test]
fn series_beyond_the_limit_are_folded_and_have_room_again_after_a_flush() {
    static USERS: Metric<1> = Metric::counter("Users", ["user"]);
    let (metrics, sink) = in_memory();
    for _ in 0..2 {
        for user in 0..METRIC_SERIES_MAX + 20 {
            metrics.record(&USERS, [&user.to_string()], 1.0);
        }
    }
    metrics.flush(LONG);
    let read = Read::of(&sink.take());
    assert_eq!((read.0.len(), read.values("Users", OTHER)), (METRIC_SERIES_MAX + 1, vec![40.0]));
    assert_eq!(metrics.stats().lost(LossKind::Dimensions, LossReason::Limit), 40);
    // Those that were not used since are forgotten.
    metrics.flush(LONG);
    metrics.record(&USERS, ["new"], 1.0);
    metrics.flush(LONG);
    assert_eq!(Read::of(&sink.take()).values("Users", "new"), [1.0]);
}

#[test]
fn the_number_of_all_series_is_limited_too() {
    let (metrics, _sink) = in_memory();
    for _ in 0..11 {
        let metric = leaked(Metric::counter("Users", ["user"]));
        for user in 0..METRIC_SERIES_MAX {
            metrics.record(metric, [&user.to_string()], 1.0);
        }
    }
    assert_eq!(metrics.stats().lost(LossKind::Measurement, LossReason::Limit), METRIC_SERIES_MAX as u64);
}

#[test]
fn a_series_that_is_full_leaves_at_once() {
    static TIMES: Metric = Metric::new("Times", Unit::Seconds, []);
    let (metrics, sink) = in_memory();
    (0..250).for_each(|value| metrics.record(&TIMES, [], f64::from(value)));
    let mut lines = sink.take();
    assert_eq!(lines.len(), 2);
    metrics.flush(LONG);
    lines.extend(sink.take());
    assert_eq!((lines.len(), Read::of(&lines).sum("Times")), (3, 249.0 * 125.0));
    assert_eq!(metrics.stats().documents, 3);
}

#[test]
fn sets_properties_and_names_of_logs_are_written() {
    static ORDERS: Metric<1> = Metric::counter("Orders", ["route"]).sets(&[&["route"], &[]]);
    static FAST: Metric<1> = Metric::new("Fast", Unit::None, ["route"]).high_resolution();
    let sink = MemorySink::new();
    let builder = Metrics::builder("Tests").dimension("env", "test").log_group("/group").log_stream("stream");
    let metrics = builder.sink(sink.clone()).build().unwrap();
    metrics.record(&ORDERS, ["/"], 2.0);
    metrics.record(&FAST, ["/"], 0.5);
    let long = "x".repeat(2000);
    let properties =
        [("trace_id", "1-2\n3"), ("env", "x"), ("Orders", "x"), ("route", "x"), ("_aws", "x"), ("long", &long), ("trace_id", "x")];
    metrics.flush_with(&properties, LONG);
    let lines = sink.take();
    Read::of(&lines);
    let [fast, orders] = lines.as_slice() else { panic!("{lines:?}") };
    assert!(orders.contains(r#""Dimensions":[["env","route"],["env"]],"Metrics":[{"Name":"Orders","Unit":"Count"}]}]}"#), "{orders}");
    assert!(orders.ends_with(r#","env":"test","route":"/","trace_id":"1-2\n3","Orders":2}"#), "{orders}");
    assert!(orders.contains(r#","LogGroupName":"/group","LogStreamName":"stream","CloudWatch"#), "{orders}");
    assert!(fast.contains(r#"[{"Name":"Fast","Unit":"None","StorageResolution":1}]"#), "{fast}");
    let stats = metrics.stats();
    assert_eq!(stats.lost(LossKind::Property, LossReason::Unusable), 5);
    assert_eq!(stats.lost(LossKind::Property, LossReason::TooLarge), 1);
}

#[test]
fn a_set_that_comes_twice_is_written_once() {
    static TWICE: Metric<2> = Metric::counter("Twice", ["a", "b"]).sets(&[&["a", "b"], &["a"], &["b", "a"], &[], &["a"], &[]]);
    let (metrics, sink) = in_memory();
    metrics.record(&TWICE, ["1", "2"], 1.0);
    metrics.flush(LONG);
    let lines = sink.take();
    assert!(lines[0].contains(r#""Dimensions":[["a","b"],["a"],[]],"#), "{lines:?}");
}

#[test]
fn documents_hold_at_most_100_metrics_and_what_fits_none_is_counted() {
    let (metrics, sink) = in_memory();
    for index in 0..150 {
        metrics.record(leaked(Metric::counter(format!("m{index}").leak(), [])), [], 1.0);
    }
    metrics.flush(LONG);
    let lines = sink.take();
    assert_eq!((lines.len(), Read::of(&lines).0.len()), (2, 150));

    let small = Metrics::builder("Tests").sink(Small(sink.clone(), 300)).build().unwrap();
    small.record(leaked(Metric::counter("x".repeat(400).leak(), [])), [], 1.0);
    small.record(leaked(Metric::counter("y", [])), [], 1.0);
    small.flush(LONG);
    assert_eq!(small.stats().lost(LossKind::Measurement, LossReason::TooLarge), 1);
    assert_eq!(Read::of(&sink.take()).sum("y"), 1.0);
}

#[test]
fn a_sum_that_would_leave_the_range_goes_on_as_another_value() {
    static BIG: Metric = Metric::counter("Big", []);
    let (metrics, sink) = in_memory();
    (0..250).for_each(|_| metrics.record(&BIG, [], METRIC_VALUE_MAX));
    metrics.flush(LONG);
    let read = Read::of(&sink.take());
    assert_eq!(read.0.into_values().map(|values| values.len()).sum::<usize>(), 250);
    assert_eq!(metrics.stats().losses, []);
}

#[test]
fn a_sink_that_fails_or_panics_is_survived_and_counted() {
    #[derive(Debug)]
    struct Bad;
    impl Sink for Bad {
        fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
            if line.json().contains("Panics") { panic!("on purpose") } else { Err(LossReason::Failed) }
        }
        fn flush(&self, _timeout: Duration) -> bool {
            panic!("on purpose")
        }
    }
    static PANICS: Metric<1> = Metric::counter("Panics", ["x"]);
    static FAILS: Metric = Metric::counter("Fails", []);
    let metrics = Metrics::builder("Tests").sink(Bad).build().unwrap();
    (0..3).for_each(|_| metrics.record(&PANICS, ["x"], 1.0));
    (0..4).for_each(|_| metrics.record(&FAILS, [], 1.0));
    assert!(!metrics.flush(LONG));
    let stats = metrics.stats();
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::Panicked), 3);
    assert_eq!(stats.lost(LossKind::Measurement, LossReason::Failed), 4);
}

#[test]
fn what_is_left_is_written_when_it_is_dropped() {
    static ORDERS: Metric = Metric::counter("Orders", []);
    let (metrics, sink) = in_memory();
    metrics.record(&ORDERS, [], 1.0);
    drop(metrics);
    assert_eq!(Read::of(&sink.take()).sum("Orders"), 1.0);
}

static TIMES: Metric<1> = Metric::new("Times", Unit::Seconds, ["route"]);

fn to_agent(address: &str) -> Metrics {
    Metrics::builder("Tests").sink(AgentSink::new(address.parse().unwrap())).build().unwrap()
}

#[test]
fn the_agent_is_reached_by_tcp_also_when_it_comes_late_or_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for host in ["127.0.0.1", "localhost"] {
        let metrics = to_agent(&format!("tcp://{host}:{}", address.port()));
        for round in 0..3 {
            (0..1000).for_each(|value| metrics.record(&TIMES, ["/"], f64::from(value)));
            assert!(metrics.flush(LONG), "{round}");
            // Each round on a connection of its own: it is closed at its end.
            let (stream, _) = listener.accept().unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            let lines: Vec<String> = BufReader::new(stream).lines().take(10).map(|line| line.unwrap()).collect();
            assert_eq!(Read::of(&lines).sum("Times"), 499_500.0);
        }
        assert_eq!(metrics.stats().losses, []);
    }
}

#[test]
fn an_agent_that_reads_slowly_gets_whole_lines() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let metrics = to_agent(&format!("tcp://{}", listener.local_addr().unwrap()));
    metrics.record(&TIMES, ["/"], 1.0);
    assert!(metrics.flush(LONG));
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    // Until the buffers of the connection are full, and a line has been sent in part.
    let mut count = 1;
    while metrics.stats().losses.is_empty() {
        (0..100).for_each(|_| metrics.record(&TIMES, ["/"], 1.0 / 3.0));
        count += 100;
    }
    let reader = std::thread::spawn(move || BufReader::new(stream).lines().map(|line| line.unwrap()).collect::<Vec<String>>());
    assert!(metrics.flush(LONG));
    let lost = metrics.stats().lost(LossKind::Measurement, LossReason::BufferFull);
    drop(metrics);
    let read: usize = Read::of(&reader.join().unwrap()).0.into_values().map(|values| values.len()).sum();
    assert_eq!((read as u64 + lost, lost), (count, 100));
}

#[test]
fn a_line_that_was_sent_in_part_is_continued_or_lost_but_never_cut() {
    let names = (0..100).map(|index| &*format!("{index}{}", "x".repeat(1000)).leak());
    let large: Vec<&'static Metric> = names.map(|name| leaked(Metric::counter(name, []))).collect();
    for is_broken in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let metrics = to_agent(&format!("tcp://{}", listener.local_addr().unwrap()));
        metrics.record(&TIMES, ["/"], 1.0);
        assert!(metrics.flush(LONG));
        let (stream, _) = listener.accept().unwrap();
        while metrics.stats().losses.is_empty() {
            large.iter().for_each(|metric| metrics.record(metric, [], 1.0));
            metrics.flush(Duration::ZERO);
        }
        // Dropped, with what it has not read, where the connection is to break.
        let stream = Some(stream).filter(|_| !is_broken);
        let reader = std::thread::spawn(move || {
            let mut stream = stream.unwrap_or_else(|| listener.accept().unwrap().0);
            stream.set_read_timeout(Some(LONG)).unwrap();
            // Slowly, so that a line leaves in more than two parts.
            let (mut text, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
            while let Ok(count @ 1..) = stream.read(&mut buffer) {
                text.extend_from_slice(&buffer[..count]);
                std::thread::sleep(Duration::from_millis(4));
            }
            String::from_utf8(text).unwrap().lines().map(String::from).collect::<Vec<String>>()
        });
        assert!(metrics.flush(LONG));
        let lost = metrics.stats().lost(LossKind::Measurement, LossReason::Failed);
        drop(metrics);
        let lines = reader.join().unwrap();
        assert!(lines.len() > 2 && Read::of(&lines).0.len() >= 100);
        assert_eq!(lost, if is_broken { 100 } else { 0 });
    }
}

#[test]
fn the_agent_is_reached_by_udp() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let metrics = to_agent(&format!("udp://{}", socket.local_addr().unwrap()));
    (0..150).for_each(|value| metrics.record(&TIMES, ["/"], f64::from(value)));
    assert!(metrics.flush(LONG));
    let mut buffer = vec![0; 65_536];
    let mut receive = || {
        let count = socket.recv(&mut buffer).unwrap();
        String::from_utf8(buffer[..count].to_vec()).unwrap().trim_end().to_owned()
    };
    assert_eq!(Read::of(&[receive(), receive()]).sum("Times"), 149.0 * 75.0);
    assert_eq!(metrics.stats().losses, []);
}

#[test]
fn an_agent_that_does_not_listen_or_read_costs_nothing_but_what_is_counted() {
    let closed = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let udp = to_agent(&format!("udp://{closed}"));
    for _ in 0..3 {
        udp.record(&TIMES, ["/"], 1.0);
        assert!(udp.flush(LONG));
    }
    if cfg!(target_os = "linux") {
        assert_eq!(udp.stats().lost(LossKind::Measurement, LossReason::Refused), 3);
    }

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = to_agent(&format!("tcp://{closed}"));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let full = to_agent(&format!("tcp://{}", silent.local_addr().unwrap()));
    // Some 2 KB each: 1 MB is kept, and a connection on loopback takes some megabytes more.
    for _ in 0..8_000 {
        (0..100).for_each(|_| full.record(&TIMES, ["/"], 1.0 / 3.0));
    }
    for _ in 0..800 {
        (0..100).for_each(|_| refused.record(&TIMES, ["/"], 1.0 / 3.0));
    }
    assert!(!refused.flush(LONG));
    assert!(!full.flush(Duration::from_millis(20)));
    for (metrics, reason) in [(refused, LossReason::Refused), (full, LossReason::BufferFull)] {
        let stats = metrics.stats();
        let lost = stats.lost(LossKind::Measurement, reason);
        assert!(lost > 0 && lost.is_multiple_of(100), "{stats:?}");
    }
}

#[test]
fn addresses_of_the_agent_that_are_wrong_say_how_to_write_them() {
    for (text, problem) in [
        ("", "no protocol"),
        ("127.0.0.1:25888", "no protocol"),
        ("http://x:1", "neither tcp nor udp"),
        ("tcp://", "no port"),
        ("tcp://x", "no port"),
        ("udp://x:0", "1 to 65535"),
        ("tcp://:1", "no host"),
        ("tcp://::1:1", "brackets"),
        ("tcp://a b:1", "neither a name nor an address"),
    ] {
        let message = text.parse::<AgentAddress>().unwrap_err().to_string();
        assert!(message.contains(problem) && message.contains("write tcp://host:port or udp://host:port"), "{message}");
        assert!(message.contains(&format!("`{text}`")), "{message}");
    }
    for text in ["tcp://a:1", "udp://[::1]:2"] {
        assert_eq!(text.parse::<AgentAddress>().unwrap().to_string(), text);
    }
}

#[test]
#[ignore = "prints to standard output; run by the next test"]
fn prints() {
    print!("begun, ");
    let metrics = Metrics::builder("Tests").build().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..2000).for_each(|value| metrics.record(&TIMES, ["/"], f64::from(value))));
        }
    });
    println!("ended");
}

#[test]
fn lines_on_standard_output_stay_whole() {
    let program = std::env::current_exe().unwrap();
    let child =
        std::process::Command::new(program).args(["--exact", "metrics::tests::prints", "--ignored", "--nocapture"]).output().unwrap();
    let output = String::from_utf8(child.stdout).unwrap();
    let lines: Vec<String> = output.lines().filter(|line| line.contains("_aws")).map(String::from).collect();
    assert_eq!(Read::of(&lines).sum("Times"), 2.0 * 1999.0 * 1000.0);
    assert!(output.contains("begun, ended\n"), "{output}");
}
