//! Requests of reqwest against servers on loopback, with both of its versions: what is recorded, and that nothing else changes.
#![allow(missing_docs)]
// The same cases for both versions.
#![allow(clippy::duplicate_mod)]

mod server;

#[path = "."]
mod v0_12 {
    use autoxray::reqwest::v0_12 as traced;
    use reqwest_0_12 as reqwest;
    #[path = "cases/mod.rs"]
    mod cases;
    #[path = "tls.rs"]
    mod tls;
}

#[path = "."]
mod v0_13 {
    use autoxray::reqwest::v0_13 as traced;
    use reqwest_0_13 as reqwest;
    #[path = "cases/mod.rs"]
    mod cases;
    #[path = "middleware.rs"]
    mod middleware;
}
