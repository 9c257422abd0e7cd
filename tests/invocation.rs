//! Invocations of a Lambda function by hand: what an integration builds on.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use autoxray::lambda::{Initialization, invocation};
use autoxray::{Failure, annotate, segment, set_user, subsegment, trace_header, traced};
use serde_json::Value;
use tokio::task::yield_now;
use xray_testkit::TestRecorder;

const COMPLETE: &str = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=25:a87bd80c:1";

/// As on Lambda.
fn lambda() -> TestRecorder {
    TestRecorder::with(|settings| settings.lambda(|lambda| lambda.sends_segments = true))
}

fn documents(recorder: &TestRecorder) -> Vec<Value> {
    recorder.documents().iter().map(|document| serde_json::from_str(document).unwrap()).collect()
}

fn millis_from_now(millis: u64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap() + millis
}

#[test]
fn lambda_sends_the_segment_and_we_send_what_is_below() {
    let recorder = lambda();
    let header = recorder.block_on(async {
        let open = invocation("## handle").header(Some(COMPLETE)).begin();
        let (header, open) = open.trace(async { subsegment("step").run(|| trace_header().unwrap()) }).await;
        open.close();
        header
    });
    let documents = documents(&recorder);
    let [document] = documents.as_slice() else { panic!("{documents:?}") };
    assert_eq!(document["name"], "## handle");
    assert_eq!(document["type"], "subsegment");
    assert_eq!(document["trace_id"], "1-5759e988-bd862e3fe1be46a994272793");
    assert_eq!(document["parent_id"], "53995c3f42cd8ad8");
    let step = &document["subsegments"][0];
    let expected =
        format!("Root=1-5759e988-bd862e3fe1be46a994272793;Parent={};Sampled=1;Lineage=25:a87bd80c:1", step["id"].as_str().unwrap());
    assert_eq!(header.to_string(), expected, "who is called is told of the live subsegment");
    assert_eq!(recorder.stats().segments, 0);
    assert_eq!(recorder.stats().subsegments, 2);
}

#[test]
fn what_is_not_complete_is_not_recorded_and_passed_on_as_it_came() {
    let root = "Root=1-5759e988-bd862e3fe1be46a994272793";
    for (header, passed_on) in [
        (
            Some(format!("{root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:1")),
            Some(format!("{root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a:1")),
        ),
        (Some(root.to_owned()), Some(root.to_owned())),
        (Some(format!("{root};Lineage=a:1")), Some(format!("{root};Lineage=a:1"))),
        (Some(format!("{root};Sampled=1")), Some(format!("{root};Sampled=1"))),
        (Some(format!("{root};Parent=53995c3f42cd8ad8")), Some(format!("{root};Parent=53995c3f42cd8ad8"))),
        (Some(format!("{root};Parent=53995c3f42cd8ad8;Sampled=?")), Some(format!("{root};Parent=53995c3f42cd8ad8;Sampled=?"))),
        (Some(format!("{root};Parent=xyz;Sampled=1")), Some(format!("{root};Sampled=1"))),
        (Some("Root=1-x-y;Parent=53995c3f42cd8ad8;Sampled=1".to_owned()), None),
        (Some("ä;=;;Sampled".to_owned()), None),
        (Some("x".repeat(10_000)), None),
        (Some(String::new()), None),
        (None, None),
    ] {
        let recorder = lambda();
        let (told, nested) = recorder.run(|| {
            let open = invocation("## handle").header(header.as_deref()).begin();
            let told = open.run(|| {
                annotate("ignored", 1);
                (
                    trace_header().map(|header| header.to_string()),
                    subsegment("step").run(|| trace_header().map(|header| header.to_string())),
                )
            });
            open.close();
            told
        });
        assert_eq!(told, passed_on, "{header:?}");
        assert_eq!(nested, passed_on, "{header:?}");
        assert_eq!(recorder.documents(), Vec::<String>::new(), "{header:?}");
        assert!(recorder.stats().losses.is_empty(), "{header:?}: {:?}", recorder.stats());
        assert_eq!(recorder.stats().unsampled, 1, "{header:?}");
    }
}

#[test]
fn elsewhere_an_invocation_is_a_segment_of_our_own() {
    let recorder = TestRecorder::with(|settings| settings.lambda(|lambda| lambda.function_name = Some("orders".into())));
    for _ in 0..2 {
        recorder.run(|| {
            let open = invocation("## handle").begin();
            open.run(|| subsegment("step").run(|| ()));
            open.close();
        });
    }
    recorder.assert_tree("orders\n  ## handle\n    step\norders\n  ## handle\n    step");
}

#[test]
fn only_the_first_is_a_cold_start() {
    for (initialization, first) in [(Initialization::OnDemand, true), (Initialization::Ahead, false)] {
        let recorder = TestRecorder::with(|settings| settings.lambda(|lambda| lambda.initialization = initialization));
        let cold: Vec<bool> = (0..3).map(|_| recorder.run(|| invocation("h").begin().is_cold_start())).collect();
        assert_eq!(cold, [first, false, false]);
    }
}

