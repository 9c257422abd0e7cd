//! What is sent is always valid, never too large, and never less than it says.
#![allow(missing_docs)]

use std::error::Error;
use std::fmt::{self, Display};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use autoxray::{
    Context, ErrorKind, Failure, LossKind, LossReason, annotate, metadata, metadata_in, record_error, segment, set_user, subsegment, traced,
};
use futures::FutureExt;
use proptest::prelude::*;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};
use xray_testkit::TestRecorder;

/// Largest document that fits a datagram. Assembling checks it too, with everything else; here it stands for itself.
const DOCUMENT_BYTES_MAX: usize = 65_507 - "{\"format\":\"json\",\"version\":1}\n".len();

fn record(code: impl FnOnce()) -> TestRecorder {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("s").run(code));
    assert!(recorder.documents().iter().all(|document| document.len() <= DOCUMENT_BYTES_MAX));
    recorder
}

#[test]
fn a_trace_is_one_document_with_children_inside_of_their_parents() {
    #[traced]
    fn order(depth: u8) {
        if depth > 0 {
            order(depth - 1);
            order(depth - 1);
        }
    }
    let recorder = record(|| order(4));
    assert_eq!(recorder.documents().len(), 1);
    let trace = recorder.trace();
    assert_eq!(trace.nodes().count(), 1 + 31);
    for node in trace.nodes() {
        let (document, end) = (node.document(), node.document().end_time.unwrap());
        assert!(document.start_time <= end);
        assert_eq!(node.is_independent(), node.is_segment());
        if let Some(parent) = node.parent() {
            assert!(parent.document().start_time <= document.start_time && end <= parent.document().end_time.unwrap());
        }
    }
    let text = &recorder.documents()[0];
    assert!(!text.contains("null") && !text.contains("false"), "only what is there is written: {text}");
}

#[test]
fn children_stand_in_the_order_in_which_they_began() {
    let recorder = record(|| {
        (0..20).for_each(|n| subsegment(n.to_string()).run(|| ()));
        // Those that take turns end in another order.
        let context = Context::current();
        let mut open: Vec<_> = (20..25).map(|n| Box::pin(context.clone().wrap(subsegment(n.to_string()).trace(yield_twice())))).collect();
        for _ in 0..3 {
            open.iter_mut().rev().for_each(|future| _ = future.as_mut().now_or_never());
            // The last one began first.
            open.rotate_left(1);
        }
    });
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    let times: Vec<_> = document["subsegments"].as_array().unwrap().iter().map(|child| child["start_time"].as_f64().unwrap()).collect();
    assert!(times.len() == 25 && times.is_sorted(), "{times:?}");
    let names: Vec<_> = document["subsegments"].as_array().unwrap()[..20].iter().map(|child| child["name"].as_str().unwrap()).collect();
    assert!(names.iter().map(|name| name.parse::<u8>().unwrap()).eq(0..20), "{names:?}");
}

async fn yield_twice() {
    for _ in 0..2 {
        tokio::task::yield_now().await;
    }
}

#[test]
fn times_are_those_of_the_program() {
    let (begun, before) = (Instant::now(), SystemTime::now());
    let (mut inside, recorder) = (Duration::ZERO, TestRecorder::new());
    recorder.run(|| {
        segment("s").run(|| {
            subsegment("work").run(|| {
                let begun = Instant::now();
                // Long enough to tell a microsecond from a millisecond.
                while begun.elapsed() < Duration::from_millis(20) {
                    std::hint::spin_loop();
                }
                inside = begun.elapsed();
            });
        });
    });
    let (outside, after) = (begun.elapsed(), SystemTime::now());
    let trace = recorder.trace();
    let (s, work) = (trace.expect("s"), trace.expect("work"));
    // Times are written in microseconds, and read from two clocks that are not read at once.
    let slack = Duration::from_millis(1);
    assert!(inside <= work.duration() + slack && work.duration() <= s.duration() && s.duration() <= outside + slack, "{inside:?} {s:?}");
    let began = UNIX_EPOCH + Duration::from_nanos(s.document().start_time.as_nanos());
    assert!(before <= began + slack && began + s.duration() <= after + slack);
}

