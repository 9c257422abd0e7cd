//! No lint fires because of a call that was rewritten.
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


use std::thread;

use autoxray::traced;

/// Something to send.
#[derive(Clone, Debug, Default)]
pub struct Message {
    text: String,
}

/// What may go wrong.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

impl Message {
    /// Puts something in.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.text.push_str(text);
        self
    }

    /// Sends it.
    ///
    /// # Errors
    ///
    /// If it is refused.
    #[allow(clippy::unused_async)]
    pub async fn send(self) -> Result<usize, Refused> {
        if self.text.is_empty() { Err(Refused) } else { Ok(self.text.len()) }
    }

    /// Builds it.
    ///
    /// # Errors
    ///
    /// If it is refused.
    pub fn build(self) -> Result<Self, Refused> {
        if self.text.is_empty() { Err(Refused) } else { Ok(self) }
    }
}

/// Where it is sent.
#[derive(Clone, Debug, Default)]
pub struct Port {
    sent: Vec<Message>,
}

impl Port {
    /// Sends what there is.
    #[must_use]
    pub const fn send(&self) -> usize {
        self.sent.len()
    }

    /// Adds one.
    #[must_use]
    pub fn execute(&mut self, message: Message) -> usize {
        self.sent.push(message);
        self.sent.len()
    }

    /// Adds one.
    pub fn spawn(&mut self, message: Message) {
        self.sent.push(message);
    }
}

/// Has a port.
#[derive(Clone, Debug, Default)]
pub struct PortClient {
    port: Port,
}

impl PortClient {
    /// Makes one.
    #[must_use]
    pub fn new(port: &Port) -> Self {
        Self { port: port.clone() }
    }

    /// Makes one.
    #[must_use]
    pub const fn from_conf(port: Port) -> Self {
        Self { port }
    }
}

#[traced]
async fn chain(message: Message) -> Result<usize, Refused> {
    message.text("a").text("b").send().await
}

#[traced]
async fn statements(message: Message) -> Result<(), Refused> {
    let length = message.clone().text("a").send().await?;
    let sent = message.send().await?;
    if length < sent {
        return Err(Refused);
    }
    Ok(())
}

#[traced]
fn places(port: &mut Port, client: &PortClient) -> Result<usize, Refused> {
    let message = Message::default();
    let count = port.send().max(client.port.send()).max(port.execute(message));
    port.spawn(Message::default());
    port.spawn(Message::default().text("c"));
    Ok(port.execute(Message::default().text("b").build()?).max(count))
}

#[traced]
fn clients(port: Port) -> usize {
    let client = PortClient::new(&port);
    let other = PortClient::from_conf(port);
    client.port.send().max(other.port.send())
}

#[traced]
fn closures(port: &Port) -> usize {
    let count = || port.send();
    let list = vec![port.send(), count()];
    list.into_iter().max().unwrap_or_default()
}

#[traced]
fn threads() -> bool {
    thread::spawn(|| true).join().is_ok_and(|done| done)
}

#[traced]
fn last_word(port: &Port) -> usize {
    port.send()
}

#[traced]
fn dropped(mut port: Port) {
    let sent = port.send();
    assert!(port.execute(Message::default().text("x")) > sent, "one more");
}

fn main() {}
