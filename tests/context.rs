//! Whatever the code runs on, a subsegment stands below what called it.
// Tasks are handed out of what spawned them on purpose.
#![allow(clippy::async_yields_async)]
#![allow(missing_docs)]

use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;
use std::thread;

use autoxray::{
    Context, ContextMissing, InContext, LossKind, LossReason, annotate, is_recording, metadata, record_error, segment, set_user,
    subsegment, trace_id, traced,
};
use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt};
use futures::{FutureExt, future};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Barrier, oneshot};
use tokio::task::yield_now;
use xray_testkit::TestRecorder;

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(4).enable_time().build().unwrap()
}

/// Records what a future on four threads does in a segment `s`.
fn record<R>(future: impl Future<Output = R>) -> TestRecorder {
    let recorder = TestRecorder::new();
    multi_thread().block_on(recorder.wrap(segment("s").trace(future)));
    recorder
}

#[traced]
async fn leaf(n: u8) {
    yield_now().await;
    annotate("n", n);
    yield_now().await;
}

#[traced]
async fn parent(n: u8) {
    leaf(n).await;
    yield_now().await;
    leaf(n + 1).await;
}

#[test]
fn it_is_kept_across_await() {
    let recorder = record(async {
        parent(1).await;
        yield_now().await;
        leaf(3).await;
    });
    recorder.assert_tree(
        "s
           parent
             leaf {n=1}
             leaf {n=2}
           leaf {n=3}",
    );
    assert_eq!(recorder.documents().len(), 1, "one trace, one document");
}

#[test]
fn futures_that_take_turns_do_not_mix() {
    let recorder = record(async {
        futures::join!(parent(1), parent(11), subsegment("by hand").trace(parent(21)));
    });
    recorder.assert_tree(
        "s
           parent
             leaf {n=1}
             leaf {n=2}
           parent
             leaf {n=11}
             leaf {n=12}
           by hand
             parent
               leaf {n=21}
               leaf {n=22}",
    );

    let recorder = record(async {
        let mut all: FuturesUnordered<_> = (0..3).map(|n| parent(10 * n)).collect();
        while all.next().await.is_some() {}
        let mut all: FuturesOrdered<_> = (0..2).map(leaf).collect();
        while all.next().await.is_some() {}
        futures::stream::iter(0..2).for_each_concurrent(None, leaf).await;
    });
    recorder.assert_tree_in_any_order(
        "s
           parent
             leaf {n=0}
             leaf {n=1}
           parent
             leaf {n=10}
             leaf {n=11}
           parent
             leaf {n=20}
             leaf {n=21}
           leaf {n=0}
           leaf {n=1}
           leaf {n=0}
           leaf {n=1}",
    );
}

#[test]
fn select_goes_on_in_the_right_place() {
    let recorder = record(async {
        let mut slow = pin!(parent(1));
        for n in 10..12 {
            tokio::select! {
                biased;
                () = leaf(n) => {}
                () = slow.as_mut() => unreachable!("it takes twice as long"),
            }
        }
        slow.await;
        leaf(20).await;
    });
    recorder.assert_tree(
        "s
           leaf {n=10}
           parent
             leaf {n=1}
             leaf {n=2}
           leaf {n=11}
           leaf {n=20}",
    );
}

#[test]
fn a_runtime_in_a_runtime_keeps_it() {
    let recorder = record(async {
        subsegment("outer").run(|| {
            // As a synchronous library with a runtime inside does.
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(parent(1)));
            let context = Context::current();
            let other = thread::spawn(move || context.run(|| Builder::new_current_thread().build().unwrap().block_on(parent(11))));
            other.join().unwrap();
            TestRecorder::new().block_on(segment("another recorder's").trace(parent(0)));
            leaf(20).now_or_never();
        });
        leaf(21).await;
    });
    recorder.assert_tree(
        "s
           outer
             parent
               leaf {n=1}
               leaf {n=2}
             parent
               leaf {n=11}
               leaf {n=12}
             leaf [cancelled]
           leaf {n=21}",
    );
}

#[test]
fn a_thread_gets_it_by_hand_over() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            let context = Context::current();
            thread::scope(|scope| {
                for n in 0..3_u8 {
                    let context = &context;
                    scope.spawn(move || {
                        assert!(!is_recording());
                        context.run(|| subsegment("thread").run(|| annotate("n", n)));
                        assert!(!is_recording());
                    });
                }
            });
        });
    });
    recorder.assert_tree_in_any_order("s\n  thread {n=0}\n  thread {n=1}\n  thread {n=2}");
}

