use std::time::Duration;

use proptest::prelude::*;
use xray_model::SegmentId;
use xray_model::document::{ForestBuilder, Segment, Timestamp};

use super::*;
use crate::Trace;

fn id(number: u64) -> SegmentId {
    SegmentId::from_bits(number).unwrap()
}

fn trace_id(number: u128) -> TraceId {
    TraceId::from_bits(number)
}

fn segment(name: &str, number: u64, start: u64, end: Option<u64>) -> Segment {
    let mut segment = Segment::new(name, id(number), Timestamp::from_nanos(start));
    segment.end_time = end.map(Timestamp::from_nanos);
    segment.in_progress = end.is_none();
    segment
}

fn document(trace: u128, mut root: Segment, parent: u64, is_subsegment: bool, children: Vec<Segment>) -> Document {
    root.trace_id = Some(trace_id(trace));
    root.parent_id = SegmentId::from_bits(parent);
    root.kind = is_subsegment.then(|| "subsegment".to_owned());
    let mut tree = ForestBuilder::new();
    tree.open(root);
    for child in children {
        tree.leaf(child);
    }
    Document::from_tree(tree.finish()).unwrap()
}

thread_local! {
    static PACKER: std::cell::RefCell<Packer> = std::cell::RefCell::default();
}

fn insert(store: &mut Store, document: Document, now: Instant) {
    let packed = PACKER.with_borrow_mut(|packer| packer.pack(&document, document.to_json().as_bytes()));
    store.insert(document, packed, now);
}

fn store_of(settings: &Settings, documents: impl IntoIterator<Item = Document>) -> Store {
    let mut store = Store::new(settings);
    for document in documents {
        insert(&mut store, document, crate::clock::now());
    }
    store.refresh();
    store
}

fn trace_of(documents: impl IntoIterator<Item = Document>) -> Trace {
    store_of(&Settings::default(), documents).all_pieces().remove(0).assemble()
}

/// The tree in one line: names, children in brackets.
fn shape(trace: &Trace) -> String {
    let mut shape = String::new();
    let mut depth = 0;
    for node in trace.tree().iter() {
        match node.depth() {
            deeper if deeper > depth => shape.push('('),
            same_or_higher => shape.push_str(&format!("{} ", ")".repeat(depth - same_or_higher))),
        }
        depth = node.depth();
        shape.push_str(&node.name);
        if node.missing_parent.is_some() {
            shape.push('?');
        }
        if node.is_in_progress() {
            shape.push('…');
        }
    }
    shape + &")".repeat(depth)
}

#[test]
fn parts_find_their_places_in_any_order() {
    let documents = [
        document(1, segment("shop", 1, 0, Some(100)), 0, false, vec![segment("a", 2, 10, Some(20)), segment("b", 3, 5, Some(8))]),
        document(1, segment("c", 4, 11, Some(12)), 2, true, vec![segment("d", 5, 11, Some(12))]),
        document(1, segment("pay", 6, 11, Some(12)), 5, false, vec![]),
        document(1, segment("lost", 7, 1, Some(2)), 99, true, vec![]),
        document(1, segment("called", 8, 1, Some(2)), 98, false, vec![]),
        document(1, segment("ring1", 9, 3, Some(4)), 10, true, vec![]),
        document(1, segment("ring2", 10, 2, Some(4)), 9, true, vec![segment("e", 12, 3, Some(4))]),
        document(1, segment("self", 11, 2, Some(4)), 11, true, vec![]),
    ];
    let expected = " shop(b a(c(d(pay)))) called? lost? ring2?(ring1 e) self?";
    assert_eq!(shape(&trace_of(documents.clone())), expected);
    assert_eq!(shape(&trace_of(documents.into_iter().rev())), expected);
}

