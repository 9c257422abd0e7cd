//! Invocations of a Lambda function.
//!
//! Lambda sends the segment of a function itself, and says in the trace header of each invocation which one that is. What is recorded here
//! are subsegments of it, each sent by itself as soon as it closes (the "facade segment" of AWS's X-Ray SDKs). Where Lambda is not, as in a
//! test, an invocation is a segment of our own.
//!
//! For integrations, and for programs that are not built with `lambda_runtime`.

mod future;
mod init;
mod invocation;
mod watchdog;

pub use crate::config::{Initialization, Lambda};
pub use future::Invoked;
pub use init::{polling, started};
pub use invocation::{Invocation, OpenInvocation, invocation};

use crate::context;

/// Looks at what is known of this Lambda function; outside a trace, of the process.
///
/// ```
/// # use xray_runtime as autoxray;
/// let environment = autoxray::lambda::function(|lambda| lambda.environment.clone());
/// assert_eq!(environment, "lambda:default");
/// ```
pub fn function<R>(read: impl FnOnce(&Lambda) -> R) -> R {
    read(context::current_recorder().lambda())
}

/// The names of the service and of the function: as they were set, else `function_name`, which comes with an invocation.
#[must_use]
pub fn names(function_name: Option<&str>) -> (Option<String>, Option<String>) {
    let recorder = context::current_recorder();
    let function = function_name.map(str::to_owned).or_else(|| recorder.lambda().function_name.clone());
    (recorder.service_name().map(ToString::to_string).or_else(|| function.clone()), function)
}
