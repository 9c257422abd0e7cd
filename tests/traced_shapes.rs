//! `#[traced]` on every shape of function: same result, same borrows, same `Send`, and the subsegment that is asked for.
// The shapes are odd on purpose.
#![allow(clippy::all)]
#![cfg(feature = "recording")]
#![allow(dead_code, missing_docs, clippy::unused_async)]

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use autoxray::{MemoryExporter, Recorder, Sampling, traced};

/// Runs `code` in a recorded segment; the subsegments as text: `outer(inner{key=1}, failed!)`.
fn tree(code: impl FnOnce()) -> String {
    let exporter = MemoryExporter::new();
    let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).build();
    recorder.run(|| autoxray::segment("segment").run(code));
    let documents = exporter.take();
    assert_eq!(documents.len(), 1, "{documents:?}");
    let document: serde_json::Value = serde_json::from_str(&documents[0]).unwrap();
    children(&document)
}

fn children(parent: &serde_json::Value) -> String {
    let each = parent["subsegments"].as_array().into_iter().flatten().map(|child| {
        let mut text = child["name"].as_str().unwrap().to_owned();
        if let Some(namespace) = child["namespace"].as_str() {
            text += &format!("@{namespace}");
        }
        if child["fault"] == true {
            text += "!";
        }
        let stored = child["metadata"].as_object().into_iter().flat_map(|spaces| spaces.values());
        let values: Vec<String> = child["annotations"]
            .as_object()
            .into_iter()
            .chain(stored.filter_map(serde_json::Value::as_object))
            .flatten()
            .map(|(key, value)| format!("{key}={value}"))
            .collect();
        if !values.is_empty() {
            text += &format!("{{{}}}", values.join(" "));
        }
        let below = children(child);
        if below.is_empty() { text } else { format!("{text}({below})") }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Polls until ready; nothing here waits for anything.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("never ready");
}

/// Pending once.
async fn pause() {
    let mut first = true;
    std::future::poll_fn(move |_| if std::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

// ---------------------------------------------------------------------------------------------------------------- results

#[traced]
fn question_mark(text: &str) -> Result<u32, std::num::ParseIntError> {
    let n: u32 = text.parse()?;
    if n > 100 {
        return Ok(100);
    }
    Ok(n)
}

#[traced]
fn option(list: &[u32]) -> Option<u32> {
    let first = list.first()?;
    Some(first + 1)
}

#[traced]
fn loops(mut n: u32) -> u32 {
    let found = 'outer: loop {
        loop {
            n += 1;
            if n % 7 == 0 {
                break 'outer n;
            }
            if n % 5 == 0 {
                continue 'outer;
            }
        }
    };
    let labelled = 'block: {
        if found > 10 {
            break 'block 1;
        }
        2
    };
    found + labelled
}

#[traced]
fn never(message: &str) -> ! {
    panic!("{message}")
}

#[traced]
fn coerced(long: bool) -> Box<dyn Display> {
    if long {
        return Box::new("text");
    }
    Box::new(1)
}

#[traced]
fn slice_of_array() -> &'static [u8] {
    &[1, 2, 3]
}

#[traced]
fn function_pointer(n: u8) -> fn(u8) -> u8 {
    if n > 1 { |x| x + 1 } else { |x| x }
}

#[traced]
fn fibonacci(n: u32) -> u32 {
    if n < 2 { n } else { fibonacci(n - 1) + fibonacci(n - 2) }
}

#[traced]
extern "C" fn foreign(n: u32) -> u32 {
    n + 1
}

#[traced]
pub(crate) fn r#type(r#fn: u8) -> u8 {
    r#fn
}

