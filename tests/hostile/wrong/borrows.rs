//! Programs that type-check and do not borrow-check.
#![allow(dead_code, unused)]

#[cfg_attr(feature = "traced", autoxray::traced)]
fn moved_twice(a: String) {
    drop(a);
    drop(a);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn not_mutable(a: String) {
    a.push('c');
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn assigned(a: u32) -> u32 {
    a = 3;
    a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn returns_local() -> &'static str {
    let a = String::new();
    &a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn returns_argument(a: String) -> &'static str {
    &a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn two_borrows(a: &mut Vec<u8>) -> (&mut u8, &mut u8) {
    (&mut a[0], &mut a[1])
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_lifetime<'a>(a: &'a str, b: &str) -> &'a str {
    b
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn moved_from_reference(a: &Vec<String>) -> String {
    a[0]
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_moved_twice(a: String) {
    drop(a);
    drop(a);
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_not_mutable(a: String) {
    a.push('c');
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_borrowed_and_moved(a: String) {
    let b = &a;
    drop(a);
    println!("{b}");
}

fn main() {}