#[test]
fn what_does_not_fit_one_document_is_split_and_fits_together_again() {
    let text = "x".repeat(900);
    let branch = |n: u32| {
        subsegment(format!("branch{n}")).run(|| {
            for leaf in 0..100 {
                subsegment(format!("leaf{leaf}")).run(|| annotate("text", text.as_str()));
            }
        });
    };
    let recorder = record(|| (0..5).for_each(branch));
    assert!(recorder.documents().len() > 5 * 100 * 900 / 65_536);
    let leaves: String = (0..100).map(|leaf| format!("    leaf{leaf} {{text={text}}}\n")).collect();
    let branches: String = (0..5).map(|branch| format!("  branch{branch}\n{leaves}")).collect();
    // Siblings that left early and such that stayed may have begun in the same microsecond.
    recorder.assert_tree_in_any_order(&format!("s\n{branches}"));
    let stats = recorder.stats();
    assert_eq!((stats.segments, stats.subsegments, stats.losses), (1, 505, vec![]));
    assert_eq!(usize::try_from(stats.documents).unwrap(), recorder.documents().len());
    let header = "{\"format\":\"json\",\"version\":1}\n".len();
    let bytes: usize = recorder.documents().iter().map(|document| document.len() + header).sum();
    assert_eq!(usize::try_from(stats.bytes).unwrap(), bytes);
}

/// A chain as deep: the name of each is its depth.
fn assert_chain(recorder: &TestRecorder, depth: usize) {
    let trace = recorder.trace();
    let mut nodes = trace.nodes();
    assert!(nodes.next().unwrap().is_segment());
    let mut count = 0;
    for (index, node) in nodes.enumerate() {
        assert_eq!(node.name(), index.to_string());
        let parent = node.parent().unwrap();
        assert!(if index == 0 { parent.is_segment() } else { parent.name() == (index - 1).to_string() });
        count += 1;
    }
    assert_eq!(count, depth);
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn ten_thousand_levels_are_recorded() {
    const DEPTH: usize = 10_000;
    // From the inside out, as functions return.
    let recorder = record(|| {
        let mut open: Vec<_> = (0..DEPTH).map(|depth| subsegment(depth.to_string()).begin()).collect();
        while open.pop().is_some() {}
    });
    assert_chain(&recorder, DEPTH);
    // From the outside in: each outlives its parent.
    let recorder = record(|| drop((0..DEPTH).map(|depth| subsegment(depth.to_string()).begin()).collect::<Vec<_>>()));
    assert_chain(&recorder, DEPTH);
    // All of them after the segment.
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let root = segment("s").begin();
        let mut open: Vec<_> = (0..DEPTH).map(|depth| subsegment(depth.to_string()).begin()).collect();
        drop(root);
        while open.pop().is_some() {}
    });
    assert_chain(&recorder, DEPTH);
}

#[test]
fn a_recursive_function_may_go_deep() {
    #[traced]
    fn down(left: u32) -> u32 {
        if left == 0 { 0 } else { 1 + down(left - 1) }
    }
    let recorder = TestRecorder::new();
    let run = {
        let recorder = recorder.clone();
        move || recorder.run(|| segment("s").run(|| down(9_999)))
    };
    let depth = thread::Builder::new().stack_size(512 * 1024 * 1024).spawn(run).unwrap().join().unwrap();
    assert_eq!(depth, 9_999);
    assert_eq!(recorder.trace().nodes().count(), 10_001);
}

#[test]
fn twenty_thousand_children_arrive_each_once() {
    let recorder = record(|| (0..20_000).for_each(|n| subsegment("child").run(|| annotate("n", n))));
    let trace = recorder.trace();
    let root = trace.roots().next().unwrap();
    let mut numbers: Vec<_> = root.children().map(|child| child.annotation("n").as_u64().unwrap()).collect();
    // Stable up to the microsecond.
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..20_000));
}

