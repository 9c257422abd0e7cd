//! The same by hand: segments, subsegments, values, the current place.
#![allow(missing_docs)]

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::future::ready;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use autoxray::{
    Annotation, Context, ContextMissing, LossKind, LossReason, Namespace, Recorder, Sampling, ToAnnotation, annotate, is_enabled,
    is_recording, metadata, metadata_in, segment, set_namespace, set_user, subsegment, trace_header, trace_id, traced,
};
use futures::FutureExt;
use serde::Serialize;
use serde_json::{Value, json};
use xray_testkit::TestRecorder;

#[test]
fn a_segment_is_used_in_five_ways() {
    let recorder = TestRecorder::new();
    let failed = recorder.run(|| {
        let guard = segment("guard").begin();
        subsegment("below").begin().end();
        guard.end();
        assert_eq!(segment("run").run(|| subsegment("below").run(|| 1)), 1);
        assert_eq!(segment("future").trace(subsegment("below").trace(ready(2))).now_or_never(), Some(2));
        let at_once = segment("try_run").try_run(|| subsegment("below").try_run(|| "x".parse::<u8>()));
        let later = segment("try_trace").try_trace(subsegment("below").try_trace(async { "x".parse::<u8>() })).now_or_never().unwrap();
        (at_once.unwrap_err(), later.unwrap_err())
    });
    assert_eq!(failed.0, failed.1);
    recorder.assert_tree(
        "
        guard
          below
        run
          below
        future
          below
        try_run [fault] !ParseIntError: invalid digit found in string
          below [fault] !ParseIntError: invalid digit found in string
        try_trace [fault] !ParseIntError: invalid digit found in string
          below [fault] !ParseIntError: invalid digit found in string
        ",
    );
    assert_eq!((recorder.stats().segments, recorder.stats().subsegments), (5, 5));
}

#[test]
fn a_segment_without_a_name_is_named_after_the_service() {
    #[traced(segment)]
    fn worker() {}
    #[traced(segment = "cron")]
    fn cron() {}
    let code = || {
        segment("").run(|| ());
        worker();
        cron();
        segment("outer").run(worker);
    };
    let named = TestRecorder::with(|settings| settings.service_name("shop"));
    named.run(code);
    named.assert_tree("shop\nshop\ncron\nouter\n  worker");
    let unnamed = TestRecorder::new();
    unnamed.run(code);
    unnamed.assert_tree("service\nworker\ncron\nouter\n  worker");
}

#[test]
fn names_are_made_usable() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("a<b>?\u{7}c").run(|| {
            for name in ["", " ", "\t", "<>", "\u{0}", "Größe 1/2", "a\\b", "日本"] {
                subsegment(name).run(|| ());
            }
            subsegment("ä".repeat(300)).run(|| ());
        });
    });
    let trace = recorder.trace();
    let names: Vec<_> = trace.nodes().map(|node| node.name().to_owned()).collect();
    assert_eq!(names[..9], ["abc", "unnamed", "unnamed", "unnamed", "unnamed", "unnamed", "Größe 1/2", "a\\b", "日本"]);
    assert_eq!(names[9], "ä".repeat(200));
}

