//! AWS X-Ray auto-instrumentation for Rust.
