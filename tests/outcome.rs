//! How a traced function ends is recorded without being asked for: `Err`, panic, dropped before it was done.
#![allow(missing_docs, clippy::unused_async)]

use std::any::Any;
use std::cell::Cell;
use std::error::Error;
use std::fmt::{self, Debug, Display};
use std::future::{Future, pending, ready};
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

use autoxray::{Classify, ErrorKind, Failure, record_error, segment, subsegment, traced};
use futures::FutureExt;
use tokio::sync::oneshot;
use xray_testkit::{TestRecorder, Trace};

/// Records what `code` does in a segment `s`.
fn record<R>(code: impl FnOnce() -> R) -> (R, TestRecorder) {
    let recorder = TestRecorder::new();
    let result = recorder.run(|| segment("s").run(code));
    (result, recorder)
}

/// Asserts what stands below the segment `s`.
#[track_caller]
fn assert_below(recorder: &TestRecorder, line: &str) {
    recorder.assert_tree(&format!("s\n  {line}"));
}

/// Like [`record`], for code that panics: the payload, and what was recorded.
fn record_panic(code: impl FnOnce()) -> (Box<dyn Any + Send>, TestRecorder) {
    let recorder = TestRecorder::new();
    let payload = recorder.run(|| segment("s").run(|| catch_unwind(AssertUnwindSafe(code)))).expect_err("it should have panicked");
    (payload, recorder)
}

#[derive(Debug)]
#[allow(dead_code, reason = "it is shown")]
struct OnlyDebug(u8);

struct OnlyDisplay;
impl Display for OnlyDisplay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("displayed")
    }
}

#[derive(Debug)]
struct Both;
impl Display for Both {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("displayed")
    }
}

struct Neither;

/// An error with as many sources below it.
#[derive(Debug)]
struct Chain(u8, Option<Box<Chain>>);
impl Chain {
    fn of(sources: u8) -> Self {
        Self(sources, sources.checked_sub(1).map(|sources| Box::new(Self::of(sources))))
    }
}
impl Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "level {}", self.0)
    }
}
impl Error for Chain {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|source| source as _)
    }
}

/// As `anyhow::Error` is: no `Error` itself, but a pointer to one.
struct Pointer(Box<dyn Error + Send + Sync>);
impl Deref for Pointer {
    type Target = dyn Error + Send + Sync;
    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}
impl Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pointer, with a backtrace")
    }
}
impl Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

#[derive(Debug)]
struct Kind(ErrorKind);
impl Classify for Kind {
    fn kind(&self) -> ErrorKind {
        self.0
    }
}

