//! `#[business_metric]`: what is counted, when, by which dimensions, and what of it stands in the trace.
#![allow(missing_docs)]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use autoxray::metrics::{MemorySink, Metrics};
use autoxray::{Sampling, business_metric, segment, traced};
use serde_json::{Value, json};
use xray_testkit::{Series, TestRecorder};

struct Order {
    country: String,
    items: Vec<f64>,
}

impl Order {
    fn new(country: &str, items: &[f64]) -> Self {
        Self { country: country.to_owned(), items: items.to_vec() }
    }
}

#[derive(Debug, PartialEq)]
struct Receipt {
    total: f64,
}

#[derive(Debug, PartialEq)]
enum OrderError {
    Empty,
}

/// What was measured but for requests and calls, one series a line.
fn told(recorder: &TestRecorder) -> Vec<String> {
    let is_business = |series: &Series| !["Operation", "RemoteService"].iter().any(|key| series.dimensions.contains_key(*key));
    recorder.measured().iter().filter(|series| is_business(series)).map(ToString::to_string).collect()
}

#[business_metric(name = "OrdersPlaced", unit = Count)]
#[business_metric(name = "Revenue", unit = None, value = ret.total, dimensions(country = order.country), when = ok)]
#[business_metric(name = "Refused", dimensions(reason = format!("{ret:?}")), when = err)]
#[business_metric(name = "Items", value = order.items.len(), unit = Count, when = always)]
async fn place(order: Order) -> Result<Receipt, OrderError> {
    let Order { items, .. } = order;
    if items.is_empty() {
        return Err(OrderError::Empty);
    }
    Ok(Receipt { total: items.iter().sum() })
}

#[test]
fn calls_count_by_how_they_end() {
    for sampling in [Sampling::Always, Sampling::Never] {
        let recorder = TestRecorder::measuring(|settings| settings.sampling(sampling));
        recorder.block_on(async {
            assert_eq!(place(Order::new("de", &[1.0, 2.5])).await, Ok(Receipt { total: 3.5 }));
            assert_eq!(place(Order::new("fr", &[4.0])).await, Ok(Receipt { total: 4.0 }));
            assert_eq!(place(Order::new("de", &[0.25])).await, Ok(Receipt { total: 0.25 }));
            assert_eq!(place(Order::new("de", &[])).await, Err(OrderError::Empty));
        });
        assert_eq!(
            told(&recorder),
            [
                "Items{} Count: 2, 1, 1, 0",
                "OrdersPlaced{} Count: 3",
                "Refused{reason=Empty} Count: 1",
                "Revenue{country=de} None: 3.5, 0.25",
                "Revenue{country=fr} None: 4",
            ]
        );
        // Nothing is traced, and nobody is told that something should be.
        recorder.assert_tree("");
        assert_eq!(recorder.stats().losses, []);
    }
}

#[traced(segment = "orders", name = "place it", annotate(country))]
#[business_metric(name = "Below", value = 2.5, unit = Kilobytes, dimensions(country, plan = "gold"), dimensions(country), dimensions())]
fn below(country: &str) -> bool {
    country == "de"
}

#[business_metric(name = "Above", value = *ret)]
#[traced(segment = "orders")]
#[business_metric(name = "Around", resolution = 1)]
fn around(amount: f64) -> f64 {
    amount * 2.0
}

