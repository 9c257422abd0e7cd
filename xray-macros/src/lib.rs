//! Attribute macros of autoxray.