#[test]
fn more_open_at_once_than_the_limit_is_dropped_and_counted() {
    const MANY: usize = 131_072 + 10;
    let recorder = record(|| {
        let context = Context::current();
        // All are children of the segment, none of each other.
        let open: Vec<_> =
            (0..MANY).map(|_| Box::pin(context.clone().wrap(subsegment("open").trace(std::future::pending::<()>())))).collect();
        for mut open in open {
            assert!(open.as_mut().now_or_never().is_none());
            std::mem::forget(open);
        }
    });
    assert_eq!(recorder.stats().lost(LossKind::Subsegment, LossReason::Limit), 11);
    recorder.assert_tree("s");
}

#[test]
fn a_huge_value_costs_only_itself() {
    let huge = "ü".repeat(5_000_000);
    type Case<'a> = (&'a str, Box<dyn Fn() + 'a>);
    let cases: Vec<Case<'_>> = vec![
        ("annotation", Box::new(|| annotate("huge", huge.as_str()))),
        ("annotation key", Box::new(|| annotate(huge.clone(), 1))),
        ("metadata", Box::new(|| metadata("huge", &huge))),
        ("metadata list", Box::new(|| metadata("huge", &vec![0_u8; 10_000_000]))),
        ("metadata key", Box::new(|| metadata(huge.clone(), &1))),
        ("metadata namespace", Box::new(|| metadata_in(huge.clone(), "k", &1))),
        ("user", Box::new(|| set_user(&huge))),
        ("message", Box::new(|| record_error(Failure::new("E", &huge)))),
        ("type", Box::new(|| record_error(Failure::new(huge.clone(), "m").kind(ErrorKind::Error)))),
        ("name", Box::new(|| subsegment(huge.clone()).run(|| ()))),
    ];
    for (what, huge_value) in &cases {
        let recorder = record(|| {
            annotate("before", 1);
            metadata("before", &2);
            huge_value();
            annotate("after", 3);
            metadata("after", &4);
            subsegment("beside").run(|| ());
        });
        let trace = recorder.trace();
        let s = trace.expect("s");
        assert_eq!((s.annotation("before"), s.annotation("after")), (json!(1), json!(3)), "{what}");
        assert_eq!((s.metadata("before"), s.metadata("after")), (json!(2), json!(4)), "{what}");
        assert!(trace.find("beside").is_some(), "{what}");
        assert!(recorder.documents()[0].len() < 10_000, "{what}: {} bytes", recorder.documents()[0].len());
    }
    // All at once.
    let recorder = record(|| cases.iter().for_each(|(_, huge_value)| huge_value()));
    let trace = recorder.trace();
    let s = trace.expect("s");
    assert_eq!(s.annotation("huge"), "ü".repeat(1000));
    assert_eq!(s.metadata("huge"), "[trimmed: over 56000 bytes]");
    assert_eq!(s.document().user, Some("ü".repeat(250)));
    assert_eq!(s.exceptions()[0].message, Some("ü".repeat(2000) + "…"));
    assert_eq!(s.children().next().unwrap().name(), "ü".repeat(200));
    assert_eq!(recorder.stats().lost(LossKind::Metadata, LossReason::TooLarge), 2);
}

#[test]
fn many_values_make_room_from_the_largest_metadata_on() {
    let recorder = record(|| {
        for n in 0..40 {
            metadata(format!("m{n}"), &"x".repeat(100 * n));
            annotate(format!("a{n}"), "y".repeat(200));
        }
    });
    let trace = recorder.trace();
    let s = trace.expect("s");
    for n in 0..40 {
        assert_eq!(s.annotation(&format!("a{n}")), "y".repeat(200), "annotations stay");
    }
    let trimmed: Vec<_> = (0..40).map(|n| s.metadata(&format!("m{n}")) != "x".repeat(100 * n)).collect();
    let count = trimmed.iter().filter(|trimmed| **trimmed).count();
    assert!(count > 0 && trimmed[40 - count..].iter().all(|trimmed| *trimmed), "the largest give way: {trimmed:?}");
    let lost = recorder.stats().lost(LossKind::Metadata, LossReason::TooLarge);
    assert_eq!(lost, u64::try_from(count).unwrap());
}

