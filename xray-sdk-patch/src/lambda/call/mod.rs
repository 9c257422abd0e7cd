//! What the expansions of `#[traced_lambda]` call. Not for use by hand: nothing here is stable.
//!
//! - On a handler the event and the answer are known by their types: [`Look`] and [`Told`] say what those say of themselves, [`Answer`] is what
//!   is given back.
//! - On `main` a service is known only by what it implements: [`Wrap`] and [`Errors`] find that out.
//!
//! A question is a chain of methods of one name: the compiler takes the first one whose bounds hold. See the runtime's `value/probe.rs`.

mod answer;
mod look;
mod wrap;

pub use answer::{Answer, Close, Plain, Reopen, Told, Untold};
pub use look::{Look, Opaque, outcome, response};
pub use wrap::{Answers, Chosen, Errors, Wrap};

/// The fallbacks and the questions that are traits, without their names.
pub mod fallbacks {
    pub use super::answer::Close as _;
    pub use super::wrap::{
        OfAnswers as _, OfAnything as _, OfBatches as _, OfDebugs as _, OfDisplays as _, OfEither as _, OfErrors as _, OfEvents as _,
        OfNoAnswers as _, OfNoErrors as _, OfPointers as _, OfStreams as _,
    };
    #[cfg(feature = "lambda-http")]
    pub use crate::lambda::http::{OfHttp as _, OfHttpStreaming as _, OfStatus as _};
}

/// What `#[traced_lambda]` on `main` does first.
pub fn start() {
    xray_runtime::lambda::started();
    crate::call::start();
}
