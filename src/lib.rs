//! AWS X-Ray auto-instrumentation: annotate functions, run the program, see the trace.
//!
//! ```
//! use autoxray::traced;
//!
//! #[traced(segment, annotate(order_id))]
//! async fn place(order_id: u64) -> Result<(), PaymentError> {
//!     let cents = price(order_id);
//!     charge(order_id, cents).await
//! }
//!
//! #[traced]
//! fn price(order_id: u64) -> u64 {
//!     order_id * 100
//! }
//!
//! #[traced(name = "payments", namespace = "remote", annotate(cents))]
//! async fn charge(order_id: u64, cents: u64) -> Result<(), PaymentError> {
//!     Err(PaymentError::Declined)
//! }
//! # #[derive(Debug, PartialEq)]
//! # enum PaymentError { Declined }
//! # impl std::fmt::Display for PaymentError {
//! #     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str("declined") }
//! # }
//! # impl std::error::Error for PaymentError {}
//! # let recorder = xray_testkit::TestRecorder::with(|settings| settings.service_name("orders"));
//! # assert_eq!(recorder.block_on(place(7)), Err(PaymentError::Declined));
//! # recorder.assert_tree("
//! #     orders {order_id=7} [fault] !PaymentError: declined
//! #       price
//! #       payments {cents=700} [fault, remote] !PaymentError: declined
//! # ");
//! ```
//!
//! Each call of `place` becomes a *segment*, the work of this program on one request, and the calls below it its *subsegments*, with times,
//! values, errors, panics and cancellation. When the segment ends, the tree travels as one datagram to the X-Ray daemon, sent by the
//! thread that ended it. There is nothing to start, no queue, nothing to flush, and no thread (on Lambda one, and one for metrics elsewhere).
//!
//! Tracing never changes what the program does. Without a daemon, with a broken environment, with a `Debug` that panics, results are the
//! same; what could not be recorded is counted in [`stats`](fn@stats), and told once on standard error.
//!
//! `cargo run --example quickstart` shows all of it at work without an AWS account.
//!
//! # In a program
//!
//! Add `#[traced(segment)]` to what handles a request, a message or a job, and `#[traced]` to what is worth seeing below it. Set
//! `AWS_XRAY_TRACING_NAME` to the service's name, and `AWS_XRAY_DAEMON_ADDRESS` if the daemon is not on this machine; [`environment`] lists all
//! variables. One trace per second is taken, and 5 % of the rest, unless the caller or `XRAY_SAMPLING_RATE` decides otherwise. Settings
//! can be made in code, too:
//!
//! ```
//! use autoxray::{Recorder, Sampling};
//!
//! Recorder::builder().service_name("orders").sampling(Sampling::Rate(0.1)).install()?;
//! # Ok::<(), autoxray::AlreadyInstalled>(())
//! ```
//!
//! # In a library
//!
//! Depend on autoxray with `default-features = false`. Annotated functions then compile to their bodies, and the program that uses
//! the library decides by its own features whether they are recorded.
//!
//! # Options of `#[traced]`
//!
//! It goes on functions of any kind: sync, async, methods, generic ones, ones that return a future; below `#[async_trait]` and above it.
//!
//! **On a whole `impl` block, trait or module** it stands for every function inside that has a body; `skip` leaves one out.
//!
//! ```
//! # use autoxray::traced;
//! struct Shop;
//!
//! #[traced]
//! impl Shop {
//!     #[traced(segment = "shop")]
//!     fn open(&self) -> usize {
//!         self.sweep() + self.key()
//!     }
//!
//!     fn sweep(&self) -> usize {
//!         1
//!     }
//!
//!     #[traced(skip)]
//!     fn key(&self) -> usize {
//!         2
//!     }
//! }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # assert_eq!(recorder.run(|| Shop.open()), 3);
//! # recorder.assert_tree("shop\n  sweep");
//! ```
//!
//! **`name`** is the subsegment's, if not the function's. **`segment`** begins a new segment where none is current, named after the service
//! or as given; where one is current, it is a subsegment of that.
//!
//! ```
//! # use autoxray::traced;
//! #[traced(segment = "nightly", name = "clean up")]
//! fn clean_up() -> u32 {
//!     17
//! }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.run(|| (clean_up(), autoxray::segment("by hand").run(clean_up)));
//! # recorder.assert_tree("nightly\nby hand\n  clean up");
//! ```
//!
//! **`namespace`** says that the function is a call to another service (`"remote"`), which makes that service a node on the service map, or
//! to AWS (`"aws"`). The subsegment's name is then the service's.
//!
//! ```
//! # use autoxray::traced;
//! #[traced(name = "weather.example.com", namespace = "remote")]
//! async fn forecast(city: &str) -> String {
//!     format!("sunny in {city}")
//! }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.block_on(autoxray::segment("s").trace(forecast("Ulm")));
//! # recorder.assert_tree("s\n  weather.example.com [remote]");
//! ```
//!
//! **`annotate`** records indexed values: text, numbers, booleans, and whatever has a `Display`. **`metadata`** records values that are kept
//! for reading: anything that is `Serialize`. Arguments are never recorded unless they are named here, and a value is made only if the
//! call is recorded.
//!
//! ```
//! # use autoxray::traced;
//! # struct Post { id: u64, title: String }
//! #[traced(annotate(user_id, post_id = post.id, "post.draft" = true), metadata(tags, size = post.title.len()))]
//! fn publish(user_id: u64, post: &Post, tags: &[&str]) {}
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.run(|| autoxray::segment("s").run(|| publish(7, &Post { id: 8, title: "x".into() }, &["new"])));
//! # recorder.assert_tree("s\n  publish {user_id=7, post_id=8, post.draft=true}");
//! # assert_eq!(recorder.trace().expect("publish").metadata("size"), 1);
//! # assert_eq!(recorder.trace().expect("publish").metadata("tags")[0], "new");
//! ```
//!
//! A value that looks like a secret by its name does not compile, unless it says that it is none:
//!
//! ```compile_fail
//! # use autoxray::traced;
//! #[traced(annotate(password))]
//! fn log_in(password: &str) {}
//! ```
//! ```
//! # use autoxray::traced;
//! #[traced(annotate(allow_secret(next_token)))]
//! fn page(next_token: u32) {}
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.run(|| autoxray::segment("s").run(|| page(3)));
//! # recorder.assert_tree("s\n  page {next_token=3}");
//! ```
//!
//! # What becomes of errors
//!
//! | The function | is recorded as |
//! |---|---|
//! | returns `Err` | a fault, with an exception: type, message, chain of sources, file and line of the function |
//! | panics | a fault with the exception `panic`; the panic goes on |
//! | is a future that is dropped before it is done | ended there, annotated `cancelled` |
//!
//! An error type can say that it is the caller's mistake, or that there were too many requests:
//!
//! ```
//! use autoxray::{Classify, ErrorKind, traced};
//!
//! #[derive(Debug)]
//! enum OrderError {
//!     NoSuchItem,
//!     TooManyOrders,
//!     Database(std::io::Error),
//! }
//!
//! impl Classify for OrderError {
//!     fn kind(&self) -> ErrorKind {
//!         match self {
//!             Self::NoSuchItem => ErrorKind::Error,
//!             Self::TooManyOrders => ErrorKind::Throttle,
//!             Self::Database(_) => ErrorKind::Fault,
//!         }
//!     }
//! }
//!
//! #[traced]
//! fn find(item: &str) -> Result<u32, OrderError> {
//!     Err(OrderError::NoSuchItem)
//! }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.run(|| autoxray::segment("s").run(|| find("tea").is_ok()));
//! # recorder.assert_tree("s\n  find [error] !OrderError: NoSuchItem");
//! ```
//!
//! # By hand
//!
//! What `#[traced]` does, for places that are no function:
//!
//! | | |
//! |---|---|
//! | [`segment`], [`subsegment`] | then `run` or `try_run` for code, `trace` or `try_trace` for a future, or `begin` for a [`Guard`]; `try_…` records an `Err` |
//! | [`annotate`], [`metadata`], [`set_user`], [`record_error`], [`set_namespace`] | attach something to what is current |
//! | [`trace_id`], [`trace_header`], [`response_header`] | who is current, for logs and for other services |
//! | [`is_enabled`], [`is_recording`] | whether it is worth while |
//!
//! ```
//! use autoxray::{Namespace, TraceHeader, annotate, segment, set_user, subsegment, trace_header};
//!
//! fn handle(header: &str, user: &str) -> Result<u32, std::num::ParseIntError> {
//!     segment("orders").header(TraceHeader::parse(header)).try_run(|| {
//!         set_user(user);
//!         let answer = subsegment("stock.example.com").namespace(Namespace::Remote).run(|| {
//!             let header = trace_header().map(|header| header.to_string()); // goes along as X-Amzn-Trace-Id
//!             ask_stock(header)
//!         });
//!         annotate("answer", answer);
//!         answer.parse()
//!     })
//! }
//! # fn ask_stock(header: Option<String>) -> &'static str {
//! #     assert!(header.unwrap().starts_with("Root=1-5759e988-bd862e3fe1be46a994272793;Parent="));
//! #     "12"
//! # }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
//! # assert_eq!(recorder.run(|| handle(header, "ann")), Ok(12));
//! # recorder.assert_tree("orders {answer=\"12\"}\n  stock.example.com [remote]");
//! ```
//!
//! # Tasks, threads, services
//!
//! The current segment or subsegment is kept across `.await`, `join!`, `select!` and the like by itself. A new task or thread has to be
//! given it:
//!
//! | To | with |
//! |---|---|
//! | a tokio task | [`spawn`], [`spawn_blocking`] in place of tokio's |
//! | a task of another executor | [`InContext::in_current_context`] |
//! | a thread, a callback, a queue | [`Context::current`] there, [`Context::run`] or [`Context::wrap`] here |
//! | another service | [`trace_header`] there, [`Segment::header`] here; also as W3C [`traceparent`](TraceHeader::to_traceparent) |
//!
//! ```
//! use autoxray::{Context, segment, subsegment, traced};
//!
//! #[traced(segment = "report")]
//! fn report(pages: u32) -> u32 {
//!     let context = Context::current();
//!     std::thread::scope(|scope| {
//!         let threads: Vec<_> = (0..pages).map(|_| scope.spawn(|| context.run(|| subsegment("page").run(|| 1)))).collect();
//!         threads.into_iter().map(|thread| thread.join().unwrap()).sum()
//!     })
//! }
//! # let recorder = xray_testkit::TestRecorder::new();
//! # assert_eq!(recorder.run(|| report(2)), 2);
//! # recorder.assert_tree("report\n  page\n  page");
//! ```
//!
//! With the feature `autopatch` annotated code needs none of the first three: `tokio::spawn`, `spawn_blocking`, `JoinSet::spawn`,
//! `std::thread::spawn` and `rayon::spawn` in it keep the context by themselves.
//!
//! What outlives its segment is recorded all the same: it travels as a document of its own that names its parent.
//!
//! # Calls of AWS and HTTP clients
//!
//! With the feature `autopatch` every call of the AWS SDK for Rust (any service) and of reqwest (0.12, 0.13, async and blocking) in an
//! annotated function becomes a subsegment, and tells the called service of the trace, with no change to how clients are built or used:
//!
//! ```
//! # #[cfg(feature = "autopatch")]
//! # mod program {
//! # use reqwest_0_13 as reqwest;
//! use autoxray::traced;
//!
//! #[traced(segment = "prices")]
//! async fn price(item: &str) -> Result<String, reqwest::Error> {
//!     reqwest::get(format!("https://prices.example.com/{item}")).await?.text().await
//! }
//! # }
//! ```
//!
//! | Layer | What it sees | What to write |
//! |---|---|---|
//! | construction | every call of an AWS client, wherever it is made: paginators, waiters, code without attributes | an attribute on the function that builds the client by `Client::new` or `Client::from_conf` (not under another name than `Client`), mostly `#[autoxray::main]` on `main` |
//! | use | `.send()` of AWS and reqwest, `client.execute(request)`, `reqwest::get` | an attribute on the function |
//! | safety net | AWS calls that neither has seen, without a trace header; `seen_by` in their metadata says so | `#[autoxray::main]` on `main` |
//!
//! A call is recorded once, whichever layers see it. Expressions are rewritten by their types: what is not a call of these clients keeps its
//! meaning, and `#[traced(sends = false)]` leaves a function's calls alone altogether. `AUTOXRAY_REWRITES=1 cargo build` lists what is
//! rewritten and what is not, with the reason; [`environment`] has the switches for run time, and [`Capture`] says what else can be set.
//! The modules `aws` and `reqwest` do the same by hand, each behind a feature of its own:
//!
//! | Feature | What it brings |
//! |---|---|
//! | `autopatch` | all of the below but `reqwest-middleware`; needs Rust 1.94 |
//! | `aws` | `aws::interceptor()` for the configuration of a client, or `aws::client!` |
//! | `reqwest`, `reqwest-0-12` | `reqwest::v0_13::send(request)` in place of `request.send()` |
//! | `reqwest-middleware` | `reqwest::TraceMiddleware` |
//! | `rewrite` | annotated functions use whichever of these are there |
//! | `lambda`, `lambda-http` | `#[traced_lambda]`, below |
//! | `recording`, `metrics`, `tokio` | on by default: traces; metrics, below; `spawn` |
//!
//! `cargo run -p orders` shows it.
//!
//! # Lambda
//!
//! With the feature `lambda` (and `lambda-http` for lambda_http), `#[traced_lambda]` on a handler or on `main` records each invocation of a
//! Lambda function in the trace that it belongs to, and sends everything before Lambda has the answer:
//!
//! ```
//! # #[cfg(feature = "lambda")]
//! # mod function {
//! use autoxray::traced_lambda;
//! use lambda_runtime::{Error, LambdaEvent};
//!
//! #[traced_lambda]
//! async fn orders(event: LambdaEvent<serde_json::Value>) -> Result<String, Error> {
//!     Ok(event.payload["order"].to_string())
//! }
//! # }
//! ```
//!
//! The module [`lambda`] has the rest: cold starts, event sources, batches, time-outs, streams, setting it up.
//!
//! # Metrics
//!
//! [`#[business_metric]`](macro@business_metric) counts what the business reads, exactly and for every call; requests, errors, faults and latencies are counted
//! by themselves. CloudWatch gets them where `XRAY_METRICS=emf` is set, and on Lambda without it:
//!
//! ```
//! use autoxray::{business_metric, traced};
//!
//! #[business_metric(name = "OrdersPlaced", dimensions(country))]
//! #[traced(segment)]
//! fn place(country: &str) -> Result<u64, std::fmt::Error> {
//!     Ok(7)
//! }
//! # let recorder = xray_testkit::TestRecorder::measuring(|settings| settings);
//! # recorder.run(|| place("de")).unwrap();
//! # let told: Vec<String> = recorder.measured().iter().map(ToString::to_string).collect();
//! # assert_eq!(told[3..], ["OrdersPlaced{country=de} Count: 1", "Requests{Operation=place} Count: 1", "Throttles{Operation=place} Count: 0"]);
//! ```
//!
//! [`metrics_guide`] has the rest: what is counted by itself, where it goes, what it costs.
//!
//! # For the service map
//!
//! The module [`map`] has annotations with agreed keys for what teams look for: business transactions, calls between services, service
//! levels, kinds of errors, caches, events, databases, AI models. [`console`] makes links that show what they find.
//!
//! # In tests
//!
//! The crate `xray-testkit` has a recorder for each test, which does not see what other tests do, and compares trees:
//!
//! ```
//! use autoxray::traced;
//! use xray_testkit::TestRecorder;
//!
//! #[traced(segment = "shop", annotate(item))]
//! fn sell(item: &str) {}
//!
//! let recorder = TestRecorder::new();
//! recorder.run(|| sell("tea"));
//! recorder.assert_tree("shop {item=tea}");
//! ```

pub mod environment;
pub mod metrics_guide;
// So that the examples there are tested.
#[cfg(doctest)]
mod readme;

#[doc(inline)]
pub use xray_macros::business_metric;
#[cfg(feature = "rewrite")]
#[doc(inline)]
pub use xray_macros::main;
#[doc(inline)]
pub use xray_macros::traced;
#[cfg(feature = "lambda")]
#[doc(inline)]
pub use xray_macros::traced_lambda;
#[doc(inline)]
pub use xray_runtime::*;

#[cfg(feature = "aws")]
#[doc(inline)]
pub use xray_sdk_patch::aws;
#[cfg(feature = "lambda")]
#[doc = include_str!("../docs/lambda.md")]
#[doc(inline)]
pub use xray_sdk_patch::lambda;
#[cfg(any(feature = "reqwest", feature = "reqwest-0-12"))]
#[doc(inline)]
pub use xray_sdk_patch::reqwest;

#[doc(hidden)]
#[path = "rt.rs"]
pub mod __rt;