#[test]
fn an_err_of_any_type_is_a_fault_with_what_can_be_said_of_it() {
    macro_rules! case {
        ($type:ty, $error:expr, $exception:literal) => {{
            #[traced]
            fn fails() -> Result<(), $type> {
                Err($error)
            }
            #[traced(name = "fails")]
            async fn fails_async() -> Result<(), $type> {
                Err($error)
            }
            let (result, recorder) = record(fails);
            assert!(result.is_err());
            assert_below(&recorder, concat!("fails [fault] !", $exception));
            let (result, recorder) = record(|| fails_async().now_or_never().unwrap());
            assert!(result.is_err());
            assert_below(&recorder, concat!("fails [fault] !", $exception));
        }};
    }
    case!(OnlyDebug, OnlyDebug(7), "OnlyDebug: OnlyDebug(7)");
    case!(OnlyDisplay, OnlyDisplay, "OnlyDisplay: displayed");
    case!(Both, Both, "Both: displayed");
    case!(Neither, Neither, "Neither");
    case!((), (), "(): ()");
    case!(Chain, Chain::of(2), "Chain: level 2 <- level 1 <- level 0");
    case!(Box<Chain>, Box::new(Chain::of(1)), "Box<Chain>: level 1 <- level 0");
    case!(Box<dyn Error>, Box::new(Chain::of(1)), "Box<dyn Error>: level 1 <- level 0");
    case!(Box<dyn Error + Send + Sync + 'static>, Box::new(Chain::of(0)), "Box<dyn Error + Send + Sync>: level 0");
    case!(Arc<dyn Error>, Arc::new(Chain::of(1)), "Arc<dyn Error>: level 1 <- level 0");
    case!(Pointer, Pointer(Box::new(Chain::of(1))), "Pointer: level 1 <- level 0");
    case!(std::io::Error, std::io::Error::other(Chain::of(1)), "Error: level 1 <- level 0");
    case!(String, "text".to_owned(), "String: text");
    case!(&'static str, "text", "&str: text");
    case!(fn() -> u8, || 0, "fn() -> u8: 0x..");
}

#[test]
fn generic_errors_tell_what_their_bounds_allow() {
    #[traced(name = "fails")]
    fn by_error<E: Error>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced(name = "fails")]
    fn by_display<E: Display>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced(name = "fails")]
    fn by_debug<E: Debug>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced(name = "fails")]
    fn by_nothing<E>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced(name = "fails")]
    fn by_classify<E: Classify + Debug>(error: E) -> Result<(), E> {
        Err(error)
    }
    #[traced(name = "fails")]
    async fn by_impl(error: impl Error + Send) -> Result<(), impl Error> {
        Err(error)
    }
    assert_below(&record(|| by_error(Chain::of(1))).1, "fails [fault] !Chain: level 1 <- level 0");
    assert_below(&record(|| by_display(Chain::of(1))).1, "fails [fault] !Chain: level 1");
    assert_below(&record(|| by_debug(OnlyDebug(1))).1, "fails [fault] !OnlyDebug: OnlyDebug(1)");
    assert_below(&record(|| by_nothing(Chain::of(1))).1, "fails [fault] !Chain");
    assert_below(&record(|| by_classify(Kind(ErrorKind::Error))).1, "fails [error] !Kind: Kind(Error)");
    assert_below(&record(|| by_impl(Chain::of(0)).now_or_never()).1, "fails [fault] !Chain: level 0");
}

#[test]
fn an_error_says_whose_fault_it_is() {
    #[traced]
    fn fails(kind: ErrorKind) -> Result<(), Kind> {
        Err(Kind(kind))
    }
    for (kind, marks) in [(ErrorKind::Error, "error"), (ErrorKind::Fault, "fault"), (ErrorKind::Throttle, "error, throttle")] {
        assert_below(&record(|| fails(kind)).1, &format!("fails [{marks}] !Kind: Kind({kind:?})"));
    }
}

#[test]
fn the_exception_names_file_and_line_and_not_the_build_machine() {
    const LINE: u32 = line!() + 1;
    #[traced]
    fn fails() -> Result<(), Box<dyn Error>> {
        "x".parse::<u8>()?;
        Ok(())
    }
    let (_, recorder) = record(fails);
    let trace = recorder.trace();
    let exceptions = trace.expect("fails").exceptions();
    let [exception] = exceptions else { panic!("{exceptions:?}") };
    assert_eq!(exception.kind.as_deref(), Some("alloc::boxed::Box<dyn core::error::Error>"));
    let [frame] = exception.stack.as_slice() else { panic!("{exception:?}") };
    assert_eq!((frame.path.as_deref(), frame.label.as_deref()), (Some("tests/outcome.rs"), Some("fails")));
    let line = frame.line.unwrap();
    assert!((i64::from(LINE)..=i64::from(LINE) + 1).contains(&line), "line {line}, and not {LINE}");

    let line = line!() + 1;
    let (_, recorder) = record(|| subsegment("by hand").try_run(|| "x".parse::<u8>()));
    let trace = recorder.trace();
    let frame = &trace.expect("by hand").exceptions()[0].stack[0];
    assert_eq!((frame.path.as_deref(), frame.line), (Some("tests/outcome.rs"), Some(i64::from(line))));
    for document in recorder.documents() {
        assert!(!document.contains(env!("CARGO_MANIFEST_DIR")), "{document}");
    }
}

