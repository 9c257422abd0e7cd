//! Integrations of autoxray: clients of others whose calls become X-Ray subsegments.
//!
//! Programs use them through the crate `autoxray`.

#[cfg(feature = "aws")]
pub mod aws;
#[doc(hidden)]
pub mod call;
#[cfg(any(feature = "aws", feature = "reqwest", feature = "reqwest-0-12"))]
mod clock;
#[cfg(any(feature = "aws", feature = "lambda", feature = "reqwest", feature = "reqwest-0-12"))]
mod facts;
#[cfg(feature = "lambda")]
pub mod lambda;
#[cfg(any(feature = "reqwest", feature = "reqwest-0-12"))]
pub mod reqwest;
