//! Documents of a made-up shop, as services that know nothing of each other would send them: what tests of the viewer look at.

mod shop;
mod web;
mod words;

pub use shop::{Shop, big_trace};
pub use web::web;
