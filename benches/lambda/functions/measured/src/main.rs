//! The same with metrics, which are written to standard output: five for each invocation.

include!("../../autoxray/src/main.rs");