#[test]
fn results_are_the_same() {
    let tree = tree(|| {
        assert_eq!(question_mark("12"), Ok(12));
        assert_eq!(question_mark("120"), Ok(100));
        assert!(question_mark("x").is_err());
        assert_eq!((option(&[1]), option(&[])), (Some(2), None));
        assert_eq!(loops(1), 9);
        assert_eq!((coerced(true).to_string(), coerced(false).to_string()), ("text".into(), "1".into()));
        assert_eq!(slice_of_array().len() + usize::from(function_pointer(2)(1)), 5);
        assert_eq!(fibonacci(2), 1);
        assert_eq!((foreign(1), r#type(3)), (2, 3));
        assert!(std::panic::catch_unwind(|| never("gone")).is_err());
    });
    assert_eq!(
        tree,
        "question_mark, question_mark, question_mark!, option, option, loops, coerced, coerced, slice_of_array, function_pointer, \
         fibonacci(fibonacci, fibonacci), foreign, type, never!"
    );
}

// ------------------------------------------------------------------------------------------------------------------ async

#[traced]
async fn async_question_mark(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    pause().await;
    let n: u32 = text.parse()?;
    if n > 100 {
        return Err("too large".into());
    }
    Ok(n)
}

#[traced]
async fn async_unit() {
    pause().await
}

#[traced]
async fn async_opaque(to: u32) -> Result<impl Iterator<Item = u32>, String> {
    if to == 0 {
        return Err("none".into());
    }
    Ok(0..to)
}

#[traced]
async fn async_collect(of: &[&str]) -> Result<Vec<u32>, std::num::ParseIntError> {
    of.iter().map(|text| text.parse()).collect()
}

#[traced]
async fn async_never() -> ! {
    panic!("gone")
}

#[traced]
async fn async_fibonacci(n: u32) -> u32 {
    if n < 2 { n } else { Box::pin(async_fibonacci(n - 1)).await + Box::pin(async_fibonacci(n - 2)).await }
}

#[test]
fn results_of_async_functions_are_the_same() {
    let tree = tree(|| {
        block_on(async {
            assert_eq!(async_question_mark("12").await.unwrap(), 12);
            assert_eq!(async_question_mark("120").await.unwrap_err().to_string(), "too large");
            async_unit().await;
            assert_eq!(async_opaque(3).await.unwrap().sum::<u32>(), 3);
            assert_eq!(async_collect(&["1", "2"]).await.unwrap(), [1, 2]);
            assert_eq!(async_fibonacci(2).await, 1);
        });
        assert!(std::panic::catch_unwind(|| block_on(async_never())).is_err());
    });
    assert_eq!(
        tree,
        "async_question_mark, async_question_mark!, async_unit, async_opaque, async_collect, \
         async_fibonacci(async_fibonacci, async_fibonacci), async_never!"
    );
}

// ------------------------------------------------------------------------------------------------------ generics, lifetimes

#[traced]
fn generic<T: Display + ?Sized, const N: usize>(value: &T, list: [u8; N]) -> String
where
    [u8; N]: Sized,
{
    format!("{value} {N} {list:?}")
}

#[traced]
fn impl_arguments(value: impl Into<String>, mut visit: impl FnMut(&str)) -> impl Display {
    let value: String = value.into();
    visit(&value);
    value
}

#[traced]
fn longest<'a>(a: &'a str, b: &'a str) -> &'a str {
    if a.len() > b.len() { a } else { b }
}

#[traced]
fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

#[traced]
fn borrowed(text: &str) -> std::borrow::Cow<'_, str> {
    text.into()
}

#[traced]
fn first_of(list: &mut Vec<String>) -> Option<&mut String> {
    list.push("x".into());
    list.first_mut()
}

#[traced]
fn iterator(list: &[u8]) -> impl Iterator<Item = &u8> + '_ {
    list.iter().filter(|n| **n > 1)
}

#[traced]
async fn async_first_of(list: &mut Vec<String>) -> Option<&mut String> {
    pause().await;
    list.first_mut()
}

#[traced]
async fn async_generic<T: Clone, F>(value: T, make: impl Fn(T) -> F) -> (T, u32)
where
    F: Future<Output = u32>,
{
    let n = make(value.clone()).await;
    (value, n)
}

#[traced]
fn temporaries(cell: RefCell<Vec<u32>>) -> u32 {
    // The guard in the last expression lives longer than the body's own values, and less long than the argument.
    *cell.borrow().first().unwrap_or(&0)
}

#[traced]
fn opaque_closure<'a, T: PartialEq>(of: &'a T) -> impl Fn(&(T, u32)) -> bool + 'a {
    move |pair| pair.0 == *of
}

#[traced]
fn boxed_closure<'a>(by: &'a u32) -> Box<dyn Fn(u32) -> u32 + 'a> {
    Box::new(move |n| n + by)
}

