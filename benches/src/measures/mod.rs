//! One file per measure; each has a function `measure` that returns rows for the table.

pub mod allocations;
pub mod compile_time;
pub mod cpu;
pub mod first_datagram;
pub mod future_size;
pub mod instructions;
pub mod packages;
pub mod tokens;

// Each measure finds them here.
use crate::tools::{best, cargo, median, output, target};