#[test]
fn complete_wins_over_in_progress() {
    let open = || document(1, segment("shop", 1, 0, None), 0, false, vec![segment("a", 2, 1, None), segment("b", 3, 2, None)]);
    let done = || document(1, segment("shop", 1, 0, Some(9)), 0, false, vec![segment("a", 2, 1, Some(5))]);
    assert_eq!(shape(&trace_of([open()])), " shop…(a… b…)");
    for documents in [[open(), done()], [done(), open()]] {
        let store = store_of(&Settings::default(), documents);
        assert_eq!(store.counts.complete, 0);
        assert_eq!(shape(&store.all_pieces().remove(0).assemble()), " shop(a b…)");
    }
    let last = document(1, segment("b", 3, 2, Some(7)), 1, true, vec![]);
    let store = store_of(&Settings::default(), [last, open(), done(), done()]);
    assert_eq!((store.counts.complete, store.counts.documents, store.counts.segments), (1, 4, 3));
    let trace = store.pieces(trace_id(1)).unwrap().assemble();
    assert_eq!((shape(&trace).as_str(), trace.is_complete(), trace.documents()), (" shop(a b)", true, 4));
}

#[test]
fn a_trace_that_never_ends_is_bounded() {
    let mut store = Store::new(&Settings::default());
    let now = crate::clock::now();
    for number in 1..=1_200 {
        let mut step = segment("step", number, number, Some(number + 1));
        step.metadata.insert("default".into(), serde_json::json!({ "text": "x".repeat(30_000) }));
        insert(&mut store, document(1, step, 1, true, vec![]), now);
    }
    let (held, refused) = (store.counts.segments, store.counts.refused);
    assert!(held > 1_000 && refused > 0 && held as u64 + refused == 1_200, "{:?}", store.counts);
    // The same once more is not more of it.
    let mut store = Store::new(&Settings::default());
    let call = |number| segment("call", number, 1, Some(2));
    for _ in 0..crate::settings::TRACE_SEGMENTS_MAX / 500 + 10 {
        insert(&mut store, document(1, segment("shop", 1, 0, Some(9)), 0, false, (2..=500).map(call).collect()), now);
    }
    store.refresh();
    assert_eq!((store.counts.segments, store.counts.refused), (500, 0));
}

#[test]
fn quiet_traces_make_room() {
    let settings = Settings { segments: 4, ..Settings::default() };
    let of = |trace: u128, number| document(trace, segment("s", number, 0, Some(1)), 0, false, vec![]);
    let mut store = store_of(&settings, [of(1, 1), of(2, 1), of(3, 1), of(1, 2)]);
    assert_eq!((store.traces(), store.counts.evicted), (3, 0));
    // 2 was quiet longest, then 3.
    insert(&mut store, of(4, 1), crate::clock::now());
    assert_eq!((store.traces(), store.counts.evicted), (3, 1));
    assert!(store.pieces(trace_id(2)).is_none() && store.pieces(trace_id(1)).is_some());
    insert(&mut store, of(1, 3), crate::clock::now());
    assert!(store.pieces(trace_id(3)).is_none());
    // One trace alone fills the store: it keeps what it has.
    insert(&mut store, of(1, 4), crate::clock::now());
    insert(&mut store, of(1, 5), crate::clock::now());
    assert_eq!((store.traces(), store.counts.segments, store.counts.refused), (1, 4, 1));
    insert(&mut store, of(5, 1), crate::clock::now());
    assert_eq!((store.traces(), store.counts.segments), (1, 1));

    let mut store = store_of(&Settings { bytes: 20_000, ..Settings::default() }, (0..100).map(|trace| of(trace, 1)));
    assert!(store.counts.bytes <= 20_000 && store.traces() > 5 && store.traces() < 40, "{:?}", store.counts);
    assert_eq!(store.counts.evicted as usize + store.traces(), 100);
    store.clear();
    assert_eq!((store.traces(), store.counts.bytes, store.counts.segments, store.counts.complete), (0, 0, 0, 0));
}

