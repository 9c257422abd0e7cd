//! The page of metrics.

mod common;
mod page;

use std::collections::BTreeMap;
use std::net::UdpSocket;
use std::time::{Duration, Instant};

use autoxray_viewer_tests::Shop;
use common::Viewer;
use page::{Page, percentile, seconds};
use serde_json::{Value, json};
use xray_collector::ServeSettings;

fn shop() -> (Viewer, Vec<Value>) {
    let mut viewer = Viewer::start(ServeSettings::default());
    let begun = common::now() - 300.0;
    let documents: Vec<String> = (0..300).flat_map(|number| Shop::trace(number, begun + number as f64)).collect();
    viewer.send(&documents);
    let read = documents.iter().map(|document| serde_json::from_str(document).unwrap()).collect();
    (viewer, read)
}

/// Sends a document of metrics; what comes of it is asked for until it is there.
fn measure(viewer: &Viewer, document: &Value, shown: &str) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.send_to(document.to_string().as_bytes(), viewer.local.local_addr()).unwrap();
    let begun = Instant::now();
    while !viewer.get("/metrics").body.contains(shown) {
        assert!(begun.elapsed() < Duration::from_secs(30), "{shown} does not arrive");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn service_levels_are_those_of_the_documents() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/metrics");
    let annotated: Vec<&Value> = documents
        .iter()
        .map(|document| &document["annotations"])
        .filter(|annotations| annotations["sla.operation"] == "place order")
        .collect();
    let violated = annotated.iter().filter(|annotations| annotations["sla.violated"] == true).count();
    let actual: Vec<f64> = annotated.iter().map(|annotations| annotations["sla.actual_ms"].as_f64().unwrap() / 1e3).collect();
    let kept = (1.0 - violated as f64 / actual.len() as f64) * 100.0;
    assert!(violated > 0);
    let expected = [
        "place order".to_owned(),
        "150 ms".to_owned(),
        format!("{kept:.0} %"),
        violated.to_string(),
        actual.len().to_string(),
        seconds(percentile(&actual, 50.0)),
        seconds(percentile(&actual, 95.0)),
        seconds(percentile(&actual, 99.0)),
        seconds(percentile(&actual, 100.0)),
    ];
    let rows = page.rows("table.levels");
    assert_eq!((rows.len(), &rows[0][..9]), (1, &expected[..]));
    let list = Page::get(&viewer, &page.link("table.levels", &violated.to_string()));
    assert_eq!(list.text("#count"), violated.to_string());
}

#[test]
fn figures_of_the_business_add_up() {
    let (viewer, documents) = shop();
    let page = Page::get(&viewer, "/metrics");
    let mut expected = BTreeMap::<String, (usize, f64)>::new();
    for document in &documents {
        let annotations = &document["annotations"];
        if let Some(revenue) = annotations["Revenue"].as_f64() {
            let country = document["metadata"]["metrics"]["Revenue"]["dimensions"]["country"].as_str().unwrap();
            let entry = expected.entry(format!("Revenue country={country}")).or_default();
            *entry = (entry.0 + 1, entry.1 + revenue);
        }
        if let Some(items) = annotations["metric.items"].as_f64() {
            let entry = expected.entry("items".to_owned()).or_default();
            *entry = (entry.0 + 1, entry.1 + items);
        }
    }
    assert_eq!(expected.len(), 4);
    let shown: BTreeMap<String, (usize, f64)> = page
        .rows("#of-traces table.amounts")
        .into_iter()
        .map(|row| (row[0].clone(), (row[1].parse().unwrap(), row[2].replace(',', "").parse::<f64>().unwrap())))
        .collect();
    assert_eq!(shown.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, (count, sum)) in &expected {
        // Thousands are written without digits behind the point.
        assert!(shown[name].0 == *count && (shown[name].1 - sum).abs() <= 0.5, "{name}: {:?} {sum}", shown[name]);
    }
}

#[test]
fn metrics_that_arrive_are_shown_by_namespace() {
    let viewer = Viewer::start(ServeSettings::default());
    let document = |namespace: &str, name: &str, values: &[f64]| {
        json!({"_aws": {"Timestamp": 1_710_276_830_123_u64, "CloudWatchMetrics": [{"Namespace": namespace, "Dimensions": [["Service"]], "Metrics": [{"Name": name, "Unit": "Milliseconds"}]}]},
            "Service": "orders<b>", name: values})
    };
    let empty = Page::get(&viewer, "/metrics");
    assert!(empty.text("#of-traces").contains("AWS_EMF_AGENT_ENDPOINT=udp://127.0.0.1:"), "{}", empty.text("#of-traces"));
    measure(&viewer, &document("Shop", "Latency", &[1.5, 10.0, 3.5]), "Latency");
    measure(&viewer, &document("Other", "Wait", &[2.0]), "Wait");
    let page = Page::get(&viewer, "/metrics");
    assert_eq!(page.texts("#arrived h2"), ["Other", "Shop"]);
    let rows = page.rows("#arrived section:nth-of-type(2) table");
    assert_eq!(rows[0][..7], ["Latency Service=orders<b>", "3", "15 ms", "5 ms", "1.5 ms", "10 ms", "3.5 ms"]);
    let found = Page::get(&viewer, "/metrics?find=wAIT");
    assert_eq!(found.texts("#arrived h2"), ["Other"]);
    assert!(Page::get(&viewer, "/metrics?find=nothing").text("#arrived").contains("No metric has that name"));
}

#[test]
fn transactions_are_told() {
    let mut viewer = Viewer::start(ServeSettings::default());
    let of = |id: u64, took: f64, is_bad: bool| {
        json!({"name": "orders", "id": format!("{id:016x}"), "trace_id": format!("1-65f0c0de-{id:024x}"), "start_time": 10.0, "end_time": 10.0 + took, "fault": is_bad,
            "annotations": {"transaction.name": "check <out>"}})
        .to_string()
    };
    viewer.send((1..=20).map(|id| of(id, id as f64 / 10.0, id % 5 == 0)));
    let page = Page::get(&viewer, "/metrics");
    let rows = page.rows("table.levels");
    assert_eq!(rows[0][..8], ["check <out>", "20", "1.00 s", "1.90 s", "2.00 s", "–", "–", "4"]);
    assert_eq!(Page::get(&viewer, &page.link("table.levels", "check <out>")).text("#count"), "20");
}
