//! No lint fires because of generated code.
#![deny(warnings, missing_docs, unused, future_incompatible, let_underscore, nonstandard_style, rust_2018_idioms)]
#![deny(clippy::all, clippy::pedantic, clippy::nursery, clippy::cargo)]
#![deny(
    closure_returning_async_block,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    impl_trait_redundant_captures,
    let_underscore_drop,
    meta_variable_misuse,
    missing_debug_implementations,
    non_ascii_idents,
    redundant_lifetimes,
    single_use_lifetimes,
    trivial_casts,
    trivial_numeric_casts,
    unit_bindings,
    unreachable_pub,
    unsafe_op_in_unsafe_fn,
    unused_extern_crates,
    unused_import_braces,
    unused_lifetimes,
    unused_qualifications,
    unused_results,
    variant_size_differences
)]
#![deny(
    clippy::absolute_paths,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::as_underscore,
    clippy::clone_on_ref_ptr,
    clippy::default_numeric_fallback,
    clippy::else_if_without_else,
    clippy::expect_used,
    clippy::fn_to_numeric_cast_any,
    clippy::if_then_some_else_none,
    clippy::indexing_slicing,
    clippy::let_underscore_must_use,
    clippy::let_underscore_untyped,
    clippy::multiple_unsafe_ops_per_block,
    clippy::panic,
    clippy::pattern_type_mismatch,
    clippy::print_stdout,
    clippy::redundant_type_annotations,
    clippy::ref_patterns,
    clippy::semicolon_inside_block,
    clippy::shadow_reuse,
    clippy::shadow_same,
    clippy::shadow_unrelated,
    clippy::str_to_string,
    clippy::undocumented_unsafe_blocks,
    clippy::unreachable,
    clippy::unseparated_literal_suffix,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm
)]
#![forbid(unsafe_code)]
#![allow(clippy::cargo_common_metadata, clippy::multiple_crate_versions, clippy::redundant_pub_crate, dead_code)]

use std::fmt::{Display, Formatter, Result as FmtResult};
use std::future::{Future, ready};
use std::pin::Pin;
use std::process::exit;
use std::sync::Arc;

use async_trait::async_trait;
use autoxray::{business_metric, traced};

/// A value.
#[derive(Clone, Debug)]
pub struct Order {
    id: u32,
    name: String,
}

/// An error.
#[derive(Debug)]
pub enum Refused {
    /// This one.
    No,
}

#[traced]
fn unit() {}

#[traced]
fn unit_statement() {
    unit();
}

#[traced]
fn unit_of_unit() {
    unit_statement();
    unit();
}

#[traced]
fn single_expression(a: u32) -> u32 {
    a.wrapping_add(1)
}

#[traced]
fn one_line(a: &str) -> String { a.to_owned() }

#[traced]
fn one_line_with_argument(a: String) -> String { a + "b" }

#[traced]
#[rustfmt::skip]
fn one_line_block(a: String) -> String { if a.is_empty() { a } else { a + "b" } }

#[traced(annotate(id = order.id), metadata(name = order.name, size = order.name.len()))]
fn values(order: Order, key: &str) -> Result<Order, Refused> {
    if order.name == key {
        return Err(Refused::No);
    }
    Ok(order)
}

#[traced]
fn items_after(a: Order) -> u32 {
    const ONE: u32 = 1;
    const fn inner(a: &Order) -> u32 {
        a.id
    }
    inner(&a).max(ONE)
}

#[traced]
fn closure_call(f: impl Fn() -> u32) -> u32 {
    f()
}

#[traced]
fn call() -> u32 {
    closure_call(|| 1_u32)
}

#[traced]
fn let_and_return(a: Vec<u32>) -> usize {
    let mut list = a;
    list.push(1);
    list.len()
}

#[traced]
fn underscored(_a: String, b: String, _: String, _c: Order) -> String {
    b
}

#[traced]
fn patterns((a, b): (String, String), Order { id, .. }: Order, _: u8) -> String {
    format!("{a}{b}{id}")
}

#[traced]
fn mutable(mut a: String, mut n: u32, mut b: Order) -> String {
    a.push('c');
    n = n.wrapping_mul(2);
    b.id = n;
    format!("{a}{}", b.id)
}

#[traced]
fn early(a: Option<u32>) -> Option<u32> {
    let n = a?;
    if n > 3 {
        return None;
    }
    Some(n)
}

