//! Where nodes and edges of the map are drawn: columns from left to right, callers before what they call.
//!
//! Cycles are broken and long edges cut into steps here, so that the library that places everything sees edges from one column to the next
//! only, and says where the bends are. The same nodes and edges give the same picture, whatever order traces arrived in.

use std::collections::{BTreeMap, BTreeSet};

use rust_sugiyama::configure::{Config, CrossingMinimization, RankingType};

use crate::settings::{LAYOUT_STACK, LAYOUT_VERTICES_MAX};

/// From one column to the next.
pub(super) const COLUMN: f64 = 214.0;
/// What a node takes of its column.
const ROW: f64 = 114.0;
/// What an edge takes of a column that it passes.
const LANE: f64 = 26.0;

pub(super) type Point = (f64, f64);

/// A picture: the middle of each node, and for each edge the points it goes through, from node to node.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Placing {
    pub(super) nodes: Vec<Point>,
    pub(super) edges: Vec<Vec<Point>>,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Places nodes, given by their number, and the edges between them.
pub(super) fn place(nodes: usize, edges: &[(usize, usize)]) -> Placing {
    let forward = without_cycles(nodes, edges);
    let ranks = ranks(nodes, &forward);
    let steps = Steps::of(nodes, &forward, &ranks);
    let places = with_library(nodes, &steps).unwrap_or_else(|| in_columns(nodes, &steps, &ranks));
    let middle = |vertex: usize| places.get(vertex).copied().unwrap_or_default();
    let through = |from: usize, to: usize| {
        let is_forward = forward.contains(&(from, to));
        let key = if is_forward { (from, to) } else { (to, from) };
        let mut bends: Vec<Point> = steps.bends.get(&key).into_iter().flatten().map(|vertex| middle(*vertex)).collect();
        if !is_forward {
            bends.reverse();
        }
        std::iter::once(middle(from)).chain(bends).chain([middle(to)]).collect()
    };
    let far = |part: fn(&Point) -> f64| places.iter().map(part).fold(0.0, f64::max);
    Placing {
        nodes: (0..nodes).map(middle).collect(),
        edges: edges.iter().map(|(from, to)| through(*from, *to)).collect(),
        width: far(|place| place.0) + COLUMN / 2.0,
        height: far(|place| place.1) + ROW / 2.0,
    }
}

/// Each pair once, none from a node to itself, and turned around where it would close a ring.
fn without_cycles(nodes: usize, edges: &[(usize, usize)]) -> BTreeSet<(usize, usize)> {
    let mut out = vec![BTreeSet::new(); nodes];
    let mut called = vec![false; nodes];
    for (from, to) in edges.iter().filter(|(from, to)| from != to) {
        out[*from].insert(*to);
        called[*to] = true;
    }
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; nodes];
    let mut forward = BTreeSet::new();
    // From those that nobody calls first.
    let mut begins: Vec<usize> = (0..nodes).collect();
    begins.sort_by_key(|node| called[*node]);
    for begin in begins {
        if state[begin] != State::New {
            continue;
        }
        state[begin] = State::Open;
        let mut path = vec![(begin, out[begin].iter().copied().collect::<Vec<_>>().into_iter())];
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            let Some(to) = next.next() else {
                state[node] = State::Done;
                path.pop();
                continue;
            };
            match state[to] {
                State::Open => drop(forward.insert((to, node))),
                State::Done => drop(forward.insert((node, to))),
                State::New => {
                    forward.insert((node, to));
                    state[to] = State::Open;
                    path.push((to, out[to].iter().copied().collect::<Vec<_>>().into_iter()));
                }
            }
        }
    }
    forward
}

/// The column of each node: after all that call it; those that nobody calls just before what they call.
fn ranks(nodes: usize, forward: &BTreeSet<(usize, usize)>) -> Vec<usize> {
    let mut out = vec![Vec::new(); nodes];
    let mut missing = vec![0; nodes];
    for (from, to) in forward {
        out[*from].push(*to);
        missing[*to] += 1;
    }
    let begins: Vec<usize> = (0..nodes).filter(|node| missing[*node] == 0).collect();
    let mut ranks = vec![0usize; nodes];
    let mut ready = begins.clone();
    while let Some(node) = ready.pop() {
        for to in &out[node] {
            ranks[*to] = ranks[*to].max(ranks[node] + 1);
            missing[*to] -= 1;
            if missing[*to] == 0 {
                ready.push(*to);
            }
        }
    }
    for begin in begins {
        let first = out[begin].iter().map(|to| ranks[*to]).min();
        ranks[begin] = first.map_or(0, |first| first.saturating_sub(1));
    }
    ranks
}

