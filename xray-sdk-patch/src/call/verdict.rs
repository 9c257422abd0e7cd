//! What the types say, as a type.

use super::answer::{Live, Nothing};
use super::unsupported;

/// What is done with a receiver of type `P` that is a value.
pub trait Verdict<P> {
    /// Has `customize().interceptor(…)`, which gives what has `send()`.
    type Opened;
    /// Makes it.
    fn open(receiver: P) -> Self::Opened;
}

/// Which arm is taken where the receiver is a place.
pub trait Place {
    /// Of the user's expression.
    type Untouched;
    /// Of the one that records.
    type Ours;
    /// Takes one.
    fn choose() -> Choice<Self::Untouched, Self::Ours>;
}

/// The two arms.
#[derive(Debug)]
pub enum Choice<U, O> {
    /// The user's expression.
    Untouched(U),
    /// The one that records.
    Ours(O),
}

/// Opens a receiver as the types say.
#[inline]
pub fn open<P, V: Verdict<P>>(_: Option<V>, receiver: P) -> V::Opened {
    V::open(receiver)
}

/// Takes an arm as the types say.
#[inline]
pub fn choose<V: Place>(_: Option<V>) -> Choice<V::Untouched, V::Ours> {
    V::choose()
}

/// Nothing that is known: everything stays as it is.
#[derive(Debug)]
pub struct Other;

impl<P> Verdict<P> for Other {
    type Opened = Held<P>;

    #[inline]
    fn open(receiver: P) -> Held<P> {
        unsupported::look::<P>();
        Held(receiver)
    }
}

impl Place for Other {
    type Untouched = Live;
    type Ours = Nothing;

    #[inline]
    fn choose() -> Choice<Live, Nothing> {
        Choice::Untouched(Live)
    }
}

/// Some value that passes through the methods of an AWS client, and comes out as it was.
#[derive(Debug)]
#[must_use]
pub struct Held<P>(pub(super) P);

impl<P> Held<P> {
    /// As of a request of an AWS client.
    #[inline]
    pub fn customize(self) -> Self {
        self
    }

    /// Gives the value back.
    #[inline]
    pub fn interceptor<X>(self, _: X) -> P {
        self.0
    }
}

/// What a known async function returns.
pub trait Returned {
    /// What is done with it.
    type Verdict;
    /// As a value.
    const VERDICT: Self::Verdict;
}