#[test]
fn values_that_need_six_times_their_size_are_counted_as_they_are_written() {
    let recorder = record(|| (0..100).for_each(|n| annotate(format!("a{n}"), "\u{1}".repeat(1000))));
    let kept = recorder.trace().expect("s").document().annotations.len();
    assert!((8..20).contains(&kept), "{kept} of 6 KB each");
    assert_eq!(recorder.stats().lost(LossKind::Annotation, LossReason::Limit), 100 - u64::try_from(kept).unwrap());
}

#[test]
fn text_is_cut_between_characters() {
    for (letter, limit) in [("😀", 1000), ("ü", 1000), ("日", 1000), ("a", 1000), ("\u{1}", 1000), ("\"", 1000)] {
        for prefix in 0..4 {
            for len in [limit - 1, limit, limit + 1, limit + 4] {
                let text = "a".repeat(prefix) + &letter.repeat(len - prefix);
                let recorder = record(|| {
                    annotate("text", text.as_str());
                    record_error(Failure::new("E", text.repeat(2)));
                });
                let trace = recorder.trace();
                let expected: String = text.chars().take(limit).collect();
                assert_eq!(trace.expect("s").annotation("text"), expected, "{letter} {prefix} {len}");
                let message = trace.expect("s").exceptions()[0].message.clone().unwrap();
                let whole = text.repeat(2);
                let cut: String = whole.chars().take(2 * limit).collect();
                assert_eq!(message, if whole.chars().count() > 2 * limit { cut + "…" } else { whole }, "{letter} {prefix} {len}");
            }
        }
    }
}

/// Values whose code does what it should not.
#[derive(Clone, Copy, Debug)]
enum Hostile {
    Panics,
    PanicsHalfway,
    PanicsWithAPayloadThatPanics,
    Refuses,
    Endless,
    Deep,
    Traced,
    Segment,
}

struct PanicsOnDrop;
impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("in the drop of a payload")
    }
}

impl Display for Hostile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panics => panic!("in display"),
            Self::PanicsHalfway => {
                f.write_str("half")?;
                panic!("in display")
            }
            Self::PanicsWithAPayloadThatPanics => std::panic::panic_any(PanicsOnDrop),
            Self::Refuses => Err(fmt::Error),
            Self::Endless => loop {
                f.write_str("again ")?;
            },
            Self::Deep => f.write_str("deep"),
            Self::Traced => {
                subsegment("inside").run(|| annotate("from", "display"));
                f.write_str("traced")
            }
            Self::Segment => {
                segment("another").run(|| ());
                f.write_str("segment")
            }
        }
    }
}

impl fmt::Debug for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Hostile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Panics => panic!("in serialize"),
            Self::PanicsHalfway => {
                serializer.serialize_seq(None)?.serialize_element(&1)?;
                panic!("in serialize")
            }
            Self::PanicsWithAPayloadThatPanics => std::panic::panic_any(PanicsOnDrop),
            Self::Refuses => Err(serde::ser::Error::custom("no")),
            Self::Endless => {
                let mut list = serializer.serialize_seq(None)?;
                loop {
                    list.serialize_element("again")?;
                }
            }
            Self::Deep => serializer.serialize_some(&[Self::Deep]),
            Self::Traced => serializer.serialize_str(&self.to_string()),
            Self::Segment => serializer.serialize_str(&self.to_string()),
        }
    }
}

struct Failing(Hostile);
impl Display for Failing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl Error for Failing {}

const HOSTILE: [Hostile; 8] = [
    Hostile::Panics,
    Hostile::PanicsHalfway,
    Hostile::PanicsWithAPayloadThatPanics,
    Hostile::Refuses,
    Hostile::Endless,
    Hostile::Deep,
    Hostile::Traced,
    Hostile::Segment,
];

