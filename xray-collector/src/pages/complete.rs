//! What could be written next in the filter box: `/complete`.

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use xray_model::document::Timestamp;

use super::text;
use crate::filter::complete;
use crate::serve::App;
use crate::settings::{COMPLETED_TRACES_MAX, FILTER_CHARS_MAX};

#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    text: String,
    /// Characters before the cursor.
    #[serde(default)]
    cursor: usize,
}

#[derive(Serialize)]
struct Offer {
    text: String,
    /// The characters that it takes the place of.
    from: usize,
    to: usize,
    what: String,
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/complete", get(offers))
}

async fn offers(State(app): State<App>, Query(written): Query<Written>) -> Response {
    let text: String = written.text.chars().take(FILTER_CHARS_MAX).collect();
    let byte = |characters: usize| text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    let character = |byte: usize| text.char_indices().take_while(|(at, _)| *at < byte).count();
    // The latest tell best what there is.
    let mut facts = app.traces.facts_between(Timestamp::default()..=Timestamp::from_nanos(u64::MAX));
    let old = facts.len().saturating_sub(COMPLETED_TRACES_MAX);
    let offers = complete(&text, byte(written.cursor), &facts.split_off(old)).into_iter().map(|suggestion| Offer {
        from: character(suggestion.at.start),
        to: character(suggestion.at.end),
        what: text::line(&suggestion.about, 80),
        text: suggestion.text,
    });
    ([(header::CACHE_CONTROL, "no-store")], Json(offers.collect::<Vec<_>>())).into_response()
}
