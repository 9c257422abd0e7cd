//! Traces of a made-up shop, held as the collector holds them.

use autoxray_viewer_tests::Shop;
use xray_collector::Settings;
use xray_collector::measure::Held;

/// This many traces, one each tenth of a second.
pub fn held(traces: u64) -> Held {
    let mut settings = Settings::default();
    settings.segments = usize::MAX;
    settings.bytes = usize::MAX;
    let held = Held::new(&settings);
    for number in 0..traces {
        for document in Shop::trace(number, 1_710_276_830.0 + number as f64 / 10.0) {
            held.put(&document).expect("the shop writes documents that can be read");
        }
    }
    held
}
