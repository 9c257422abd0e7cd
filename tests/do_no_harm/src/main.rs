//! A program that is run by the tests in `tests/`: traced or not, in every environment, ending in every way.
//!
//! `program <what> [<number or how>]` does one thing and prints its result. What it prints must not depend on tracing.

mod ends;
mod forks;
mod measured;
mod memory;
mod work;

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let what = arguments.next().unwrap_or_default();
    let how = arguments.next().unwrap_or_default();
    let number = how.parse().unwrap_or(0);
    match what.as_str() {
        "plain" => work::plain::day(),
        "traced" => work::traced::day(),
        "missing" => work::without_context(number),
        "install" => work::install(),
        "stdout" => work::to_stdout(),
        "few-files" => work::too_few_files(),
        "unsampled" => work::unsampled(),
        "hook" => work::panic_hook(),
        "drop" => ends::in_drop(),
        "thread-locals" => ends::in_thread_locals(),
        "at-exit" => ends::at_exit(),
        "exit" => ends::exit_inside(),
        "busy" => ends::while_threads_are_busy(),
        "fork-first" => forks::before_anything(),
        "fork-later" => forks::after_some(),
        "fork-busy" => forks::while_threads_are_busy(),
        "fork-inside" => forks::inside_a_segment(),
        "measured" => measured::day(&how),
        "wide" => memory::wide(number),
        "open" => memory::open(number),
        "deep" => memory::deep(number),
        "traces" => memory::traces(number),
        "contexts" => memory::contexts(number),
        "value" => memory::value(number),
        "forgotten" => memory::forgotten(number),
        _ => {
            eprintln!("no such thing: {what}");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
