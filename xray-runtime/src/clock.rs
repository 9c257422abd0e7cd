//! The only reader of clocks.
//!
//! A trace reads the wall clock once, at its start; what happens in it is placed by ticks of a monotonic counter. A clock that is set while
//! a trace runs can then neither stretch a subsegment nor put a child before its parent.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::sys;

/// A point in time, cheap to take and to keep: a reading of the processor's counter where the operating system itself keeps time by that,
/// else nanoseconds of the monotonic clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tick(u64);

/// Where ticks come from; decided once.
static SOURCE: AtomicU8 = AtomicU8::new(UNDECIDED);

const UNDECIDED: u8 = 0;
const COUNTER: u8 = 1;
const MONOTONIC: u8 = 2;

impl Tick {
    #[inline]
    pub(crate) fn now() -> Self {
        Self(if SOURCE.load(Relaxed) == COUNTER { sys::counter() } else { slow_now() })
    }
}

#[cold]
fn slow_now() -> u64 {
    if SOURCE.load(Relaxed) == UNDECIDED {
        SOURCE.store(if sys::counter_is_trusted() { COUNTER } else { MONOTONIC }, Relaxed);
        return Tick::now().0;
    }
    /// Nanoseconds count from here.
    static START: OnceLock<Instant> = OnceLock::new();
    nanos(START.get_or_init(Instant::now).elapsed())
}

/// Ties ticks to wall-clock time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin {
    tick: Tick,
    instant: Instant,
    unix_nanos: u64,
}

impl Origin {
    pub(crate) fn now() -> Self {
        let Stopwatch { tick, instant } = Stopwatch::start();
        Self { tick, instant, unix_nanos: unix_nanos() }
    }

    pub(crate) fn tick(self) -> Tick {
        self.tick
    }

    pub(crate) fn unix_seconds(self) -> u64 {
        self.unix_nanos / 1_000_000_000
    }

    /// The tick of `ago` before now, at the earliest that of the origin.
    pub(crate) fn before_now(self, ago: Duration) -> Tick {
        let now = Stopwatch::start();
        let ticks = now.tick.0.saturating_sub(self.tick.0);
        let elapsed = nanos(now.instant.saturating_duration_since(self.instant)).max(1);
        let ago = u128::from(ticks) * u128::from(nanos(ago).min(elapsed)) / u128::from(elapsed);
        Tick(now.tick.0 - u64::try_from(ago).unwrap_or(ticks))
    }

    /// How to read ticks between the origin and `now`.
    ///
    /// The counter's rate is not looked up but measured, between the two points where both clocks have been read: there, ticks are exact,
    /// and between them they are off by no more than the time such a reading takes.
    pub(crate) fn scale(self, now: Stopwatch) -> Scale {
        let rate = match SOURCE.load(Relaxed) {
            COUNTER => {
                let ticks = now.tick.0.saturating_sub(self.tick.0).max(1);
                let nanos = nanos(now.instant.saturating_duration_since(self.instant));
                (u128::from(nanos) << 32) / u128::from(ticks)
            }
            _ => 1 << 32,
        };
        Scale { tick: self.tick, unix_nanos: self.unix_nanos, rate: u64::try_from(rate).unwrap_or(u64::MAX) }
    }
}

/// Reads ticks of one trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scale {
    tick: Tick,
    unix_nanos: u64,
    /// Nanoseconds per tick, in units of 2^-32.
    rate: u64,
}

impl Scale {
    /// Microseconds since 1970.
    #[inline]
    pub(crate) fn unix_micros(&self, tick: Tick) -> u64 {
        let Some(ticks) = tick.0.checked_sub(self.tick.0) else { return self.earlier(tick) };
        let nanos = (u128::from(ticks) * u128::from(self.rate)) >> 32;
        (self.unix_nanos.saturating_add(nanos as u64)) / 1_000
    }

    /// How long it is from one to the other.
    pub(crate) fn between(&self, start: Tick, end: Tick) -> Duration {
        let nanos = (u128::from(end.0.saturating_sub(start.0)) * u128::from(self.rate)) >> 32;
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// What happened before the trace began, and is told in it.
    #[cold]
    fn earlier(&self, tick: Tick) -> u64 {
        let nanos = (u128::from(self.tick.0 - tick.0) * u128::from(self.rate)) >> 32;
        self.unix_nanos.saturating_sub(nanos as u64).max(EARLIEST) / 1_000
    }
}

/// Ticks that the readings of both clocks may be apart: about a microsecond, and a multiple of what they take undisturbed.
const APART_MAX: u64 = 3_000;

/// Measures how long something takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch {
    instant: Instant,
    tick: Tick,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        let mut tick = Tick::now();
        // A thread that is interrupted between the two readings would take them for one moment.
        for _ in 0..8 {
            let instant = Instant::now();
            let after = Tick::now();
            let apart = after.0.saturating_sub(tick.0);
            if apart < APART_MAX {
                return Self { tick: Tick(tick.0 + apart / 2), instant };
            }
            tick = after;
        }
        Self { tick, instant: Instant::now() }
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.instant.elapsed()
    }

    pub(crate) fn nanos(self) -> u64 {
        nanos(self.elapsed())
    }

    /// When this process began, as far as that can be told, and no later than this.
    pub(crate) fn process_start(self) -> Tick {
        let now = Self::start();
        let elapsed = now.instant.saturating_duration_since(self.instant);
        let Some(before) = process_age().and_then(|age| age.checked_sub(elapsed)) else { return self.tick };
        let ticks = u128::from(now.tick.0.saturating_sub(self.tick.0));
        let ago = ticks * u128::from(nanos(before)) / u128::from(nanos(elapsed).max(1));
        Tick(self.tick.0.saturating_sub(u64::try_from(ago).unwrap_or(0)))
    }
}

