//! The AWS SDK for Rust.

use aws_smithy_runtime_api::client::interceptors::Intercept;

/// Makes each call of a client a subsegment.
#[must_use]
pub fn interceptor() -> Interceptor {
    Interceptor {}
}

/// See [`interceptor`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Interceptor {}

impl Intercept for Interceptor {
    fn name(&self) -> &'static str {
        "autoxray"
    }
}
