//! Requests and clients of the AWS SDK, whichever service.

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::error::operation::BuildError;
use aws_types::SdkConfig;

use super::answer::{Live, Never};
use super::probe::{Changed, Config, Seen};
use super::verdict::{Choice, Place, Verdict};

pub use crate::aws::interceptor;
pub(super) use crate::aws::start;

/// Of the AWS SDK: its own methods are called.
#[derive(Debug)]
pub struct Aws;

impl<P> Verdict<P> for Aws {
    type Opened = P;

    #[inline]
    fn open(receiver: P) -> P {
        receiver
    }
}

impl Place for Aws {
    type Untouched = Never;
    type Ours = Live;

    #[inline]
    fn choose() -> Choice<Never, Live> {
        Choice::Ours(Live)
    }
}

/// Requests of AWS clients have an input, and it is built with this error.
impl<P, I> Seen<P, Result<I, BuildError>> {
    /// See [`Aws`].
    #[must_use]
    pub fn __autoxray_verdict(&self) -> Aws {
        Aws
    }
}

/// Stands for a change of a request.
pub fn unchanged(_: &mut HttpRequest) {}

/// Requests of AWS clients stay what they are when they are changed.
impl<P> Changed<P, P> {
    /// See [`Aws`].
    #[must_use]
    pub fn __autoxray_verdict(&self) -> Aws {
        Aws
    }
}

/// Configurations of AWS clients are made from the one of all of them.
impl<C: for<'a> From<&'a SdkConfig>> Config<C> {
    /// See [`Aws`].
    #[must_use]
    pub fn __autoxray_verdict(&self) -> Aws {
        Aws
    }
}

/// What AWS clients are made from.
impl Seen<&SdkConfig, ()> {
    /// See [`Aws`].
    #[must_use]
    pub fn __autoxray_verdict(&self) -> Aws {
        Aws
    }
}