#[test]
fn values_that_misbehave_cost_only_themselves() {
    #[traced(annotate(value), metadata(value))]
    fn work(value: Hostile) -> Result<u8, Failing> {
        annotate("own", 1);
        Err(Failing(value))
    }
    #[traced(annotate(value), metadata(value))]
    async fn work_async(value: Hostile) -> Result<u8, Failing> {
        annotate("own", 1);
        Err(Failing(value))
    }
    for value in HOSTILE {
        let recorder = record(|| {
            assert!(work(value).is_err());
            assert!(work_async(value).now_or_never().unwrap().is_err());
            metadata("by hand", &value);
            annotate("after", 2);
        });
        let traces = recorder.traces();
        let trace = traces.iter().find(|trace| trace.find("s").is_some()).unwrap();
        for name in ["work", "work_async"] {
            let node = trace.expect(name);
            assert_eq!(node.annotation("own"), 1, "{value:?}");
            assert!(node.is_fault() && node.exceptions().len() == 1, "{value:?}");
        }
        assert_eq!(trace.expect("s").annotation("after"), 2, "{value:?}");
        let lost: u64 = recorder.stats().losses.iter().map(|loss| loss.count).sum();
        let expected = match value {
            // Annotation, metadata and error message of both, and the metadata by hand.
            Hostile::Panics | Hostile::PanicsHalfway | Hostile::PanicsWithAPayloadThatPanics => 7,
            Hostile::Refuses | Hostile::Endless | Hostile::Deep => 3,
            Hostile::Traced | Hostile::Segment => 0,
        };
        assert_eq!(lost, expected, "{value:?}: {:?}", recorder.stats().losses);
    }
}

#[test]
fn metadata_that_is_nested_too_deep_is_left_out_before_it_costs_the_document() {
    let mut deep = json!(1);
    for depth in 1..200 {
        deep = json!([deep]);
        let recorder = record(|| metadata("deep", &deep));
        let value = recorder.trace().expect("s").metadata("deep");
        if depth <= 32 {
            assert_eq!(value, deep, "{depth}");
        } else {
            assert!(value.is_string(), "{depth}: {value}");
        }
    }
    // With subsegments around it, the whole stays below what readers take.
    let shallow: Value = (0..32).fold(json!(1), |inner, _| json!([inner]));
    let recorder = record(|| {
        let mut open: Vec<_> = (0..39).map(|_| subsegment("deeper").begin()).collect();
        metadata("deep", &shallow);
        while open.pop().is_some() {}
    });
    assert_eq!(recorder.documents().len(), 1);
    assert_eq!(serde_json::from_str::<Value>(&recorder.documents()[0]).map(|_| ()).map_err(|error| error.to_string()), Ok(()));
    assert_eq!(recorder.trace().nodes().last().unwrap().metadata("deep"), shallow);
}

#[test]
fn an_endless_chain_of_causes_ends() {
    #[derive(Debug)]
    struct Endless;
    impl Display for Endless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("again")
        }
    }
    impl Error for Endless {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&Endless)
        }
    }
    let recorder = record(|| _ = subsegment("fails").try_run(|| Err::<(), _>(Endless)));
    assert_eq!(recorder.trace().expect("fails").exceptions().len(), 16);
    assert!(recorder.stats().lost(LossKind::Exception, LossReason::Limit) > 0);
}