#[test]
fn borrows_are_the_same() {
    let mut list = vec!["a".to_owned()];
    let tree = tree(|| {
        assert_eq!(generic("x", [1]), "x 1 [1]");
        let mut seen = 0;
        assert_eq!(impl_arguments("ab", |text| seen += text.len()).to_string(), "ab");
        assert_eq!(seen, 2);
        assert_eq!((longest("a", "bc"), first_word("a b"), &*borrowed("c")), ("bc", "a", "c"));
        first_of(&mut list).unwrap().push('b');
        block_on(async_first_of(&mut list)).unwrap().push('c');
        assert_eq!(iterator(&[1, 2]).count(), 1);
        assert_eq!(block_on(async_generic(1, |n| ready(n + 1))), (1, 2));
        assert_eq!(temporaries(RefCell::new(vec![3])), 3);
        assert_eq!(boxed_closure(&1)(2), 3);
        assert!(opaque_closure(&"a")(&("a", 1)));
    });
    assert_eq!(list, ["abc", "x"]);
    assert_eq!(
        tree,
        "generic, impl_arguments, longest, first_word, borrowed, first_of, async_first_of, iterator, async_generic, temporaries, boxed_closure, opaque_closure"
    );
}

// ---------------------------------------------------------------------------------------------------------------- patterns

struct Point {
    x: u32,
    y: u32,
}

#[traced]
fn patterns((a, mut b): (String, String), Point { x, y: ref z }: Point, &c: &u32, [d, ..]: [u32; 3], _: String, _unused: String) -> String {
    b += &a;
    format!("{b}{x}{z}{c}{d}")
}

#[traced]
async fn async_patterns((a, _): (String, String), Point { y, .. }: Point, mut n: u32, _: String) -> String {
    n += 1;
    pause().await;
    format!("{a}{y}{n}")
}

#[test]
fn argument_patterns_work() {
    let tree = tree(|| {
        let text = || String::from("a");
        assert_eq!(patterns((text(), "b".into()), Point { x: 1, y: 2 }, &3, [4, 5, 6], text(), text()), "ba1234");
        assert_eq!(block_on(async_patterns((text(), text()), Point { x: 1, y: 2 }, 3, text())), "a24");
    });
    assert_eq!(tree, "patterns, async_patterns");
}

// ----------------------------------------------------------------------------------------------------------------- methods

#[derive(Default)]
struct Store {
    items: Vec<String>,
    hits: Cell<u32>,
}

impl Store {
    #[traced]
    fn by_value(self) -> Vec<String> {
        self.items
    }

    #[traced]
    fn by_mut_value(mut self, item: String) -> Self {
        self.items.push(item);
        self
    }

    #[traced]
    fn by_ref(&self) -> &str {
        self.hits.set(self.hits.get() + 1);
        self.items.first().map_or("", |item| item)
    }

    #[traced]
    fn by_mut(&mut self) -> &mut String {
        self.items.push(String::new());
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    #[traced]
    fn by_rc(self: Rc<Self>) -> usize {
        Rc::strong_count(&self)
    }

    #[traced]
    async fn by_arc(self: Arc<Self>, n: usize) -> Option<String> {
        pause().await;
        self.items.get(n).cloned()
    }

    #[traced]
    fn by_pin(self: Pin<&mut Self>) -> &mut Cell<u32> {
        &mut self.get_mut().hits
    }

    #[traced]
    async fn by_ref_async<'a>(&'a self, other: &'a str) -> &'a str {
        pause().await;
        if other.is_empty() { self.by_ref() } else { other }
    }

    #[traced]
    fn associated() -> Self {
        Self::default()
    }
}

#[test]
fn methods_work() {
    let tree = tree(|| {
        let mut store = Store::associated().by_mut_value("a".into());
        assert_eq!(store.by_ref(), "a");
        store.by_mut().push('b');
        Pin::new(&mut store).by_pin().set(5);
        assert_eq!(block_on(store.by_ref_async("")), "a");
        assert_eq!(store.hits.get(), 6);
        assert_eq!(store.by_value(), ["a", "b"]);
        assert_eq!(Rc::new(Store::default()).by_rc(), 1);
        assert_eq!(block_on(Arc::new(Store::default()).by_arc(0)), None);
    });
    assert_eq!(tree, "associated, by_mut_value, by_ref, by_mut, by_pin, by_ref_async(by_ref), by_value, by_rc, by_arc");
}

// ------------------------------------------------------------------------------------------------------------------ traits

trait Visit {
    fn visit(&self, n: u32) -> u32;

    #[traced]
    fn provided(&self) -> u32 {
        self.visit(1)
    }

    fn later(&self, n: u32) -> impl Future<Output = u32> + Send;
}

struct Visitor;

impl Visit for Visitor {
    #[traced]
    fn visit(&self, n: u32) -> u32 {
        n + 1
    }

