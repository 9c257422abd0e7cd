//! How much memory tracing takes, at most and in the long run.

use std::alloc::{GlobalAlloc, Layout, System};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context as TaskContext, Waker};

use autoxray::{Context, annotate, metadata, segment, stats, subsegment, traced};

/// Counts what is allocated.
struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: each call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        MOST.fetch_max(now, Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// Prints what `code` took: at most, and for good.
fn measure(code: impl FnOnce()) {
    // What is made once belongs to nobody.
    segment("warm up").run(|| subsegment("warm up").run(|| annotate("k", 1)));
    let before = NOW.load(Relaxed);
    MOST.store(before, Relaxed);
    code();
    let (most, left) = (MOST.load(Relaxed) - before, NOW.load(Relaxed).saturating_sub(before));
    let lost: u64 = stats().losses.iter().map(|loss| loss.count).sum();
    println!("{most} {left} {} {lost}", stats().subsegments);
}

pub fn wide(number: u32) {
    #[traced]
    fn child(n: u32) {
        annotate("n", n);
    }
    measure(|| segment("s").run(|| (0..number).for_each(child)));
}

/// All open at once, all below the segment.
pub fn open(number: u32) {
    measure(|| {
        segment("s").run(|| {
            let context = Context::current();
            let mut futures: Vec<_> =
                (0..number).map(|_| Box::pin(context.clone().wrap(subsegment("open").trace(std::future::pending::<()>())))).collect();
            let mut waker = TaskContext::from_waker(Waker::noop());
            futures.iter_mut().for_each(|future| assert!(future.as_mut().poll(&mut waker).is_pending()));
        });
    });
}

pub fn deep(number: u32) {
    measure(|| {
        segment("s").run(|| {
            let mut open: Vec<_> = (0..number).map(|_| subsegment("deeper").begin()).collect();
            while open.pop().is_some() {}
        });
    });
}

pub fn traces(number: u32) {
    measure(|| {
        for n in 0..number {
            segment("s").run(|| subsegment("child").run(|| annotate("n", n)));
        }
    });
}

/// Contexts that are taken and let go, in traces that follow each other.
pub fn contexts(number: u32) {
    async fn work() {
        subsegment("child").run(|| ());
    }
    measure(|| {
        for _ in 0..number {
            let context = segment("s").run(Context::current);
            let clones = [context.clone(), context.clone()];
            let mut future = pin!(context.wrap(work()));
            assert!(future.as_mut().poll(&mut TaskContext::from_waker(Waker::noop())).is_ready());
            drop(clones);
        }
    });
}

/// A value of this size, in every place that takes one.
pub fn value(number: u32) {
    let huge = "x".repeat(number as usize);
    let list = vec![0_u8; number as usize];
    measure(|| {
        segment("s").run(|| {
            annotate("huge", huge.as_str());
            metadata("huge", &huge);
            metadata("list", &list);
            autoxray::set_user(&huge);
            autoxray::record_error(autoxray::Failure::new("E", &huge));
        });
    });
}

/// Guards that are forgotten, each with its segment.
pub fn forgotten(number: u32) {
    measure(|| {
        for _ in 0..number {
            segment("s").run(|| std::mem::forget(subsegment("forgotten").begin()));
        }
    });
}