#[test]
fn old_traces_go() {
    let begun = crate::clock::now();
    let of = |trace: u128| document(trace, segment("s", 1, 0, Some(1)), 0, false, vec![]);
    let mut store = Store::new(&Settings { age: Duration::from_secs(10), ..Settings::default() });
    insert(&mut store, of(1), begun);
    insert(&mut store, of(2), begun + Duration::from_secs(6));
    store.expire(begun + Duration::from_secs(10));
    assert_eq!(store.traces(), 2);
    store.expire(begun + Duration::from_secs(11));
    assert_eq!((store.traces(), store.counts.expired), (1, 1));
    insert(&mut store, of(3), begun + Duration::from_secs(17));
    assert_eq!((store.traces(), store.counts.expired), (1, 2));
}

/// A stack on which a recursion of this depth has no chance.
fn on_small_stack(work: impl FnOnce() + Send + 'static) {
    std::thread::Builder::new().stack_size(256 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn a_chain_of_any_length_takes_no_stack() {
    on_small_stack(|| {
        let link = |number: u64| document(1, segment("link", number, number, Some(100_000)), number - 1, number > 1, vec![]);
        let trace = trace_of((1..=10_000).rev().map(link));
        assert_eq!(trace.tree().iter().map(|node| node.depth()).max(), Some(9_999));
        let copy = trace.clone();
        assert!(copy == trace && trace.is_complete());
        let shown = crate::view::waterfall(&trace, &crate::View::default());
        assert_eq!(shown.lines().count(), 10_003);
        assert!(format!("{trace:?}").len() > 10_000);
    });
}

#[test]
fn a_hundred_thousand_documents_are_put_together() {
    // A third hangs on the root, the rest on each other, and the last come first.
    let of = |number: u64| document(1, segment("s", number, number % 977, Some(2_000)), number / 3, number > 1, vec![]);
    let trace = trace_of((1..=100_000).rev().map(of));
    assert_eq!(trace.tree().len(), 100_000);
    assert_eq!(trace.tree().roots().count(), 2);
    assert!(!crate::view::waterfall(&trace, &crate::View::default()).is_empty());
}

prop_compose! {
    /// Few ids and few times, so that documents contradict each other, name each other in rings, and miss parents.
    fn any_segment()(number in 1u64..12, start in 0u64..4, end in proptest::option::of(0u64..4), fault: bool) -> Segment {
        let mut segment = segment("s", number, start, end);
        segment.fault = fault;
        segment
    }
}

prop_compose! {
    fn any_document()(root in any_segment(), parent in 0u64..14, is_subsegment: bool, children in proptest::collection::vec(any_segment(), 0..4)) -> Document {
        document(1, root, parent, is_subsegment, children)
    }
}

proptest! {
    #[test]
    fn order_of_arrival_does_not_matter(
        (sent, shuffled) in proptest::collection::vec(any_document(), 1..10).prop_flat_map(|documents| (Just(documents.clone()), Just(documents).prop_shuffle()))
    ) {
        let mut store = store_of(&Settings::default(), sent);
        store.refresh();
        let trace = store.all_pieces().remove(0).assemble();
        prop_assert_eq!(&trace_of(shuffled.clone()), &trace);

        // Each segment is there once, and what the store knows without a tree is what the tree says.
        let mut ids: Vec<_> = trace.tree().iter().map(|node| node.id).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), trace.tree().len());
        prop_assert_eq!(store.counts.segments, trace.tree().len());
        let in_ring = trace.tree().iter().any(|node| node.missing_parent.is_some_and(|parent| trace.find(parent).is_some()));
        prop_assert!(in_ring || trace.is_complete() == (store.counts.complete == 1));

        // Sent again, documents change nothing.
        for document in shuffled {
            insert(&mut store, document, crate::clock::now());
        }
        let again = store.pieces(trace.id()).unwrap().assemble();
        prop_assert_eq!(again.tree(), trace.tree());
        store.expire(crate::clock::now() + Duration::from_secs(1_000_000));
        prop_assert_eq!((store.counts.segments, store.counts.bytes, store.counts.complete), (0, 0, 0));
    }
}