#[test]
fn annotations_of_all_types_arrive() {
    let recorder = TestRecorder::new();
    let values: [(&str, &dyn ToAnnotation, Value); 18] = [
        ("bool", &true, json!(true)),
        ("u8", &7_u8, json!(7)),
        ("i64", &i64::MIN, json!(i64::MIN)),
        ("u64", &u64::MAX, json!(u64::MAX)),
        ("f32", &0.1_f32, json!(0.1)),
        ("f64", &-2.5e-9, json!(-2.5e-9)),
        ("nan", &f64::NAN, json!("NaN")),
        ("infinity", &f64::INFINITY, json!("Infinity")),
        ("minus_infinity", &f32::NEG_INFINITY, json!("-Infinity")),
        ("str", &"gold", json!("gold")),
        ("string", &"a\"\\\n\u{1}\u{2028}ü".to_owned(), json!("a\"\\\n\u{1}\u{2028}ü")),
        ("char", &'x', json!("x")),
        ("empty", &"", json!("")),
        ("some", &Some(Rc::new(Box::new(1_u8))), json!(1)),
        ("shared", &Arc::new(1_u8), json!(1)),
        ("none", &None::<u8>, json!(null)),
        ("cow", &Cow::Borrowed("cow"), json!("cow")),
        ("annotation", &Annotation::Int(-1), json!(-1)),
    ];
    recorder.run(|| {
        segment("s").run(|| {
            for (key, value, _) in &values {
                // The trait object is no `ToAnnotation` itself; its annotation is.
                if let Some(value) = value.to_annotation() {
                    annotate(*key, value);
                }
            }
            annotate("none", None::<u8>);
        });
    });
    let trace = recorder.trace();
    for (key, _, expected) in &values {
        assert_eq!(trace.expect("s").annotation(key), *expected, "{key}");
    }
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn a_later_value_replaces_the_earlier_one() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            for value in 0..1_000 {
                annotate("k", value);
                metadata("k", &value);
                metadata_in("other", "k", &"x".repeat(value));
                set_user(&format!("user {value} {}", "u".repeat(200)));
            }
        });
    });
    let trace = recorder.trace();
    let s = trace.expect("s");
    assert_eq!((s.annotation("k"), s.metadata("k")), (json!(999), json!(999)));
    assert_eq!(s.metadata_in("other", "k"), json!("x".repeat(999)));
    assert!(s.document().user.as_ref().unwrap().starts_with("user 999 "));
    assert_eq!(recorder.stats().losses, [], "each replaced value made room again");
}

#[test]
fn annotation_keys_are_made_usable_or_refused() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            for key in ["order.id", "order-id", "naïve key", "1", "", "-/-", "日本"] {
                annotate(key, key.len());
            }
            annotate("k".repeat(600), 600);
        });
    });
    let trace = recorder.trace();
    let s = trace.expect("s");
    let keys: Vec<_> = s.document().annotations.keys().cloned().collect();
    assert_eq!(keys, ["1", &"k".repeat(500), "na_ve_key", "order.id", "order_id"].map(str::to_owned));
    assert_eq!(recorder.stats().lost(LossKind::Annotation, LossReason::Unusable), 3);
}

#[test]
fn values_go_to_what_is_current_or_to_the_guard() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let outer = segment("outer").begin();
        let inner = subsegment("inner").begin();
        annotate("where", "inner");
        outer.annotate("where", "outer");
        outer.metadata("list", &[1]);
        inner.metadata("list", &[2]);
        set_user("ann");
    });
    recorder.assert_tree("outer {where=outer}\n  inner {where=inner}");
    let trace = recorder.trace();
    assert_eq!((trace.expect("outer").metadata("list"), trace.expect("inner").metadata("list")), (json!([1]), json!([2])));
    // A subsegment has no user of its own.
    assert_eq!(trace.expect("outer").document().user.as_deref(), Some("ann"));
    assert_eq!(trace.expect("inner").document().user, None);
}

#[test]
fn a_user_is_cut_between_characters() {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("s").run(|| set_user(&"ü".repeat(300))));
    assert_eq!(recorder.trace().expect("s").document().user, Some("ü".repeat(250)));
}