/// Makes a subsegment current, as a loop over records does, and leaves it so across `.await`.
async fn in_turns(names: &'static [&'static str]) {
    for name in names {
        let _current = subsegment(*name).open().make_current();
        yield_now().await;
        subsegment("inside").run(|| ());
        yield_now().await;
        nested().await;
    }
    subsegment("after").run(|| ());
}

#[traced]
async fn nested() {
    yield_now().await;
    let _current = subsegment("deeper").open().make_current();
    yield_now().await;
    subsegment("inside").run(|| ());
}

#[traced]
async fn around(names: &'static [&'static str]) {
    in_turns(names).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_made_current_stays_so_from_one_poll_to_the_next() {
    let recorder = lambda();
    let handled = async {
        let (_, open) = invocation("## handle").header(Some(COMPLETE)).begin().trace(in_turns(&["a", "b"])).await;
        open.close();
    };
    // On whichever threads it is polled.
    tokio::spawn(recorder.wrap(handled)).await.unwrap();
    recorder.recorder().run(|| ());
    let expected = "## handle [parent not seen]\n  a\n    inside\n    nested\n      deeper\n        inside\n  b\n    inside\n    nested\n      deeper\n        inside\n  after";
    recorder.assert_tree(expected);

    let recorder = TestRecorder::new();
    tokio::spawn(recorder.wrap(segment("s").trace(around(&["a"])))).await.unwrap();
    recorder.assert_tree("s\n  around\n    a\n      inside\n      nested\n        deeper\n          inside\n    after");
}

#[test]
fn an_invocation_that_is_begun_twice_is_recorded_once() {
    let recorder = lambda();
    recorder.run(|| {
        let outer = invocation("## outer").header(Some(COMPLETE)).told_within().begin();
        outer.run(|| {
            let inner = invocation("## inner").header(Some(COMPLETE)).begin();
            assert!(!inner.is_outermost());
            inner.run(|| annotate("a", 1));
            inner.attach(|values| values.annotate("b", 2));
            inner.fail(|| Some(Failure::new("Known", "well")));
            inner.close();
            subsegment("after").run(|| ());
        });
        outer.fail(|| Some(Failure::new("Unknown", "less")));
        assert_eq!(recorder.documents().len(), 0, "the outer one ends it");
        outer.close();
    });
    recorder.assert_tree("## inner [fault, parent not seen] {a=1, b=2} !Known: well\n  after");
}

#[test]
fn one_that_ends_within_is_over_when_the_handler_is() {
    let recorder = lambda();
    recorder.run(|| {
        let outer = invocation("## outer").header(Some(COMPLETE)).ends_within().begin();
        outer.run(|| invocation("## inner").begin().close());
        assert_eq!(recorder.documents().len(), 1);
        outer.close();
    });
    recorder.assert_tree("## inner [parent not seen]");
}

#[test]
fn how_it_ends_is_told() {
    let recorder = lambda();
    recorder.block_on(async {
        drop(invocation("dropped").header(Some(COMPLETE)).begin().trace(std::future::pending::<()>()));
        let panics = invocation("panics").header(Some(COMPLETE)).begin().trace(async { panic!("at the disco") });
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll_once(panics))).is_err());
    });
    recorder.assert_tree("dropped [cancelled, parent not seen]\npanics [fault, parent not seen] !panic: at the disco");
}

/// Polls once.
fn poll_once<F: Future>(future: F) {
    let mut future = std::pin::pin!(future);
    let _ = future.as_mut().poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
}

#[test]
fn a_segment_of_our_own_fails_with_its_handler() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let open = invocation("h").begin();
        open.fail(|| Some(Failure::new("No", "no")));
        open.close();
        let panics = invocation("p").begin();
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll_once(panics.trace(async { panic!("oh") })))).is_err());
    });
    recorder.assert_tree("function [fault]\n  h [fault] !No: no\nfunction [fault]\n  p [fault] !panic: oh");
}

#[test]
fn the_user_of_a_segment_that_is_not_ours_can_be_searched_for_all_the_same() {
    let recorder = lambda();
    recorder.run(|| {
        let open = invocation("h").header(Some(COMPLETE)).begin();
        open.run(|| subsegment("step").run(|| set_user("ann")));
        open.close();
    });
    recorder.assert_tree("h {user=ann} [parent not seen]\n  step");
}

#[test]
fn what_will_not_end_in_time_is_told_of_and_replaced_if_it_does() {
    let recorder = lambda();
    recorder.run(|| {
        let open = invocation("h").header(Some(COMPLETE)).deadline(millis_from_now(300)).begin();
        open.run(|| {
            subsegment("done").run(|| ());
            subsegment("stuck").run(|| {
                subsegment("done below").run(|| ());
                while recorder.documents().is_empty() {
                    std::thread::sleep(Duration::from_millis(5));
                }
            });
        });
        let told = documents(&recorder).remove(0);
        assert_eq!(told["annotations"]["timeout"], true);
        assert_eq!(told["fault"], true);
        let stuck = &told["subsegments"][1];
        assert_eq!((&told["subsegments"][0]["name"], &stuck["name"]), (&"done".into(), &"stuck".into()));
        assert_eq!(stuck["annotations"]["timeout"], true);
        assert_eq!(stuck["subsegments"][0]["annotations"], Value::Null);
        open.close();
        let after = documents(&recorder).remove(1);
        assert_eq!(after["id"], told["id"], "it takes the place of the other");
        assert_eq!(after["subsegments"][1]["id"], stuck["id"]);
        assert_eq!((&after["annotations"], &after["fault"]), (&Value::Null, &Value::Null));
        assert!(after["end_time"].as_f64() >= told["end_time"].as_f64());
    });
    assert!(recorder.stats().losses.is_empty());
}

