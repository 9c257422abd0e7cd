//! One file per measure; each has a function `measure` that returns rows for the table.

pub mod compile_time;
pub mod cpu;
pub mod document;
pub mod instructions;
