//! Attribute macros of autoxray. Use them through the `autoxray` crate: what they generate names
//! `::autoxray::__rt`.
//!
//! The way of an attribute: `args` (grammar) and `item` (signature parsed, body kept as raw tokens)
//! → `valid` and `secret` (rules) → `calls` (with the feature `rewrite`: clients in the body) → `expand` (one template per shape) → or, when
//! something is wrong, `fallback` (the errors and the untouched item).
#![forbid(unsafe_code)]

mod args;
#[cfg(feature = "rewrite")]
mod calls;
#[cfg(not(feature = "rewrite"))]
#[path = "calls_compiled_out.rs"]
mod calls;
mod diag;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod item;
mod rt;
mod secret;
mod types;
mod valid;

extern crate proc_macro;

use proc_macro::TokenStream;

/// Records every call of a function as an X-Ray subsegment.
///
/// Goes on a `fn` of any kind (sync, async, method, `unsafe`, `extern "C"`, generic, one that
/// returns a future), or on an `impl` block, a `trait` or an inline `mod`, where it stands for every
/// function inside that has a body.
///
/// | Option | Meaning |
/// |---|---|
/// | `name = "charge card"` | name of the subsegment; the function's own name if left out |
/// | `segment`, `segment = "worker"` | begin a new segment when none is current: workers, batch jobs, cron. Named after the service, or as given |
/// | `namespace = "remote"` | a call to another service (`"remote"`) or to AWS (`"aws"`) |
/// | `annotate(user_id, post_id = input.id, "order.id" = order.id)` | indexed values: text, numbers, booleans |
/// | `metadata(input, size = body.len())` | values that are stored, not indexed: anything `Serialize` |
/// | `sends = false` | leave calls of clients inside as they are (with the feature `rewrite`); also for an `impl`, a `trait` or a `mod` |
/// | `skip` | leave this function out; for functions inside a traced `impl`, `trait` or `mod` |
///
/// Values are evaluated when the function starts, and only when the call is recorded. A value whose
/// name looks secret (`password`, `token`, `api_key`, `authorization` and the like) is refused;
/// `annotate(allow_secret(token))` records it all the same.
///
/// The result is watched without being asked for: an `Err` or a panic marks the subsegment as failed
/// and keeps the cause, a dropped future is recorded as cancelled. The function behaves as without the attribute:
/// same result, same order of drops, same panics.
///
/// Limits: a `const fn` cannot be traced. Under `#[track_caller]`, and where an `impl Fn(…)` is returned, the result is not looked at, because
/// the body must stay where it is. A function whose
/// return type does not *show* a future (`impl Future`, `Pin<Box<dyn Future>>`, `BoxFuture`,
/// `LocalBoxFuture`), such as `Self::Future`, is recorded as the synchronous function it is.
#[proc_macro_attribute]
pub fn traced(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    expand::traced(args.into(), &item).unwrap_or_else(|errors| fallback::untouched(&errors, &item)).into()
}

/// Goes on `fn main`: calls of clients in it are recorded, and AWS clients that it makes record each of their calls, wherever they are used.
/// Opens no segment.
///
/// ```text
/// #[autoxray::main]
/// #[tokio::main]
/// async fn main() {
///     let config = aws_config::load_from_env().await;
///     let client = aws_sdk_dynamodb::Client::new(&config);
///     serve(client).await;
/// }
/// ```
///
/// Takes no options. Needs the feature `rewrite`; without it the function stays as it is.
#[proc_macro_attribute]
pub fn main(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    expand::main(args.into(), &item).unwrap_or_else(|errors| fallback::untouched(&errors, &item)).into()
}
