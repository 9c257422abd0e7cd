//! What generated code calls where it rewrites the calls of clients. Not for use by hand: nothing here is stable.
//!
//! An attribute macro sees tokens, and `x.send()` may be anything. So each rewritten expression asks the compiler for the types in it, and
//! gets one of two ways to go; for everything but the clients that are known, that is the expression as it was written.
//!
//! - [`probe`] has the questions. They are asked in code that never runs and that the borrow checker does not look at, because it
//!   stands behind [`dead`], a call that cannot return. The answer is a type.
//! - A [`Verdict`] is an answer: what to do with a receiver ([`open`], for values), which arm to take ([`choose`], for places, which
//!   only the arm that is taken may move or borrow).

mod answer;
#[cfg(feature = "aws")]
mod aws;
#[cfg(not(feature = "aws"))]
#[path = "aws_compiled_out.rs"]
mod aws;
mod client;
#[cfg(any(feature = "reqwest", feature = "reqwest-0-12"))]
mod kind;
pub mod probe;
mod task;
#[cfg(feature = "tokio")]
mod task_set;
mod unsupported;
mod verdict;

/// For reqwest 0.12.
#[cfg(feature = "reqwest-0-12")]
#[path = "."]
mod v0_12 {
    use crate::reqwest::v0_12 as recorded;
    use reqwest_0_12 as reqwest;
    #[allow(clippy::duplicate_mod)]
    #[path = "requests.rs"]
    mod requests;
    #[allow(clippy::duplicate_mod)]
    #[path = "requests_blocking.rs"]
    mod requests_blocking;
}

/// For reqwest 0.13.
#[cfg(feature = "reqwest")]
#[path = "."]
mod v0_13 {
    use crate::reqwest::v0_13 as recorded;
    use reqwest_0_13 as reqwest;
    #[allow(clippy::duplicate_mod)]
    #[path = "requests.rs"]
    mod requests;
    #[allow(clippy::duplicate_mod)]
    #[path = "requests_blocking.rs"]
    mod requests_blocking;
}

pub use answer::{Live, Never, Nothing, Unsent};
pub use aws::{interceptor, unchanged};
pub use client::{FromConf, Rebuild, Tied, same, tie};
pub use task::{Arg, TaskSet, arg, job, task};
pub use verdict::{Choice, Held, Other, Place, Verdict, choose, open};

/// Cannot return. What follows is only there for its types.
#[cold]
pub fn dead() -> Never {
    unreachable!("only behind `if false`")
}

/// What `#[autoxray::main]` does first.
pub fn start() {
    aws::start();
}
