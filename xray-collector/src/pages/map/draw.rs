//! The picture: nodes with rings of health, edges with times and rates.

use maud::{Markup, html};

use super::place::{Point, place};
use super::{Seen, label};
use crate::graph::{Edge, Node, Statistics};
use crate::pages::parts;
use crate::query::Status;
use crate::settings::NODES_DRAWN_MAX;
use crate::view::number;

/// Radius of a node's ring.
const RADIUS: f64 = 31.0;
/// How far the ring stands above the middle of what a node takes, since its name is below.
const LIFT: f64 = 20.0;
/// Edges beyond which they are not labelled: nobody could read that.
const LABELLED_MAX: usize = 90;
/// Letters of a name below a node.
const NAME_CHARS: usize = 24;

/// The nodes that are drawn, by their place in the graph, in an order that does not depend on when traces arrived.
pub(super) fn drawn(seen: &Seen<'_>) -> Vec<usize> {
    let nodes = &seen.graph.nodes;
    let mut drawn: Vec<usize> = (0..nodes.len()).collect();
    if drawn.len() > NODES_DRAWN_MAX {
        // Clients have no requests of their own, but lead to where everything begins.
        drawn.sort_by_key(|node| (!nodes[*node].is_client(), std::cmp::Reverse(nodes[*node].statistics.total()), *node));
        drawn.truncate(NODES_DRAWN_MAX);
    }
    drawn.sort_by(|one, other| {
        let key = |node: &usize| (!nodes[*node].is_client(), &nodes[*node].name, &nodes[*node].kind, &nodes[*node].account);
        key(one).cmp(&key(other))
    });
    drawn
}

/// Width from which on a picture that is as wide as the window cannot be read.
const READABLE_WIDTH_MAX: f64 = 2_300.0;

/// The map, and the way to its other size if it is too large for one.
pub(super) fn picture(seen: &Seen<'_>) -> Markup {
    let drawn = drawn(seen);
    let place_of = |node: usize| drawn.iter().position(|other| *other == node);
    let mut places = vec![None; seen.graph.nodes.len()];
    drawn.iter().enumerate().for_each(|(place, node)| places[*node] = Some(place));
    let edges: Vec<(usize, &Edge, (usize, usize))> = drawn
        .iter()
        .flat_map(|from| seen.graph.nodes[*from].edges.iter().map(move |edge| (*from, edge)))
        .filter_map(|(from, edge)| Some((from, edge, (places[from]?, places[edge.to]?))))
        .collect();
    let pairs: Vec<(usize, usize)> = edges.iter().map(|(_, _, pair)| *pair).collect();
    let placing = place(drawn.len(), &pairs);
    let (width, height) = (placing.width.ceil(), placing.height.ceil());
    let has_labels = edges.len() <= LABELLED_MAX;
    let chosen = seen.chosen.and_then(place_of);
    let is_large = width > READABLE_WIDTH_MAX;
    html! {
        @if is_large {
            p.note.sizes {
                (number::count(drawn.len() as u64)) " nodes are many. " a href=(seen.resized()) { @if seen.is_whole { "Show them in readable size" } @else { "Show the whole map" } }
            }
        }
        div.canvas tabindex="0" {
            svg class={ "map" @if is_large && !seen.is_whole { " large" } } width=(width) height=(height) viewBox={ "0 0 " (width) " " (height) } role="group" aria-label="Service map; the tables below have the same in words" {
                defs {
                    marker id="arrow" viewBox="0 0 8 8" refX="6.5" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse" { path.head d="M0.5 0.5L7.5 4L0.5 7.5z" {} }
                }
                @for ((from, edge, pair), through) in edges.iter().zip(&placing.edges) {
                    @let is_both = pairs.contains(&(pair.1, pair.0)) && pair.0 != pair.1;
                    @let is_here = chosen.is_some_and(|chosen| pair.0 == chosen || pair.1 == chosen);
                    (arrow(seen, (*from, edge), &route(through, is_both), has_labels, is_here))
                }
                @for (node, middle) in drawn.iter().zip(&placing.nodes) { (circle(seen, *node, *middle)) }
            }
        }
    }
}

/// An edge as it is drawn: its path, and where its label stands.
struct Route {
    path: String,
    label: Point,
}

/// Smooth from ring to ring, through the bends; to the left for calls back, and a loop for calls to oneself. One of two that go between
/// the same nodes in both directions gives way.
fn route(through: &[Point], is_both: bool) -> Route {
    let lifted: Vec<Point> = through.iter().map(|(x, y)| (*x, y - LIFT)).collect();
    let (Some(first), Some(last)) = (lifted.first().copied(), lifted.last().copied()) else {
        return Route { path: String::new(), label: (0.0, 0.0) };
    };
    if first == last {
        let (x, y) = (first.0, first.1 - RADIUS);
        let path = format!(
            "M{:.1} {:.1}C{:.1} {:.1} {:.1} {:.1} {:.1} {:.1}",
            x - 13.0,
            y - 1.0,
            x - 34.0,
            y - 38.0,
            x + 34.0,
            y - 38.0,
            x + 13.0,
            y - 2.0
        );
        return Route { path, label: (x, y - 24.0) };
    }
    let is_forward = first.0 < last.0;
    let (side, aside) = (if is_forward { 1.0 } else { -1.0 }, if is_both { if is_forward { -9.0 } else { 9.0 } } else { 0.0 });
    let mut points = lifted;
    let end = points.len() - 1;
    points[0] = (first.0 + side * (RADIUS + 5.0), first.1 + aside);
    points[end] = (last.0 - side * (RADIUS + 7.0), last.1 + aside);
    let mut path = format!("M{:.1} {:.1}", points[0].0, points[0].1);
    for pair in points.windows(2) {
        let ((from_x, from_y), (x, y)) = (pair[0], pair[1]);
        let bend = (x - from_x) / 2.0;
        path += &format!("C{:.1} {:.1} {:.1} {:.1} {x:.1} {y:.1}", from_x + bend, from_y, x - bend, y);
    }
    // In the middle between two columns, where no name stands.
    let (before, after) = (points[end - 1], points[end]);
    let middle = ((before.0 + after.0) / 2.0, (before.1 + after.1) / 2.0);
    Route { path, label: middle }
}

