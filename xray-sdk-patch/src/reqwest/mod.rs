//! reqwest, in each version that is supported: the same code, compiled against each.

/// For reqwest 0.12.
#[cfg(feature = "reqwest-0-12")]
#[path = "."]
pub mod v0_12 {
    use reqwest_0_12 as reqwest;
    #[path = "client/mod.rs"]
    mod client;
    pub use client::*;
}

/// For reqwest 0.13.
#[cfg(feature = "reqwest")]
#[path = "."]
pub mod v0_13 {
    use reqwest_0_13 as reqwest;
    #[path = "client/mod.rs"]
    mod client;
    pub use client::*;
}