/// How long this process has run, rounded down: Linux tells both ends of it in hundredths of a second.
fn process_age() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program comes second, in brackets, and may hold anything.
    let begun: u64 = stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()?;
    let uptime = std::fs::read_to_string("/proc/uptime").ok()?;
    let (seconds, hundredths) = uptime.split_ascii_whitespace().next()?.split_once('.')?;
    let up = seconds.parse::<u64>().ok()? * 100 + hundredths.parse::<u64>().ok()?;
    Some(Duration::from_millis(10 * up.checked_sub(begun + 1)?))
}

/// How long it is until this time, in milliseconds since 1970.
pub(crate) fn until_unix_millis(millis: u64) -> Option<Duration> {
    Duration::from_millis(millis).checked_sub(Duration::from_nanos(unix_nanos()))
}

/// A moment to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(Instant);

impl Moment {
    /// `None` if it is beyond all time.
    pub(crate) fn after(wait: Duration) -> Option<Self> {
        Instant::now().checked_add(wait).map(Self)
    }

    /// How long it is until then; nothing if it has passed.
    pub(crate) fn wait(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// Seconds since 1970.
pub(crate) fn unix_seconds() -> u64 {
    unix_nanos() / 1_000_000_000
}

/// Milliseconds since 1970.
pub(crate) fn unix_millis() -> u64 {
    unix_nanos() / 1_000_000
}

/// A clock that was never set is recorded as 2001: wrong either way, and the durations stay right. Times are written with ten digits.
const EARLIEST: u64 = 1_000_000_000_000_000_000;

fn unix_nanos() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(EARLIEST, nanos).max(EARLIEST)
}

/// 64 bits of nanoseconds last for 584 years.
fn nanos(duration: Duration) -> u64 {
    duration.as_secs() * 1_000_000_000 + u64::from(duration.subsec_nanos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_agree_with_the_monotonic_clock() {
        let origin = Origin::now();
        let mut marks = Vec::new();
        for _ in 0..20 {
            std::thread::sleep(Duration::from_millis(1));
            marks.push((Tick::now(), Instant::now()));
        }
        let scale = origin.scale(Stopwatch::start());
        for (tick, instant) in marks {
            let expected = (origin.unix_nanos + nanos(instant - origin.instant)) / 1_000;
            let difference = scale.unix_micros(tick).abs_diff(expected);
            // The two readings are not taken at once, and the thread may be interrupted between them, but not always.
            assert!(difference < 50_000, "{difference} µs");
        }
    }

    #[test]
    fn a_time_ago_lies_between_the_origin_and_now() {
        let origin = Origin::now();
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(origin.before_now(Duration::from_secs(1_000_000)), origin.tick());
        let (before, ago) = (Tick::now(), origin.before_now(Duration::ZERO));
        assert!(ago >= before);
        let micros = |tick| origin.scale(Stopwatch::start()).unix_micros(tick);
        let (then, now) = (origin.before_now(Duration::from_millis(15)), Tick::now());
        let apart = micros(now) - micros(then);
        assert!((14_000..1_000_000).contains(&apart), "{apart} µs");
    }

    #[test]
    fn the_process_began_before_it_asked() {
        let asked = Stopwatch::start();
        std::thread::sleep(Duration::from_millis(5));
        let start = asked.process_start();
        assert!(start <= asked.tick);
        let scale = Origin::now().scale(Stopwatch::start());
        // Ticks before the origin are told too, at the same rate.
        let apart = scale.unix_micros(asked.tick) - scale.unix_micros(start);
        assert!(apart < 60_000_000, "{apart} µs since this test began to run");
    }

    #[test]
    fn a_time_to_come_is_ahead_and_one_that_is_past_is_none() {
        let now = unix_nanos() / 1_000_000;
        assert!(until_unix_millis(now + 60_000).is_some_and(|wait| wait <= Duration::from_secs(60)));
        assert_eq!(until_unix_millis(now - 1), None);
        assert_eq!(until_unix_millis(0), None);
    }

    #[test]
    fn ticks_never_go_back_on_one_thread() {
        let ticks: Vec<_> = (0..1000).map(|_| Tick::now()).collect();
        assert!(ticks.is_sorted());
    }
}