#[test]
fn with_traced_in_either_order_it_is_told_of_in_the_subsegment() {
    let sink = MemorySink::new();
    let metrics = Metrics::builder("Shop").dimension("Service", "orders").sink(sink.clone()).build().unwrap();
    let recorder = TestRecorder::with(|settings| settings.metrics(metrics));
    recorder.run(|| {
        below("de");
        segment("all").run(|| around(4.5));
    });
    recorder.assert_tree(
        "
        orders {Below=2.5, country=de}
        all
          around {Above=9.0, Around=1.0}
        ",
    );
    let traces = recorder.traces();
    let root = &traces[0].expect("orders");
    let told = json!({"value": 2.5, "unit": "Kilobytes", "dimensions": {"country": "de", "plan": "gold"}});
    assert_eq!(root.metadata_in("metrics", "Below"), told);
    assert_eq!(traces[1].expect("around").metadata_in("metrics", "Above"), json!({"value": 9.0, "unit": "None"}));
    assert!(recorder.recorder().flush(Duration::ZERO));
    let documents: Vec<Value> = sink.take().iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let below = documents.iter().find(|document| document.get("Below").is_some()).unwrap();
    assert_eq!(
        below["_aws"]["CloudWatchMetrics"][0]["Dimensions"],
        json!([["Service", "country", "plan"], ["Service", "country"], ["Service"]])
    );
    assert_eq!(below["_aws"]["CloudWatchMetrics"][0]["Metrics"], json!([{"Name": "Below", "Unit": "Kilobytes"}]));
    assert_eq!(below["trace_id"], traces[0].id().to_string());
    assert_eq!(below["segment_id"], root.id().to_string());
    let above = documents.iter().find(|document| document.get("Above").is_some()).unwrap();
    assert_eq!(above["trace_id"], traces[1].id().to_string());
    let metrics = above["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
    assert!(metrics.contains(&json!({"Name": "Around", "Unit": "Count", "StorageResolution": 1})));
    assert_eq!(recorder.stats().losses, []);
}

#[business_metric(name = "Slow", value = duration)]
#[business_metric(name = "SlowSeconds", value = duration, unit = Seconds, when = err)]
fn sleeps(fails: bool) -> Result<(), ()> {
    std::thread::sleep(Duration::from_millis(5));
    if fails { Err(()) } else { Ok(()) }
}

#[business_metric(name = "Wait", value = wait, unit = Milliseconds)]
#[business_metric(name = "Maybe", value = maybe)]
#[business_metric(name = "Bytes", value = wait, unit = Bytes)]
#[business_metric(name = "Flag", value = duration)]
fn values_of_types(wait: Duration, maybe: Option<u8>, duration: bool) {
    let _ = (wait, maybe, duration);
}

#[test]
fn durations_options_and_truths_are_values() {
    let recorder = TestRecorder::measuring(|settings| settings.sampling(Sampling::Never));
    recorder.run(|| {
        assert_eq!((sleeps(false), sleeps(true)), (Ok(()), Err(())));
        values_of_types(Duration::from_micros(1500), Some(7), true);
        values_of_types(Duration::from_micros(2500), None, false);
    });
    let series = recorder.measured();
    let one = |name: &str| series.iter().find(|series| series.name == name).unwrap();
    let (slow, seconds) = (&one("Slow").values, &one("SlowSeconds").values);
    assert!(slow.len() == 1 && slow[0] >= 5.0 && seconds.len() == 1 && seconds[0] >= 0.005, "{slow:?} {seconds:?}");
    let rest: Vec<String> = series.iter().filter(|series| !series.name.starts_with("Slow")).map(ToString::to_string).collect();
    assert_eq!(rest, ["Flag{} None: 1, 0", "Maybe{} None: 7", "Wait{} Milliseconds: 1.5, 2.5"]);
    // A time in bytes is no number.
    let lost = recorder.recorder().metrics().unwrap().stats();
    assert_eq!(lost.lost(autoxray::LossKind::Measurement, autoxray::LossReason::Unusable), 2);
}

#[business_metric(name = "Ok")]
#[business_metric(name = "Err", when = err)]
#[business_metric(name = "Always", when = always)]
#[business_metric(name = "Result", value = ret.len(), when = always)]
#[traced]
fn panics(panics: bool) -> String {
    assert!(!panics, "as it was told");
    "four".to_owned()
}

#[business_metric(name = "FutureOk")]
#[business_metric(name = "FutureErr", when = err)]
#[business_metric(name = "FutureAlways", when = always)]
#[traced]
async fn never() {
    std::future::pending::<()>().await;
}

#[business_metric(name = "FutureOk")]
#[business_metric(name = "FutureErr", when = err)]
#[business_metric(name = "FutureAlways", when = always)]
async fn panics_later() {
    tokio::task::yield_now().await;
    panic!("as it was told");
}

#[test]
fn panics_count_as_errors_and_what_is_dropped_only_always() {
    let recorder = TestRecorder::measuring(|settings| settings);
    recorder.run(|| {
        segment("s").run(|| {
            panics(false);
            catch_unwind(|| panics(true)).unwrap_err();
        });
    });
    assert_eq!(told(&recorder), ["Always{} Count: 2", "Err{} Count: 1", "Ok{} Count: 1", "Result{} None: 4"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(recorder.wrap(async {
        segment("s").trace(async { tokio::time::timeout(Duration::from_millis(1), never()).await.unwrap_err() }).await;
        autoxray::spawn(panics_later()).await.unwrap_err();
        drop(never());
    }));
    // What was never polled never ran.
    assert_eq!(told(&recorder), ["FutureAlways{} Count: 2", "FutureErr{} Count: 1"]);
    recorder.assert_tree(
        "
        s
          panics {Always=1.0, Ok=1.0, Result=4.0}
          panics [fault] {Always=1.0, Err=1.0} !panic: as it was told
        s
          never [cancelled] {FutureAlways=1.0}
        ",
    );
}

/// A future that waits, one that fails, and one that panics.
#[business_metric(name = "AsyncOk")]
#[business_metric(name = "AsyncErr", when = err)]
#[business_metric(name = "AsyncAlways", when = always)]
async fn later(what: u8) -> Result<u8, String> {
    tokio::task::yield_now().await;
    match what {
        0 => Ok(0),
        1 => Err("as it was told".to_owned()),
        2 => panic!("as it was told"),
        _ => std::future::pending().await,
    }
}

#[business_metric(name = "BoxedOk")]
#[business_metric(name = "BoxedErr", when = err)]
#[business_metric(name = "BoxedAlways", when = always)]
#[business_metric(name = "BoxedTook", value = duration, when = always)]
fn later_boxed(what: u8) -> std::pin::Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
    Box::pin(async move { later(what).await })
}

#[test]
fn a_future_counts_by_how_it_ends_itself() {
    let recorder = TestRecorder::measuring(|settings| settings);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let panics_beside = || runtime.block_on(recorder.wrap(async { futures::join!(later(3), later(2)) }));
    // The one that waits is dropped by the other's panic, and has not failed.
    catch_unwind(AssertUnwindSafe(panics_beside)).unwrap_err();
    assert_eq!(told(&recorder), ["AsyncAlways{} Count: 2", "AsyncErr{} Count: 1"]);
    recorder.run(|| {
        drop(later_boxed(0));
        let never_polled = || {
            let _future = later_boxed(0);
            panic!("as it was told");
        };
        catch_unwind(never_polled).unwrap_err();
    });
    assert_eq!(told(&recorder), Vec::<String>::new(), "what was never polled never ran");
    runtime.block_on(recorder.wrap(async {
        let future = later_boxed(1);
        tokio::time::sleep(Duration::from_millis(20)).await;
        future.await.unwrap_err();
    }));
    let series = recorder.measured();
    let took = series.iter().find(|series| series.name == "BoxedTook").unwrap();
    assert!(took.values[0] < 20.0, "from when it is first polled: {took}");
    let counts: Vec<String> = series.iter().filter(|series| series.unit == "Count").map(ToString::to_string).collect();
    assert_eq!(counts, ["AsyncAlways{} Count: 1", "AsyncErr{} Count: 1", "BoxedAlways{} Count: 1", "BoxedErr{} Count: 1"]);
}

#[test]
fn calls_from_destructors_count_by_how_they_end_themselves() {
    struct Calls;
    impl Drop for Calls {
        fn drop(&mut self) {
            panics(false);
            catch_unwind(|| panics(true)).unwrap_err();
        }
    }
    let recorder = TestRecorder::measuring(|settings| settings);
    recorder.run(|| {
        segment("s").run(|| {
            let unwinds = || {
                let _calls = Calls;
                std::panic::resume_unwind(Box::new("as it was told"));
            };
            catch_unwind(unwinds).unwrap_err();
        });
    });
    assert_eq!(told(&recorder), ["Always{} Count: 2", "Err{} Count: 1", "Ok{} Count: 1", "Result{} None: 4"]);
}

#[traced]
#[business_metric(name = "NoNumber", value = 0.0 / zero)]
#[business_metric(name = "Huge", value = 1e200)]
#[business_metric(name = "Bytes", value = Duration::from_secs(1), unit = Bytes)]
#[business_metric(name = "Broken", dimensions(how = Breaks))]
#[business_metric(name = "Fine", value = zero)]
fn refused(zero: f64) {
    let _ = zero;
}

struct Breaks;

impl std::fmt::Display for Breaks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("half of it")?;
        Err(std::fmt::Error)
    }
}

