//! What the tests of metrics have in common: the Python that `scripts/test` has set up, the check of documents, and a load.

mod check;
pub mod load;

pub use check::{Checked, check, check_ours, python};
