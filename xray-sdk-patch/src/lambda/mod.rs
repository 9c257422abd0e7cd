//! Functions on AWS Lambda, for `lambda_runtime` and `lambda_http`.
//!
//! `#[traced_lambda]` on the handler, or on `main`, does all of it; [`TraceLayer`] does the same by hand, as a layer
//! of tower. Batches are gone through by [`traced_records`].

#[doc(hidden)]
pub mod call;
mod context;
mod failure;
mod future;
#[cfg(feature = "lambda-http")]
mod http;
mod payload;
mod records;
mod respond;
mod service;
mod streamed;

#[doc(hidden)]
pub use context::Handled;
#[doc(hidden)]
pub use failure::{AsAny, AsDebug, AsDisplay, AsError, AsPointer, Tell};
#[doc(hidden)]
pub use future::TraceFuture;
pub use payload::Payload;
pub use records::{TracedRecords, trace_record, traced_records};
#[doc(hidden)]
pub use respond::{Batch, Buffered, Respond, Streaming};
pub use service::{TraceLayer, TraceService};
pub use streamed::Streamed;
#[doc(inline)]
pub use xray_runtime::lambda::*;
