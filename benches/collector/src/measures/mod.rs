//! One measure each.

pub mod answers;