#[test]
fn nothing_is_told_of_what_ends_in_time() {
    let recorder = TestRecorder::with(|settings| settings.lambda(|lambda| (lambda.sends_segments, lambda.timeout_margin) = (true, 0.9)));
    recorder.run(|| {
        // The first of these wakes the watchdog, which must find nothing.
        for _ in 0..3 {
            let open = invocation("h").header(Some(COMPLETE)).deadline(millis_from_now(60)).begin();
            open.close();
            std::thread::sleep(Duration::from_millis(30));
        }
    });
    recorder.assert_tree("h [parent not seen]\nh [parent not seen]\nh [parent not seen]");
}

#[test]
fn a_handler_that_another_one_calls_is_a_call_like_any_other() {
    let recorder = lambda();
    recorder.run(|| {
        let outer = invocation("## outer").header(Some(COMPLETE)).told_within().begin();
        outer.run(|| {
            let handler = invocation("## handler").begin();
            handler.run(|| {
                let other = invocation("## other").begin();
                other.fail(|| Some(Failure::new("No", "stock")));
                other.close();
            });
            handler.close();
        });
        outer.close();
    });
    recorder.assert_tree("## handler [parent not seen]\n  ## other [fault] !No: stock");
}

#[test]
fn who_ends_it_says_whether_it_failed() {
    let recorder = lambda();
    recorder.run(|| {
        let outer = invocation("## outer").header(Some(COMPLETE)).told_within().begin();
        outer.run(|| {
            // It is tried again, by something in between.
            let first = invocation("## handler").begin();
            first.fail(|| Some(Failure::new("No", "stock")));
            first.close();
            invocation("## handler").begin().close();
        });
        outer.close();
    });
    recorder.assert_tree("## handler [parent not seen]\n  ## handler");
}

#[test]
fn of_three_the_middle_one_ends_it_and_the_inner_one_tells() {
    let recorder = lambda();
    recorder.run(|| {
        let outer = invocation("## outer").header(Some(COMPLETE)).ends_within().begin();
        outer.run(|| {
            let middle = invocation("## middle").told_within().begin();
            middle.run(|| {
                let inner = invocation("## inner").begin();
                inner.attach(|values| values.annotate("a", 1));
                inner.fail(|| Some(Failure::new("No", "stock")));
                inner.close();
            });
            assert_eq!(recorder.documents().len(), 0);
            middle.fail(|| Some(Failure::new("Unknown", "")));
            middle.attach(|values| values.annotate("b", 2));
            middle.close();
            assert_eq!(recorder.documents().len(), 1);
        });
        outer.close();
    });
    recorder.assert_tree("## inner [fault, parent not seen] {a=1, b=2} !No: stock");
    assert!(recorder.stats().losses.is_empty());
}

#[test]
fn causes_can_be_hidden() {
    let recorder = lambda();
    recorder.run(|| {
        let errs = invocation("e").header(Some(COMPLETE)).without_causes().begin();
        errs.fail(|| Some(Failure::new("No", "secret")));
        errs.close();
        let panics = invocation("p").header(Some(COMPLETE)).begin().without_causes();
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| poll_once(panics.trace(async { panic!("secret") })))).is_err());
    });
    recorder.assert_tree("e [fault, parent not seen]\np [fault, parent not seen]");
    assert!(recorder.documents().iter().all(|document| !document.contains("secret")));
}

#[test]
fn items_of_a_batch_that_failed_are_marked() {
    for (count, marked) in [(10, 10), (200, 200), (3_000, 150)] {
        let recorder = lambda();
        recorder.run(|| {
            let open = invocation("h").header(Some(COMPLETE)).begin();
            assert!(!open.has_items());
            open.run(|| {
                for number in 0..count {
                    let item = subsegment("item").open();
                    item.stands_for(format!("id {number}"));
                    item.close();
                }
            });
            assert!(open.has_items());
            (0..count).rev().for_each(|number| open.fail_item(&format!("id {number}")));
            open.fail_item("unknown");
            open.close();
        });
        let documents = recorder.documents().concat();
        let seen = documents.matches("batch_item_failure").count();
        assert!(seen >= marked && seen <= count, "{seen} of {count}");
        assert_eq!(documents.matches("\"name\":\"item\"").count(), count);
        assert!(recorder.stats().losses.is_empty(), "{:?}", recorder.stats());
    }
}
