//! One measure each.

pub mod answers;
pub mod idle;
pub mod ingest;
pub mod memory;
pub mod pages;
pub mod start;
