//! Styles and scripts, in the program and at addresses that change with them, so that browsers may keep them for ever.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::serve::App;

/// A file that pages use.
pub(crate) struct Asset {
    /// What it is called in addresses, before its hash.
    stem: &'static str,
    ending: &'static str,
    kind: &'static str,
    text: &'static str,
    hash: u64,
}

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// The dark theme holds where it was chosen, and where the system has it and no other was chosen.
const BASE: &str = concat!(
    include_str!("assets/base.css"),
    "@media (prefers-color-scheme: dark) { :root:not([data-theme=\"light\"]) {\n",
    include_str!("assets/dark.css"),
    "} }\n:root[data-theme=\"dark\"] {\n",
    include_str!("assets/dark.css"),
    "}\n",
);

/// Files of all pages come first; each page adds its own by name.
pub(crate) const STYLE: Asset = Asset::new("base", "css", CSS, BASE);
pub(crate) const SCRIPT: Asset = Asset::new("app", "js", JS, include_str!("assets/app.js"));

pub(crate) const TRACES_STYLE: Asset = Asset::new("traces", "css", CSS, include_str!("assets/traces.css"));
pub(crate) const TRACES_SCRIPT: Asset = Asset::new("traces", "js", JS, include_str!("assets/traces.js"));

pub(crate) const TIMELINE_STYLE: Asset = Asset::new("timeline", "css", CSS, include_str!("assets/timeline.css"));
pub(crate) const TIMELINE_SCRIPT: Asset = Asset::new("timeline", "js", JS, include_str!("assets/timeline.js"));

pub(crate) const MAP_STYLE: Asset =
    Asset::new("map", "css", CSS, concat!(include_str!("assets/detail.css"), include_str!("assets/map.css")));

pub(crate) const STATS_STYLE: Asset =
    Asset::new("stats", "css", CSS, concat!(include_str!("assets/detail.css"), include_str!("assets/stats.css")));

const ALL: [&Asset; 8] = [&STYLE, &SCRIPT, &TRACES_STYLE, &TRACES_SCRIPT, &TIMELINE_STYLE, &TIMELINE_SCRIPT, &MAP_STYLE, &STATS_STYLE];

impl Asset {
    pub(crate) const fn new(stem: &'static str, ending: &'static str, kind: &'static str, text: &'static str) -> Self {
        Self { stem, ending, kind, text, hash: fnv(text.as_bytes()) }
    }

    pub(crate) fn is(&self, ending: &str) -> bool {
        self.ending == ending
    }

    fn file(&self) -> String {
        format!("{}.{:016x}.{}", self.stem, self.hash, self.ending)
    }

    /// Where it is.
    pub(crate) fn address(&self) -> String {
        format!("/assets/{}", self.file())
    }
}

/// FNV-1a: tells versions of a file apart, no more.
const fn fnv(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u64).wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}

pub(crate) fn router() -> Router<App> {
    Router::new().route("/assets/{file}", get(asset)).route("/favicon.ico", get(icon))
}

async fn asset(Path(file): Path<String>) -> Response {
    match ALL.iter().find(|asset| asset.file() == file) {
        Some(asset) => {
            let headers = [(header::CONTENT_TYPE, asset.kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
            (headers, asset.text).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn icon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers, include_str!("assets/icon.svg")).into_response()
}
