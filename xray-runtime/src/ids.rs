//! The only source of randomness.
//!
//! Trace ids travel in response headers, so they must not be predictable. SipHash, keyed with 128 bits from the operating system, over a
//! counter gives such numbers without a dependency and without a system call for each. The process id is hashed too: after a fork, parent
//! and child hold the same key and counter.
//!
//! Segment ids only have to be unique in their trace. They are a bijection of a serial number, shifted by a random seed for each trace.

use std::cell::Cell;
use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use xray_model::{SegmentId, TraceId};

use crate::sys;

thread_local! {
    /// Hash key and counter of this thread. The key is drawn from the operating system when a thread first needs it.
    static GENERATOR: Generator = Generator { key: RandomState::new(), counter: Cell::new(0) };
}

struct Generator {
    key: RandomState,
    counter: Cell<u64>,
}

impl Generator {
    fn next(&self) -> [u64; 2] {
        let count = self.counter.get() + 2;
        self.counter.set(count);
        let process = sys::process_id();
        [self.key.hash_one((process, count)), self.key.hash_one((process, count + 1))]
    }
}

/// The ids of a segment that is not recorded. Nothing is kept for one: it has a number, from which its ids follow when they are asked for.
pub(crate) fn unsampled(number: u64) -> (TraceId, SegmentId) {
    static KEY: OnceLock<RandomState> = OnceLock::new();
    let key = KEY.get_or_init(RandomState::new);
    let [first, second, third] = [0, 1, 2].map(|lane| key.hash_one((sys::process_id(), number, lane)));
    let trace_id = TraceId::from_bits((u128::from(first) << 64) | u128::from(second));
    (trace_id, SegmentId::from_bits(third).unwrap_or(FALLBACK))
}

/// A number that no other unsampled segment of this process has.
pub(crate) fn unsampled_number() -> u64 {
    /// Numbers are handed to threads in blocks, so that threads do not wait for each other.
    const BLOCK: u64 = 1 << 24;
    static NEXT_BLOCK: AtomicU64 = AtomicU64::new(0);
    thread_local! {
        static NEXT: Cell<u64> = const { Cell::new(0) };
    }
    let mut number = NEXT.get();
    if number.is_multiple_of(BLOCK) {
        number = NEXT_BLOCK.fetch_add(BLOCK, Relaxed) + 1;
    }
    NEXT.set(number + 1);
    number
}

fn random() -> [u64; 2] {
    // While a thread ends, its generator may be gone already; a fresh one has a key of its own.
    GENERATOR.try_with(Generator::next).unwrap_or_else(|_| Generator { key: RandomState::new(), counter: Cell::new(0) }.next())
}

/// A number that names a recorder. A forked child shares it with its parent, as it does what was counted until then.
pub(crate) fn recorder() -> u64 {
    random()[0]
}

/// A fresh trace id, and the seed for the segment ids inside it.
pub(crate) fn trace(unix_seconds: u64) -> (TraceId, Seed) {
    let [first, second] = random();
    let epoch = u32::try_from(unix_seconds).unwrap_or(u32::MAX);
    (TraceId::new(epoch, (u128::from(first) << 32) | u128::from(second >> 32)), Seed(mix(first ^ second.rotate_left(32))))
}

/// A number in `0.0..1.0`. It decides on samples and is seen by nobody, so it may be the same on both sides of a fork.
pub(crate) fn fraction() -> f64 {
    let bits = GENERATOR.try_with(|generator| {
        let count = generator.counter.get() + 1;
        generator.counter.set(count);
        generator.key.hash_one(count)
    });
    // 53 bits are what an f64 holds.
    (bits.unwrap_or_else(|_| random()[0]) >> 11) as f64 / (1u64 << 53) as f64
}

/// Where the segment ids of one trace begin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seed(u64);

impl Seed {
    /// For a trace whose id came from upstream, where this is below `parent`.
    ///
    /// Processes that Lambda restored from one snapshot draw the same numbers, and may serve the same trace; their parents differ.
    pub(crate) fn below(parent: Option<SegmentId>) -> Self {
        Self(random()[0] ^ parent.map_or(0, SegmentId::to_bits))
    }

    /// How far to jump ahead in serials so that another process, which goes on from the same one, makes other ids.
    pub(crate) fn jump() -> u64 {
        random()[0] >> 8
    }

    /// The id of number `serial`; different for each serial of one seed.
    #[inline]
    pub(crate) fn segment(self, serial: u64) -> SegmentId {
        let bits = mix(self.0.wrapping_add(serial.wrapping_mul(GOLDEN)));
        // One serial in 2^64 gives zero, which is not an id.
        SegmentId::from_bits(bits).unwrap_or(FALLBACK)
    }
}

const FALLBACK: SegmentId = SegmentId::from_bits(GOLDEN).expect("not zero");

/// 2^64 divided by the golden ratio: an odd number whose multiples are spread evenly.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The finaliser of SplitMix64: a bijection that spreads neighbouring numbers.
#[inline]
const fn mix(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_of_many_threads_differ() {
        let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(|| (0..20_000).map(|_| trace(1).0).collect::<Vec<_>>())).collect();
        let ids: Vec<_> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len());
    }

    #[test]
    fn segment_ids_of_one_seed_differ() {
        let seed = Seed::below(None);
        let ids: HashSet<_> = (0..200_000).map(|serial| seed.segment(serial)).collect();
        assert_eq!(ids.len(), 200_000);
    }

    #[test]
    fn fractions_are_spread_over_the_unit_interval() {
        let mean = (0..10_000).map(|_| fraction()).inspect(|f| assert!((0.0..1.0).contains(f))).sum::<f64>() / 10_000.0;
        assert!((0.45..0.55).contains(&mean), "mean {mean}");
    }
}