    #[traced]
    async fn later(&self, n: u32) -> u32 {
        n + 2
    }
}

#[traced]
trait Whole {
    fn declared(&self) -> u32;
    fn provided(&self) -> u32 {
        self.declared() + 1
    }
    #[traced(skip)]
    fn skipped(&self) -> u32 {
        0
    }
}

impl Whole for Visitor {
    fn declared(&self) -> u32 {
        1
    }
}

#[test]
fn traits_work() {
    let tree = tree(|| {
        assert_eq!((Visit::provided(&Visitor), Whole::provided(&Visitor), Visitor.skipped()), (2, 2, 0));
        assert_eq!(block_on(assert_send(Visitor.later(1))), 3);
    });
    assert_eq!(tree, "provided(visit), provided, later");
}

#[async_trait]
trait Remote {
    async fn get(&self, key: String) -> Result<u32, String>;

    #[traced(annotate(n))]
    async fn provided(&self, n: u32) -> u32 {
        pause().await;
        n
    }
}

struct Inner(u32);
struct Outer;
struct Between;

#[async_trait]
impl Remote for Inner {
    #[traced(annotate(key, n = self.0), metadata(size = key.len()))]
    async fn get(&self, key: String) -> Result<u32, String> {
        pause().await;
        if key.is_empty() { Err(key) } else { Ok(self.0) }
    }
}

#[async_trait]
trait Patterns {
    async fn first(&self, pair: (u32, u32)) -> u32;
    async fn second(&self, pair: (u32, u32), list: [u8; 2]);
}

#[async_trait]
impl Patterns for Inner {
    #[traced(annotate(a, n = self.0))]
    async fn first(&self, (a, _): (u32, u32)) -> u32 {
        pause().await;
        a + self.0
    }

    #[traced(annotate(x, y, a))]
    async fn second(&self, (x, y): (u32, u32), [a, ..]: [u8; 2]) {
        pause().await;
        assert_eq!(x + y + u32::from(a), 6);
    }
}

#[traced]
#[async_trait]
impl Remote for Outer {
    async fn get(&self, key: String) -> Result<u32, String> {
        Inner(2).get(key).await
    }
}

#[async_trait]
#[traced(namespace = "remote")]
impl Remote for Between {
    #[allow(unused_mut)]
    async fn get(&self, mut key: String) -> Result<u32, String> {
        Err(key)?
    }
}

#[test]
fn async_trait_works_in_either_order() {
    let tree = tree(|| {
        let each: [(Box<dyn Remote + Send + Sync>, _); 3] =
            [(Box::new(Inner(1)), Ok(1)), (Box::new(Outer), Ok(2)), (Box::new(Between), Err("k".to_owned()))];
        for (remote, result) in each {
            assert_eq!(block_on(assert_send(remote.get("k".into()))), result);
        }
        assert_eq!(block_on(Outer.provided(3)), 3);
        assert_eq!(block_on(Inner(1).first((2, 3))), 3);
        block_on(Inner(1).second((1, 2), [3, 4]));
    });
    assert_eq!(
        tree,
        r#"get{key="k" n=1 size=1}, get(get{key="k" n=2 size=1}), get@remote!, provided{n=3}, first{a=2 n=1}, second{a=3 x=1 y=2}"#
    );
}

// -------------------------------------------------------------------------------------------------------- returned futures

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[traced(annotate(n = to.len()))]
fn opaque(to: String) -> impl Future<Output = Result<usize, String>> {
    async move {
        pause().await;
        if to.is_empty() {
            return Err(to);
        }
        Ok(to.len())
    }
}

#[traced(annotate(to))]
fn opaque_ready(to: &str) -> impl Future<Output = usize> + use<> {
    ready(to.len())
}

#[traced]
fn opaque_with_statements(to: &str) -> impl Future<Output = Option<usize>> + Send + '_ {
    let n = to.len();
    async move { Some(n + to.len()) }
}

#[traced]
fn boxed(to: &str) -> BoxFuture<'_, Result<usize, std::num::ParseIntError>> {
    Box::pin(async move {
        let n: usize = to.parse()?;
        Ok(n)
    })
}

#[traced(annotate(to))]
fn boxed_static(to: &str) -> BoxFuture<'static, usize> {
    let n = to.len();
    Box::pin(async move { n })
}

#[traced]
fn boxed_early(to: &str) -> Pin<Box<dyn Future<Output = Result<usize, std::num::ParseIntError>> + '_>> {
    if to.is_empty() {
        return Box::pin(ready(Ok(0)));
    }
    Box::pin(async move { Ok(to.parse::<usize>()?) })
}

