//! Programs that are warned about.
#![warn(unused, clippy::all)]
#![allow(dead_code)]

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_argument(a: String, b: u32, c: String) {
    drop(c);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_later(a: String, b: u32, c: String) {
    drop(a);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_in_pattern((a, b): (String, String), [c, d]: [u8; 2]) {
    drop(b);
    let _ = c;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_mut(mut a: u32, mut b: String) -> u32 {
    drop(b);
    a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_mut_later(a: String, b: String, mut c: String) {
    drop((a, c));
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_local() {
    let a = 1;
    let mut b = 2;
    let _ = b;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_result() {
    "1".parse::<u8>();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unreachable_tail() -> u8 {
    return 1;
    2
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_parens(a: u8) -> u8 {
    (a)
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unused_braces(a: u8) -> u8 {
    let b = { a };
    b
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_unused_argument(a: String, b: u32, c: String) {
    drop(c);
    std::future::ready(()).await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_unused_later(a: String, b: u32, c: String) {
    drop(a);
    std::future::ready(()).await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_unused_local() {
    let a = 1;
    std::future::ready(1).await;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn unused_future() {
    std::future::ready(1);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn boxed_unused(a: String) -> std::pin::Pin<Box<dyn std::future::Future<Output = u8>>> {
    Box::pin(async move {
        let b = 1;
        2
    })
}

/// Dropping it reads it.
struct Guard {
    armed: bool,
    count: [u8; 2],
}

impl Drop for Guard {
    fn drop(&mut self) {
        assert!(!self.armed);
    }
}

impl Guard {
    #[cfg_attr(feature = "traced", autoxray::traced)]
    fn disarm(mut self) {
        self.armed = false;
    }

    #[cfg_attr(feature = "traced", autoxray::traced)]
    async fn async_disarm(mut self) {
        self.armed = false;
    }
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn disarm(mut guard: Guard) {
    guard.armed = false;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_disarm((mut guard, _): (Guard, u8)) {
    guard.count[0] = 1;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn never_read(mut a: u32, mut b: [u8; 2], mut c: (u8, u8), mut d: &u8, mut e: String, f: &mut u8) -> u32 {
    let old = a;
    a = 3;
    b[0] = 1;
    c.0 = 1;
    d = &1;
    e = String::new();
    *f = 1;
    old
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_never_read(mut a: u32, mut b: [u8; 2], mut c: (u8, u8), mut d: &u8, mut e: String, f: &mut u8) -> u32 {
    let old = a;
    a = 3;
    b[0] = 1;
    c.0 = 1;
    d = &1;
    e = String::new();
    *f = 1;
    old
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn only_written(mut a: u32, mut b: [u8; 2], mut c: String) {
    a = 3;
    b[0] = 1;
    c = String::new();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn not_compiled_in(_a: Guard, b: Guard) {
    let _ = b;
    #[cfg(any())]
    drop(_a);
}

#[derive(PartialEq, Eq, Ord)]
struct Money(u8);

#[cfg_attr(feature = "traced", autoxray::traced)]
impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

#[derive(Copy)]
struct Small(u8);

#[cfg_attr(feature = "traced", autoxray::traced)]
impl Clone for Small {
    fn clone(&self) -> Self {
        *self
    }
}

fn main() {}
