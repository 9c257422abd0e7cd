//! One file per library. Each does the same: measurements with one dimension, whose value is known only when the program runs.

pub mod autoxray;
pub mod metrics;
pub mod metrique;

use std::hint::black_box;

use crate::cases::SERIES;

/// Measurements of the whole program between two flushes, unless values would be lost or documents too large. No multiple of
/// [`VALUES_MAX`]: each flush then finds something.
pub const PACE: u32 = 1_050;

/// Values that a document may have for a metric.
pub const VALUES_MAX: u32 = 100;

pub const NAMESPACE: &str = "Bench";

/// Takes measurements, on several threads at the same time.
pub trait Subject: Sync {
    /// So many in the one series, or in each of [`SERIES`] series.
    fn measure(&self, times: u32);

    /// Returns when all that was measured has been written.
    fn flush(&self);

    /// Measurements of one of so many threads between two flushes.
    fn pace(&self, threads: u32) -> u32 {
        PACE * threads
    }
}

/// The dimension of the one series.
const ROUTE: &str = "/orders";

/// Values as they come from a clock: three digits after the point, and none twice in a document.
static VALUES: [f64; 128] = {
    let mut values = [0.0; 128];
    let mut index = 0;
    while index < values.len() {
        values[index] = (index * 7_919 % 99_991) as f64 / 1_000.0;
        index += 1;
    }
    values
};

/// Hands so many values to `take`, and with each the dimension that the compiler must not see through.
#[inline(always)]
fn one_series(times: u32, mut take: impl FnMut(&'static str, f64)) {
    for index in 0..times as usize {
        take(black_box(ROUTE), VALUES[index % VALUES.len()]);
    }
}

/// So many values for each of [`SERIES`] series, in turns.
fn many_series(times: u32, mut take: impl FnMut(&'static str, f64)) {
    static ROUTES: [&str; SERIES] = routes();
    for index in 0..times as usize {
        for route in black_box(&ROUTES) {
            take(route, VALUES[index % VALUES.len()]);
        }
    }
}

/// `/orders/00` to `/orders/99`.
const fn routes() -> [&'static str; SERIES] {
    const LENGTH: usize = 10;
    const TEXT: [u8; SERIES * LENGTH] = {
        let mut text = [0; SERIES * LENGTH];
        let mut index = 0;
        while index < text.len() {
            let series = index / LENGTH;
            text[index] = match index % LENGTH {
                8 => b'0' + (series / 10) as u8,
                9 => b'0' + (series % 10) as u8,
                at => b"/orders/"[at],
            };
            index += 1;
        }
        text
    };
    static KEPT: [u8; SERIES * LENGTH] = TEXT;
    let mut routes = [""; SERIES];
    let (mut rest, mut series) = (KEPT.as_slice(), 0);
    while series < SERIES {
        let (route, others) = rest.split_at(LENGTH);
        routes[series] = match std::str::from_utf8(route) {
            Ok(route) => route,
            Err(_) => panic!("ASCII"),
        };
        rest = others;
        series += 1;
    }
    routes
}
