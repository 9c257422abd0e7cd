//! Luck and bad luck of an order, the same in each run.

use std::time::Duration;

/// Numbers that look random.
#[derive(Debug)]
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0x2545_f491_4f6c_dd1d)
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether it happens, which it does so many times of a hundred.
    pub fn of(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// A time around this one.
    pub fn time(&mut self, typical: Duration) -> Duration {
        typical.mul_f64(0.5 + (self.next() % 1_000) as f64 / 800.0)
    }
}
