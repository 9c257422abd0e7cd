//! X-Ray's HTTP API.

use axum::Router;

use crate::serve::App;

pub(crate) fn router() -> Router<App> {
    Router::new()
}
