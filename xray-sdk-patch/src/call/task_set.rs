//! Tokio's set of tasks.

use tokio::task::JoinSet;

use super::probe::Seen;
use super::task::TaskSet;

impl<T> Seen<JoinSet<T>, ()> {
    /// Its tasks keep the context.
    #[must_use]
    pub fn __autoxray_spawns(&self) -> TaskSet {
        TaskSet
    }
}

impl<T> Seen<&mut JoinSet<T>, ()> {
    /// Its tasks keep the context.
    #[must_use]
    pub fn __autoxray_spawns(&self) -> TaskSet {
        TaskSet
    }
}
