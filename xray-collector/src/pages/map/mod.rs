//! The service map: `/`, and with one service looked at `/map?node=…&type=…`.

mod detail;
mod draw;
pub(crate) mod label;
mod place;
mod tables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};

use super::layout::{Asked, Page, Section};
use super::scope::{Query, Scope};
use super::{assets, conditions, parts, text};
use crate::facts::Facts;
use crate::graph::{Edge, Node, ServiceGraph, Statistics};
use crate::serve::App;
use crate::stats;
use crate::view::number;

pub(crate) fn router() -> Router<App> {
    Router::new().route("/", get(map)).route("/map", get(map))
}

/// The size of a map of which everything is seen.
const WHOLE: &str = "whole";

/// What the parts of the page are about.
struct Seen<'a> {
    scope: &'a Scope,
    facts: &'a [Arc<Facts>],
    graph: &'a ServiceGraph,
    minutes: f64,
    /// The node that is looked at.
    chosen: Option<usize>,
    /// A map that is larger than the window is made as small as that.
    is_whole: bool,
}

async fn map(State(app): State<App>, mut asked: Asked) -> Response {
    let facts = asked.scope.facts(&app);
    let graph = ServiceGraph::of(&facts);
    let (chosen, is_whole) = (chosen(&graph, &asked.query), asked.query.get("size") == Some(WHOLE));
    let seen = Seen { scope: &asked.scope, facts: &facts, graph: &graph, minutes: stats::minutes(&facts), chosen, is_whole };
    let page = Page::new(Section::Map, "Service map", body(&app, &seen)).with(&assets::MAP_STYLE).wide();
    let page = ["node", "type", "account", "size"]
        .into_iter()
        .filter_map(|name| Some((name, asked.query.get(name)?)))
        .fold(page, |page, (name, value)| page.keep(name, value));
    asked.page(&app, page)
}

fn chosen(graph: &ServiceGraph, query: &Query) -> Option<usize> {
    let name = query.get("node")?;
    let (kind, account) = (query.get("type").unwrap_or_default(), query.get("account"));
    let is = |own: &str, wanted: &str| text::key(own) == text::key(wanted);
    let fits = |node: &Node| {
        is(&node.name, name) && is(&node.kind, kind) && is(node.account.as_deref().unwrap_or_default(), account.unwrap_or_default())
    };
    // An address that was typed has the name only.
    let by_name = || graph.nodes.iter().position(|node| is(&node.name, name) && !node.is_client());
    graph.nodes.iter().position(fits).or_else(|| if kind.is_empty() { by_name() } else { None })
}

fn body(app: &App, seen: &Seen<'_>) -> Markup {
    let services = seen.graph.nodes.iter().filter(|node| !node.is_client()).count();
    let counted = format!("{}, {}", number::counted(seen.facts.len(), "trace"), number::counted(services, "service"));
    html! {
        div.head {
            h1 { "Service map" }
            span.muted id="count" data-live { (counted) }
            (legend())
        }
        @if seen.facts.is_empty() {
            div.card id="map" data-live { (parts::nothing(app, seen.scope, "/")) }
        } @else {
            div.split id="map" data-live data-chosen[seen.chosen.is_some()] {
                section.card aria-label="Map" {
                    (draw::picture(seen))
                    (notes(seen))
                }
                @if let Some(chosen) = seen.chosen { (detail::panel(seen, chosen)) }
            }
            div id="tables" data-live { (tables::tables(seen)) }
        }
    }
}

fn legend() -> Markup {
    let entries = [("ok", "ok"), ("error", "error (4xx)"), ("throttle", "throttled (429)"), ("fault", "fault (5xx)")];
    html! {
        span.legend.aside {
            @for (class, label) in entries {
                span.entry { svg width="12" height="12" aria-hidden="true" { circle class={ "ring " (class) } cx="6" cy="6" r="4.5" {} } (label) }
            }
            span.entry { svg width="22" height="12" aria-hidden="true" { path.line.dashed d="M1 6h20" {} } "linked trace" }
        }
    }
}

