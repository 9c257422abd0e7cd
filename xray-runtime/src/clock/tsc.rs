//! The processor's time stamp counter: half the price of a clock read, and two of those are a large part of what a subsegment costs.
//!
//! It is used only where Linux keeps time by it right now. The kernel has then found it to run at one rate, through sleep states too, and in
//! step on all processors; it watches that and changes its clock source if it no longer holds.

#![allow(unsafe_code)]

/// Whether the counter may be used instead of the monotonic clock.
pub(super) fn is_trusted() -> bool {
    let source = std::fs::read_to_string("/sys/devices/system/clocksource/clocksource0/current_clocksource");
    source.is_ok_and(|source| source.trim() == "tsc")
}

/// A reading of the counter.
#[inline]
pub(super) fn read() -> u64 {
    // SAFETY: every x86-64 processor has the instruction, and it touches no memory. An operating system can forbid it to programs; one that
    // does so cannot let them keep time by it, and `is_trusted` has seen that Linux does.
    unsafe { core::arch::x86_64::_rdtsc() }
}