/// Edges of one column each; vertices from `nodes` on are bends.
struct Steps {
    vertices: usize,
    edges: Vec<(u32, u32)>,
    bends: BTreeMap<(usize, usize), Vec<usize>>,
}

impl Steps {
    fn of(nodes: usize, forward: &BTreeSet<(usize, usize)>, ranks: &[usize]) -> Self {
        let mut steps = Self { vertices: nodes, edges: Vec::new(), bends: BTreeMap::new() };
        for (from, to) in forward {
            let columns = ranks[*to].saturating_sub(ranks[*from] + 1);
            // A picture with more bends than that shows nothing anyway.
            let columns = columns.min(LAYOUT_VERTICES_MAX.saturating_sub(steps.vertices));
            let mut last = *from;
            for _ in 0..columns {
                steps.edges.push((last as u32, steps.vertices as u32));
                steps.bends.entry((*from, *to)).or_default().push(steps.vertices);
                last = steps.vertices;
                steps.vertices += 1;
            }
            steps.edges.push((last as u32, *to as u32));
        }
        steps
    }

    /// How much of its column a vertex takes.
    fn room(nodes: usize, vertex: usize) -> f64 {
        if vertex < nodes { ROW } else { LANE }
    }
}

/// Middle of each vertex, parts that nothing connects one below the other. `None` if the library fails.
///
/// It goes down as many levels as there are vertices, so it gets a stack of its own.
fn with_library(nodes: usize, steps: &Steps) -> Option<Vec<Point>> {
    let vertices: Vec<(u32, (f64, f64))> =
        (0..steps.vertices).map(|vertex| (vertex as u32, (Steps::room(nodes, vertex), COLUMN))).collect();
    let edges = steps.edges.clone();
    let config = Config {
        minimum_length: 1,
        vertex_spacing: 0.0,
        dummy_vertices: true,
        dummy_size: LANE,
        ranking_type: RankingType::MinimizeEdgeLength,
        c_minimization: CrossingMinimization::Barycenter,
        transpose: steps.vertices <= LAYOUT_VERTICES_MAX / 4,
    };
    let work = move || rust_sugiyama::from_vertices_and_edges(&vertices, &edges, &config);
    let parts = std::thread::Builder::new().name("xray-layout".into()).stack_size(LAYOUT_STACK).spawn(work).ok()?.join().ok()?;
    let mut parts: Vec<Vec<(usize, Point)>> = parts.into_iter().map(|(part, ..)| part).collect();
    parts.iter_mut().for_each(|part| part.sort_by_key(|(vertex, _)| *vertex));
    // The largest first, then in the order of their first nodes.
    parts.sort_by_key(|part| (std::cmp::Reverse(part.len()), part.first().map(|(vertex, _)| *vertex)));
    let boxes: Vec<Part> = parts.iter().map(|part| Part::around(part, |vertex| Steps::room(nodes, vertex))).collect();
    let mut places = vec![None; steps.vertices];
    for (part, (of, (x, y))) in parts.iter().zip(boxes.iter().zip(packed(&boxes))) {
        for (vertex, (down, across)) in part {
            let place = (across - of.left + COLUMN / 2.0 + x, down - of.above + y);
            *places.get_mut(*vertex)? = Some(place).filter(|place| place.0.is_finite() && place.1.is_finite());
        }
    }
    places.into_iter().collect()
}

/// What a part of the picture takes that nothing connects with others.
struct Part {
    left: f64,
    above: f64,
    width: f64,
    height: f64,
}

impl Part {
    /// Columns are the library's rows.
    fn around(part: &[(usize, Point)], room: impl Fn(usize) -> f64) -> Self {
        let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
        let (mut above, mut below) = (left, right);
        for (vertex, (down, across)) in part {
            let half = room(*vertex) / 2.0;
            (left, right) = (left.min(*across), right.max(*across));
            (above, below) = (above.min(down - half), below.max(down + half));
        }
        Self { left, above, width: right - left + COLUMN, height: below - above }
    }
}