#[test]
fn each_source_is_an_exception_that_the_one_before_names_as_its_cause() {
    let (_, recorder) = record(|| subsegment("fails").try_run(|| Err::<(), _>(Chain::of(2))));
    let trace = recorder.trace();
    let exceptions = trace.expect("fails").exceptions();
    assert_eq!(exceptions.len(), 3);
    assert_eq!((&exceptions[0].cause, &exceptions[1].cause), (&exceptions[1].id, &exceptions[2].id));
    assert!(exceptions[2].cause.is_none() && exceptions[0].id.is_some());
    assert!(exceptions.iter().skip(1).all(|source| source.stack.is_empty() && source.kind.as_deref() == Some("source")));
}

#[test]
fn what_is_no_err_is_no_failure() {
    struct Odd;
    #[traced]
    fn ok() -> Result<u8, Neither> {
        Ok(1)
    }
    #[traced]
    fn none() -> Option<Result<(), Neither>> {
        Some(Err(Neither))
    }
    #[traced]
    fn odd() -> Odd {
        Odd
    }
    #[traced]
    async fn nothing() {}
    let (_, recorder) = record(|| (ok().is_ok(), none().is_some(), odd(), nothing().now_or_never()));
    recorder.assert_tree("s\n  ok\n  none\n  odd\n  nothing");
}

#[test]
fn the_error_arrives_as_it_was() {
    #[traced]
    fn fails(error: Arc<Both>) -> Result<(), Arc<Both>> {
        Err(error)
    }
    let error = Arc::new(Both);
    let (result, _) = record(|| fails(Arc::clone(&error)));
    assert!(Arc::ptr_eq(&result.unwrap_err(), &error));
    assert_eq!(Arc::strong_count(&error), 1, "nothing of it was kept");
}

#[test]
fn an_error_is_recorded_where_it_passes() {
    #[traced]
    fn inner() -> Result<(), Both> {
        Err(Both)
    }
    #[traced]
    fn middle() -> Result<(), Box<dyn Error>> {
        inner().map_err(|error| error.to_string())?;
        Ok(())
    }
    #[traced]
    fn outer() -> bool {
        middle().is_err()
    }
    let (_, recorder) = record(outer);
    recorder.assert_tree(
        "s
           outer
             middle [fault] !Box<dyn Error>: displayed
               inner [fault] !Both: displayed",
    );
}

#[test]
fn errors_that_are_handled_are_recorded_by_hand() {
    let (_, recorder) = record(|| {
        subsegment("call").run(|| {
            record_error(&Chain::of(1));
            record_error(Failure::new("Timeout", "no answer").kind(ErrorKind::Error).remote());
        });
        let guard = subsegment("guard").begin();
        let inner = subsegment("inner").begin();
        guard.record_error(Failure::new("Late", 7));
        drop(inner);
    });
    recorder.assert_tree(
        "s
           call [error, fault] !Chain: level 1 <- level 0 !Timeout: no answer
           guard [fault] !Late: 7
             inner",
    );
    let remote: Vec<_> = recorder.trace().expect("call").exceptions().iter().map(|exception| exception.remote).collect();
    assert_eq!(remote, [false, false, true]);
}

type Payload = fn() -> Box<dyn Any + Send>;

