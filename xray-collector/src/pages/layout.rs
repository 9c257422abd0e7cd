//! The frame around each page: navigation, the scope bar, and what is common to all.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use xray_model::document::Timestamp;

use super::assets::{self, Asset};
use super::parts;
use super::scope::{CHOICES, Query, Range, Scope};
use super::theme::Theme;
use super::time;
use crate::clock;
use crate::collector::Stats;
use crate::serve::App;
use crate::view::number;

/// The pages that navigation leads to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Section {
    Map,
    Traces,
    Analytics,
    Errors,
    Metrics,
    Health,
}

impl Section {
    const ALL: [Self; 6] = [Self::Map, Self::Traces, Self::Analytics, Self::Errors, Self::Metrics, Self::Health];

    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Map => "/",
            Self::Traces => "/traces",
            Self::Analytics => "/analytics",
            Self::Errors => "/errors",
            Self::Metrics => "/metrics",
            Self::Health => "/health",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Map => "Map",
            Self::Traces => "Traces",
            Self::Analytics => "Analytics",
            Self::Errors => "Errors",
            Self::Metrics => "Metrics",
            Self::Health => "Health",
        }
    }

    /// Where the scope bar leads: pages that have no use for a filter lead to the list.
    fn scoped(self) -> &'static str {
        if self == Self::Health { Self::Traces.path() } else { self.path() }
    }
}

/// What was asked, and how it should look: takes the place of axum's extractors in pages.
pub(crate) struct Asked {
    pub(crate) query: Query,
    pub(crate) scope: Scope,
    pub(crate) now: Timestamp,
    theme: Theme,
    /// Path and query, to come back to.
    address: String,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        let query = Query::parse(parts.uri.query().unwrap_or_default());
        let scope = Scope::of(&query);
        let address = parts.uri.path_and_query().map_or("/", |address| address.as_str()).to_owned();
        Ok(Self { query, scope, now: clock::today(), theme: Theme::of(&parts.headers), address })
    }
}

/// What stands inside the frame.
pub(crate) struct Page<'a> {
    section: Section,
    title: &'a str,
    body: Markup,
    keep: Vec<(&'a str, String)>,
    assets: Vec<&'a Asset>,
    is_wide: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(section: Section, title: &'a str, body: Markup) -> Self {
        Self { section, title, body, keep: Vec::new(), assets: Vec::new(), is_wide: false }
    }

    /// A parameter that stays when another filter is asked for.
    #[must_use]
    pub(crate) fn keep(mut self, name: &'a str, value: impl Into<String>) -> Self {
        self.keep.push((name, value.into()));
        self
    }

    /// A style or script of this page; also to be listed in `assets.rs`.
    #[must_use]
    pub(crate) fn with(mut self, asset: &'a Asset) -> Self {
        self.assets.push(asset);
        self
    }

    /// Uses all of the window.
    #[must_use]
    pub(crate) fn wide(mut self) -> Self {
        self.is_wide = true;
        self
    }
}

impl Asked {
    /// The whole document.
    pub(crate) fn page(&self, app: &App, page: Page<'_>) -> Response {
        let stats = app.collector.stats();
        let own = |kind: &str| page.assets.iter().filter(|asset| asset.is(kind)).map(|asset| asset.address()).collect::<Vec<_>>();
        let document = html! {
            (DOCTYPE)
            html lang="en" data-theme=(self.theme.name()) {
                head {
                    meta charset="utf-8";
                    title { (page.title) " · Local X-Ray" }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    link rel="icon" href="/favicon.ico" type="image/svg+xml";
                    link rel="stylesheet" href=(assets::STYLE.address());
                    @for address in own("css") { link rel="stylesheet" href=(address); }
                    script src=(assets::SCRIPT.address()) defer {}
                    @for address in own("js") { script src=(address) defer {} }
                }
                body data-turn=(app.traces.turn()) {
                    a.skip href="#main" { "Skip to content" }
                    (self.top(page.section, &stats))
                    (self.bar(&page))
                    main id="main" tabindex="-1" class=[page.is_wide.then_some("wide")] { (page.body) }
                    (help())
                }
            }
        };
        ([(header::CACHE_CONTROL, "no-cache")], Html(document.into_string())).into_response()
    }

