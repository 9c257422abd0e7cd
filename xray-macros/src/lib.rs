//! Attribute macros of autoxray. Use them through the `autoxray` crate: what they generate names
//! `::autoxray::__rt`.
//!
//! The way of an attribute: `args` (grammar) and `item` (signature parsed, body kept as raw tokens)
//! → `valid` and `secret` (rules) → `calls` (with the feature `rewrite`: clients in the body; with `lambda`: services in `main`) → `expand` (one
//! template per shape) → or, when something is wrong, `fallback` (the errors and the untouched item).
#![forbid(unsafe_code)]

mod args;
#[cfg(any(feature = "lambda", feature = "rewrite"))]
mod calls;
#[cfg(not(any(feature = "lambda", feature = "rewrite")))]
#[path = "calls_compiled_out.rs"]
mod calls;
mod cardinality;
mod diag;
mod expand;
mod fallback;
#[cfg(test)]
mod golden;
mod item;
mod metric;
mod rt;
mod secret;
mod types;
mod units;
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
/// | `sla = "5s"` | how long the function may take (`ms`, `s`, `m`, `h`): recorded with how long it took, as `sla.violated` and the other annotations of `map::Sla` |
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

/// Records the invocations of a Lambda function that is built with `lambda_runtime` or `lambda_http`. Goes on its handler, or on `fn main`.
/// Needs the feature `lambda`, and `lambda-http` for requests of `lambda_http`.
///
/// On the handler, an `async fn` that takes the event, as a function or a method:
///
/// ```text
/// #[traced_lambda]
/// async fn handler(event: LambdaEvent<Order>, client: &Client) -> Result<Receipt, Error> {
///     client.place(event.payload).await
/// }
/// ```
///
/// Each call is the invocation: a subsegment called `## handler` in the segment that Lambda sends, or in one of our own where Lambda is not, as in
/// a test. It says where the event came from, marks the records of a batch that the answer gives back, and has all that is recorded
/// below it. Like `#[traced]`, it records how the function ended, and the calls of clients in it (with the feature `rewrite`). The event is the
/// argument whose type is called `LambdaEvent` or `Request`, or else the first one that is not borrowed.
///
/// On `main`, above or below `#[tokio::main]`:
///
/// ```text
/// #[traced_lambda]
/// #[tokio::main]
/// async fn main() -> Result<(), Error> {
///     let client = Client::new().await;
///     lambda_runtime::run(service_fn(|event| handler(event, &client))).await
/// }
/// ```
///
/// Then what is given to `run`, `runtime`, `Runtime::new` and the like records its invocations, with whatever handler: a service of tower, a router
/// of axum. It is named after the function that is called in `service_fn( )`. The start of the program is recorded, and all that
/// `#[autoxray::main]` does is done. With both attributes in one program, an invocation is still recorded once.
///
/// | Option | On | Meaning |
/// |---|---|---|
/// | `name = "orders"` | handler, `main` | name of the subsegment; `## ` and the function's name if left out |
/// | `capture_error = false` | handler, `main` | record that an invocation failed, and not what the error, the panic or the stream says |
/// | `capture_response` | handler | record the answer, as metadata; it must be `Serialize` |
/// | `annotate(id = event.payload.id)` | handler | indexed values, as with `#[traced]` |
/// | `metadata(size = event.payload.items.len())` | handler | values that are stored, as with `#[traced]` |
/// | `sends = false` | handler, `main` | leave calls of clients inside as they are |
///
/// The function behaves as without the attribute: same result, same order of drops, same panics.
///
/// Limits: a handler that is not an `async fn`, but returns a future, is not taken. On `main`, what is looked at is made there by `service_fn`,
/// `ServiceBuilder`, `Router` or `BoxService`, or goes to `lambda_runtime::…`, `lambda_http::…` or `Runtime::new` by that path; and it has a type of
/// its own, which does not follow from the function that takes it. `AUTOXRAY_REWRITES=1 cargo build` lists the services that are recorded.
#[proc_macro_attribute]
pub fn traced_lambda(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    expand::traced_lambda(args.into(), &item).unwrap_or_else(|errors| fallback::untouched(&errors, &item)).into()
}

/// Records a metric for CloudWatch at each call of a function, whether its trace is sampled or not.
///
/// Goes on the same functions as `#[traced]`, above or below it, or without it; several times for several metrics.
///
/// | Option | Meaning |
/// |---|---|
/// | `name = "OrdersPlaced"` | what the metric is called |
/// | `unit = Count` | one of CloudWatch's units: `Count`, `None`, `Milliseconds`, `Bytes/Second` … If left out `Count` without a `value`, `Milliseconds` for `value = duration`, else `None` |
/// | `value = order.total` | a number, a `bool`, or a `Duration` for a unit of time, or an `Option` of one; made of arguments, or of `ret`, what the function returns. `value = duration` is how long the function took. If left out the call counts 1 |
/// | `dimensions(country, plan = order.plan)` | by what CloudWatch keeps the values apart: texts, and whatever has a `Display`. Several times for several sets; `dimensions()` is that of all values together |
/// | `when = ok` | which calls count: those that do not return `Err` (`ok`, the default), those that return `Err` or panic (`err`), or all (`always`) |
/// | `resolution = 1` | CloudWatch keeps the values by the second, not by the minute |
///
/// `ret` refers to the value in `Ok` with `when = ok`, to the error with `when = err`, and to all of the result with `when = always`. What is
/// made of `ret` is evaluated when the function has returned, and does not see arguments that it has taken: borrow them, or return what is
/// needed. All else is evaluated before. A
/// call that does not return (it panics, or its future is dropped) has no `ret`: a `value` of it is not recorded, a dimension of it is `other`.
///
/// In the trace, the value is an annotation of the current subsegment (of the function's own, if that is traced) by the metric's name, and with
/// unit and dimensions a metadata value in the namespace `metrics`. The document for CloudWatch has the ids of trace and segment.
///
/// Every value of a dimension makes one more metric, which has its price. So a dimension that looks as if almost every call had a value of its
/// own (`order_id`, `email`) is refused, unless it is written `allow_cardinality(store_id)`.
#[proc_macro_attribute]
pub fn business_metric(args: TokenStream, item: TokenStream) -> TokenStream {
    let item = item.into();
    expand::business_metric(args.into(), &item).unwrap_or_else(|errors| fallback::untouched(&errors, &item)).into()
}

/// Goes on `fn main`: calls of clients in it are recorded, and AWS clients that it makes record each of their calls, wherever they are used.
/// Opens no segment.
///
/// ```text
/// #[autoxray::main]
/// #[tokio::main]
/// async fn main() {
///     let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
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
