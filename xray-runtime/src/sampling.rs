//! Whether a trace is recorded.
//!
//! The upstream's decision always wins; what stands here acts where there is none. Source: "X-Ray concepts", sampling.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use xray_model::Sampled;

use crate::ids;

/// How segments without a decision from upstream are sampled.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Sampling {
    /// All of them.
    Always,
    /// None of them.
    Never,
    /// This share of them, 0.0 to 1.0.
    Rate(f64),
    /// The first `per_second` of each second, and this share of the rest.
    Reservoir {
        /// How many of each second are taken in any case.
        per_second: u32,
        /// The share of the rest, 0.0 to 1.0.
        rate: f64,
    },
}

impl Default for Sampling {
    /// One per second and five per cent of the rest, as all X-Ray SDKs do without rules.
    fn default() -> Self {
        Self::Reservoir { per_second: 1, rate: 0.05 }
    }
}

/// The state of a [`Sampling`].
#[derive(Debug)]
pub(crate) struct Sampler {
    sampling: Sampling,
    /// The second in the upper half, how many were taken in it in the lower half.
    taken: AtomicU64,
}

impl Sampler {
    pub(crate) fn new(sampling: Sampling) -> Self {
        Self { sampling, taken: AtomicU64::new(0) }
    }

    /// Decides on a segment. `unix_seconds` is asked for only where it matters.
    pub(crate) fn sample(&self, upstream: Sampled, unix_seconds: impl FnOnce() -> u64) -> bool {
        match upstream {
            Sampled::Yes => return true,
            Sampled::No => return false,
            Sampled::Requested | Sampled::Undecided => {}
        }
        match self.sampling {
            Sampling::Always => true,
            Sampling::Never => false,
            Sampling::Rate(rate) => chance(rate),
            Sampling::Reservoir { per_second, rate } => self.take(per_second, unix_seconds()) || chance(rate),
        }
    }

    fn take(&self, per_second: u32, second: u64) -> bool {
        let second = second << 32;
        let next = |taken: u64| {
            let count = if taken >> 32 << 32 == second { taken & u64::from(u32::MAX) } else { 0 };
            (count < u64::from(per_second)).then(|| second | (count + 1))
        };
        self.taken.fetch_update(Relaxed, Relaxed, next).is_ok()
    }
}

fn chance(rate: f64) -> bool {
    // The ends are exact whatever the number drawn.
    rate >= 1.0 || (rate > 0.0 && ids::fraction() < rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_upstream_decides() {
        for sampling in [Sampling::Always, Sampling::Never, Sampling::default()] {
            let sampler = Sampler::new(sampling);
            assert!(sampler.sample(Sampled::Yes, || 0));
            assert!(!sampler.sample(Sampled::No, || 0));
        }
    }

    #[test]
    fn the_reservoir_is_filled_each_second() {
        let sampler = Sampler::new(Sampling::Reservoir { per_second: 3, rate: 0.0 });
        for second in [10, 11, 5] {
            let taken = (0..10).filter(|_| sampler.sample(Sampled::Undecided, || second)).count();
            assert_eq!(taken, 3);
        }
    }

    #[test]
    fn a_rate_is_kept_roughly() {
        let sampler = Sampler::new(Sampling::Rate(0.25));
        let taken = (0..10_000).filter(|_| sampler.sample(Sampled::Requested, || 0)).count();
        assert!((2_200..2_800).contains(&taken), "{taken}");
        assert!(!Sampler::new(Sampling::Rate(0.0)).sample(Sampled::Undecided, || 0));
        assert!(Sampler::new(Sampling::Rate(1.0)).sample(Sampled::Undecided, || 0));
        assert!(!Sampler::new(Sampling::Rate(f64::NAN)).sample(Sampled::Undecided, || 0));
    }
}
