//! Functions, and what the tests of them share.