fn arrow(seen: &Seen<'_>, (from, edge): (usize, &Edge), route: &Route, has_label: bool, is_here: bool) -> Markup {
    let of = &edge.statistics;
    let name = |node: usize| match &seen.graph.nodes[node] {
        node if node.is_client() => "Clients".to_owned(),
        node => label::name(&node.name, &node.kind),
    };
    let told = if edge.is_link { "message".to_owned() } else { seen.told(of) };
    let class = if of.share(of.faults) >= 0.05 { "edge bad" } else { "edge" };
    html! {
        a class=(class) href=(seen.traces_of_edge(from, edge)) data-here[is_here] data-link[edge.is_link] {
            title { (name(from)) " → " (name(edge.to)) ": " (seen.in_full(of)) @if edge.is_link { " (linked traces)" } }
            path.hit d=(route.path) {}
            path.line d=(route.path) marker-end="url(#arrow)" {}
            @if has_label && (of.total() > 0 || edge.is_link) {
                text.told x=(format!("{:.1}", route.label.0)) y=(format!("{:.1}", route.label.1 - 5.0)) text-anchor="middle" { (told) }
            }
        }
    }
}

fn circle(seen: &Seen<'_>, index: usize, (x, middle): Point) -> Markup {
    let node = &seen.graph.nodes[index];
    let y = middle - LIFT;
    let full = label::name(&node.name, &node.kind);
    let short = cut(&full);
    let is_here = seen.chosen == Some(index);
    let of = &node.statistics;
    html! {
        a.node href=(seen.link_to(index)) aria-current=[is_here.then_some("true")] data-key={ "node-" (index) } data-guess[node.is_inferred] {
            title { @if node.is_client() { "Clients of " } (full) " (" (label::kind(&node.kind)) ")" @if !node.is_client() { ": " (seen.in_full(of)) } }
            @if is_here { circle.halo cx=(at(x)) cy=(at(y)) r=(RADIUS + 8.0) {} }
            circle.disc cx=(at(x)) cy=(at(y)) r=(RADIUS) {}
            (ring(of, x, y))
            @if node.is_client() {
                g.person transform={ "translate(" (at(x)) " " (at(y)) ")" } { circle cx="0" cy="-7" r="6" {} path d="M-12 13a12 11 0 0 1 24 0z" {} }
            } @else {
                @match of.average() {
                    Some(time) => {
                        text.time x=(at(x)) y=(at(y + 1.0)) text-anchor="middle" { (number::duration(time)) }
                        text.rate x=(at(x)) y=(at(y + 15.0)) text-anchor="middle" { (parts::rate(of.total() as f64 / seen.minutes)) }
                    },
                    None => text.rate x=(at(x)) y=(at(y + 4.0)) text-anchor="middle" { (if node.in_progress > 0 { "in progress" } else { "no figures" }) },
                }
            }
            text.name x=(at(x)) y=(at(y + RADIUS + 20.0)) text-anchor="middle" { @if node.is_client() { "Clients" } @else { (short) } }
            @if !node.is_client() { text.kind x=(at(x)) y=(at(y + RADIUS + 35.0)) text-anchor="middle" { (label::kind_beside(&node.kind, &full)) } }
        }
    }
}

/// One arc for each status, by its share; even one in a million shows.
fn ring(of: &Statistics, x: f64, y: f64) -> Markup {
    let counts = [(Status::Fault, of.faults), (Status::Throttle, of.throttles), (Status::Error, of.errors)];
    let mut begin = 0.0;
    let mut arcs: Vec<(Status, f64, f64)> = Vec::new();
    for (status, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let share = (of.share(count) * 100.0).max(3.0).min(100.0 - begin);
        arcs.push((status, begin, share));
        begin += share;
    }
    if of.ok > 0 && begin < 100.0 {
        arcs.push((Status::Ok, begin, 100.0 - begin));
    }
    html! {
        circle.ring cx=(at(x)) cy=(at(y)) r=(RADIUS) {}
        @for (status, begin, share) in arcs {
            circle class={ "ring " (parts::class_of(status)) } cx=(at(x)) cy=(at(y)) r=(RADIUS) pathLength="100"
                stroke-dasharray={ (format!("{share:.2}")) " " (format!("{:.2}", 100.0 - share)) } stroke-dashoffset=(format!("{:.2}", -begin))
                transform={ "rotate(-90 " (at(x)) " " (at(y)) ")" } {}
        }
    }
}

fn at(place: f64) -> String {
    format!("{place:.1}")
}

fn cut(name: &str) -> String {
    let letters = name.chars().count();
    if letters <= NAME_CHARS {
        return name.to_owned();
    }
    // The end often says more than the middle.
    let (begin, end): (String, String) = (name.chars().take(NAME_CHARS - 8).collect(), name.chars().skip(letters - 7).collect());
    format!("{begin}…{end}")
}

#[cfg(test)]
pub(super) fn arcs(of: &Statistics) -> String {
    ring(of, 0.0, 0.0).into_string()
}

/// Whether a node is drawn at all; for words about those that are not.
pub(super) fn left_out(nodes: &[Node]) -> usize {
    nodes.len().saturating_sub(NODES_DRAWN_MAX)
}
