//! One version of reqwest, async.

use std::rc::Rc;
use std::sync::Arc;

use super::recorded;
use super::reqwest::{Client, IntoUrl, Request, RequestBuilder, Response, Result};
use crate::call::answer::Never;
use crate::call::probe::{Absent, Seen};
use crate::call::verdict::{Choice, Place, Returned, Verdict};

/// Requests of this kind are recorded.
#[derive(Clone, Copy, Debug)]
pub struct Recorded;

impl Verdict<RequestBuilder> for Recorded {
    type Opened = Unsent;

    #[inline]
    fn open(receiver: RequestBuilder) -> Unsent {
        Unsent(receiver)
    }
}

impl Place for Recorded {
    type Untouched = Never;
    type Ours = Self;

    #[inline]
    fn choose() -> Choice<Never, Self> {
        Choice::Ours(Self)
    }
}

impl Recorded {
    /// The arm runs.
    #[must_use]
    pub fn start(self) -> Self {
        self
    }

    /// The arm's value.
    #[inline]
    pub fn give<T>(self, value: T) -> T {
        value
    }

    /// A request before it is sent.
    pub fn open(self, receiver: RequestBuilder) -> Unsent {
        Unsent(receiver)
    }

    /// Executes a request, and records that.
    pub fn execute(self, client: &Client, request: Request) -> impl Future<Output = Result<Response>> + use<> {
        recorded::execute(client, request)
    }

    /// Gets a URL, and records that.
    pub fn get<U: IntoUrl>(self, url: U) -> impl Future<Output = Result<Response>> + use<U> {
        recorded::get(url)
    }
}

impl Seen<RequestBuilder, Absent> {
    /// A request of this kind.
    #[must_use]
    pub fn __autoxray_verdict(&self) -> Recorded {
        Recorded
    }
}

/// A request before it is sent.
#[derive(Debug)]
#[must_use]
pub struct Unsent(RequestBuilder);

impl Unsent {
    /// As of a request of an AWS client.
    pub fn customize(self) -> Self {
        self
    }

    /// As of a request of an AWS client.
    pub fn interceptor<X>(self, _: X) -> Self {
        self
    }

    /// Sends it, and records that.
    pub fn send(self) -> impl Future<Output = Result<Response>> {
        recorded::send(self.0)
    }
}

impl Returned for Result<Response> {
    type Verdict = Recorded;
    const VERDICT: Recorded = Recorded;
}

/// What may own a client.
macro_rules! owners {
    ($($owner:ty),+) => {$(
        impl Seen<$owner, ()> {
            /// A client of this kind.
            #[must_use]
            pub fn __autoxray_executes(&self) -> Recorded {
                Recorded
            }
        }
    )+};
}

owners!(Client, &Client, &mut Client, Arc<Client>, &Arc<Client>, Rc<Client>, &Rc<Client>, Box<Client>, &Box<Client>);
