//! Calls of clients inside traced functions: what is recorded, and what must stay as it is.
#![allow(missing_docs)]
// Calls as people write them.
#![allow(clippy::redundant_closure, clippy::result_large_err)]

mod aws;
mod found;
mod http;
mod ordinary;
mod tasks;

#[test]
fn ordinary_code_does_not_notice() {
    ordinary::check();
}
