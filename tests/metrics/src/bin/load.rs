//! Measures under load, to standard output.

use autoxray_metrics_tests::load;
use xray_runtime::metrics::Metrics;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = Metrics::builder("Load").dimension("service", "orders").build()?;
    load::run(&metrics);
    let stats = metrics.stats();
    if stats.losses.is_empty() { Ok(()) } else { Err(format!("{stats:?}").into()) }
}