/// What the map does not show is said.
fn notes(seen: &Seen<'_>) -> Markup {
    let not_drawn = draw::left_out(&seen.graph.nodes);
    html! {
        @if not_drawn > 0 { p.note { (number::count(not_drawn as u64)) " services that are asked least are not drawn. A filter brings them closer." } }
        @if seen.graph.left_out > 0 { p.note { (number::count(seen.graph.left_out)) " requests of very large traces are not in the map; the traces themselves have them." } }
    }
}

impl Seen<'_> {
    fn name_is_unique(&self, node: &Node) -> bool {
        self.graph.nodes.iter().filter(|other| other.name == node.name && !other.is_client()).count() == 1
    }

    fn who(&self, node: usize) -> String {
        let node = &self.graph.nodes[node];
        conditions::who(&node.name, &node.kind, self.name_is_unique(node))
    }

    /// The page with this node looked at.
    fn link_to(&self, node: usize) -> String {
        self.link(Some(node), self.is_whole)
    }

    /// The page in its other size.
    fn resized(&self) -> String {
        self.link(self.chosen, !self.is_whole)
    }

    /// The page without a node that is looked at.
    fn closed(&self) -> String {
        self.link(None, self.is_whole)
    }

    fn link(&self, node: Option<usize>, is_whole: bool) -> String {
        let mut pairs = Vec::new();
        if let Some(node) = node.map(|node| &self.graph.nodes[node]) {
            let account = node.account.as_deref().unwrap_or_default();
            pairs.extend([("node", text::key(&node.name)), ("type", text::key(&node.kind)), ("account", text::key(account))]);
        }
        pairs.push(("size", if is_whole { WHOLE } else { "" }));
        self.scope.link_with(if node.is_some() { "/map" } else { "/" }, &pairs)
    }

    /// No filter is long enough for its name.
    fn is_too_long(&self, node: usize) -> bool {
        let name = &self.graph.nodes[node].name;
        text::key(name).len() < name.len()
    }

    /// The traces that an edge is made of.
    fn traces_of_edge(&self, from: usize, edge: &Edge) -> String {
        if self.is_too_long(from) || self.is_too_long(edge.to) {
            return self.link_to(edge.to);
        }
        let to = self.who(edge.to);
        let condition = if self.graph.nodes[from].is_client() {
            conditions::service_that(&to, "root")
        } else if edge.is_link {
            conditions::service(&to)
        } else {
            conditions::edge(&self.who(from), &to)
        };
        self.scope.narrowed(&condition).link("/traces")
    }

    /// The traces in which a service took part, in some way or other.
    fn traces_of_node(&self, node: usize, condition: &str) -> String {
        if self.is_too_long(node) {
            return self.link_to(node);
        }
        let who = self.who(node);
        let condition = if condition.is_empty() { conditions::service(&who) } else { conditions::service_that(&who, condition) };
        self.scope.narrowed(&condition).link("/traces")
    }

    /// Average time and rate: what stands on edges.
    fn told(&self, of: &Statistics) -> String {
        let average = of.average().map(number::duration).unwrap_or_default();
        format!("{average} · {}", parts::rate(of.total() as f64 / self.minutes))
    }

    /// Everything in one line, for those who point at it or do not see it.
    fn in_full(&self, of: &Statistics) -> String {
        let bad = [(of.faults, "faults"), (of.throttles, "throttled"), (of.errors, "errors")];
        let bad: Vec<String> =
            bad.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!(", {} {what}", number::count(count))).collect();
        let average = of.average().map(|time| format!(", {} on average", number::duration(time))).unwrap_or_default();
        format!("{}{average}{}", number::counted(usize::try_from(of.total()).unwrap_or(usize::MAX), "request"), bad.concat())
    }
}