#[test]
fn tasks_keep_it() {
    let recorder = record(async {
        let task = autoxray::spawn(parent(1));
        let blocking = autoxray::spawn_blocking(|| subsegment("blocking").run(|| annotate("n", 7)));
        let by_hand = tokio::spawn(leaf(8).in_current_context());
        let nested = autoxray::spawn(async { autoxray::spawn(subsegment("nested").trace(leaf(9))).await.unwrap() });
        futures::try_join!(task, blocking, by_hand, nested).unwrap();
    });
    recorder.assert_tree_in_any_order(
        "s
           parent
             leaf {n=1}
             leaf {n=2}
           blocking {n=7}
           leaf {n=8}
           nested
             leaf {n=9}",
    );
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn local_tasks_keep_it_by_hand() {
    let recorder = TestRecorder::new();
    let runtime = Builder::new_current_thread().build().unwrap();
    let tasks = tokio::task::LocalSet::new();
    tasks.block_on(
        &runtime,
        recorder.wrap(segment("s").trace(async {
            let not_send = std::rc::Rc::new(1_u8);
            let task = tokio::task::spawn_local(async move { leaf(*not_send).await }.in_current_context());
            task.await.unwrap();
        })),
    );
    recorder.assert_tree("s\n  leaf {n=1}");
}

#[test]
fn a_task_without_it_is_missed_and_counted() {
    let recorder = record(async {
        tokio::spawn(async { assert!(!is_recording()) }).await.unwrap();
    });
    recorder.assert_tree("s");
    let recorder = TestRecorder::new();
    recorder.run(|| parent(1).now_or_never());
    recorder.assert_tree("");
    assert_eq!(recorder.stats().lost(LossKind::Subsegment, LossReason::ContextMissing), 2, "the parent and the first leaf");
}

#[test]
fn a_future_begins_below_what_first_polls_it() {
    let recorder = record(async {
        let made_outside = parent(1);
        subsegment("outer").trace(made_outside).await;
        let mut started = Box::pin(parent(11));
        subsegment("first poll").run(|| assert!(started.as_mut().now_or_never().is_none()));
        subsegment("elsewhere").trace(started).await;
    });
    recorder.assert_tree(
        "s
           outer
             parent
               leaf {n=1}
               leaf {n=2}
           first poll
             parent
               leaf {n=11}
               leaf {n=12}
           elsewhere",
    );
}

#[test]
fn a_future_may_be_polled_on_one_thread_after_the_other() {
    let recorder = TestRecorder::new();
    let mut future = Box::pin(recorder.wrap(segment("s").trace(parent(1))));
    for _ in 0..10 {
        let (ready, back) = thread::spawn(move || {
            let ready = future.as_mut().now_or_never().is_some();
            assert!(trace_id().is_none(), "nothing stays behind on the thread");
            (ready, future)
        })
        .join()
        .unwrap();
        future = back;
        if ready {
            break;
        }
    }
    recorder.assert_tree("s\n  parent\n    leaf {n=1}\n    leaf {n=2}");
}

#[test]
fn what_outlives_its_segment_arrives_on_its_own_and_names_its_parent() {
    let recorder = TestRecorder::new();
    multi_thread().block_on(async {
        let (go_on, wait) = oneshot::channel::<()>();
        let task = recorder.wrap(segment("s").trace(async {
            let (started, start) = oneshot::channel();
            let task = autoxray::spawn(subsegment("task").trace(async move {
                subsegment("at once").run(|| ());
                started.send(()).unwrap();
                wait.await.unwrap();
                leaf(1).await;
            }));
            start.await.unwrap();
            subsegment("in time").run(|| ());
            task
        }));
        let task = task.await;
        assert_eq!(recorder.documents().len(), 1, "the segment does not wait");
        recorder.assert_tree("s\n  in time");
        go_on.send(()).unwrap();
        task.await.unwrap();
    });
    assert_eq!(recorder.documents().len(), 2);
    recorder.assert_tree(
        "s
           task
             at once
             leaf {n=1}
           in time",
    );
    let trace = recorder.trace();
    let task = trace.expect("task");
    assert!(task.is_independent() && !task.is_segment());
    assert_eq!(task.document().parent_id, Some(trace.expect("s").id()));
}

#[test]
fn what_outlives_its_parent_stays_below_it() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            let context = subsegment("parent").run(|| subsegment("inner").run(Context::current));
            // Both have ended, and neither has been sent.
            context.run(|| subsegment("late").run(|| subsegment("below").run(|| ())));
            subsegment("beside").run(|| ());
        });
    });
    recorder.assert_tree(
        "s
           parent
             inner
               late
                 below
           beside",
    );
}

