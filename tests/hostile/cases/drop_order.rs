//! Everything is dropped in the order in which it is without the attribute, and when: before the
//! function is done.
#![deny(warnings)]
#![allow(clippy::all)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

thread_local!(static LOG: RefCell<Vec<&'static str>> = RefCell::new(Vec::new()));

/// Says when it is dropped.
struct D(&'static str);

impl Drop for D {
    fn drop(&mut self) {
        LOG.with(|log| log.borrow_mut().push(self.0));
    }
}

impl D {
    fn guard(&self) -> D {
        D("temporary")
    }
    fn name(&self) -> &'static str {
        self.0
    }
}

struct Pair {
    a: D,
    b: D,
}

fn pair(a: &'static str, b: &'static str) -> Pair {
    Pair { a: D(a), b: D(b) }
}

struct Wakeless;
impl Wake for Wakeless {
    fn wake(self: Arc<Self>) {}
}

fn poll<F: Future + ?Sized>(future: Pin<&mut F>) -> Poll<F::Output> {
    let waker = Waker::from(Arc::new(Wakeless));
    future.poll(&mut Context::from_waker(&waker))
}

fn block_on<F: Future>(future: F) {
    let mut future = Box::pin(future);
    while poll(future.as_mut()).is_pending() {}
    LOG.with(|log| log.borrow_mut().push("ready"));
}

/// Polls once and drops the future.
fn cancel<F: Future>(future: F) {
    let mut future = Box::pin(future);
    assert!(poll(future.as_mut()).is_pending());
    LOG.with(|log| log.borrow_mut().push("cancelled"));
}

struct Pause(bool);
impl Future for Pause {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn log(code: impl FnOnce()) -> Vec<&'static str> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(code));
    LOG.with(|log| {
        let mut log = log.borrow_mut();
        log.push(if result.is_ok() { "done" } else { "panicked" });
        std::mem::take(&mut *log)
    })
}

/// The same functions without and with the attribute.
macro_rules! twice {
    ($($item:item)*) => {
        #[allow(unused_variables, unused_assignments)]
        mod plain { use super::*; $($item)* }
        #[allow(unused_variables, unused_assignments)]
        #[autoxray::traced]
        mod traced { use super::*; $($item)* }
    };
}

twice! {
    pub fn used(a: D, b: D, c: D) {
        let local = D("local");
        let _ = (&b, &a, &c, &local);
    }
    pub fn unused(a: D, b: D, c: D) {
        let local = D("local");
    }
    pub fn first_unused(a: D, b: D, c: D) {
        let _ = (&c, &b);
    }
    pub fn middle_unused(a: D, b: D, c: D) {
        let _ = (&a, &c);
    }
    pub fn last_unused(a: D, b: D, c: D) {
        let _ = (&b, &a);
    }
    pub fn underscored(a: D, _b: D, _: D, c: D) {
        let _ = (&a, &c);
    }
    pub fn moved(a: D, b: D, c: D) -> D {
        drop(b);
        let _ = &c;
        a
    }
    pub fn partly_moved(a: Pair, b: Pair) {
        drop(a.a);
        drop(b.b);
        let _ = (&a.b, &b.a);
    }
    pub fn fields_backwards(a: Pair, b: D) {
        let _ = (&a.b, &b, &a.a);
    }
    pub fn patterns(Pair { a, b }: Pair, (c, d): (D, D), [e, _]: [D; 2]) {
        let _ = (&d, &e, &a, &b, &c);
    }
    pub fn partial_patterns((a, _): (D, D), (_, b): (D, D), Pair { b: c, .. }: Pair, _: D, d: D) {
        let _ = (&a, &b, &c, &d);
    }
    pub fn partial_pattern_used_in_part((a, b): (D, D), (c, d): (D, D)) {
        let _ = (&a, &d);
    }
    pub fn nested_patterns(((a, _), b): ((D, D), D), c: D) {
        let _ = &c;
        let _ = &a;
    }
    pub fn by_ref_pattern(ref a: D, ref mut b: D, c: D) {
        *b = D("new");
        let _ = (a, &c);
    }
    pub fn at_pattern(a @ Pair { .. }: Pair, b: D) {
        let _ = (&a, &b);
    }
    pub fn mutable(mut a: D, mut b: D, c: D) {
        a = D("second a");
        b.0 = "changed b";
        let _ = &c;
    }
    pub fn shadowed(a: D, b: D) {
        let a = D("local");
        let b = (b, D("wrapped"));
    }
    pub fn tail_temporary(a: D, b: D) -> &'static str {
        let local = D("local");
        a.guard().name()
    }
    pub fn only_a_tail_temporary(a: D, b: D) -> &'static str {
        b.guard().name()
    }
    pub fn tail_match(a: D, b: D) -> usize {
        match a.guard().name() { "" => 0, name => { let _inner = D("inner"); name.len() } }
    }
    pub fn tail_if_let(a: D, b: D) -> usize {
        if let Some(name) = Some(a.guard()).as_ref().map(|guard| guard.name()) { name.len() } else { D("else").name().len() }
    }
    pub fn early_return(a: D, b: D) -> Result<D, D> {
        let local = D("local");
        if !local.name().is_empty() {
            return Err(b);
        }
        Ok(a)
    }
    pub fn question_mark(a: D, b: Result<D, D>, c: D) -> Result<D, D> {
        let local = D("local");
        let b = b?;
        let _ = &c;
        Ok(b)
    }
    pub fn panics(a: D, b: D, c: D) {
        let local = D("local");
        let _ = (&a, &c);
        panic!("gone");
    }
    pub fn generic<T, F: FnOnce() -> T>(f: F, t: T, u: impl Sized) -> T {
        let other = f();
        t
    }
    pub fn scalars_and_references(a: D, n: u32, text: &str, b: &D, c: D) {
        let _ = (n, text, b, &c, &a);
    }
    pub fn items_inside(a: D, b: D) {
        let _ = &b;
        fn inner(a: D) { let _ = &a; }
        inner(a);
    }
    pub fn manual_future(a: D, b: D, c: D) -> impl Future<Output = ()> {
        let local = D("local");
        async move {
            let inner = D("inner");
            let _ = (&c, &a);
            Pause(false).await
        }
    }
    pub fn boxed_future(a: D, b: D, c: D) -> Pin<Box<dyn Future<Output = ()>>> {
        let local = D("local");
        Box::pin(async move {
            let inner = D("inner");
            let _ = (&c, &a);
            Pause(false).await
        })
    }
    pub fn other_future(a: D, b: D, c: D) -> Pin<Box<dyn Future<Output = ()>>> {
        let local = D("local");
        if a.name().is_empty() { return Box::pin(async move { drop(b) }); }
        Box::pin(async move { Pause(false).await; let _ = (&a, &c); })
    }
    pub async fn async_used(a: D, b: D, c: D) {
        let local = D("local");
        Pause(false).await;
        let _ = (&b, &a, &c, &local);
    }
    pub async fn async_unused(a: D, b: D, _: D, _d: D) {
        let local = D("local");
        Pause(false).await;
    }
    pub async fn async_middle_unused(a: D, b: D, c: D) {
        Pause(false).await;
        let _ = (&a, &c);
    }
    pub async fn async_patterns(Pair { a, b }: Pair, (c, _): (D, D), _: D, (_, d): (D, D)) {
        let _ = (&d, &a);
        Pause(false).await;
        let _ = (&c, &b);
    }
    pub async fn async_partly_moved(a: Pair, b: D) {
        drop(a.b);
        Pause(false).await;
        let _ = (&a.a, &b);
    }
    pub async fn async_tail_temporary(a: D, b: D) -> &'static str {
        let local = D("local");
        Pause(false).await;
        a.guard().name()
    }
    pub async fn async_panics(a: D, b: D, c: D) {
        let local = D("local");
        Pause(false).await;
        let _ = (&a, &c);
        panic!("gone");
    }
    pub struct Own { pub a: D, pub b: D }
    impl Own {
        pub fn by_value(self, other: D) { let _ = (&other, &self.b); }
        pub fn by_value_unused(self, other: D) { let _ = &other; }
        pub fn partly(self, other: D) -> D { drop(self.b); let _ = &other; self.a }
        pub fn boxed(self: Box<Self>, other: D) { let Own { a, .. } = *self; let _ = (&other, &a); }
        pub async fn by_value_async(self, other: D) { Pause(false).await; let _ = (&other, &self.b, &self.a); }
    }
    pub fn methods(how: u32, b: D) {
        let own = Own { a: D("self.a"), b: D("self.b") };
        match how {
            0 => own.by_value(b),
            1 => own.by_value_unused(b),
            2 => drop(own.partly(b)),
            3 => Box::new(own).boxed(b),
            _ => block_on(own.by_value_async(b)),
        }
    }
}

