//! The program of `tests/clients/tests/rewrite`, in each edition.
#![deny(warnings)]
#![allow(clippy::all)]

#[path = "../../clients/tests/rewrite/ordinary.rs"]
mod ordinary;

fn main() {
    ordinary::check();
}
