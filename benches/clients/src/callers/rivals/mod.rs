//! The others, set up as their documentation says.

pub mod aws;
pub mod reqwest;