/// Panics in each way there is to trace something.
/// What panics, by name.
type Panicking = (&'static str, Box<dyn FnOnce()>);

fn panicking(payload: Payload) -> Vec<Panicking> {
    #[traced]
    fn sync(payload: Payload) -> u8 {
        resume_unwind(payload())
    }
    #[traced(name = "async")]
    async fn asynchronous(payload: Payload) -> u8 {
        tokio::task::yield_now().await;
        resume_unwind(payload())
    }
    vec![
        ("sync", Box::new(move || _ = sync(payload))),
        ("async", Box::new(move || _ = runtime().block_on(asynchronous(payload)))),
        ("run", Box::new(move || subsegment("run").run(|| resume_unwind(payload())))),
        ("future", Box::new(move || subsegment("future").trace(async { resume_unwind(payload()) }).now_or_never().unwrap())),
    ]
}

#[test]
fn a_panic_is_a_fault_and_goes_on_unchanged() {
    #[derive(Debug, PartialEq)]
    struct Custom(u8);
    let payloads: [(Payload, &str); 3] =
        [(|| Box::new("text"), ": text"), (|| Box::new("owned".to_owned()), ": owned"), (|| Box::new(Custom(7)), "")];
    for (payload, told) in payloads {
        for (name, code) in panicking(payload) {
            let (caught, recorder) = record_panic(code);
            let expected = payload();
            let same = caught.downcast_ref::<&str>() == expected.downcast_ref::<&str>()
                && caught.downcast_ref::<String>() == expected.downcast_ref::<String>()
                && caught.downcast_ref::<Custom>() == expected.downcast_ref::<Custom>();
            assert!(same, "{name}{told}");
            assert_below(&recorder, &format!("{name} [fault] !panic{told}"));
        }
    }
}

#[test]
fn the_payload_of_a_panic_is_the_very_same() {
    #[traced]
    fn panics(payload: Arc<u8>) {
        panic_any(payload)
    }
    let payload = Arc::new(1);
    let (caught, _) = record_panic(|| panics(Arc::clone(&payload)));
    assert!(Arc::ptr_eq(caught.downcast_ref::<Arc<u8>>().unwrap(), &payload));
}

#[test]
fn a_panic_marks_everything_it_passes() {
    #[traced]
    fn inner() {
        let _guard = subsegment("guard").begin();
        panic!("number {}", 7)
    }
    let (_, recorder) = record_panic(|| subsegment("outer").run(inner));
    // A guard sees that a panic passes, and not which one.
    recorder.assert_tree(
        "s
           outer [fault] !panic: number 7
             inner [fault] !panic: number 7
               guard [fault] !panic",
    );
    let (payload, recorder) = {
        let recorder = TestRecorder::new();
        let payload = catch_unwind(AssertUnwindSafe(|| recorder.run(|| segment("whole").run(|| panic!("here")))));
        (payload.unwrap_err(), recorder)
    };
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"here"));
    recorder.assert_tree("whole [fault] !panic: here");
}

#[test]
fn what_is_traced_while_a_panic_passes_did_not_fail_by_it() {
    struct TracedDrop;
    impl Drop for TracedDrop {
        fn drop(&mut self) {
            let _guard = subsegment("in drop by guard").begin();
            subsegment("in drop").run(|| ());
        }
    }
    let (_, recorder) = record_panic(|| {
        subsegment("outer").run(|| {
            let _dropped = TracedDrop;
            panic!("here")
        });
    });
    recorder.assert_tree(
        "s
           outer [fault] !panic: here
             in drop by guard
               in drop",
    );
}

#[test]
fn a_panic_of_the_recorded_value_is_not_one_of_the_program() {
    struct Panics;
    impl Display for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in display")
        }
    }
    impl Debug for Panics {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("in debug")
        }
    }
    impl Error for Panics {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            panic!("in source")
        }
    }
    impl Classify for Panics {
        fn kind(&self) -> ErrorKind {
            panic!("in kind")
        }
    }
    #[traced]
    fn fails() -> Result<(), Panics> {
        Err(Panics)
    }
    let (result, recorder) = record(fails);
    assert!(result.is_err());
    assert_below(&recorder, "fails [fault] !Panics");
    assert_eq!(recorder.stats().lost(autoxray::LossKind::Exception, autoxray::LossReason::Panicked), 1);
}

#[test]
fn a_panic_on_the_way_to_a_failure_is_caught_and_counted() {
    struct Panics;
    impl From<Panics> for Failure {
        fn from(_: Panics) -> Self {
            panic!("in from")
        }
    }
    let (_, recorder) = record(|| {
        record_error(Panics);
        subsegment("guard").begin().record_error(Panics);
        subsegment("after").run(|| ());
    });
    recorder.assert_tree("s\n  guard\n  after");
    assert_eq!(recorder.stats().lost(autoxray::LossKind::Exception, autoxray::LossReason::Panicked), 2);
}

#[traced]
async fn stuck() {
    pending::<()>().await;
}

#[traced]
async fn quick(value: u8) -> u8 {
    value
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap()
}

/// Records what a future on tokio does in a segment `s`.
fn record_tokio<R>(future: impl Future<Output = R>) -> (R, Trace, TestRecorder) {
    let recorder = TestRecorder::new();
    let result = runtime().block_on(recorder.wrap(segment("s").trace(future)));
    (result, recorder.trace(), recorder)
}