    fn top(&self, current: Section, stats: &Stats) -> Markup {
        html! {
            header.top {
                a.brand href=(self.scope.link("/")) {
                    svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true" {
                        rect.logo width="32" height="32" rx="7" {}
                        path.logo-lines d="M7 10h14M11 16h12M15 22h6" {}
                    }
                    span { "Local X-Ray" }
                }
                nav aria-label="Pages" {
                    ul {
                        @for section in Section::ALL {
                            li {
                                a href=(self.scope.link(section.path())) aria-current=[(section == current).then_some("page")] {
                                    (section.label())
                                }
                            }
                        }
                    }
                }
                div.tools {
                    span id="lost" data-live { (lost(stats)) }
                    button.tool.needs-script id="live" type="button" hidden aria-pressed="true" title="Live updates: press p to pause" {
                        span.dot aria-hidden="true" {}
                        span.what { "Live" }
                    }
                    button.tool.needs-script id="help-button" type="button" hidden title="Keys: press ?" aria-label="Keyboard shortcuts" { "?" }
                    form id="theme" method="post" action="/theme" {
                        input type="hidden" name="back" value=(self.address);
                        button.tool name="theme" value=(self.theme.next().name()) title={ "Theme: " (self.theme.name()) ". Change to " (self.theme.next().name()) } {
                            svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true" {
                                circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5" {}
                                path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" {}
                            }
                            span.sr { "Theme: " span.what { (self.theme.name()) } }
                        }
                    }
                }
            }
        }
    }

    /// Filter and time range.
    fn bar(&self, page: &Page<'_>) -> Markup {
        let scope = &self.scope;
        let (from, to) = match scope.range {
            Range::Between(from, to) => (from.map(time::input), to.map(time::input)),
            _ => (None, None),
        };
        let chosen = |name: &str| match scope.range {
            Range::All => name == "all",
            Range::Last(choice) => CHOICES[choice].0 == name,
            Range::Between(..) => name == "custom",
        };
        html! {
            search {
                form.scope id="scope" method="get" action=(page.section.scoped()) {
                    @for (name, value) in &page.keep { input type="hidden" name=(name) value=(value); }
                    div.filter {
                        label.sr for="filter" { "Filter expression" }
                        input id="filter" name="filter" type="text" value=(scope.filter) list="filters" autocomplete="off" autocapitalize="off"
                            spellcheck="false" placeholder="Filter: service(\"api\") AND responsetime > 0.5 AND fault"
                            aria-invalid=[(!scope.problems.is_empty()).then_some("true")]
                            aria-describedby=[(!scope.problems.is_empty()).then_some("problems")];
                        datalist id="filters" {
                            @for filter in ["fault = true", "error = true", "throttle = true", "responsetime > 1", "partial = true", "http.status >= 500"] {
                                option value=(filter) {}
                            }
                        }
                        kbd.needs-script.slash hidden aria-hidden="true" { "/" }
                    }
                    label.sr for="range" { "Time range" }
                    select id="range" name="range" {
                        @for (name, _, label) in CHOICES { option value=(name) selected[chosen(name)] { (label) } }
                        option value="all" selected[chosen("all")] { "All that is held" }
                        option value="custom" selected[chosen("custom")] { "From – to (UTC)" }
                    }
                    details.custom {
                        summary { (self.stretch()) }
                        div.between {
                            label { span { "From (UTC)" } input name="from" type="datetime-local" step="1" value=[from]; }
                            label { span { "To (UTC)" } input name="to" type="datetime-local" step="1" value=[to]; }
                        }
                    }
                    button.primary type="submit" { "Apply" }
                    @if !scope.is_all() { a.clear href=(page.section.scoped()) { "Clear" } }
                }
                (parts::problems(scope))
            }
        }
    }
}

impl Asked {
    /// The chosen stretch of time, if it is none of those that have a name.
    fn stretch(&self) -> Markup {
        let Range::Between(from, to) = self.scope.range else { return html! { "From – to" } };
        html! {
            @if let Some(from) = from { (time::short(from, self.now)) } @else { "…" }
            " – "
            @if let Some(to) = to { (time::short(to, self.now)) } @else { "now" }
        }
    }
}

/// A word in the frame when anything was lost.
fn lost(stats: &Stats) -> Markup {
    let lost = stats.progress.rejected
        + stats.traces_evicted
        + stats.documents_refused
        + stats.lost_in_queue
        + stats.lost_in_kernel.unwrap_or_default()
        + stats.socket_errors
        + stats.lost_in_forwarding;
    html! {
        @if lost > 0 {
            a.tool.warn href="/health" title="Something was rejected or lost" { "! " (number::count(lost)) " lost" }
        }
    }
}

fn help() -> Markup {
    let keys = [
        ("/", "Write a filter"),
        ("j, k", "Next and previous in a list"),
        ("Enter", "Open what is marked"),
        ("x", "Fold or unfold a row of the timeline"),
        ("[, ]", "Newer and older page of a list"),
        ("g m, g t, g a", "Go to map, traces, analytics"),
        ("g e, g b, g h", "Go to errors, metrics, health"),
        ("p", "Pause or resume live updates"),
        ("t", "Change the theme"),
        ("Esc", "Leave the filter, close this"),
    ];
    html! {
        dialog id="help" aria-labelledby="help-title" {
            h2 id="help-title" { "Keys" }
            dl.keys { @for (key, what) in keys { dt { kbd { (key) } } dd { (what) } } }
            form method="dialog" { button { "Close" } }
        }
    }
}
