//! Tells valgrind's callgrind when to count, from inside the program it runs.

use std::arch::asm;

/// Counts only while `work` runs, in all threads. Outside valgrind it just runs `work`.
pub fn counted(work: impl FnOnce()) {
    request(START_INSTRUMENTATION);
    work();
    request(STOP_INSTRUMENTATION);
}

// `callgrind.h`: the tool's letters, then the place in its list of requests.
const BASE: usize = (b'C' as usize) << 24 | (b'T' as usize) << 16;
const START_INSTRUMENTATION: usize = BASE + 4;
const STOP_INSTRUMENTATION: usize = BASE + 5;

/// `valgrind.h`: four rotations that add up to nothing, and an exchange of a register with itself, mean "a request is at rax".
#[cfg(target_arch = "x86_64")]
fn request(code: usize) {
    let request = [code, 0, 0, 0, 0, 0];
    // SAFETY: on a real processor these instructions change nothing; valgrind reads `request` and writes rdx.
    unsafe {
        asm!(
            "rol rdi, 3",
            "rol rdi, 13",
            "rol rdi, 61",
            "rol rdi, 51",
            "xchg rbx, rbx",
            in("rax") request.as_ptr(),
            inout("rdx") 0_usize => _,
        );
    }
}

#[cfg(not(target_arch = "x86_64"))]
compile_error!("valgrind's request for this processor is in valgrind.h");
