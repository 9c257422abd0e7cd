//! What generated code calls. Not for use by hand: nothing here is stable.

use std::borrow::Cow;
use std::panic::Location;
use std::time::Duration;

pub use crate::metrics::business::{Draft, When, business};
pub use crate::metrics::{Metric, Unit};
pub use crate::span::{
    Guard, Kept, MeasuredFuture, Measures, MeasuresResult, NotAResult, Plain, Returned, Site, SlaWatch, Traced, measured,
};
pub use crate::value::Failure;
pub use crate::value::probe::{Probe, Slot};

use crate::context::Here;
use crate::lambda::Invocation;
pub use crate::span::{Pending, Values};

/// Runs the body of a traced function.
#[inline]
pub fn sync<R>(site: &'static Site, body: impl FnOnce() -> R, outcome: impl FnOnce(Probe<'_, R>) -> Option<Failure>) -> R {
    crate::span::run(site, body, outcome)
}

/// Makes the body of a traced async function.
#[inline]
pub fn future<F: Future, O: Fn(Probe<'_, F::Output>) -> Option<Failure>>(
    site: &'static Site,
    body: F,
    outcome: O,
) -> Traced<F, &'static Site, O> {
    Traced::new(site, body, outcome)
}

/// Makes the body of an async function that is measured.
#[inline]
pub fn measured_future<F: Future, M: MeasuresResult<F::Output>>(measures: M, body: F) -> MeasuredFuture<F, M> {
    MeasuredFuture::new(measures, body)
}

/// Measures until the end of the block.
#[inline]
pub fn kept<M: Measures>(measures: M) -> Kept<M> {
    Kept::new(measures)
}

/// Watches whether a function takes more than so many microseconds.
#[inline]
pub fn sla(operation: &'static str, micros: u64) -> SlaWatch {
    SlaWatch::new(operation, Duration::from_micros(micros))
}

/// An invocation that is handled by a function.
pub fn invocation(site: &'static Site) -> Invocation {
    Invocation::of_site(site)
}

/// An invocation that is handled by what was named at `place`.
pub fn invocation_at(name: Cow<'static, str>, place: &'static Location<'static>) -> Invocation {
    Invocation::named(name, place)
}

/// Asks what a result says of itself.
pub fn probe<R>(result: &R) -> Probe<'_, R> {
    Probe::new(result)
}

/// Opens the subsegment of a function whose body must not move into a closure.
pub fn enter(site: &'static Site) -> Guard {
    Guard::new(site)
}

/// Attaches values to the current subsegment, which are made only if it is recorded.
#[inline]
pub fn values(make: impl FnOnce(&mut Values)) {
    let here = Here::current();
    if here.is_recording() {
        Values::collect(make).attach(here);
    }
}

/// Makes values now for a future that opens its subsegment later.
pub fn pending(make: impl FnOnce(&mut Values)) -> Pending {
    Pending::collect(make)
}

/// Attaches `values` when `future` is first polled.
pub async fn prepared<F: Future>(values: Pending, future: F) -> F::Output {
    values.attach();
    future.await
}

/// Calls a closure that may give away what it owns. Only where a closure is passed as `FnOnce` does the compiler take it for one.
#[inline]
pub fn call<R>(code: impl FnOnce() -> R) -> R {
    code()
}

/// Stands for a value of type `T` in code that never runs, to tell the compiler the type.
#[cold]
pub fn typed<T>() -> T {
    unreachable!("only behind `if false`")
}
