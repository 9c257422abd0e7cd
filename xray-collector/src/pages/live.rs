//! Tells open pages that something arrived.
//!
//! A page asks with the turn that it shows, and gets the answer when there is another one. Only pages that are looked at ask, so nothing
//! runs while nobody looks.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};

use crate::serve::App;
use crate::settings::{LIVE_CHECK, LIVE_CHECKS_MAX};

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    turn: u64,
}

#[derive(Serialize)]
struct Current {
    /// As text: numbers of JavaScript are not that long.
    turn: String,
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/live", get(live))
}

async fn live(State(app): State<App>, Query(shown): Query<Shown>) -> Response {
    for _ in 0..LIVE_CHECKS_MAX {
        if app.traces.turn() != shown.turn {
            break;
        }
        tokio::time::sleep(LIVE_CHECK).await;
    }
    ([(header::CACHE_CONTROL, "no-store")], Json(Current { turn: app.traces.turn().to_string() })).into_response()
}
