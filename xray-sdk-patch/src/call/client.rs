//! AWS clients that are made once more, with an interceptor.
//!
//! The configuration has a way of its own to become a client, `from_conf`, which only the type's path leads to. For a type that has none, or
//! another one, code that names it must have a type all the same.

use std::marker::PhantomData;

use super::verdict::Held;

impl<C> Held<C> {
    /// As of an AWS client.
    #[inline]
    pub fn config(self) -> Kept<C, C> {
        Kept(self.0, PhantomData)
    }

    /// As of the configuration of an AWS client.
    #[allow(clippy::wrong_self_convention)]
    #[inline]
    pub fn to_builder(self) -> Builder<C> {
        Builder(self.0)
    }
}

/// A configuration that passes through, and comes out as it was.
#[derive(Debug)]
#[must_use]
pub struct Builder<C>(C);

impl<C> Builder<C> {
    /// As of an AWS client's builder.
    #[inline]
    pub fn interceptor<X>(self, _: X) -> Self {
        self
    }

    /// Gives the value back.
    #[inline]
    pub fn build(self) -> C {
        self.0
    }
}

/// A client that passes through, and comes out as it was.
#[derive(Debug)]
#[must_use]
pub struct Kept<C, T>(C, PhantomData<T>);

impl<C> Kept<C, C> {
    /// As of the configuration of an AWS client.
    // Its receiver differs: that one borrows, and this one passes through.
    #[allow(clippy::wrong_self_convention)]
    #[inline]
    pub fn to_builder(self) -> Self {
        self
    }

    /// As of an AWS client's builder.
    #[inline]
    pub fn interceptor<X>(self, _: X) -> Self {
        self
    }

    /// As of an AWS client's builder.
    #[inline]
    pub fn build(self) -> Self {
        self
    }

    /// Gives the client back.
    #[inline]
    pub fn __autoxray_rebuild<V, R>(self, _: impl FnOnce(V) -> R) -> C {
        self.0
    }
}

/// The type of the client that there is.
#[derive(Debug)]
pub struct Same<C>(PhantomData<fn(C)>);

/// Keeps a type.
#[inline]
pub fn same<C>(_: &C) -> Same<C> {
    Same(PhantomData)
}

impl<C> Same<C> {
    /// Whether it is a client as AWS generates them. A type of a user's that is built like one may hold more than its configuration says.
    #[inline]
    #[must_use]
    pub fn is_generated(&self) -> bool {
        let name = std::any::type_name::<C>();
        name.starts_with("aws_sdk_") && name.ends_with("::client::Client")
    }
}

/// Makes a client of the configuration of an AWS client.
pub trait Rebuild: Sized {
    /// Calls `from_conf`.
    #[inline]
    fn __autoxray_rebuild<C>(self, from_conf: impl FnOnce(Self) -> C) -> C {
        from_conf(self)
    }
}

impl<T> Rebuild for T {}

/// Fallback for a type that has no `from_conf`.
pub trait FromConf: Sized {
    /// Is never called.
    ///
    /// # Panics
    ///
    /// Always: it is only there for its type.
    fn from_conf<A>(_: A) -> Self {
        unreachable!("only called for its type")
    }
}

impl<T> FromConf for T {}

/// A client that `from_conf` gave, and the type of the one that there is.
#[derive(Debug)]
pub struct Tie<R, C>(R, Same<C>);

/// Compares the two. Generic parameters of a client are inferred from that.
#[inline]
pub fn tie<R, C>(client: R, same: Same<C>) -> Tie<R, C> {
    Tie(client, same)
}

impl<C> Tie<C, C> {
    /// They are of the same type.
    #[inline]
    pub fn __autoxray_tied(self) -> C {
        self.0
    }
}

impl<C, E> Tie<C, Result<C, E>> {
    /// The one that there is may have failed.
    #[inline]
    pub fn __autoxray_tied(self) -> C {
        self.0
    }
}

impl<C> Tie<C, Option<C>> {
    /// The one that there is may be none.
    #[inline]
    pub fn __autoxray_tied(self) -> C {
        self.0
    }
}

/// Fallback for a `from_conf` that gives something else.
pub trait Tied<R>: Sized {
    /// What it gives.
    fn __autoxray_tied(self) -> R;
}

impl<R, C> Tied<R> for Tie<R, C> {
    fn __autoxray_tied(self) -> R {
        self.0
    }
}