#[traced]
fn looping(list: &[u32]) -> u32 {
    let mut sum = 0_u32;
    for n in list {
        if *n == 2 {
            continue;
        }
        sum = sum.wrapping_add(*n);
    }
    sum
}

#[traced]
fn generic<T>(a: &T) -> String
where
    T: Display + ?Sized,
{
    a.to_string()
}

#[traced]
fn opaque(a: &[u8]) -> impl Iterator<Item = u8> + '_ {
    a.iter().copied()
}

#[traced]
fn never() -> ! {
    exit(1)
}

/// Documented.
#[traced]
#[must_use]
pub fn documented(a: u32) -> u32 {
    a
}

#[traced]
#[track_caller]
fn located(a: &str) -> usize {
    a.len()
}

#[traced]
#[inline]
async fn async_unit() {
    ready(()).await;
}

#[traced]
async fn async_values(order: Order, n: u32) -> Result<u32, Refused> {
    let m = ready(n).await;
    if m > order.id {
        return Err(Refused::No);
    }
    Ok(m)
}

#[traced(annotate(n), metadata(a))]
async fn async_expression(a: String, n: u32) -> u32 {
    ready(n).await
}

#[traced]
async fn async_patterns((a, b): (String, String), _c: Order, _: u8) -> String {
    ready(()).await;
    format!("{a}{b}")
}

#[traced]
async fn async_opaque(to: u32) -> impl Iterator<Item = u32> + Send {
    ready(0..to).await
}

#[traced]
fn future(a: u32) -> impl Future<Output = u32> + Send {
    let n = a.max(2);
    async move { ready(n).await }
}

#[traced(annotate(a))]
fn other_future(a: u32) -> impl Future<Output = u32> + Send {
    ready(a)
}

#[traced(annotate(a))]
fn boxed(a: &str) -> Pin<Box<dyn Future<Output = usize> + Send + '_>> {
    Box::pin(async move { ready(a.len()).await })
}

#[traced]
fn other_boxed(a: &str) -> Pin<Box<dyn Future<Output = usize> + Send>> {
    Box::pin(ready(a.len()))
}

/// A trait.
#[traced]
#[async_trait]
pub trait Remote {
    /// Gets.
    async fn get(&self, key: String) -> Result<u32, Refused>;
    /// Puts.
    async fn put(&self, key: String) -> String {
        ready(()).await;
        key
    }
}

#[traced]
impl Order {
    const fn id(&self) -> u32 {
        self.id
    }
    fn into_name(self) -> String {
        self.name
    }
    fn name(&self) -> &str {
        &self.name
    }
    fn name_mut(&mut self) -> &mut String {
        &mut self.name
    }
    fn shared(self: Arc<Self>) -> usize {
        Arc::strong_count(&self)
    }
    async fn wait(&self) -> &Self {
        ready(self).await
    }
}

#[async_trait]
impl Remote for Order {
    #[traced(annotate(key, id = self.id))]
    async fn get(&self, key: String) -> Result<u32, Refused> {
        if key.is_empty() {
            return Err(Refused::No);
        }
        ready(Ok(self.id)).await
    }
}

#[traced]
impl Display for Order {
    fn fmt(&self, f: &mut Formatter<'_>) -> FmtResult {
        f.write_str(&self.name)
    }
}

#[traced]
mod jobs {
    use super::Order;

    pub(crate) fn run(order: &Order) -> u32 {
        order.id()
    }
}

/// What is measured has no lints either, with a word for each way of being told.
#[traced(sla = "5s")]
#[business_metric(name = "Measured", value = key.len(), dimensions(key, kind = "plain"), dimensions())]
#[business_metric(name = "Kept", value = *ret, when = always)]
fn measured(key: String, mut count: u16, (left, _): (String, u8)) -> usize {
    count = count.saturating_add(1);
    key.len().saturating_add(left.len()).saturating_add(usize::from(count))
}

impl Order {
    #[business_metric(name = "Waited", value = duration, when = err, dimensions(name = self.name))]
    async fn waited(&self, key: String, _unused: Arc<str>) -> Result<u32, Refused> {
        if key.is_empty() {
            return Err(Refused::No);
        }
        ready(Ok(self.id)).await
    }

    #[business_metric(name = "Boxed", value = ret.len())]
    #[business_metric(name = "BoxedToo", value = key.len(), dimensions(place = left))]
    fn boxed_too(mut key: String, (left, _): (String, u8)) -> Pin<Box<dyn Future<Output = String> + Send>> {
        Box::pin(async move {
            key.push_str(&left);
            ready(key).await
        })
    }
}

fn main() {}
