//! Traces of a made-up shop, held as the collector holds them.

use autoxray_viewer_tests::Shop;
use xray_collector::Settings;
use xray_collector::measure::Held;

/// This many traces.
pub fn held(traces: u64) -> Held {
    let held = Held::new(&unlimited());
    for document in documents(traces) {
        held.put(&document).expect("the shop writes documents that can be read");
    }
    held
}

/// Documents of so many traces, one trace each tenth of a second.
pub fn documents(traces: u64) -> impl Iterator<Item = String> {
    (0..traces).flat_map(|number| Shop::trace(number, 1_790_000_000.0 + number as f64 / 10.0))
}

/// Nothing is evicted.
pub fn unlimited() -> Settings {
    let mut settings = Settings::default();
    settings.segments = usize::MAX;
    settings.bytes = usize::MAX;
    settings
}
