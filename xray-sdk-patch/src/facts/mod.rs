//! What requests, responses and events say about themselves, as fields of X-Ray documents.
//!
//! Nothing here knows a client: text and bytes in, fields out, without IO, clock or globals. Whatever comes from outside may be nonsense,
//! and is met with limits: so many bytes of a body are looked at, so many characters of a text are kept, and what cannot be read is left
//! out. Only members of a whitelist are copied, never payloads, keys of items or secrets.
//!
//! Sources: "X-Ray segment documents", the parameter whitelists of the X-Ray SDKs for Node and Python.

pub(crate) mod bounded;
#[cfg(feature = "aws")]
pub(crate) mod carrier;
#[cfg(feature = "aws")]
mod encoded;
#[cfg(feature = "aws")]
pub(crate) mod error;
#[cfg(feature = "lambda")]
pub(crate) mod event;
#[cfg(feature = "aws")]
pub(crate) mod eventstream;
#[cfg(any(feature = "reqwest", feature = "reqwest-0-12"))]
pub(crate) mod hosts;
#[cfg(feature = "aws")]
mod json;
#[cfg(feature = "aws")]
pub(crate) mod parameters;
#[cfg(feature = "aws")]
pub(crate) mod request;
#[cfg(feature = "aws")]
pub(crate) mod response;
#[cfg(feature = "aws")]
mod s3;
#[cfg(feature = "aws")]
pub(crate) mod service;
#[cfg(any(feature = "aws", feature = "lambda"))]
mod text;
#[cfg(any(feature = "aws", feature = "reqwest", feature = "reqwest-0-12"))]
pub(crate) mod url;
#[cfg(feature = "aws")]
mod value;

#[cfg(feature = "aws")]
pub(crate) use value::{Fields, Headers, Value};
