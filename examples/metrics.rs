//! Numbers the business reads, without an AWS account: `cargo run --example metrics`.
//!
//! A day of orders, of which one in twenty is traced. What CloudWatch would get is printed as it is, and added up: it is exact all the same.

use std::collections::BTreeMap;
use std::time::Duration;

use autoxray::metrics::{MemorySink, Metrics};
use autoxray::{MemoryExporter, Recorder, Sampling, business_metric, subsegment, traced};
use serde_json::Value;

struct Order {
    number: u32,
    country: &'static str,
}

#[derive(Debug)]
struct SoldOut;

impl std::fmt::Display for SoldOut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("there is no tea left")
    }
}

impl std::error::Error for SoldOut {}

#[traced(segment, annotate(order_id = order.number), sla = "50ms")]
#[business_metric(name = "OrdersPlaced", unit = Count, dimensions(country = order.country), dimensions())]
#[business_metric(name = "Revenue", value = *ret, dimensions(country = order.country))]
#[business_metric(name = "SoldOut", when = err)]
fn place(order: &Order) -> Result<f64, SoldOut> {
    subsegment("payments.example.com").namespace(autoxray::Namespace::Remote).run(|| ());
    if order.number.is_multiple_of(17) { Err(SoldOut) } else { Ok(f64::from(order.number % 40) + 0.99) }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sink = MemorySink::new();
    let metrics = Metrics::builder("Shop").dimension("Service", "orders").sink(sink.clone()).build()?;
    // What `XRAY_METRICS=emf` would do, but for where it goes. Nobody looks at the traces here.
    let recorder = Recorder::builder().service_name("orders").sampling(Sampling::Rate(0.05)).exporter(MemoryExporter::new());
    recorder.metrics(metrics).install()?;
    for number in 1..=1000 {
        let country = ["at", "ch", "de", "fr"][number as usize % 4];
        // Some have no luck.
        let _ = place(&Order { number, country });
    }
    let _ = autoxray::flush(Duration::from_secs(1));

    let lines = sink.take();
    println!("{} documents for CloudWatch, for example:\n", lines.len());
    lines.iter().filter(|line| line.contains("OrdersPlaced")).take(1).for_each(|line| println!("{line}\n"));
    println!("{:<44} {:>12} {:>8}", "added up", "sum", "values");
    for (series, (sum, values)) in add_up(&lines)? {
        println!("{series:<44} {sum:>12.2} {values:>8}");
    }
    let stats = autoxray::stats();
    println!("\n{} of {} orders were traced.", stats.segments, stats.segments + stats.unsampled);
    Ok(())
}

/// The sum of each series, and of how many values it is.
fn add_up(lines: &[String]) -> Result<BTreeMap<String, (f64, usize)>, serde_json::Error> {
    let mut all = BTreeMap::<String, (f64, usize)>::new();
    for line in lines {
        let document: Value = serde_json::from_str(line)?;
        let directive = &document["_aws"]["CloudWatchMetrics"][0];
        let by: Vec<String> = ["Operation", "RemoteService", "country"]
            .iter()
            .filter_map(|key| Some(format!("{key}={}", document.get(*key)?.as_str()?)))
            .collect();
        for metric in directive["Metrics"].as_array().into_iter().flatten() {
            let name = metric["Name"].as_str().unwrap_or_default();
            let values = document[name].as_array().cloned().unwrap_or_else(|| vec![document[name].clone()]);
            let entry = all.entry(format!("{name} {}", by.join(" "))).or_default();
            entry.0 += values.iter().filter_map(Value::as_f64).sum::<f64>();
            entry.1 += values.len();
        }
    }
    Ok(all)
}
