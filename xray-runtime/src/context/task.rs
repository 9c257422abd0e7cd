//! Tokio tasks that keep the context.

use tokio::task::{self, JoinHandle};

use super::{Context, InContext};

/// Like [`tokio::spawn`], and the task keeps the current context: its subsegments belong to the trace that spawned it.
///
/// A task that outlives its segment is recorded nevertheless: its subsegments travel on their own.
///
/// # Panics
///
/// Where [`tokio::spawn`] does: outside a runtime.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    task::spawn(future.in_current_context())
}

/// Like [`tokio::task::spawn_blocking`], and the closure keeps the current context.
///
/// # Panics
///
/// Where [`tokio::task::spawn_blocking`] does: outside a runtime.
#[track_caller]
pub fn spawn_blocking<R: Send + 'static>(code: impl FnOnce() -> R + Send + 'static) -> JoinHandle<R> {
    let context = Context::current();
    task::spawn_blocking(move || context.run(code))
}
