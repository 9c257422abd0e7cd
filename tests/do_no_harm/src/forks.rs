//! Tracing on both sides of a fork.

use std::io::Write;

use autoxray::{Context, annotate, segment, subsegment, trace_id};

/// Runs `child` in a child process, which ends with it, and waits for that.
fn fork(child: impl FnOnce()) {
    std::io::stdout().flush().unwrap();
    // SAFETY: what the child does needs nothing that another thread may have held: that is what is shown here.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0, "fork");
    if pid == 0 {
        child();
        let _ = autoxray::flush(std::time::Duration::from_secs(10));
        std::io::stdout().flush().unwrap();
        // SAFETY: ends the process, without what the parent wants to be done at its own end.
        unsafe { libc::_exit(0) };
    }
    let mut status = 0;
    // SAFETY: the pointer is to a local that lives across the call.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    assert_eq!(status, 0, "the child went well");
}

fn order(who: &str, n: u32) {
    segment("order").run(|| {
        annotate("who", who);
        annotate("n", n);
        subsegment("price").run(|| annotate("id", trace_id().map_or("none".to_owned(), |id| id.to_string())));
    });
    println!("{who} {n}");
}

pub fn before_anything() {
    fork(|| (0..3).for_each(|n| order("child", n)));
    (0..3).for_each(|n| order("parent", n));
    let _ = autoxray::flush(std::time::Duration::from_secs(10));
}

pub fn after_some() {
    (0..3).for_each(|n| order("parent", n));
    for child in ["first child", "second child"] {
        fork(|| {
            (0..3).for_each(|n| order(child, n));
            fork(|| order("grandchild", 0));
        });
    }
    (3..6).for_each(|n| order("parent", n));
    let _ = autoxray::flush(std::time::Duration::from_secs(10));
}

/// Forks while other threads trace. Whatever they were about to do exists in the child only as it was, and nobody there goes on with it.
pub fn while_threads_are_busy() {
    let (sender, receiver) = std::sync::mpsc::sync_channel::<Context>(64);
    std::thread::spawn(move || receiver.into_iter().for_each(|context| context.run(|| subsegment("handed over").run(|| ()))));
    for _ in 0..3 {
        let sender = sender.clone();
        std::thread::spawn(move || {
            loop {
                segment("busy").run(|| _ = sender.send(Context::current()));
            }
        });
    }
    for _ in 0..500 {
        fork(|| {
            // Several at a time, so that the one that the thread has at hand does not do.
            segment("child").run(|| segment("inner").run(|| segment("innermost").run(|| annotate("k", 1))));
        });
    }
    println!("done");
    std::process::exit(0);
}

pub fn inside_a_segment() {
    segment("parent").run(|| {
        subsegment("before").run(|| ());
        fork(|| {
            subsegment("of the child").run(|| ());
            order("child", 0);
        });
        subsegment("after").run(|| ());
    });
    order("parent", 0);
}
