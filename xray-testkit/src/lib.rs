//! Test kit of autoxray: what a program recorded, as a tree that a test can look at.
//!
//! ```
//! use xray_runtime::{annotate, segment, subsegment};
//! use xray_testkit::TestRecorder;
//!
//! let recorder = TestRecorder::new();
//! recorder.run(|| {
//!     segment("orders").run(|| {
//!         subsegment("price").run(|| annotate("currency", "EUR"));
//!         let _ = subsegment("charge").try_run(|| "12 EUR".parse::<u32>());
//!     });
//! });
//!
//! recorder.assert_tree(
//!     "orders
//!        price {currency=EUR}
//!        charge [fault] !ParseIntError: invalid digit found in string",
//! );
//! assert_eq!(recorder.trace().expect("price").annotation("currency"), "EUR");
//! ```
//!
//! # Recorders
//!
//! [`TestRecorder`] records what runs in its [`run`](TestRecorder::run), [`block_on`](TestRecorder::block_on) or
//! [`wrap`](TestRecorder::wrap), and nothing else: tests that run side by side do not see each other. It reads no environment, takes every
//! trace, and keeps the documents in memory. [`FakeDaemon`] stands at the other end: it is for programs that send.
//!
//! # Trees as text
//!
//! One line stands for one segment or subsegment, and indentation for nesting. After the name come, each where there is something to tell:
//!
//! | Part | Meaning |
//! |---|---|
//! | `[fault, remote]` | marks, in any order: `error`, `fault`, `throttle`, `cancelled`, `remote`, `aws`, `in progress`, `segment` (one below another, by its header), `parent not seen` (a subsegment on its own whose parent is in no document) |
//! | `{user_id=7, tier=gold}` | annotations, in any order; `_` stands for any value, text that could be taken for something else is quoted |
//! | `!OrderError: no stock <- io error` | exceptions, without the path of their types, each followed by its causes; `..` at the end stands for any rest |
//!
//! Names, nesting, order, marks and exceptions have to be as written: a fault is never overlooked. Annotations that are written have to be
//! there; others are not looked at. Ids, times, metadata and empty lines play no part. Siblings stand in the order in which they began;
//! where that depends on the scheduler, there is [`TestRecorder::assert_tree_in_any_order`].
//!
//! If the tree is another one, the assertion shows the difference, and what the recorder lost:
//!
//! ```should_panic
//! # let recorder = xray_testkit::TestRecorder::new();
//! # recorder.run(|| xray_runtime::segment("orders").run(|| xray_runtime::subsegment("prize").run(|| ())));
//! recorder.assert_tree(
//!     "orders
//!        price",
//! );
//! // the recorded tree is another one (- expected, + recorded):
//! //
//! //   orders
//! // -   price
//! // +   prize
//! ```
#![forbid(unsafe_code)]

mod assemble;
mod daemon;
mod executor;
mod measured;
mod recorder;
mod trace;
mod tree;

pub use assemble::{InvalidDocument, assemble};
pub use daemon::FakeDaemon;
pub use measured::Series;
pub use recorder::TestRecorder;
pub use trace::{Node, Trace};