macro_rules! same {
    ($($call:ident $args:tt)*) => {$(
        let without = log(|| { let _ = plain::$call $args; });
        let with = log(|| { let _ = traced::$call $args; });
        assert!(without.len() > 1);
        assert_eq!(with, without, stringify!($call));
    )*};
    (async $($call:ident $args:tt)*) => {$(
        for how in 0..3 {
            let without = log(|| match how { 0 => block_on(plain::$call $args), 1 => cancel(plain::$call $args), _ => drop(plain::$call $args) });
            let with = log(|| match how { 0 => block_on(traced::$call $args), 1 => cancel(traced::$call $args), _ => drop(traced::$call $args) });
            assert!(without.len() > 1);
            assert_eq!(with, without, "{} {}", stringify!($call), how);
        }
    )*};
}

fn main() {
    std::panic::set_hook(Box::new(|info| {
        if info.payload().downcast_ref::<&str>() != Some(&"gone") {
            eprintln!("{}", info);
        }
    }));
    compare();
    let exporter = autoxray::MemoryExporter::new();
    let recorder = autoxray::Recorder::builder().sampling(autoxray::Sampling::Always).exporter(exporter.clone()).build();
    recorder.run(|| autoxray::segment("recorded").run(compare));
    assert!(exporter.documents()[0].contains("scalars_and_references"));
}

