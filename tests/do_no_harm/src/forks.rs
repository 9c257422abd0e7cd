//! Tracing on both sides of a fork.

use std::io::Write;

use autoxray::{annotate, segment, subsegment, trace_id};

/// Runs `child` in a child process, which ends with it, and waits for that.
fn fork(child: impl FnOnce()) {
    std::io::stdout().flush().unwrap();
    // SAFETY: this program has one thread here, so the child is a whole copy.
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
