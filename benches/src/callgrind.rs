//! valgrind's callgrind: tells it when to count, from inside the program it runs, and reads what it has counted.

use std::arch::asm;
use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use crate::tools::output;

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

/// The number of instructions in valgrind's messages.
pub fn collected(messages: &[u8]) -> f64 {
    let messages = String::from_utf8_lossy(messages);
    let count = messages.lines().find_map(|l| l.split_once("Collected : ")).map(|(_, n)| n.trim().parse());
    count.and_then(Result::ok).unwrap_or_else(|| panic!("valgrind failed:\n{messages}"))
}

/// Prints where the instructions in `file` were spent: by function, and by source file (which shows what was inlined from where). Each
/// number is divided by `times`: per `what`.
pub fn print(file: &Path, times: f64, what: &str) {
    let mut annotate = Command::new("callgrind_annotate");
    let text = output(annotate.args(["--auto=no", "--threshold=100"]).arg(file));
    let lines: Vec<Line<'_>> = text.lines().filter_map(Line::parse).collect();
    print_sums(&format!("{what}, by function"), lines.iter().map(|l| (l.function, l.instructions / times)));
    print_sums(&format!("{what}, by source file"), lines.iter().map(|l| (l.file, l.instructions / times)));
}

/// `45,094,349 ( 5.96%)  path/to/file.rs:module::function [/path/to/object]`
struct Line<'a> {
    instructions: f64,
    file: &'a str,
    function: &'a str,
}

impl<'a> Line<'a> {
    fn parse(line: &'a str) -> Option<Line<'a>> {
        let (count, rest) = line.trim_start().split_once(" (")?;
        let instructions = count.replace(',', "").parse().ok()?;
        let place = rest.split_once("%)")?.1.trim_start();
        let (path, function) = place.split_once(':')?;
        let function = function.rsplit_once(" [").map_or(function, |(function, _)| function);
        // The last four parts of the path name crate and file, and no machine.
        let from = path.rmatch_indices('/').nth(3).map_or(0, |(at, _)| at + 1);
        Some(Line { instructions, file: &path[from..], function })
    }
}

fn print_sums<'a>(what: &str, lines: impl Iterator<Item = (&'a str, f64)>) {
    let mut sums: HashMap<&str, f64> = HashMap::new();
    for (key, instructions) in lines {
        *sums.entry(key).or_default() += instructions;
    }
    let mut sums: Vec<_> = sums.into_iter().collect();
    sums.sort_by(|a, b| b.1.total_cmp(&a.1));
    let total: f64 = sums.iter().map(|(_, n)| n).sum();
    println!("{total:10.1}  instructions per {what}");
    for (key, instructions) in sums.iter().take(45) {
        println!("{instructions:10.1}  {key}");
    }
    println!();
}