#[test]
fn a_dropped_future_is_cancelled_and_no_fault() {
    let (_, _, recorder) = record_tokio(async {
        // The loser of a race.
        tokio::select! { biased; () = stuck() => {}, value = quick(1) => assert_eq!(value, 1) };
    });
    recorder.assert_tree("s\n  stuck [cancelled]\n  quick");

    let late = async { tokio::time::timeout(Duration::from_millis(1), subsegment("outer").trace(stuck())).await };
    let (result, trace, _) = record_tokio(late);
    assert!(result.is_err());
    assert_eq!(trace.to_string(), "s\n  outer [cancelled]\n    stuck [cancelled]\n");
    let outer = trace.expect("outer");
    assert_eq!(outer.annotation("cancelled"), true);
    assert!(!outer.is_fault() && outer.exceptions().is_empty());

    let (_, _, recorder) = record_tokio(async {
        let (started, start) = oneshot::channel();
        let task = autoxray::spawn(subsegment("task").trace(async move {
            started.send(()).unwrap();
            stuck().await;
        }));
        start.await.unwrap();
        task.abort();
        assert!(task.await.unwrap_err().is_cancelled());
    });
    recorder.assert_tree("s\n  task [cancelled]\n    stuck [cancelled]");
}

#[test]
fn a_whole_segment_is_cancelled_too() {
    let recorder = TestRecorder::new();
    recorder.run(|| assert!(segment("s").trace(stuck()).now_or_never().is_none()));
    recorder.assert_tree("s [cancelled]\n  stuck [cancelled]");
}

#[test]
fn a_future_that_is_never_polled_never_began() {
    let (_, recorder) = record(|| drop(stuck()));
    recorder.assert_tree("s");
}

#[test]
fn a_panic_cancels_those_that_wait_beside_it() {
    let (_, recorder) = record_panic(|| {
        let panics = subsegment("panics").trace(async { panic!("here") });
        let both = subsegment("both").trace(async { futures::join!(stuck(), panics) });
        both.now_or_never();
    });
    recorder.assert_tree(
        "s
           both [fault] !panic: here
             stuck [cancelled]
             panics [fault] !panic: here",
    );
}

#[test]
fn what_a_dropped_future_does_in_its_drop_belongs_to_it() {
    struct TracedDrop<'a>(&'a Cell<bool>);
    impl Drop for TracedDrop<'_> {
        fn drop(&mut self) {
            subsegment("clean up").run(|| self.0.set(true));
        }
    }
    #[traced]
    async fn holds(held: TracedDrop<'_>) {
        let _held = held;
        pending::<()>().await;
    }
    let cleaned = Cell::new(false);
    let (_, recorder) = record(|| assert!(holds(TracedDrop(&cleaned)).now_or_never().is_none()));
    assert!(cleaned.get());
    recorder.assert_tree("s\n  holds [cancelled]\n    clean up");
}

#[test]
fn a_panic_in_the_drop_of_a_cancelled_future_goes_on() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in drop")
        }
    }
    let (payload, recorder) = record_panic(|| {
        let held = subsegment("held").trace(async {
            let _panics = Panics;
            pending::<()>().await;
        });
        assert!(held.now_or_never().is_none());
    });
    assert_eq!(payload.downcast_ref::<&str>(), Some(&"in drop"));
    assert_below(&recorder, "held [cancelled]");
}

#[test]
fn results_of_join_and_of_try_join_are_told_apart() {
    let (_, _, recorder) = record_tokio(async {
        let fails = || subsegment("fails").try_trace(ready(Err::<(), _>(Chain::of(0))));
        let _ = futures::join!(fails(), quick(1));
        let waits = async {
            stuck().await;
            Ok(())
        };
        let _ = futures::try_join!(fails(), waits);
    });
    // `try_join!` stops at the first failure, before it has looked at the other.
    recorder.assert_tree(
        "s
           fails [fault] !Chain: level 0
           quick
           fails [fault] !Chain: level 0",
    );
}
