//! Code that has never heard of us, and that must not notice. Its names are those of clients' methods; its types are its own.
//!
//! The same program three times: as it is, traced, and traced with calls rewritten.
#![allow(dead_code, unreachable_pub, unused_allocation, clippy::all)]

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

thread_local!(static LOG: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });

fn log(line: impl Into<String>) {
    LOG.with(|log| log.borrow_mut().push(line.into()));
}

struct Wakeless;
impl Wake for Wakeless {
    fn wake(self: Arc<Self>) {}
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    let waker = Waker::from(Arc::new(Wakeless));
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

/// The program; its log is what it did.
macro_rules! program {
    ($(#[$attr:meta])* mod $name:ident) => {
        $(#[$attr])*
        mod $name {
            use super::*;
            use std::ops::{Deref, DerefMut};
            use std::collections::HashMap;
            use std::rc::Rc;

            /// Says when it is dropped.
            pub struct D(&'static str);
            impl Drop for D {
                fn drop(&mut self) {
                    log(format!("drop {}", self.0));
                }
            }
            impl D {
                fn guard(&self, name: &'static str) -> D { D(name) }
                fn make(&self) -> ByValue { ByValue(1) }
            }

            // ---- send, by every kind of receiver
            pub struct ByValue(u32);
            impl ByValue { fn send(self) -> u32 { self.0 } }
            pub struct ByRef(u32);
            impl ByRef {
                fn send(&self) -> u32 { self.0 }
                fn itself(&self) -> &Self { self }
            }
            pub struct ByMut(u32);
            impl ByMut {
                fn send(&mut self) -> u32 { self.0 += 1; self.0 }
                fn chain(&mut self) -> &mut Self { self }
            }
            pub struct Lender(String);
            impl Lender {
                fn send(&self) -> &str { &self.0 }
                fn lend(&mut self) -> LendMut<'_> { LendMut(&mut self.0) }
            }
            pub struct LendMut<'a>(&'a mut String);
            impl<'a> LendMut<'a> {
                fn send(&mut self) -> &mut String { self.0 }
                fn done(self) -> &'a mut String { self.0 }
            }
            #[derive(Clone, Copy)]
            pub struct Small(u8);
            impl Small { fn send(self) -> u8 { self.0 } }
            pub trait Port { fn send(&self) -> u32; }
            impl Port for u32 { fn send(&self) -> u32 { *self + 1 } }
            pub trait MutPort { fn send(&mut self) -> u32; }
            impl MutPort for u64 { fn send(&mut self) -> u32 { *self += 1; 7 } }
            pub trait BoxPort { fn send(self: Box<Self>) -> u32; }
            impl BoxPort for u16 { fn send(self: Box<Self>) -> u32 { u32::from(*self) } }
            pub struct Pinned(u32);
            impl Pinned { fn send(self: Pin<&mut Self>) -> u32 { self.0 } }
            pub struct Shared;
            impl Shared { fn send(self: Arc<Self>) -> u32 { 11 } }
            pub struct Wrapper<T>(T);
            impl<T> Deref for Wrapper<T> { type Target = T; fn deref(&self) -> &T { log("deref"); &self.0 } }
            impl<T> DerefMut for Wrapper<T> { fn deref_mut(&mut self) -> &mut T { log("deref_mut"); &mut self.0 } }
            pub struct Generic<T>(T);
            impl<T: Default> Generic<T> { fn send<R: From<u8>>(self) -> R { R::from(3) } fn new(value: T) -> Self { Generic(value) } }
            pub struct Slow(u32);
            impl Slow {
                async fn send(self) -> u32 { self.0 }
                fn by_ref(&self) -> SlowRef<'_> { SlowRef(self) }
            }
            pub struct SlowRef<'a>(&'a Slow);
            impl SlowRef<'_> { async fn send(&self) -> u32 { (self.0).0 } }
            pub struct Fails(bool);
            impl Fails { fn send(self) -> Result<u32, String> { if self.0 { Ok(1) } else { Err("no".into()) } } }
            pub struct Channel;
            impl Channel { fn send(&self, value: u32) -> Result<(), u32> { Err(value) } }
            pub struct NeverSends;
            impl NeverSends { fn send(self) -> fn() -> u32 { || 5 } }

            pub struct Holder<'a> {
                value: Option<ByValue>, by_ref: ByRef, by_mut: ByMut, lent: &'a ByRef, lent_mut: &'a mut ByMut, dynamic: Box<dyn Port>, boxed: Box<ByMut>,
            }
            impl Holder<'_> {
                fn all(&mut self) -> u32 {
                    let taken = self.value.take().map_or(0, |value| value.send());
                    taken + self.by_ref.send() + self.by_mut.send() + self.lent.send() + self.lent_mut.send() + self.dynamic.send() + self.boxed.send()
                }
                fn shared(&self) -> u32 { self.by_ref.send() + self.lent.send() + self.dynamic.send() }
            }

            fn receivers() {
                let value = ByValue(1); log(format!("{}", value.send()));
                let by_ref = ByRef(2); log(format!("{} {}", by_ref.send(), by_ref.send()));
                let mut by_mut = ByMut(3); by_mut.send(); log(format!("{}", by_mut.send()));
                let r = &by_ref; log(format!("{}", r.send())); log(format!("{}", r.itself().itself().send()));
                let m = &mut by_mut; m.send(); m.send(); log(format!("{}", m.chain().chain().send())); m.send();
                by_mut.send();
                let small = Small(4); log(format!("{} {}", small.send(), small.send()));
                let dynamic: &dyn Port = &5_u32; log(format!("{}", dynamic.send()));
                let boxed: Box<dyn Port> = Box::new(6_u32); log(format!("{} {}", boxed.send(), boxed.send()));
                let mut number = 7_u64;
                { let dynamic: &mut dyn MutPort = &mut number; dynamic.send(); dynamic.send(); }
                log(format!("{}", number));
                let boxed: Box<dyn BoxPort> = Box::new(8_u16); log(format!("{}", boxed.send()));
                let boxed = Box::new(9_u16); log(format!("{}", boxed.send()));
                let mut pinned = Box::pin(Pinned(10)); log(format!("{}", pinned.as_mut().send()));
                let pinned = pinned.as_mut(); log(format!("{}", pinned.send()));
                let shared = Arc::new(Shared); log(format!("{}", shared.clone().send())); log(format!("{}", shared.send()));
                let mut wrapped = Wrapper(ByMut(1)); wrapped.send(); log(format!("{}", wrapped.send()));
                let wrapped = Wrapper(ByRef(1)); log(format!("{}", wrapped.send()));
                let nested = Wrapper(Wrapper(ByRef(12))); log(format!("{}", nested.send()));
                let generic = Generic(1); let result: u32 = generic.send(); log(format!("{}", result));
                let result: u64 = Generic::new(String::new()).send(); log(format!("{}", result));
                let made = NeverSends; log(format!("{}", made.send()()));
                log(format!("{}", NeverSends.send()()));
                log(format!("{:?}", Channel.send(4)));
                let tuple = (ByRef(20), ByMut(21)); log(format!("{}", tuple.0.send())); let mut one = tuple.1; one.send();
                let list = vec![ByRef(1), ByRef(2)]; log(format!("{}", list[1].send())); log(format!("{}", (*r).send()));
                let rc = Rc::new(ByRef(3)); log(format!("{}", rc.send()));
                let (a, mut b) = (ByRef(1), ByMut(2));
                let mut other = ByMut(9);
                let mut holder = Holder {
                    value: Some(ByValue(1)), by_ref: a, by_mut: ByMut(0), lent: r, lent_mut: &mut b, dynamic: Box::new(1_u32), boxed: Box::new(ByMut(0)),
                };
                log(format!("{} {}", holder.all(), holder.shared()));
                holder.lent_mut = &mut other; holder.lent_mut.send();
                let cell = std::cell::RefCell::new(ByMut(1)); cell.borrow_mut().send(); log(format!("{}", cell.borrow_mut().send()));
                let lock = std::sync::Mutex::new(ByMut(1)); lock.lock().unwrap().send(); let mut guard = lock.lock().unwrap(); guard.send(); log(format!("{}", guard.send()));
            }

            // ---- borrowed results
            fn borrowed<'a>(lender: &'a Lender) -> &'a str { lender.send() }
            fn borrowed_chain<'a>(lender: &'a Lender) -> &'a str { std::convert::identity(lender).send() }
            fn results() {
                let mut lender = Lender("text".into());
                log(borrowed(&lender)); log(borrowed_chain(&lender));
                let mut lent = lender.lend(); lent.send().push('!'); let text = lent.send(); text.push('?'); lent.done().push('.');
                log(lender.send());
                let kept = &ByRef(1).send(); log(format!("{}", kept));
                let text: &str = lender.send(); let more = lender.send(); log(format!("{}{}", text, more));
                if let Some('t') = lender.send().chars().next() { log("t"); }
                match Fails(true).send() { Ok(value) => log(format!("{}", value)), Err(error) => log(error) }
                let fails = Fails(false); log(format!("{:?}", fails.send()));
            }
            fn question() -> Result<u32, String> {
                let fine = Fails(true);
                let value = fine.send()?;
                Ok(value + Fails(true).send()? + Fails(false).send()?)
            }
            fn question_converts() -> Result<u32, Box<dyn std::error::Error>> { let f = Fails(false); Ok(f.send()?) }

            // ---- generics
            fn generic<P: Port>(port: P) -> u32 { port.send() + port.send() }
            fn generic_unsized<P: Port + ?Sized>(port: &P) -> u32 { port.send() + std::convert::identity(port).send() }
            fn generic_mut<P: MutPort>(mut port: P) -> u32 { port.send() + port.send() }
            fn opaque() -> impl Port { 3_u32 }

            // ---- drops
            fn drops() {
                let d = D("local");
                log(format!("{}", d.guard("guard").make().send()));
                let _x = d.guard("first").make().send() + d.guard("second").make().send();
                match d.guard("scrutinee").make().send() { 1 => log("arm"), _ => {} }
                if d.guard("condition").make().send() == 1 { log("then"); }
                let _y = (d.guard("kept").make().send(), log("between"));
                while d.guard("while").make().send() == 2 {}
                if let 1 = d.guard("if let").make().send() { log("in if let"); } else { log("else"); }
                log("end");
            }
            fn drops_tail() -> u32 { let d = D("local"); d.guard("tail").make().send() }
            struct Noisy(&'static str, D);
            impl Noisy {
                fn send(&self) -> u32 { log(self.0); 1 }
                fn execute(&mut self, other: u32) -> u32 { other }
            }
            fn drops_of_receivers() {
                Noisy("temp", D("temporary receiver")).send(); log("after");
                let kept = Noisy("kept", D("kept receiver")); let _ = kept.send(); log("after");
                let _a = Box::new(Noisy("boxed", D("boxed receiver"))).send() + { log("same statement"); 1 };
            }

            // ---- closures and blocks
            fn closures() {
                let by_ref = ByRef(1);
                let call = || by_ref.send();
                log(format!("{} {} {}", call(), call(), by_ref.send()));
                let mut by_mut = ByMut(1);
                let mut call = || by_mut.send();
                call(); call();
                log(format!("{}", by_mut.send()));
                let by_ref_again = &by_ref;
                let call: Box<dyn Fn() -> u32 + '_> = Box::new(move || by_ref_again.send());
                log(format!("{} {}", call(), call()));
                let owned = ByRef(5);
                let call: Box<dyn Fn() -> u32> = Box::new(move || owned.send());
                log(format!("{} {}", call(), call()));
                let value = ByValue(6); let call = move || value.send(); log(format!("{}", call()));
                let values: Vec<u32> = vec![1_u32, 2].into_iter().map(|v| ByValue(v).send()).collect(); log(format!("{:?}", values));
                let values: Vec<u32> = vec![ByValue(1), ByValue(2)].into_iter().map(|v| v.send()).collect(); log(format!("{:?}", values));
                let values: Vec<u32> = [ByRef(1), ByRef(2)].iter().map(|v| v.send()).collect(); log(format!("{:?}", values));
                let inner = || { let mine = ByRef(3); mine.send() + mine.send() }; log(format!("{}", inner()));
                let pair = (ByMut(1), ByRef(2)); let (mut one, two) = pair;
                let first = &mut one; let second = || two.send(); first.send(); log(format!("{}", second()));
                let size = std::mem::size_of_val(&inner); log(format!("{}", size));
            }
            fn blocks() {
                let by_ref = ByRef(1); let mut by_mut = ByMut(1);
                let future = async { by_mut.send(); by_ref.send() };
                log(format!("{}", block_on(future))); log(format!("{} {}", by_ref.send(), by_mut.send()));
                let slow = Slow(4);
                let future = async move { let r = slow.by_ref(); r.send().await + slow.by_ref().send().await + slow.send().await };
                log(format!("{}", block_on(is_send(future))));
                log(format!("{}", block_on(asynchronous(&Slow(2)))));
                let loops = async { let mut sum = 0; for i in 0..3 { sum += Slow(i).send().await; } sum };
                log(format!("{}", block_on(loops)));
                let future = not_send_before(); is_send(&future); log(format!("{}", block_on(future)));
                log(format!("{:?}", block_on(question_async())));
            }
            async fn asynchronous(slow: &Slow) -> u32 { let own = slow.by_ref(); own.send().await + slow.by_ref().send().await }
            async fn not_send_before() -> u32 {
                let x = { let rc = Rc::new(ByRef(1)); rc.send() };
                let y = Rc::new(ByRef(2)).send();
                x + y + Slow(1).send().await
            }
            async fn question_async() -> Result<u32, String> { let f = Fails(true); let a = f.send()?; Slow(1).send().await; Ok(a + Fails(false).send()?) }
            async fn large() -> u32 { let data = [0_u8; 300]; let x = Slow(1).send().await; let s = Slow(x); x + u32::from(data[0]) + s.send().await }
            pub fn sizes() -> Vec<usize> {
                let slow = Slow(4);
                let future = async move { let r = slow.by_ref(); r.send().await + slow.by_ref().send().await + slow.send().await };
                vec![std::mem::size_of_val(&future), std::mem::size_of_val(&large()), std::mem::size_of_val(&not_send_before()), std::mem::size_of_val(&question_async()), std::mem::size_of_val(&asynchronous(&Slow(1)))]
            }

            // ---- other names of ours
            pub struct Own(u32);
            impl Own {
                fn send(self) -> u32 { self.0 }
                fn customize(self) -> u8 { 1 }
                fn as_input(&self) -> &u8 { &1 }
                fn interceptor(&self, x: u8) -> u8 { x }
                fn open(self) -> u8 { 1 }
            }
            pub struct Own2(u32);
            impl Own2 {
                fn send(&self) -> u32 { self.0 }
                fn customize(&self, more: u32) -> u32 { more }
                fn as_input(&self) -> String { String::new() }
                fn build(&self) -> u32 { 1 }
            }
            pub struct Own3(u32);
            impl Own3 {
                fn customize(self) -> Self { self }
                fn send(&self) -> &u32 { &self.0 }
            }
            pub trait Customize: Sized { fn customize(self) -> u8 { 9 } fn config(&self) -> u8 { 8 } fn verdict(&self) -> u8 { 7 } fn taken(&self) -> u8 { 6 } }
            impl<T> Customize for T {}
            pub trait AsInput { fn as_input(&self) -> u8 { 5 } }
            impl AsInput for ByRef {}
            impl AsInput for ByValue {}
            fn own_names() {
                let (r, config, seen, probe, c) = (1, 2, 3, 4, ByRef(5));
                log(format!("{}", Own(1).send())); let own = Own(2); log(format!("{} {}", own.as_input(), own.interceptor(4))); log(format!("{}", own.send()));
                log(format!("{}", Own2(1).send())); let own = Own2(2); log(format!("{} {} {}", own.send(), Own2::customize(&own, 5), own.build()));
                log(format!("{} {} {}", ByRef(1).customize(), c.config(), c.verdict())); log(format!("{} {}", c.send(), c.as_input()));
                log(format!("{} {} {} {}", r, config, seen, probe)); log(format!("{}", ByValue(3).send()));
                log(format!("{}", c.taken()));
                log(format!("{}", Own3(5).customize().customize().send())); let own = Own3(6); log(format!("{}", own.customize().send()));
            }

            // ---- execute
            pub struct Conn(Vec<u32>);
            pub struct Query<'q>(&'q mut Conn, u32);
            impl Conn {
                fn execute(&mut self, query: u32) -> Result<usize, String> { self.0.push(query); Ok(self.0.len()) }
                fn query(&self) -> Builder<u32> { Builder(self.0.len() as u32) }
            }
            pub struct Builder<T>(T);
            impl<T> Builder<T> { fn build(self) -> Result<T, String> { Ok(self.0) } }
            trait Run { fn execute(self, conn: &mut Conn) -> Result<usize, String>; }
            impl Run for u32 { fn execute(self, conn: &mut Conn) -> Result<usize, String> { conn.execute(self) } }
            pub struct Pool;
            impl<'a> Pool { async fn execute(&self, sql: &'a str) -> usize { sql.len() } }
            pub struct Dyn; impl Dyn { fn execute(&self, f: &dyn Fn(u32) -> u32) -> u32 { f(1) } fn run(&self, f: Box<dyn Fn(u32) -> u32>) -> u32 { f(2) } }
            pub struct Coerce; impl Coerce { fn execute(&self, s: &str) -> usize { s.len() } }
            fn executes() -> Result<(), String> {
                let mut conn = Conn(vec![]);
                let query = 3; conn.execute(query)?;
                let next = conn.query().build()?; conn.execute(next)?;
                conn.execute(Builder(9).build()?)?; log(format!("{:?}", conn.execute(Builder(8).build().unwrap())));
                let c = &mut conn; c.execute(query)?; c.execute(Builder(1).build().expect("built"))?;
                query.execute(c)?; query.execute(c)?; let statement = 5_u32; statement.execute(c)?; 6_u32.execute(c)?; c.execute(query)?;
                log(format!("{:?}", conn.0));
                let pool = Pool; let sql = String::from("select"); log(format!("{}", block_on(pool.execute(&sql)))); let text = sql.as_str(); log(format!("{}", block_on(pool.execute(text))));
                let add = |x| x + 1; log(format!("{}", Dyn.execute(&add))); let dynamic = Dyn; let f: &dyn Fn(u32) -> u32 = &add; log(format!("{}", dynamic.execute(f)));
                let coerce = Coerce; let s = &sql; log(format!("{}", coerce.execute(s)));
                let mut noisy = Noisy("noisy", D("noisy")); let d = D("d"); let seven = 7;
                log(format!("{}", noisy.execute(seven))); let x = noisy.execute(Builder(d.guard("in argument").make().send()).build()?); log(format!("{}", x));
                Ok(())
            }

            // ---- clients and configurations
            #[derive(Clone)]
            pub struct Conf { name: String }
            impl Conf { fn to_builder(&self) -> u8 { 1 } fn build(&self) -> Conf { self.clone() } }
            pub struct FooClient(u32);
            impl FooClient { fn new(n: u32) -> Self { FooClient(n) } }
            pub struct BarClient { conf: Conf }
            impl BarClient {
                fn new(conf: &Conf) -> Self { BarClient { conf: conf.clone() } }
                fn from_conf(conf: Conf) -> Result<Self, String> { Ok(BarClient { conf }) }
                fn config(&self) -> &Conf { &self.conf }
            }
            pub struct LazyClient<T>(T);
            impl<T: Clone> LazyClient<T> { fn new(inner: &T) -> Self { LazyClient(inner.clone()) } fn config(self, _: u8) -> Self { self } }
            pub struct TryClient<T>(T);
            impl<T: Clone> TryClient<T> { fn new(inner: &T) -> Result<Self, String> { Ok(TryClient(inner.clone())) } fn from_conf(inner: T) -> Result<Self, String> { Ok(TryClient(inner)) } }
            pub struct OptClient<T>(T);
            impl<T: Clone> OptClient<T> { fn new(inner: &T) -> Option<Self> { Some(OptClient(inner.clone())) } }
            pub struct StrClient(String);
            impl StrClient { fn new(s: &str) -> Self { StrClient(s.into()) } fn from_conf(a: &str) -> Self { StrClient(a.into()) } }
            pub struct Two; impl Two { fn client(&self) -> u8 { 1 } }
            pub struct MutClient; impl MutClient { fn new(n: &mut u32) -> Self { *n += 1; MutClient } fn from_conf(n: &mut u32) -> Self { *n += 1; MutClient } }
            fn clients() -> Result<(), String> {
                let conf = Conf { name: "n".into() };
                log(format!("{}", FooClient::new(3).0)); let n = 4; log(format!("{}", FooClient::new(n).0));
                log(&BarClient::new(&conf).config().name); let made = BarClient::new(&Conf { name: "m".into() }); log(&made.conf.name);
                log(&BarClient::from_conf(conf.clone())?.conf.name); log(&BarClient::from_conf(conf.build())?.conf.name);
                log(&LazyClient::new(&conf).config(1).0.name); let lazy = LazyClient::new(&7); log(format!("{}", lazy.0));
                log(&TryClient::new(&conf)?.0.name); let tried = TryClient::new(&3_u8); log(format!("{}", tried?.0)); log(&TryClient::from_conf(conf.clone()).unwrap().0.name); log(&TryClient::new(&conf).unwrap().0.name);
                let opt = OptClient::new(&conf); if let Some(opt) = opt { log(&opt.0.name); } log(&OptClient::new(&conf).unwrap().0.name);
                let text = String::from("s"); log(&StrClient::new(&text).0); log(&StrClient::new(&String::from("temp")).0); let s = &text; log(&StrClient::from_conf(s).0);
                let mut n = 1; let m = &mut n; MutClient::new(m); MutClient::from_conf(m); MutClient::new(m); log(format!("{}", n));
                let moved = BarClient::from_conf(conf); log(&moved?.conf.name);
                Ok(())
            }

            // ---- get and spawn
            mod reqwest {
                pub(super) fn get(url: &str) -> usize { url.len() }
                pub(super) mod blocking { pub(in super::super) fn get(url: String) -> String { url } }
            }
            mod thread { pub(super) fn spawn<R>(code: impl FnOnce() -> R) -> R { code() } }
            mod task { pub(super) fn spawn_blocking(name: &str) -> &str { name } pub(super) fn spawn(n: u32) -> u32 { n } }
            pub struct World(Vec<Box<dyn Fn(u32) -> u32>>);
            impl World {
                fn spawn<B: Bundle>(&mut self, bundle: B) -> &mut Self { bundle.add(self); self }
                fn len(&self) -> u32 { self.0.len() as u32 }
            }
            pub trait Bundle { fn add(self, world: &mut World); }
            impl Bundle for u32 { fn add(self, world: &mut World) { world.0.push(Box::new(move |n| n + self)); } }
            pub struct Work; impl Work { fn spawn<F: Fn(&World) -> u32>(&self, f: F) -> u32 { f(&World(vec![])) } }
            pub struct Later; impl Later { fn spawn(&self, f: Pin<Box<dyn Future<Output = u32>>>) -> u32 { block_on(f) } }
            pub struct Reborrow; impl Reborrow { fn spawn(&self, n: &mut u32) { *n += 1; } }
            fn gets_and_spawns() {
                let url = String::from("url"); log(format!("{}", reqwest::get(&url))); log(format!("{}", reqwest::get(&format!("{}!", url)))); log(reqwest::blocking::get(url.clone()));
                let borrowed = &url; log(format!("{}", reqwest::get(borrowed)));
                log(format!("{}", thread::spawn(|| 3))); log(task::spawn_blocking("name")); log(format!("{}", task::spawn(3)));
                let mut world = World(vec![]); let n = 3; world.spawn(n).spawn(4); world.spawn(u32::from(3_u8)); world.spawn(url.len() as u32).spawn(5); world.spawn(std::cmp::max(1, n)); log(format!("{}", world.len()));
                let work = Work; log(format!("{}", work.spawn(|w| w.len())));
                let later = Later; log(format!("{}", later.spawn(Box::pin(async { 3 })))); let future = Box::pin(async { 4 }); log(format!("{}", later.spawn(future)));
                let mut n = 1; let m = &mut n; let re = Reborrow; re.spawn(m); re.spawn(m); re.spawn(std::convert::identity(&mut *m)); log(format!("{}", n));
            }

            // ---- macros
            macro_rules! twice { ($e:expr) => { $e + $e }; }
            macro_rules! exact { ($i:ident . send ()) => { $i.send() + 1 }; }
            macro_rules! make { ($receiver:expr) => { $receiver.send() }; }
            fn macros() {
                let a = ByRef(1); let mut m = ByMut(1);
                log(format!("{} {n}", a.send(), n = m.send()));
                let list = vec![a.send(), ByValue(2).send(), m.send()]; log(format!("{:?}", list));
                assert_eq!(a.send(), 1, "{}", m.send()); assert!(a.send() == 1);
                log(format!("{} {} {}", twice!(a.send()), exact!(a.send()), make!(ByValue(3))));
                log(stringify!(a.send())); log(format!("{}", make!(a)));
                let map: HashMap<u32, u32> = vec![(a.send(), m.send())].into_iter().collect(); log(format!("{:?}", map));
                let pick = if matches!(a.send(), 1) { ByRef(4) } else { ByRef(5) }; log(format!("{}", pick.send()));
                println!("{}", a.send());
            }
            fn statements() -> u32 {
                let mut m = ByMut(1);
                m.send();
                { m.send() };
                if true { m.send(); }
                m.send();
                let x = loop { break m.send(); };
                let y = 'a: loop { if x > 1 { break 'a m.send(); } };
                let closure = move || -> u32 { return m.send(); };
                let _ = closure;
                match x { 1 => ByRef(1).send(), _ => y }
            }
            const fn constant() -> usize { 3 }
            fn arrays() { let all = [ByRef(1).send(); constant()]; log(format!("{:?}", all)); let s = ByRef(2); log(format!("{:?}", [s.send(); 2])); }

            pub fn run() {
                receivers(); results();
                log(format!("{:?} {:?}", question(), question_converts().map_err(|e| e.to_string())));
                log(format!("{} {} {} {}", generic(1_u32), generic_unsized(&1_u32 as &dyn Port), generic_mut(1_u64), opaque().send()));
                drops(); log(format!("{}", drops_tail())); drops_of_receivers(); closures(); blocks(); own_names();
                log(format!("{:?} {:?}", executes(), clients())); gets_and_spawns(); macros(); log(format!("{}", statements())); arrays();
            }
        }
    };
}

program!(mod plain);
program!(
    #[autoxray::traced(sends = false)]
    mod traced
);
program!(
    #[autoxray::traced]
    mod rewritten
);

fn logged(run: fn()) -> Vec<String> {
    run();
    LOG.with(|log| std::mem::take(&mut *log.borrow_mut()))
}

pub(crate) fn check() {
    let plain = logged(plain::run);
    assert!(plain.len() > 150, "{}", plain.len());
    for (other, name) in [(logged(traced::run), "traced"), (logged(rewritten::run), "rewritten")] {
        for (number, (line, expected)) in other.iter().zip(&plain).enumerate() {
            assert_eq!(line, expected, "{name}: line {number} after {:?}", &plain[number.saturating_sub(3)..number]);
        }
        assert_eq!(other.len(), plain.len());
    }
    assert_eq!(traced::sizes(), rewritten::sizes());
}
