//! A program that loses metadata, as often as its argument says, and tells of it.

use autoxray::{metadata, segment};

fn main() {
    let times: usize = std::env::args().nth(1).and_then(|times| times.parse().ok()).unwrap_or_default();
    let huge = vec![0_u8; 1_000_000];
    segment("loser").run(|| (0..times).for_each(|_| metadata("huge", &huge)));
    segment("loser").run(|| ());
}