#[test]
fn errors_of_a_document_name_only_exceptions_that_are_in_it() {
    #[derive(Debug)]
    struct Chain(u8);
    impl Display for Chain {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{}", self.0)
        }
    }
    impl Error for Chain {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            match self.0 {
                0 => None,
                1 => Some(&Self(0)),
                _ => Some(&Self(1)),
            }
        }
    }
    let recorder = record(|| (0..20).for_each(|_| record_error(&Chain(2))));
    let trace = recorder.trace();
    let exceptions = trace.expect("s").exceptions();
    for exception in exceptions {
        assert!(exception.cause.is_none() || exceptions.iter().any(|other| other.id == exception.cause), "{exception:?}");
    }
    let recorder = record(|| (0..5).for_each(|_| record_error(Failure::new("E", "\u{1}".repeat(2000)).remote())));
    assert!(recorder.documents()[0].len() <= DOCUMENT_BYTES_MAX);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever text goes in, the document is valid, and what is in it is what went in.
    #[test]
    fn any_text_anywhere_makes_a_valid_document(text in "(?s).{0,60}|[\u{0}-\u{40}\"\\\\\u{7f}-\u{a0}\u{2028}\u{feff}]{0,40}", key in "(?s).{0,20}") {
        let recorder = TestRecorder::with(|settings| settings.service_name(text.clone()).service_version(text.clone()));
        recorder.run(|| {
            segment("").run(|| {
                subsegment(text.clone()).run(|| annotate(text.clone(), 1));
                annotate("text", text.as_str());
                metadata("text", &text);
                metadata(format!("x{text}"), &1);
                metadata_in(format!("x{text}"), key.clone(), &json!({ text.clone(): text }));
                set_user(&text);
                record_error(Failure::new(text.clone(), &text));
            });
        });
        let trace = recorder.trace();
        let s = trace.roots().next().unwrap();
        prop_assert_eq!(s.annotation("text"), text.as_str());
        prop_assert_eq!(s.metadata("text"), text.as_str());
        prop_assert_eq!(s.metadata(&format!("x{text}")), 1);
        prop_assert_eq!(&s.metadata_in(&format!("x{text}"), &key)[&text], text.as_str());
        prop_assert_eq!(s.document().user.as_deref(), Some(text.as_str()));
        prop_assert_eq!(s.exceptions()[0].message.as_deref(), Some(text.as_str()));
        prop_assert_eq!(s.document().service["version"].as_str(), Some(text.as_str()));
    }
}

/// A subsegment with values of some size, and how it ends.
#[derive(Clone, Debug)]
struct Plan {
    bytes: usize,
    late: bool,
    below: Vec<Plan>,
}

fn plans() -> impl Strategy<Value = Plan> {
    let bytes = prop_oneof![3 => Just(0_usize), 2 => 0..2_000_usize, 1 => 10_000..70_000_usize];
    let leaf = (bytes, prop::bool::weighted(0.2)).prop_map(|(bytes, late)| Plan { bytes, late, below: vec![] });
    let node = leaf.clone();
    leaf.prop_recursive(6, 60, 6, move |inner| {
        (node.clone(), prop::collection::vec(inner, 0..6)).prop_map(|(plan, below)| Plan { below, ..plan })
    })
}

impl Plan {
    /// Late children begin when their parent has ended.
    fn run(&self, name: &str) {
        let below: Vec<_> = self.below.iter().enumerate().map(|(index, plan)| (plan, format!("{name}.{index}"))).collect();
        let context = subsegment(name.to_owned()).run(|| {
            metadata("text", &"\u{1}".repeat(self.bytes / 6));
            annotate("bytes", self.bytes);
            below.iter().filter(|(plan, _)| !plan.late).for_each(|(plan, name)| plan.run(name));
            Context::current()
        });
        context.run(|| below.iter().filter(|(plan, _)| plan.late).for_each(|(plan, name)| plan.run(name)));
    }

    fn expected(&self, name: &str, depth: usize) -> String {
        let below = self.below.iter().enumerate().map(|(index, plan)| plan.expected(&format!("{name}.{index}"), depth + 1));
        format!("{:2$}{name} {{bytes={}}}\n{3}", "", self.bytes, 2 * depth, below.collect::<String>())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_tree_with_values_of_any_size_fits_together_again(plans in prop::collection::vec(plans(), 0..8)) {
        let recorder = record(|| plans.iter().enumerate().for_each(|(index, plan)| plan.run(&index.to_string())));
        let expected: String = plans.iter().enumerate().map(|(index, plan)| plan.expected(&index.to_string(), 1)).collect();
        recorder.assert_tree_in_any_order(&format!("s\n{expected}"));
        let trace = recorder.trace();
        for node in trace.nodes().filter(|node| !node.is_segment()) {
            let bytes = usize::try_from(node.annotation("bytes").as_u64().unwrap()).unwrap();
            let fits = bytes / 6 * 6 + 2 <= 56_000;
            let text = node.metadata("text");
            prop_assert!(if fits { text == "\u{1}".repeat(bytes / 6) } else { text.as_str().unwrap().starts_with("[trimmed") }, "{bytes}: {text:.50}");
        }
    }
}
