//! Functions that are measured, in programs that end in every way.

use std::io::Write;

use autoxray::{business_metric, segment};

#[business_metric(name = "Sold", dimensions(item))]
fn sell(item: &str) -> usize {
    item.len()
}

fn sell_some() -> usize {
    (0..250).map(|_| sell("tea")).sum::<usize>() + segment("place").run(|| sell("milk"))
}

/// Measures, prints, and ends in this way.
pub fn day(how: &str) {
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
            assert!(autoxray::flush(std::time::Duration::from_secs(10)));
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
        _ => unreachable!("{how}"),
    }
}
