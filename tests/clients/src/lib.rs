//! What the tests of AWS clients have in common.

mod fake;
pub mod moto;

pub use fake::{Answer, Fake, Sent, config};
