//! The questions. An inherent method goes before a method of a trait, so that what is known answers for itself, and a
//! trait answers for everything else.
//!
//! Three names are looked up on types that are not ours: `as_input()` on what has `send()`, `mutate_request(…)` on what has it behind a
//! `customize()`, and `config()` on what was made by `…Client::new(&SdkConfig)`. A fallback for such a name takes the receiver by one reference more
//! than the user's own methods do: the compiler finds those first, and no two ever at once.

use std::marker::PhantomData;

use super::verdict::{Other, Returned};

/// The fallbacks, without their names: a name would hide a user's variable.
pub mod fallbacks {
    pub use super::{AsConfig as _, AsInput as _, Build as _, MutateRequest as _, Taken as _, Unknown as _};
}

/// What stands where there is no answer.
#[derive(Debug)]
pub struct Absent;

impl Absent {
    /// As of the input of an AWS request.
    #[must_use]
    pub fn build(self) -> Self {
        self
    }
}

/// Fallback for a type that is no request of an AWS client.
pub trait AsInput {
    /// No input.
    fn as_input(&self) -> Absent;
}

impl<T: ?Sized> AsInput for &T {
    fn as_input(&self) -> Absent {
        Absent
    }
}

/// Fallback for a type that is no AWS client.
pub trait AsConfig {
    /// No configuration.
    fn config(&self) -> Absent;
}

impl<T: ?Sized> AsConfig for &T {
    fn config(&self) -> Absent {
        Absent
    }
}

/// Fallback for what cannot be built.
pub trait Build {
    /// Nothing.
    fn build(&mut self) -> Absent;
}

impl<T> Build for T {
    fn build(&mut self) -> Absent {
        Absent
    }
}

/// Fallback for a type that is no request of an AWS client with settings of its own.
pub trait MutateRequest {
    /// Nothing.
    fn mutate_request<F>(&mut self, _: F) -> Absent {
        Absent
    }
}

impl<T> MutateRequest for T {}

/// What `as_input()` or `config()` gave.
#[derive(Debug)]
pub struct Given<A>(pub A);

impl<I> Given<&I> {
    /// A reference to something: that something.
    ///
    /// # Panics
    ///
    /// Always: it is only called for its type.
    #[must_use]
    pub fn __autoxray_taken(self) -> I {
        unreachable!("only called for its type")
    }
}

/// Fallback for what is no reference.
pub trait Taken {
    /// Nothing.
    fn __autoxray_taken(&self) -> Absent;
}

impl<A> Taken for Given<A> {
    fn __autoxray_taken(&self) -> Absent {
        Absent
    }
}

/// A receiver, and what it said about itself.
#[derive(Debug)]
pub struct Seen<P: ?Sized, B>(PhantomData<fn(&P, B)>);

/// Looks at a receiver.
pub fn seen<P: ?Sized, B>(_: &P, _: B) -> Seen<P, B> {
    Seen(PhantomData)
}

/// What a request is, and what it is after it was changed.
#[derive(Debug)]
pub struct Changed<P, Q>(PhantomData<fn(P, Q)>);

/// Looks at a request before and after.
pub fn changed<P, Q>(_: &P, _: Q) -> Changed<P, Q> {
    Changed(PhantomData)
}

/// What a function returned.
#[derive(Debug)]
pub struct Got<R>(PhantomData<fn(R)>);

/// Looks at what a function returns.
pub fn got<R>(_: R) -> Got<R> {
    Got(PhantomData)
}

impl<F: Future<Output: Returned>> Got<F> {
    /// What the function was.
    #[must_use]
    pub fn __autoxray_verdict(&self) -> <F::Output as Returned>::Verdict {
        F::Output::VERDICT
    }
}

/// A value that may be the configuration of an AWS client.
#[derive(Debug)]
pub struct Config<C>(PhantomData<fn(C)>);

/// Looks at a value that may be the configuration of an AWS client.
pub fn config<C>(_: &C) -> Config<C> {
    Config(PhantomData)
}

/// Answers for everything that is not known.
pub trait Unknown {
    /// See [`Other`].
    fn __autoxray_verdict(&self) -> Other {
        Other
    }

    /// See [`Other`].
    fn __autoxray_blocking(&self) -> Other {
        Other
    }

    /// See [`Other`].
    fn __autoxray_executes(&self) -> Other {
        Other
    }

    /// See [`Other`].
    fn __autoxray_spawns(&self) -> Other {
        Other
    }
}

impl<P: ?Sized, B> Unknown for Seen<P, B> {}
impl<P, Q> Unknown for Changed<P, Q> {}
impl<R> Unknown for Got<R> {}
impl<C> Unknown for Config<C> {}