/// Where the parts begin: one below the other as long as the picture is no higher than it is wide, then beside them.
fn packed(parts: &[Part]) -> Vec<Point> {
    let area: f64 = parts.iter().map(|part| part.width * part.height).sum();
    let highest = parts.iter().map(|part| part.height).fold((area / 2.2).sqrt(), f64::max);
    let (mut x, mut top, mut width) = (0.0, 0.0, 0.0f64);
    let place = |part: &Part| {
        if top > 0.0 && top + part.height > highest + 1.0 {
            (x, top, width) = (x + width, 0.0, 0.0);
        }
        let place = (x, top);
        (top, width) = (top + part.height, width.max(part.width));
        place
    };
    parts.iter().map(place).collect()
}

/// Without the library: columns, each in the order of the nodes.
fn in_columns(nodes: usize, steps: &Steps, ranks: &[usize]) -> Vec<Point> {
    let mut rank_of: Vec<usize> = ranks.to_vec();
    rank_of.resize(steps.vertices, 0);
    for ((from, _), bends) in &steps.bends {
        bends.iter().zip(ranks[*from] + 1..).for_each(|(bend, rank)| rank_of[*bend] = rank);
    }
    let mut filled = BTreeMap::<usize, f64>::new();
    (0..steps.vertices)
        .map(|vertex| {
            let (room, top) = (Steps::room(nodes, vertex), filled.entry(rank_of[vertex]).or_default());
            *top += room;
            (rank_of[vertex] as f64 * COLUMN + COLUMN / 2.0, *top - room / 2.0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn is_drawn(nodes: usize, edges: &[(usize, usize)], placing: &Placing) {
        assert_eq!((placing.nodes.len(), placing.edges.len()), (nodes, edges.len()));
        for ((from, to), through) in edges.iter().zip(&placing.edges) {
            assert_eq!((through.first(), through.last()), (Some(&placing.nodes[*from]), Some(&placing.nodes[*to])));
        }
        for (index, (x, y)) in placing.nodes.iter().enumerate() {
            assert!(*x >= 0.0 && *y >= 0.0 && *x <= placing.width && *y <= placing.height, "{x} {y}");
            let too_near = placing.nodes[..index].iter().find(|(left, top)| (left - x).abs() < COLUMN * 0.9 && (top - y).abs() < ROW * 0.9);
            assert_eq!(too_near, None, "{index} of {nodes}: {edges:?}");
        }
    }

    #[test]
    fn callers_are_left_of_what_they_call() {
        let edges = [(0, 1), (1, 2), (1, 3), (3, 4), (1, 4), (4, 4)];
        let placing = place(5, &edges);
        is_drawn(5, &edges, &placing);
        let column = |node: usize| (placing.nodes[node].0 / COLUMN) as usize;
        assert_eq!([0, 1, 2, 3, 4].map(column), [0, 1, 2, 2, 3]);
        // What skips a column bends around what stands there.
        assert_eq!(placing.edges[4].len(), 3);
    }

    #[test]
    fn odd_graphs_are_drawn() {
        let ring: Vec<_> = (0..20).map(|node| (node, (node + 1) % 20)).collect();
        let chain: Vec<_> = (0..499).map(|node| (node, node + 1)).collect();
        let star: Vec<_> = (1..500).map(|node| (0, node)).collect();
        let table: [(usize, Vec<(usize, usize)>); 8] =
            [(0, vec![]), (1, vec![]), (1, vec![(0, 0)]), (7, vec![]), (2, vec![(0, 1), (1, 0)]), (20, ring), (500, chain), (500, star)];
        for (nodes, edges) in table {
            is_drawn(nodes, &edges, &place(nodes, &edges));
        }
    }

    #[test]
    fn five_hundred_nodes_of_a_web_are_drawn() {
        let edges: Vec<_> = (1..500usize).flat_map(|node| [(node / 3, node), (node * 7919 % 500, node * 104_729 % 500)]).collect();
        is_drawn(500, &edges, &place(500, &edges));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn every_graph_is_drawn_the_same_each_time((nodes, edges) in (1usize..24).prop_flat_map(|nodes| (Just(nodes), proptest::collection::vec((0..nodes, 0..nodes), 0..50)))) {
            let placing = place(nodes, &edges);
            is_drawn(nodes, &edges, &placing);
            prop_assert_eq!(place(nodes, &edges), placing);
            let steps = Steps::of(nodes, &without_cycles(nodes, &edges), &ranks(nodes, &without_cycles(nodes, &edges)));
            prop_assert!(with_library(nodes, &steps).is_some());
        }
    }
}
