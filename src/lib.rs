//! AWS X-Ray auto-instrumentation for Rust.

pub use xray_macros::traced;
pub use xray_runtime::*;

#[doc(hidden)]
pub use xray_runtime::__rt;