#[test]
fn returned_futures_are_recorded_when_they_run() {
    let tree = tree(|| {
        let waiting = (opaque("ab".into()), opaque_ready("abc"), boxed("4"));
        assert_eq!(autoxray::subsegment("between").run(|| block_on(waiting.2)), Ok(4));
        assert_eq!(block_on(waiting.0), Ok(2));
        assert_eq!(block_on(waiting.1), 3);
        assert_eq!(block_on(assert_send(opaque_with_statements("a"))), Some(2));
        assert!(block_on(assert_send(boxed("x"))).is_err());
        assert_eq!(block_on(assert_send(boxed_static("ab"))), 2);
        assert_eq!((block_on(boxed_early("")), block_on(boxed_early("7"))), (Ok(0), Ok(7)));
    });
    assert_eq!(
        tree,
        r#"between(boxed), opaque{n=2}, opaque_ready{to="abc"}, opaque_with_statements, boxed!, boxed_static{to="ab"}, boxed_early, boxed_early"#
    );
}

// -------------------------------------------------------------------------------------------------------------- containers

mod counted {
    use super::{Display, traced};

    #[derive(serde::Serialize)]
    pub(super) struct Input {
        pub(super) id: u32,
        pub(super) name: String,
    }

    #[traced(
        name = "place order",
        annotate(user_id, "order.id" = input.id, big = input.id > 3, allow_secret(token)),
        metadata(input, size = input.name.len(), token_count = 3)
    )]
    pub(super) fn place(user_id: impl Display + Copy, input: Input, token: &str) -> String {
        let _ = (user_id, token);
        input.name
    }

    #[traced(namespace = "aws", metadata(list))]
    pub(super) async fn aws(list: Vec<u8>) -> usize {
        list.into_iter().count()
    }
}

#[test]
fn values_are_recorded() {
    let tree = tree(|| {
        assert_eq!(counted::place("u", counted::Input { id: 7, name: "n".into() }, "t"), "n");
        assert_eq!(block_on(counted::aws(vec![1, 2])), 2);
    });
    assert_eq!(
        tree,
        r#"place order{big=true order.id=7 token="t" user_id="u" input={"id":7,"name":"n"} size=1 token_count=3}, aws@aws{list=[1,2]}"#
    );
}

#[test]
fn values_are_not_evaluated_unless_recorded() {
    thread_local!(static EVALUATED: Cell<u32> = const { Cell::new(0) });
    fn evaluate() -> u32 {
        EVALUATED.set(EVALUATED.get() + 1);
        1
    }
    #[traced(annotate(n = evaluate()), metadata(m = evaluate()))]
    fn f() {}
    #[traced(annotate(n = evaluate()), metadata(m = evaluate()))]
    async fn g() {}

    let unsampled = Recorder::builder().sampling(Sampling::Never).exporter(MemoryExporter::new()).build();
    unsampled.run(|| {
        autoxray::segment("segment").run(|| {
            f();
            block_on(g());
        });
    });
    f();
    assert_eq!(EVALUATED.get(), 0);
    assert_eq!(
        tree(|| {
            f();
            block_on(g());
        }),
        "f{n=1 m=1}, g{n=1 m=1}"
    );
    assert_eq!(EVALUATED.get(), 4);
}

#[traced]
mod jobs {
    use super::{pause, traced};

    pub(super) struct Job(pub(super) u32);

    impl Job {
        pub(super) const fn at_compile_time() -> u32 {
            1
        }

        pub(super) async fn run(&self) -> u32 {
            pause().await;
            helper(self.0)
        }

        #[traced(name = "own name")]
        pub(super) fn own(&self) -> u32 {
            self.skipped()
        }

        #[traced(skip)]
        pub(super) fn skipped(&self) -> u32 {
            inner::deep(self.0)
        }
    }

    fn helper(n: u32) -> u32 {
        fn nested(n: u32) -> u32 {
            n + 1
        }
        nested(n)
    }

    mod inner {
        #![allow(clippy::needless_pass_by_value)]

        pub(super) fn deep(n: u32) -> u32 {
            n
        }
    }
}

#[test]
fn containers_trace_what_is_inside() {
    const ONE: u32 = jobs::Job::at_compile_time();
    let tree = tree(|| {
        let job = jobs::Job(ONE);
        assert_eq!((block_on(assert_send(job.run())), job.own()), (2, 1));
    });
    assert_eq!(tree, "run(helper), own name(deep)");
}