#[test]
fn a_context_that_is_held_keeps_its_trace_and_no_other() {
    let recorder = TestRecorder::new();
    let contexts: Vec<_> = recorder.run(|| (0..50_u32).map(|n| segment(format!("s{n}")).run(Context::current)).collect());
    let first = trace_ids(&contexts);
    recorder.run(|| (0..50).for_each(|_| segment("other").run(|| ())));
    assert_eq!(trace_ids(&contexts), first);
    let clones = contexts.clone();
    drop(contexts);
    for (n, context) in clones.iter().enumerate() {
        context.run(|| subsegment(format!("late{n}")).run(|| ()));
    }
    drop(clones);
    for (n, trace) in recorder.traces()[..50].iter().enumerate() {
        assert_eq!(trace.to_string(), format!("s{n}\n  late{n}\n"));
    }
}

fn trace_ids(contexts: &[Context]) -> Vec<autoxray::TraceId> {
    contexts.iter().map(|context| context.run(|| trace_id().unwrap())).collect()
}

#[test]
fn guards_may_be_dropped_in_any_order() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let root = segment("s").begin();
        let a = subsegment("a").begin();
        let b = subsegment("b").begin();
        drop(a);
        // Still in `b`.
        let c = subsegment("c").begin();
        drop(b);
        drop(c);
        // Both that `c` stood in have ended.
        subsegment("d").run(|| ());
        let e = subsegment("e").begin();
        drop(root);
        subsegment("f").run(|| ());
        drop(e);
        assert!(!is_recording());
    });
    recorder.assert_tree(
        "s
           a
             b
               c
           d
           e
             f",
    );
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn a_guard_that_is_forgotten_costs_only_itself() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            subsegment("outer").run(|| std::mem::forget(subsegment("forgotten").begin()));
            subsegment("next").run(|| ());
        });
        assert!(!is_recording());
        segment("later").run(|| ());
    });
    recorder.assert_tree("s\n  outer\n  next\nlater");
}

#[test]
fn a_panic_leaves_nothing_behind() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            for _ in 0..2 {
                let panics = subsegment("panics").trace(async { panic!("here") });
                assert!(catch_unwind(AssertUnwindSafe(|| panics.now_or_never())).is_err());
                let panics = || subsegment("panics").run(|| _ = Some(subsegment("guard").begin()).map(|_| panic!("here")));
                assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
                subsegment("after").run(|| ());
            }
        });
        assert!(!is_recording());
    });
    let two = "
           panics [fault] !panic: here
           panics [fault] !panic: here
             guard [fault] !panic
           after";
    recorder.assert_tree(&format!("s{two}{two}"));
}

#[test]
fn polling_again_does_what_the_future_does() {
    let mut polls = 0;
    let counts = poll_fn(move |_| {
        polls += 1;
        if polls == 1 { Poll::Ready(polls) } else { panic!("polled again") }
    });
    let recorder = TestRecorder::new();
    let payload = recorder.run(|| {
        segment("s").run(|| {
            let mut traced = Box::pin(subsegment("once").trace(counts));
            assert_eq!(traced.as_mut().now_or_never(), Some(1));
            catch_unwind(AssertUnwindSafe(|| traced.as_mut().now_or_never())).unwrap_err()
        })
    });
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"polled again"));
    recorder.assert_tree("s\n  once");
}

/// Everything that needs a current segment.
fn in_need_of_context() -> Vec<(&'static str, fn())> {
    #[traced]
    fn sync() {}
    vec![
        ("subsegment `sync`", sync),
        ("subsegment `leaf`", || _ = leaf(1).now_or_never()),
        ("subsegment `by hand`", || subsegment("by hand").run(|| ())),
        ("subsegment `guard`", || subsegment("guard").begin().end()),
        ("annotation `k`", || annotate("k", 1)),
        ("metadata `k`", || metadata("k", &1)),
        ("annotation `user`", || set_user("ann")),
        ("exception of an error", || record_error(autoxray::Failure::new("a", "b"))),
    ]
}