#[test]
fn metadata_takes_whatever_serializes() {
    #[derive(Serialize)]
    struct Order {
        id: u8,
        items: Vec<Option<f64>>,
        notes: BTreeMap<&'static str, char>,
    }
    let order = Order { id: 1, items: vec![Some(0.5), None, Some(f64::NAN)], notes: BTreeMap::from([("a \"key\"\n", 'ü')]) };
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            metadata("order", &order);
            metadata("text", "unsized");
            metadata("list", &[1, 2][..]);
            metadata("nothing", &());
            metadata_in("odd space \"\n", "odd key \\", &1);
            metadata_in("", "", &2);
            metadata_in("default", "again", &3);
        });
    });
    let trace = recorder.trace();
    let s = trace.expect("s");
    assert_eq!(s.metadata("order"), json!({"id": 1, "items": [0.5, null, null], "notes": {"a \"key\"\n": "ü"}}));
    assert_eq!((s.metadata("text"), s.metadata("list"), s.metadata("again")), (json!("unsized"), json!([1, 2]), json!(3)));
    assert_eq!((s.metadata_in("odd space \"\n", "odd key \\"), s.metadata_in("", "")), (json!(1), json!(2)));
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn metadata_of_amazon_is_left_to_amazon() {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("s").run(|| metadata_in("AWS.X", "k", &1)));
    recorder.assert_tree("s");
    // Only that it was lost is told.
    assert!(recorder.trace().expect("s").document().metadata.keys().eq(["autoxray"]));
    assert_eq!(recorder.stats().lost(LossKind::Metadata, LossReason::Unusable), 1);
}

#[test]
fn a_subsegment_says_what_it_stands_for() {
    #[traced(namespace = "aws")]
    fn dynamo() {
        set_namespace(Namespace::Remote);
    }
    #[traced(namespace = "remote")]
    fn call() {}
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("s").run(|| {
            subsegment("aws").namespace(Namespace::Aws).run(|| ());
            subsegment("remote").namespace(Namespace::Remote).run(|| ());
            subsegment("back").namespace(Namespace::Remote).run(|| set_namespace(Namespace::Local));
            dynamo();
            call();
        });
    });
    recorder.assert_tree("s\n  aws [aws]\n  remote [remote]\n  back\n  dynamo [remote]\n  call [remote]");
}

#[test]
fn a_segment_has_no_namespace() {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("s").run(|| set_namespace(Namespace::Remote)));
    recorder.assert_tree("s");
    assert_eq!(recorder.stats().lost(LossKind::Annotation, LossReason::Unusable), 1);
}

#[test]
fn the_current_place_can_be_asked_for() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        assert!(is_enabled() && !is_recording());
        assert!(trace_id().is_none() && trace_header().is_none());
        segment("s").run(|| {
            assert!(is_enabled() && is_recording());
            let guard = subsegment("call").begin();
            assert_eq!(guard.trace_header(), trace_header());
            assert_eq!(trace_header().unwrap().root, trace_id());
        });
        assert!(trace_id().is_none());
    });
}

#[test]
fn a_recorder_that_is_switched_off_records_nothing_and_misses_nothing() {
    let recorder = TestRecorder::with(|settings| settings.enabled(false).context_missing(ContextMissing::RuntimeError));
    let evaluated = Cell::new(false);
    #[traced(segment, annotate(key = { evaluated.set(true); 1 }))]
    fn work(evaluated: &Cell<bool>) -> u8 {
        7
    }
    recorder.run(|| {
        assert!(!is_enabled() && !is_recording());
        assert_eq!(work(&evaluated), 7);
        let guard = segment("s").begin();
        annotate("k", 1);
        set_user("ann");
        metadata("k", &1);
        assert_eq!(subsegment("sub").run(|| 8), 8);
        assert_eq!(guard.trace_header(), None);
        assert!(trace_header().is_none());
    });
    assert!(!evaluated.get());
    assert_eq!((recorder.documents().len(), recorder.stats().losses.len(), recorder.stats().unsampled), (0, 0, 0));
}