#[traced(skip)]
fn left_out() {}

#[traced(segment = "worker")]
fn worker() {
    left_out();
}

#[test]
fn a_segment_is_begun_where_none_is_current() {
    let exporter = MemoryExporter::new();
    let recorder = Recorder::builder().sampling(Sampling::Always).exporter(exporter.clone()).build();
    recorder.run(worker);
    let documents = exporter.take();
    assert_eq!(documents.len(), 1);
    let document: serde_json::Value = serde_json::from_str(&documents[0]).unwrap();
    assert_eq!(document["name"], "worker");
    assert!(tree(worker).starts_with("worker"));
}

// ------------------------------------------------------------------------------------------------- attributes, macros, sends

#[traced]
#[track_caller]
fn caller() -> u32 {
    std::panic::Location::caller().line()
}

#[traced(annotate(n))]
#[cfg_attr(all(), track_caller)]
fn caller_with_values(n: u32) -> u32 {
    std::panic::Location::caller().line() + n
}

#[test]
fn the_caller_is_kept() {
    let tree = tree(|| {
        assert_eq!(caller(), line!());
        assert_eq!(caller_with_values(1), line!() + 1);
    });
    assert_eq!(tree, "caller, caller_with_values{n=1}");
}

/// Documented.
#[traced]
#[must_use]
#[inline]
#[cfg(all())]
fn attributes(#[allow(unused)] n: u32) -> u32 {
    #![allow(unused_variables)]
    #![allow(clippy::let_and_return)]
    let unused = 1;
    let n = 2;
    n
}

#[traced]
fn conditional_arguments(
    a: String,
    #[cfg(any())] b: Missing,
    #[cfg(all())] c: String,
    #[cfg(any())] (d, _): Missing,
    #[cfg(any())] e: Missing,
    #[cfg(all())] _f: String,
) -> String {
    #[cfg(any())]
    drop((b, d));
    a + &c
}

macro_rules! made {
    ($(#[$meta:meta])* $vis:vis fn $name:ident($($arg:ident: $ty:ty),*) -> $out:ty $body:block) => {
        $(#[$meta])* #[traced(name = "made", annotate($($arg),*))] $vis fn $name($($arg: $ty),*) -> $out $body
    };
    (async $name:ident, $value:expr, $item:item, $text:literal) => {
        #[traced(name = $text, annotate(v = $value))] async fn $name() -> u32 { $value }
        #[traced] $item
    };
}
made!(
    #[inline]
    pub(crate) fn made_by_macro(a: u32, b: &str) -> Result<u32, String> {
        let n = a;
        Err(b.to_owned()).or(Ok::<_, String>(n))
    }
);
made!(async made_async, 1 + 1, pub(crate) fn made_item(text: String) -> usize { text.len() }, "literal");

#[test]
fn other_attributes_and_macros_work() {
    let tree = tree(|| {
        assert_eq!(attributes(1), 2);
        assert_eq!(conditional_arguments("a".into(), "c".into(), "f".into()), "ac");
        assert_eq!(made_by_macro(1, "b"), Ok(1));
        assert_eq!(block_on(made_async()), 2);
        assert_eq!(made_item("ab".into()), 2);
    });
    assert_eq!(tree, r#"attributes, conditional_arguments, made{a=1 b="b"}, literal{v=2}, made_item"#);
}

#[traced]
async fn not_send(of: Rc<u32>) -> u32 {
    pause().await;
    *of
}

#[traced]
async fn still_send(of: Cell<u32>) -> u32 {
    // The local that is not `Send` is gone before the future waits.
    let n = {
        let shared = Rc::new(of.get());
        *shared
    };
    pause().await;
    n + of.get()
}

#[test]
fn futures_are_send_if_they_were() {
    assert_eq!(block_on(not_send(Rc::new(1))), 1);
    assert_eq!(block_on(assert_send(still_send(Cell::new(1)))), 2);
}

#[test]
fn futures_grow_little() {
    async fn plain(a: u64, b: u64) -> u64 {
        pause().await;
        a + b
    }
    #[traced]
    async fn wrapped(a: u64, b: u64) -> u64 {
        pause().await;
        a + b
    }
    let growth = size_of_val(&wrapped(1, 2)) - size_of_val(&plain(1, 2));
    assert!(growth <= 64, "{growth} bytes");
}
