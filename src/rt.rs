//! What generated code names. Not for use by hand: nothing here is stable.

pub use xray_runtime::__rt::*;
#[cfg(feature = "rewrite")]
pub use xray_sdk_patch::call;
#[cfg(feature = "lambda")]
pub use xray_sdk_patch::lambda::call as lambda;
