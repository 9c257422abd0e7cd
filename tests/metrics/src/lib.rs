//! What the tests of metrics have in common: the Python that `scripts/test` has set up, and the check of documents.

mod check;

pub use check::{Checked, check, check_ours, python};
