//! Eight threads that measure while others flush, and what has to come of it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use serde_json::Value;
use xray_runtime::metrics::{Metric, Metrics, Unit};

/// Threads that measure.
pub const THREADS: usize = 8;
/// What each of them counts.
pub const EACH: usize = 1_000_000;
/// One of so many counts is measured as well.
pub const TIMES_EVERY: usize = 20;
const ROUTES: [&str; 4] = ["/a", "/b", "/c", "/d"];

static HITS: Metric = Metric::counter("Hits", []);
static BY_ROUTE: Metric<1> = Metric::counter("HitsByRoute", ["route"]);
static TIMES: Metric<1> = Metric::new("Times", Unit::Microseconds, ["route"]);

/// Measures, and flushes all the time.
pub fn run(metrics: &Metrics) {
    let is_over = AtomicBool::new(false);
    let flush = || metrics.flush(Duration::from_secs(10));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Relaxed) {
                flush();
            }
        });
        let worker = || {
            for index in 0..EACH {
                let route = ROUTES[index % ROUTES.len()];
                metrics.record(&HITS, [], 1.0);
                metrics.record(&BY_ROUTE, [route], 1.0);
                if index % TIMES_EVERY == 0 {
                    metrics.record(&TIMES, [ROUTES[index / TIMES_EVERY % ROUTES.len()]], index as f64);
                }
                // Whatever the flusher's share of the processors is.
                if index % (EACH / 10) == EACH / 20 {
                    flush();
                }
            }
        };
        let workers: Vec<_> = (0..THREADS).map(|_| scope.spawn(worker)).collect();
        let ends: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        is_over.store(true, Relaxed);
        assert!(ends.iter().all(Result::is_ok), "a worker has panicked");
    });
    flush();
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Arrived {
    /// How often something was counted.
    pub hits: f64,
    /// The same by route.
    pub by_route: [f64; 4],
    /// Values by route, in ascending order.
    pub times: [Vec<f64>; 4],
}

impl Arrived {
    /// Reads documents.
    ///
    /// # Panics
    ///
    /// If they are no documents of these metrics.
    #[must_use]
    pub fn read(lines: &[String]) -> Self {
        let mut arrived = Self::default();
        for line in lines {
            let document: Value = serde_json::from_str(line).expect("JSON");
            let route = document["route"].as_str().and_then(|route| ROUTES.iter().position(|other| *other == route));
            arrived.hits += document["Hits"].as_f64().unwrap_or_default();
            let Some(route) = route else { continue };
            arrived.by_route[route] += document["HitsByRoute"].as_f64().unwrap_or_default();
            match &document["Times"] {
                Value::Array(values) => arrived.times[route].extend(values.iter().map(|value| value.as_f64().expect("a number"))),
                one => arrived.times[route].extend(one.as_f64()),
            }
        }
        arrived.times.iter_mut().for_each(|times| times.sort_by(f64::total_cmp));
        arrived
    }

    /// What has to arrive where nothing is lost.
    #[must_use]
    pub fn all() -> Self {
        let of_route = |route: usize| {
            let indices = (0..EACH).step_by(TIMES_EVERY).skip(route).step_by(ROUTES.len());
            indices.flat_map(|index| std::iter::repeat_n(index as f64, THREADS)).collect()
        };
        Self { hits: (THREADS * EACH) as f64, by_route: [(THREADS * EACH / 4) as f64; 4], times: [0, 1, 2, 3].map(of_route) }
    }

    /// How many measurements these are.
    #[must_use]
    pub fn measurements(&self) -> f64 {
        self.hits + self.by_route.iter().sum::<f64>() + self.times.iter().map(Vec::len).sum::<usize>() as f64
    }
}
