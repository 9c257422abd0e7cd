//! Functions that are measured, in programs that end in every way.

use std::io::Write;
use std::time::Duration;

use autoxray::{business_metric, segment};

#[business_metric(name = "Sold", dimensions(item))]
fn sell(item: &str) -> usize {
    item.len()
}

fn sell_some() -> usize {
    (0..250).map(|_| sell("tea")).sum::<usize>() + segment("place").run(|| sell("milk"))
}

/// More than fits into a pipe, so that whoever writes it waits for a reader.
fn much() {
    (0..400).for_each(|item| _ = sell(&format!("{item:0>900}")));
}

/// 400 series.
fn many() {
    (0..400).for_each(|item| _ = sell(&item.to_string()));
}

/// Measures while the process cannot have one more thread, for want of addresses.
fn thread_is_refused() -> bool {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: reads and sets a limit of this process.
    unsafe { libc::getrlimit(libc::RLIMIT_AS, &mut limit) };
    let all = limit.rlim_cur;
    limit.rlim_cur = 1024 * 1024;
    unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) };
    sell("tea");
    let refused = std::thread::Builder::new().spawn(|| ()).is_err();
    limit.rlim_cur = all;
    unsafe { libc::setrlimit(libc::RLIMIT_AS, &limit) };
    refused
}

/// Measures, prints, and ends in this way.
pub fn day(how: &str) {
    if how == "without-a-thread" {
        assert!(thread_is_refused());
        println!("{} begun, and done", sell_some());
        return;
    }
    print!("{} begun, ", sell_some());
    match how {
        "returns" => println!("and done"),
        "exits" => {
            println!("and out");
            std::process::exit(7);
        }
        "exits-in-thread" => {
            println!("and out");
            std::thread::spawn(|| std::process::exit(7)).join().unwrap();
        }
        "panics" => {
            println!("and no more");
            panic!("as it was told");
        }
        "flushes" => {
            println!("and gone");
            std::io::stdout().flush().unwrap();
            assert!(autoxray::flush(Duration::from_secs(10)));
            // SAFETY: ends the process at once.
            unsafe { libc::_exit(7) }
        }
        "forks" => {
            println!("and two");
            std::io::stdout().flush().unwrap();
            // SAFETY: the child only measures and exits.
            match unsafe { libc::fork() } {
                0 => {
                    sell("child's");
                    std::process::exit(0);
                }
                child => {
                    let mut status = 0;
                    // SAFETY: waits for a child of ours.
                    unsafe { libc::waitpid(child, &mut status, 0) };
                    assert_eq!(status, 0);
                }
            }
        }
        "goes-on" => {
            println!("and on");
            std::io::stdout().flush().unwrap();
            // The metrics come while it waits.
            std::io::stdin().read_line(&mut String::new()).unwrap();
        }
        "partly" => {
            println!("and on");
            // No line break: it is flushed when the program ends, and not before.
            print!("RESULT");
            much();
            std::thread::sleep(Duration::from_millis(1500));
        }
        "forks-later" => {
            println!("and two");
            std::io::stdout().flush().unwrap();
            much();
            std::thread::sleep(Duration::from_millis(1100));
            // SAFETY: the child only prints and exits.
            match unsafe { libc::fork() } {
                0 => {
                    println!("from the child");
                    std::process::exit(0);
                }
                child => {
                    let mut status = 0;
                    // SAFETY: waits for a child of ours.
                    unsafe { libc::waitpid(child, &mut status, 0) };
                    assert_eq!(status, 0);
                }
            }
        }
        _ => match how.strip_prefix("lives-").and_then(|millis| millis.parse().ok()) {
            Some(millis) => {
                println!("and over");
                many();
                std::thread::sleep(Duration::from_millis(millis));
                sell("tea");
            }
            None => unreachable!("{how}"),
        },
    }
}