#[test]
fn a_missing_context_is_counted_and_changes_nothing() {
    for strategy in [ContextMissing::LogError, ContextMissing::IgnoreError] {
        let recorder = TestRecorder::with(|settings| settings.context_missing(strategy));
        recorder.run(|| in_need_of_context().into_iter().for_each(|(_, code)| code()));
        let counted: u64 = recorder.stats().losses.iter().map(|loss| loss.count).sum();
        assert_eq!(counted, 8, "{:?}", recorder.stats().losses);
        recorder.assert_tree("");
    }
}

#[test]
fn a_missing_context_panics_where_that_was_asked_for() {
    let recorder = TestRecorder::with(|settings| settings.context_missing(ContextMissing::RuntimeError));
    for (what, code) in in_need_of_context() {
        let payload = catch_unwind(AssertUnwindSafe(|| recorder.run(code))).expect_err(what);
        let message = payload.downcast_ref::<String>().unwrap();
        assert!(message.starts_with(what) && message.contains("AWS_XRAY_CONTEXT_MISSING is RUNTIME_ERROR"), "{message}");
    }
    // With a segment, there is nothing to panic about.
    recorder.run(|| segment("s").run(|| in_need_of_context().into_iter().for_each(|(_, code)| code())));
    assert_eq!(recorder.trace().nodes().count(), 5);
}

#[test]
fn a_recorder_in_a_recorder_has_a_trace_of_its_own() {
    let (outer, inner) = (TestRecorder::new(), TestRecorder::new());
    outer.run(|| {
        segment("outer").run(|| {
            subsegment("before").run(|| ());
            inner.run(|| {
                assert!(!is_recording(), "the outer segment is not the inner recorder's");
                subsegment("lost").run(|| ());
                segment("inner").run(|| {
                    subsegment("work").run(|| ());
                    outer.run(|| segment("back").run(|| subsegment("work").run(|| ())));
                });
            });
            subsegment("after").run(|| ());
        });
    });
    outer.assert_tree("outer\n  before\n  after\nback\n  work");
    inner.assert_tree("inner\n  work");
    assert_eq!(inner.stats().lost(LossKind::Subsegment, LossReason::ContextMissing), 1);
    assert_eq!(outer.stats().losses, []);
}

#[test]
fn a_recorder_is_used_any_number_of_times() {
    // More often than traces can be open at the same time.
    const TIMES: usize = 70_000;
    let recorder = TestRecorder::with(|settings| settings.sampling(autoxray::Sampling::Never));
    (0..TIMES).for_each(|_| recorder.run(|| segment("s").run(|| ())));
    (0..TIMES).for_each(|_| _ = recorder.wrap(future::ready(())).now_or_never());
    assert_eq!((recorder.stats().unsampled, recorder.stats().losses), (TIMES as u64, vec![]));
    recorder.run(|| segment("s").run(|| assert!(trace_id().is_some())));
    assert_eq!(recorder.stats().unsampled, TIMES as u64 + 1);
}

#[test]
fn a_segment_in_a_segment_is_a_trace_of_its_own() {
    let recorder = record(async {
        subsegment("before").run(|| ());
        segment("inner").trace(parent(1)).await;
        leaf(9).await;
    });
    recorder.assert_tree(
        "
        s
          before
          leaf {n=9}
        inner
          parent
            leaf {n=1}
            leaf {n=2}
        ",
    );
}

#[test]
fn concurrent_segments_on_few_threads_do_not_mix() {
    const TASKS: usize = 64;
    let recorder = TestRecorder::new();
    let barrier = Barrier::new(TASKS);
    multi_thread().block_on(async {
        let barrier = &barrier;
        let one = |task: usize| {
            recorder.wrap(segment(format!("task {task}")).trace(async move {
                subsegment("before").run(|| annotate("task", task));
                barrier.wait().await;
                subsegment("after").trace(async move { annotate("task", task) }).await;
            }))
        };
        future::join_all((0..TASKS).map(one)).await;
    });
    let traces = recorder.traces();
    assert_eq!(traces.len(), TASKS);
    for trace in traces {
        let root = trace.nodes().next().unwrap();
        let task = root.name().strip_prefix("task ").unwrap();
        assert_eq!(trace.to_string(), format!("task {task}\n  before {{task={task}}}\n  after {{task={task}}}\n"));
    }
}
