//! Subsegments that stay current across `.await`.
//!
//! A future enters its own place whenever it is polled. What it has made current in between, without a future of its own, is told here.

use super::Key;
use super::table::Table;

impl Table {
    /// Makes `to` the place where what runs at `from` goes on.
    pub(crate) fn begin_detour(&mut self, from: Key, to: Key) {
        if to.serial >= self.first_serial {
            self.detours.push((from, to));
        }
    }

    pub(crate) fn end_detour(&mut self, to: Key) {
        self.detours.retain(|(_, other)| *other != to);
    }

    /// Where what runs at `key` goes on.
    pub(crate) fn detour(&self, mut key: Key) -> Key {
        // Those that were begun later lead on from earlier ones.
        for (from, to) in &self.detours {
            if *from == key {
                key = *to;
            }
        }
        key
    }
}
