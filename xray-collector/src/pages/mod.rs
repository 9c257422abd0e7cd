//! The viewer: pages made on the server.
//!
//! Each page is a file with a `router()`. Its handlers take [`layout::Asked`], which knows what was asked (filter, time, theme), and answer
//! with [`layout::Asked::page`]. Pages work without JavaScript; what scripts add is in `assets/app.js`. An element with an `id` and
//! `data-live` is exchanged for its successor when traces arrive. Text of documents goes through [`text`].

mod analytics;
mod assets;
mod chart;
mod complete;
mod conditions;
mod errors;
mod health;
mod lacking;
mod layout;
mod lines;
mod list;
mod live;
mod map;
mod metrics;
mod parts;
mod scope;
mod sort;
mod spark;
mod text;
mod theme;
mod time;
mod timeline;

use axum::Router;

use crate::serve::App;

pub(crate) fn router() -> Router<App> {
    Router::new()
        .merge(analytics::router())
        .merge(assets::router())
        .merge(complete::router())
        .merge(errors::router())
        .merge(health::router())
        .merge(list::router())
        .merge(live::router())
        .merge(map::router())
        .merge(metrics::router())
        .merge(theme::router())
        .merge(timeline::router())
}
