//! Functions, and what the tests of them share: Lambda's Runtime API, and a process that runs as Lambda would run it.

mod api;
mod daemon;
mod function;
pub mod work;

pub use api::{Event, Posted};
pub use daemon::Daemon;
pub use function::{Function, Start};

/// A trace header as Lambda sends it, and what is in it.
pub const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";
/// The id of the segment that Lambda sends.
pub const PARENT: &str = "53995c3f42cd8ad8";

/// The header of an invocation that is recorded.
#[must_use]
pub fn sampled() -> String {
    format!("Root={ROOT};Parent={PARENT};Sampled=1")
}
