//! Where the time went: the critical path, the time that a segment spent itself, and gaps in which nothing was recorded.

use xray_model::document::{Node, Timestamp};

use crate::trace::{Placed, Trace};

/// A stretch of time.
pub(super) type Stretch = (Timestamp, Timestamp);

/// When a segment ended; one in progress goes on until the last that is known of the trace.
pub(super) fn end_of(node: &Placed, last: Timestamp) -> Timestamp {
    node.end_time.unwrap_or(last).max(node.start_time)
}

/// The stretches of the critical path, by the index of the segment or subsegment that they were spent in itself.
///
/// From the end of the trace's first root one goes back in time, always into the child that ended last before; what made the caller wait.
/// Shortening anything else does not make the trace shorter.
pub(super) fn critical(trace: &Trace) -> Vec<Vec<Stretch>> {
    let last = trace.end();
    let mut stretches = vec![Vec::new(); trace.tree().len()];
    // What began before its caller is waited for only from then on.
    let mut work: Vec<(Node<'_, Placed>, Stretch)> = Vec::new();
    work.extend(trace.root().map(|root| (root, (root.start_time, end_of(&root, last)))));
    while let Some((node, (from, until))) = work.pop() {
        let mut children: Vec<(Timestamp, Node<'_, Placed>)> = node.children().map(|child| (end_of(&child, last), child)).collect();
        children.sort_unstable_by_key(|(end, child)| (std::cmp::Reverse(*end), child.index()));
        let mut now = until;
        let Some(own) = stretches.get_mut(node.index()) else { continue };
        for (end, child) in children {
            // What goes on after its caller is waited for only until then.
            let end = end.min(now);
            let start = child.start_time.max(from);
            if start >= end {
                continue;
            }
            if end < now {
                own.push((end, now));
            }
            work.push((child, (start, end)));
            now = start;
        }
        if from < now {
            own.push((from, now));
        }
    }
    stretches
}

/// The stretches in which none of the children ran.
pub(super) fn own(node: Node<'_, Placed>, last: Timestamp) -> Vec<Stretch> {
    let mut children: Vec<Stretch> = node.children().map(|child| (child.start_time, end_of(&child, last))).collect();
    children.sort_unstable();
    holes((node.start_time, end_of(&node, last)), &children)
}

/// The stretches of the trace in which nothing ran that was recorded.
pub(super) fn gaps(trace: &Trace) -> Vec<Stretch> {
    let (start, last) = (trace.start(), trace.end());
    let mut all: Vec<Stretch> = trace.tree().iter().map(|node| (node.start_time, end_of(&node, last))).collect();
    all.sort_unstable();
    holes((start, last), &all)
}

/// What sorted stretches leave free of a whole.
fn holes((start, end): Stretch, filled: &[Stretch]) -> Vec<Stretch> {
    let mut free = Vec::new();
    let mut now = start;
    for (from, to) in filled {
        let from = (*from).min(end);
        if from > now {
            free.push((now, from));
        }
        now = now.max(*to);
    }
    if now < end {
        free.push((now, end));
    }
    free
}

/// How long some stretches are together, in nanoseconds.
pub(super) fn length(stretches: &[Stretch]) -> u64 {
    stretches.iter().map(|(from, to)| to.as_nanos() - from.as_nanos()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use crate::traces::Traces;
    use proptest::prelude::*;

    /// A trace of subsegments: id, parent, start and end.
    fn trace(parts: &[(u64, u64, u64, u64)]) -> Trace {
        let traces = Traces::new(&Settings::default());
        for (id, parent, start, end) in parts {
            let parent = if *parent == 0 { String::new() } else { format!(r#""parent_id":"{parent:016x}","type":"subsegment","#) };
            let json = format!(
                r#"{{"name":"n{id}","id":"{id:016x}",{parent}"trace_id":"1-00000001-000000000000000000000001","start_time":{start},"end_time":{end}}}"#
            );
            traces.put(json.as_bytes()).unwrap();
        }
        traces.trace("1-00000001-000000000000000000000001".parse().unwrap()).unwrap()
    }

    fn seconds(stretches: &[Stretch]) -> Vec<(u64, u64)> {
        stretches.iter().map(|(from, to)| (from.as_secs(), to.as_secs())).collect()
    }

    #[test]
    fn the_path_goes_through_what_was_waited_for() {
        // 2 and 3 run side by side, 3 ends later; 4 is in 3; 5 goes on after the answer.
        let trace = trace(&[(1, 0, 0, 100), (2, 1, 10, 40), (3, 1, 10, 60), (4, 3, 20, 50), (5, 1, 90, 120)]);
        let paths = critical(&trace);
        let of = |id: u64| {
            let node = trace.tree().iter().find(|node| node.id.to_bits() == id).unwrap();
            (seconds(&paths[node.index()]), seconds(&own(node, trace.end())))
        };
        assert_eq!(of(1), (vec![(60, 90), (0, 10)], vec![(0, 10), (60, 90)]));
        assert_eq!(of(2), (vec![], vec![(10, 40)]));
        assert_eq!(of(3), (vec![(50, 60), (10, 20)], vec![(10, 20), (50, 60)]));
        assert_eq!(of(4).0, [(20, 50)]);
        assert_eq!(of(5).0, [(90, 100)]);
        assert!(gaps(&trace).is_empty());
    }

    #[test]
    fn what_nothing_recorded_is_a_gap() {
        let trace = trace(&[(1, 0, 0, 10), (2, 1, 50, 60), (3, 1, 55, 58)]);
        assert_eq!(seconds(&gaps(&trace)), [(10, 50)]);
        assert_eq!(length(&gaps(&trace)), 40_000_000_000);
    }

    proptest! {
        /// The stretches of the path lie side by side and are as long as the first segment, whatever its children are.
        #[test]
        fn the_path_is_as_long_as_the_root(parts in prop::collection::vec((0u64..6, 0u64..50, 0u64..50), 0..12)) {
            let mut all = vec![(1, 0, 10, 40)];
            all.extend(parts.iter().enumerate().map(|(index, (parent, start, length))| (index as u64 + 2, (parent % (index as u64 + 1)) + 1, *start, start + length)));
            let trace = trace(&all);
            let mut stretches: Vec<_> = critical(&trace).concat();
            stretches.sort_unstable();
            prop_assert!(stretches.windows(2).all(|pair| pair[0].1 <= pair[1].0));
            prop_assert_eq!(length(&stretches), 30_000_000_000);
            prop_assert!(stretches.iter().all(|(from, to)| from < to));
        }
    }
}
