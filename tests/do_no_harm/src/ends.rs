//! Tracing where a thread or the whole program is about to end.

use std::cell::RefCell;
use std::panic::catch_unwind;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::thread;

use autoxray::{Context, annotate, metadata, segment, set_user, stats, subsegment, trace_header, traced};

/// Everything there is, in one place. Prints without `std`, whose handles may be gone.
fn everything(place: &str) {
    #[traced(segment, annotate(place))]
    fn function(place: &str) -> Result<usize, String> {
        if place.is_empty() { Err("nothing".to_owned()) } else { Ok(place.len()) }
    }
    let answer = segment(format!("segment {place}")).run(|| {
        annotate("k", 1);
        metadata("k", &[1, 2]);
        set_user("ann");
        let guard = subsegment("guard").begin();
        let _ = Context::current().run(|| subsegment("inner").try_run(|| "x".parse::<u8>()));
        assert_eq!(trace_header().is_some(), autoxray::is_enabled());
        drop(guard);
        function(place).unwrap_or(0)
    });
    let _ = function("");
    assert_eq!(function(place), Ok(answer));
    assert!(stats().segments > 0 || stats().unsampled > 0 || !autoxray::is_enabled());
    print(&format!("{place}: {answer}\n"));
}

fn print(text: &str) {
    // SAFETY: the pointer and the length are those of a string that lives across the call.
    unsafe { libc::write(1, text.as_ptr().cast(), text.len()) };
}

struct OnDrop(&'static str);

impl Drop for OnDrop {
    fn drop(&mut self) {
        everything(self.0);
    }
}

pub fn in_drop() {
    drop(OnDrop("dropped"));
    segment("outer").run(|| drop(OnDrop("in a segment")));
    let caught = catch_unwind(|| {
        let _dropped = OnDrop("while a panic passes");
        segment("outer").run(|| {
            let _dropped = OnDrop("while a panic passes a segment");
            panic!("passing")
        })
    });
    assert!(caught.is_err());
    drop(Box::new([OnDrop("in a list"), OnDrop("in a list")]));
}

thread_local! {
    static FIRST: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
    static SECOND: RefCell<Option<OnDrop>> = const { RefCell::new(None) };
}

/// Thread-locals of the program, one from before anything of ours was used on the thread and one from after, on a thread and on the main one.
/// Whatever the order in which a thread ends them, ours is gone already for one of them.
pub fn in_thread_locals() {
    let both = || {
        FIRST.with(|cell| *cell.borrow_mut() = Some(OnDrop("from before")));
        everything("between");
        SECOND.with(|cell| *cell.borrow_mut() = Some(OnDrop("from after")));
    };
    thread::spawn(both).join().unwrap();
    // A thread that has traced nothing before.
    thread::spawn(|| FIRST.with(|cell| *cell.borrow_mut() = Some(OnDrop("alone")))).join().unwrap();
    // A thread that ends with a segment open for ever.
    thread::spawn(|| {
        FIRST.with(|cell| *cell.borrow_mut() = Some(OnDrop("with an open segment")));
        std::mem::forget(segment("for ever").begin());
    })
    .join()
    .unwrap();
    both();
}

extern "C" fn last_words() {
    everything("at exit");
}

pub fn at_exit() {
    // SAFETY: the function does not unwind: what it calls is what this program shows not to.
    assert_eq!(unsafe { libc::atexit(last_words) }, 0);
    everything("before");
}

/// Leaves without coming back from the segment.
pub fn exit_inside() {
    // SAFETY: as above.
    assert_eq!(unsafe { libc::atexit(last_words) }, 0);
    segment("never closed").run(|| subsegment("inner").run(|| std::process::exit(7)));
}

/// The program ends while threads are at work.
pub fn while_threads_are_busy() {
    static BEGUN: AtomicU32 = AtomicU32::new(0);
    static GO_ON: AtomicBool = AtomicBool::new(true);
    for _ in 0..4 {
        thread::spawn(|| {
            while GO_ON.load(Relaxed) {
                segment("busy").run(|| subsegment("work").run(|| annotate("k", 1)));
                BEGUN.fetch_add(1, Relaxed);
            }
        });
    }
    while BEGUN.load(Relaxed) < 100 {
        thread::yield_now();
    }
    everything("main");
}
