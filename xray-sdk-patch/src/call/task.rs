//! Work that others run, in the context of who hands it over.

use xray_runtime::{Context, InContext, Scoped};

use super::answer::{Live, Never};
use super::verdict::{Choice, Other, Place};

/// A future that keeps the current context.
#[inline]
pub fn task<F: Future>(future: F) -> Scoped<F> {
    future.in_current_context()
}

/// A closure that keeps the current context.
#[inline]
pub fn job<R, F: FnOnce() -> R>(code: F) -> impl FnOnce() -> R + use<R, F> {
    let context = Context::current();
    move || context.run(code)
}

/// The argument of a method named `spawn`.
#[inline]
pub fn arg<V: Arg<A>, A>(_: Option<V>, argument: A) -> V::Out {
    V::arg(argument)
}

/// What becomes of an argument of type `A`.
pub trait Arg<A> {
    /// Its type afterwards.
    type Out;
    /// Makes it.
    fn arg(argument: A) -> Self::Out;
}

impl<A> Arg<A> for Other {
    type Out = A;

    #[inline]
    fn arg(argument: A) -> A {
        argument
    }
}

/// A set of tasks.
#[derive(Clone, Copy, Debug)]
pub struct TaskSet;

impl<F: Future> Arg<F> for TaskSet {
    type Out = Scoped<F>;

    #[inline]
    fn arg(argument: F) -> Scoped<F> {
        task(argument)
    }
}

impl Place for TaskSet {
    type Untouched = Never;
    type Ours = Live;

    #[inline]
    fn choose() -> Choice<Never, Live> {
        Choice::Ours(Live)
    }
}

impl Live {
    /// See [`task`].
    #[inline]
    pub fn task<F: Future>(self, future: F) -> Scoped<F> {
        task(future)
    }
}
