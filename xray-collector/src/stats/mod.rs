//! What traces say together: how long operations take, how often they fail and why, and what the business measures.
//!
//! Pure functions of facts. Percentiles are by nearest rank, always of a time that was measured, never of one in between.

mod axis;
mod business;
mod causes;
mod compare;
mod errors;
mod operations;
mod spread;
mod transactions;

#[cfg(test)]
mod tests;

pub(crate) use axis::Axis;
pub(crate) use business::{FigureGroup, LevelGroup, figures, levels};
pub(crate) use causes::{CauseGroup, causes};
pub(crate) use compare::{Compared, compare};
pub(crate) use errors::{ErrorGroup, errors};
pub(crate) use operations::{Operation, Overview, minutes, operations, operations_of, over_time, overview};
pub(crate) use spread::{Bar, Spread, bars};
pub(crate) use transactions::{Transaction, transactions};
