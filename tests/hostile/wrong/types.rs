//! Programs that do not type-check.
#![allow(dead_code, unused)]
use std::future::Future;
use std::pin::Pin;

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_tail(a: u32) -> String {
    a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_return(a: u32) -> String {
    if a > 1 {
        return a;
    }
    String::new()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn no_tail(a: u32) -> String {
    a.to_string();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_unit(a: u32) {
    a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn wrong_question_mark(a: &str) -> Result<u32, u8> {
    Ok(a.parse::<u32>()?)
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn question_mark_in_unit(a: &str) {
    a.parse::<u32>()?;
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unknown_name(a: &str) -> u32 {
    b.len()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn unknown_method(a: &str) -> u32 {
    a.unknown()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_wrong_tail(a: u32) -> String {
    a
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_wrong_return(a: u32) -> String {
    if a > 1 {
        return a;
    }
    String::new()
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_no_tail(a: u32) -> String {
    a.to_string();
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn async_wrong_question_mark(a: &str) -> Result<u32, u8> {
    Ok(a.parse::<u32>()?)
}

#[cfg_attr(feature = "traced", autoxray::traced)]
async fn missing_await(a: u32) -> u32 {
    ready(a) + 1
}

#[cfg_attr(feature = "traced", autoxray::traced)]
fn boxed(a: u32) -> Pin<Box<dyn Future<Output = String>>> {
    Box::pin(async move { a })
}

async fn ready(a: u32) -> u32 {
    a
}

fn main() {}
