//! The tokens of the two arms: one lives, one is dead.

use std::marker::PhantomData;

use super::verdict::Held;

/// Of the arm that is taken.
#[derive(Clone, Copy, Debug)]
pub struct Live;

impl Live {
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

    /// The receiver as it is.
    #[inline]
    pub fn open<P>(self, receiver: P) -> P {
        receiver
    }

    /// The configuration as it is.
    #[inline]
    pub fn keep<C>(self, config: C) -> C {
        config
    }
}

/// Of a user's arm that is not taken, because ours is.
#[derive(Clone, Copy, Debug)]
pub enum Never {}

impl Never {
    /// Cannot return, and so takes what follows out of the program.
    #[must_use]
    pub fn start(self) -> Self {
        match self {}
    }

    /// Has whatever type the other arm has.
    pub fn give<T, U>(self, _: T) -> U {
        match self {}
    }
}

/// Of an arm of ours that is not taken: the types in it are those of the user's arm.
#[derive(Clone, Copy, Debug)]
pub enum Nothing {}

impl Nothing {
    /// Cannot return, and so takes what follows out of the program.
    #[must_use]
    pub fn start(self) -> Self {
        match self {}
    }

    /// The user's arm has the same type.
    pub fn give<T>(self, _: T) -> T {
        match self {}
    }

    /// What has `customize().interceptor(…).send()`.
    pub fn open<P, R>(self, _: P) -> Unsent<R> {
        match self {}
    }

    /// What has `to_builder().interceptor(…).build()`.
    pub fn keep<C>(self, _: C) -> Held<C> {
        match self {}
    }

    /// Stands for `client.execute(request)`.
    pub fn execute<C: ?Sized, A, R>(self, _: &C, _: A) -> R {
        match self {}
    }

    /// Stands for `reqwest::get(url)`.
    pub fn get<U, R>(self, _: U) -> R {
        match self {}
    }

    /// The argument as it is.
    pub fn task<A>(self, _: A) -> A {
        match self {}
    }
}

/// Stands for a request in an arm that is not taken; `R` is what the user's arm gives. The user's method is not looked up twice: what is wrong
/// about it is said once.
#[derive(Debug)]
pub struct Unsent<R>(PhantomData<R>);

impl<R> Unsent<R> {
    /// As of a request of an AWS client.
    #[must_use]
    pub fn customize(self) -> Self {
        self
    }

    /// As of a request of an AWS client.
    #[must_use]
    pub fn interceptor<X>(self, _: X) -> Self {
        self
    }

    /// Is never called.
    ///
    /// # Panics
    ///
    /// Always: it is only there for its type.
    pub fn send(self) -> R {
        unreachable!("only called for its type")
    }
}
