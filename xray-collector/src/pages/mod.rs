//! The viewer: pages made on the server.

use axum::Router;
use axum::routing::get;

use crate::serve::App;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/", get(|| async { "autoxray" }))
}