fn compare() {
    let a = || D("a");
    let b = || D("b");
    let c = || D("c");
    same! {
        used(a(), b(), c()) unused(a(), b(), c()) first_unused(a(), b(), c()) middle_unused(a(), b(), c())
        last_unused(a(), b(), c()) underscored(a(), b(), D("_"), c()) moved(a(), b(), c())
        partly_moved(pair("a.a", "a.b"), pair("b.a", "b.b")) fields_backwards(pair("a.a", "a.b"), b())
        patterns(pair("a", "b"), (c(), D("d")), [D("e"), D("_")])
        partial_patterns((a(), D("_a")), (D("_b"), b()), pair("_c", "c"), D("_"), D("d"))
        partial_pattern_used_in_part((a(), b()), (c(), D("d")))
        nested_patterns(((a(), D("_a")), b()), c()) by_ref_pattern(a(), b(), c()) at_pattern(pair("a.a", "a.b"), b())
        mutable(a(), b(), c()) shadowed(a(), b()) tail_temporary(a(), b()) only_a_tail_temporary(a(), b())
        tail_match(a(), b()) tail_if_let(a(), b()) early_return(a(), b()) question_mark(a(), Ok(b()), c())
        question_mark(a(), Err(b()), c()) panics(a(), b(), c()) generic(|| a(), b(), c())
        scalars_and_references(a(), 1, "", &b(), c()) items_inside(a(), b())
        methods(0, b()) methods(1, b()) methods(2, b()) methods(3, b()) methods(4, b())
    }
    same! {
        async
        manual_future(a(), b(), c()) boxed_future(a(), b(), c()) other_future(a(), b(), c())
        async_used(a(), b(), c()) async_unused(a(), b(), D("_"), D("d")) async_middle_unused(a(), b(), c())
        async_patterns(pair("a", "b"), (c(), D("_c")), D("_"), (D("_d"), D("d")))
        async_partly_moved(pair("a.a", "a.b"), b()) async_tail_temporary(a(), b()) async_panics(a(), b(), c())
    }
}