struct Shop;

#[traced]
impl Shop {
    #[cfg_attr(all(), business_metric(name = "Opened"))]
    fn open(&self) {}
}

#[test]
fn what_is_refused_is_not_told_in_the_trace_either() {
    let recorder = TestRecorder::measuring(|settings| settings);
    recorder.run(|| {
        segment("s").run(|| {
            refused(0.0);
            Shop.open();
        });
    });
    recorder.assert_tree(
        "
        s
          refused {Broken=1.0, Fine=0.0}
          open {Opened=1.0}
        ",
    );
    assert_eq!(told(&recorder), ["Broken{how=other} Count: 1", "Fine{} None: 0", "Opened{} Count: 1"]);
}

thread_local! {
    static DROPPED: std::cell::RefCell<Vec<&'static str>> = const { std::cell::RefCell::new(Vec::new()) };
}

struct Named(&'static str);

impl Named {
    fn weight(&self) -> u32 {
        1
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.0));
    }
}

fn plain(_a: Named, _b: Named, c: Named) -> u32 {
    let _local = Named("local");
    drop(c);
    1
}

#[business_metric(name = "After", value = ret + a.weight())]
fn weighed(a: Named, _b: Named, c: Named) -> u32 {
    let _local = Named("local");
    drop(c);
    1
}

#[test]
fn arguments_are_dropped_when_they_are_without_it() {
    let recorder = TestRecorder::measuring(|settings| settings);
    let of = |function: fn(Named, Named, Named) -> u32| {
        recorder.run(|| function(Named("a"), Named("b"), Named("c")));
        DROPPED.take()
    };
    assert_eq!(of(weighed), of(plain));
    assert_eq!(told(&recorder), ["After{} None: 2"]);
}