#[test]
fn values_are_made_only_where_they_are_recorded() {
    #[traced(segment = "work", annotate(made = make(count)), metadata(made = make(count)))]
    fn work(count: &Cell<u32>) {}
    #[traced(segment = "work", annotate(made = make(count)), metadata(made = make(count)))]
    async fn work_async(count: &Cell<u32>) {}
    fn make(count: &Cell<u32>) -> u32 {
        count.set(count.get() + 1);
        count.get()
    }
    let count = Cell::new(0);
    for sampling in [Sampling::Never, Sampling::Always] {
        let recorder = TestRecorder::with(|settings| settings.sampling(sampling));
        recorder.run(|| {
            work(&count);
            segment("outer").run(|| work(&count));
            segment("outer").run(|| work_async(&count).now_or_never().unwrap());
        });
        match sampling {
            Sampling::Never => assert_eq!(count.get(), 0),
            _ => recorder.assert_tree("work {made=1}\nouter\n  work {made=3}\nouter\n  work_async {made=5}"),
        }
    }
}

#[test]
fn a_context_is_handed_over_as_a_value() {
    let recorder = TestRecorder::new();
    let nowhere = Context::default();
    assert!(!nowhere.is_recording());
    recorder.run(|| {
        let context = segment("s").run(|| {
            let context = Context::current();
            nowhere.run(|| assert!(!is_recording() && trace_id().is_none()));
            std::thread::spawn(move || context.run(|| subsegment("elsewhere").run(Context::current))).join().unwrap()
        });
        assert!(context.is_recording() && !is_recording());
    });
    recorder.assert_tree("s\n  elsewhere");
}

#[test]
fn losses_are_counted_by_kind_and_reason() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        subsegment("alone").run(|| ());
        annotate("k", 1);
        metadata("k", &1);
        set_user("ann");
        set_namespace(Namespace::Aws);
        autoxray::record_error(autoxray::Failure::new("a", "b"));
        segment("s").run(|| {
            (0..105).for_each(|key| annotate(format!("k{key}"), key));
            (0..107).for_each(|key| metadata(format!("k{key}"), &key));
            (0..20).for_each(|_| autoxray::record_error(autoxray::Failure::new("a", "b")));
            metadata("large", &"x".repeat(60_000));
        });
    });
    let stats = recorder.stats();
    for (kind, reason, count) in [
        (LossKind::Subsegment, LossReason::ContextMissing, 1),
        // The annotation, the user and the namespace.
        (LossKind::Annotation, LossReason::ContextMissing, 3),
        (LossKind::Metadata, LossReason::ContextMissing, 1),
        (LossKind::Exception, LossReason::ContextMissing, 1),
        (LossKind::Annotation, LossReason::Limit, 5),
        (LossKind::Metadata, LossReason::Limit, 8),
        (LossKind::Metadata, LossReason::TooLarge, 1),
        (LossKind::Exception, LossReason::Limit, 4),
    ] {
        assert_eq!(stats.lost(kind, reason), count, "{kind}: {reason}");
    }
    assert_eq!(stats.losses.len(), 8, "{:?}", stats.losses);
    assert_eq!(stats.losses.iter().map(ToString::to_string).next().unwrap(), "1 × subsegment: context missing");
    assert_eq!(recorder.run(autoxray::stats), stats);
    assert!(recorder.recorder().flush(Duration::ZERO) && recorder.run(|| autoxray::flush(Duration::ZERO)));
}

#[test]
fn the_document_tells_version_and_sdk() {
    let recorder = TestRecorder::with(|settings| settings.service_version(format!("1.2.3 \"{}", "x".repeat(100))));
    recorder.run(|| segment("s").run(|| subsegment("sub").run(|| ())));
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    assert_eq!(document["service"]["version"], format!("1.2.3 \"{}", "x".repeat(57)));
    assert_eq!(document["aws"]["xray"]["sdk"], "autoxray");
    assert_eq!(document["aws"]["xray"]["sdk_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(document["aws"]["xray"]["auto_instrumentation"], true);
    assert_eq!(document["subsegments"][0]["aws"], Value::Null);
}

#[test]
fn a_clone_of_a_recorder_is_the_same_recorder() {
    let recorder = TestRecorder::new();
    let clone: Recorder = recorder.recorder().clone();
    clone.run(|| segment("s").run(|| ()));
    recorder.assert_tree("s");
    assert_eq!(clone.stats(), recorder.stats());
}
