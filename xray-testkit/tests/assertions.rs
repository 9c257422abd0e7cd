//! The assertions, seen from a user's test.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Barrier;

use proptest::prelude::*;
use xray_runtime::{ErrorKind, Failure, Namespace, TraceHeader, annotate, metadata, record_error, segment, set_user, subsegment};
use xray_testkit::{Node, TestRecorder};

fn told(code: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(code)).expect_err("it should have panicked");
    payload.downcast_ref::<String>().expect("a message").clone()
}

fn orders() -> TestRecorder {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            subsegment("price").run(|| annotate("currency", "EUR"));
            subsegment("warehouse").namespace(Namespace::Remote).run(|| {
                annotate("items", 3);
                annotate("id", "3");
                record_error(Failure::new("shop::OutOfStock", "no \"tea\"\nleft").kind(ErrorKind::Throttle));
            });
        });
    });
    recorder
}

const ORDERS: &str = r#"
    orders
      price {currency=EUR}
      warehouse [error, remote, throttle] {id="3", items=3} !OutOfStock: no "tea"\nleft
"#;

#[test]
fn the_tree_that_was_recorded_is_taken() {
    let recorder = orders();
    recorder.assert_tree(ORDERS);
    recorder.assert_tree_in_any_order(ORDERS);
    assert_eq!(format!("{:?}", recorder.trace().expect("price")), "price {currency=EUR}\n");
    // What is not written of annotations is not looked at, and `..` stands for any rest.
    recorder.assert_tree("orders\n  price\n  warehouse [remote, throttle, error] {items=_} !OutOfStock..");
}

#[test]
fn each_difference_is_refused_and_shown() {
    let recorder = orders();
    for (from, to, shown) in [
        ("orders", "order", "- order\n+ orders\n    price {currency=EUR}"),
        ("price", "prize", "-   prize {currency=EUR}\n+   price {currency=EUR}"),
        ("{currency=EUR}", "{currency=USD}", "-   price {currency=USD}\n+   price {currency=EUR}"),
        ("{currency=EUR}", "{tier=_}", "-   price {tier=_}"),
        ("items=3", "items=\"3\"", "items=\"3\"} !OutOfStock"),
        ("id=\"3\"", "id=3", "{id=3, items=3}"),
        ("remote, ", "", "-   warehouse [error, throttle]"),
        ("remote", "aws", "-   warehouse [aws, error, throttle]"),
        ("[error, remote, throttle]", "", "-   warehouse {id"),
        ("!OutOfStock: no \"tea\"\\nleft", "", "-   warehouse [error, remote, throttle] {id=\"3\", items=3}\n+ "),
        ("left", "lef", "-   warehouse"),
        ("      price {currency=EUR}\n", "", "  orders\n+   price {currency=EUR}\n    warehouse"),
        ("      price", "      new\n      price", "  orders\n-   new\n    price"),
        ("      warehouse", "        warehouse", "-     warehouse"),
    ] {
        let expected = ORDERS.replacen(from, to, 1);
        assert_ne!(expected, ORDERS, "{from}");
        for message in [told(|| recorder.assert_tree(&expected)), told(|| recorder.assert_tree_in_any_order(&expected))] {
            assert!(message.contains(shown), "{from} -> {to}:\n{message}");
        }
    }
    assert!(told(|| recorder.assert_tree("")).contains("+ orders"));
    assert!(told(|| TestRecorder::new().assert_tree(ORDERS)).contains("-   price"));
    assert!(told(|| recorder.assert_tree("orders [lost]")).contains("the expected tree cannot be read: line 1: `lost` is no mark"));
}

#[test]
fn the_order_of_siblings_matters_unless_it_is_said_not_to() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("root").run(|| {
            subsegment("a").run(|| annotate("k", 1));
            subsegment("a").run(|| annotate("k", 2));
            subsegment("b").run(|| subsegment("c").run(|| ()));
        });
    });
    recorder.assert_tree("root\n a\n a\n b\n  c");
    for (expected, fits) in [
        ("root\n b\n  c\n a\n a", true),
        // Only one way of giving each line one of its own is right.
        ("root\n a {k=_}\n a {k=1}\n b\n  c", true),
        ("root\n a {k=2}\n b\n  c\n a", true),
        ("root\n a {k=1}\n a {k=1}\n b\n  c", false),
        ("root\n a\n a\n  c\n b", false),
        ("root\n a\n b\n  c", false),
        ("root\n b\n  c\n a\n a\n a", false),
    ] {
        assert!(catch_unwind(AssertUnwindSafe(|| recorder.assert_tree(expected))).is_err(), "{expected}");
        let taken = catch_unwind(AssertUnwindSafe(|| recorder.assert_tree_in_any_order(expected))).is_ok();
        assert_eq!(taken, fits, "{expected}");
    }
}

#[test]
fn losses_are_told_with_the_difference() {
    let recorder = TestRecorder::new();
    recorder.run(|| subsegment("alone").run(|| ()));
    assert!(told(|| recorder.assert_tree("orders\n  alone")).ends_with("lost: 1 × subsegment: context missing\n"));
}

#[test]
fn a_huge_difference_stays_readable() {
    let recorder = TestRecorder::new();
    recorder.run(|| segment("root").run(|| (0..3_000).for_each(|_| subsegment("leaf").run(|| ()))));
    let expected = format!("root\n{}", "  other\n".repeat(3_000));
    let message = told(|| recorder.assert_tree(&expected));
    assert!(message.contains("more lines") && message.len() < 10_000, "{} bytes", message.len());
    let expected = format!("root\n{}  other", "  leaf\n".repeat(3_000));
    let message = told(|| recorder.assert_tree(&expected));
    assert!(message.contains("more lines") && message.ends_with("-   other\n"), "{message}");
}

#[test]
fn a_deep_tree_is_compared_and_shown() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let root = segment("root").begin();
        let mut open: Vec<_> = (0..2_000).map(|_| subsegment("deeper").begin()).collect();
        while open.pop().is_some() {}
        root.end();
    });
    let deeper: Vec<_> = (1..=2_000).map(|depth| format!("\n{:1$}deeper", "", 2 * depth)).collect();
    recorder.assert_tree(&format!("root{}", deeper.concat()));
    assert!(told(|| recorder.assert_tree_in_any_order("root\n  deeper")).contains("more lines"));
    assert_eq!(recorder.trace().nodes().last().unwrap().descendants().count(), 0);
}

#[test]
fn nodes_tell_what_was_recorded() {
    let recorder = TestRecorder::new();
    let header = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1");
    recorder.run(|| {
        segment("orders").header(header.clone()).run(|| {
            set_user("ann");
            metadata("cart", &[1, 2]);
            let _ = subsegment("charge").try_run(|| "x".parse::<u8>());
            let here = subsegment("call").begin();
            segment("callee").header(here.trace_header().unwrap()).run(|| ());
        });
    });
    recorder.assert_tree(
        "orders
           charge [fault] !ParseIntError: invalid digit found in string
           call
             callee [segment]",
    );
    let trace = recorder.trace();
    let (orders, charge, callee) = (trace.expect("orders"), trace.expect("charge"), trace.expect("callee"));
    assert_eq!((Some(trace.id()), orders.parent_id()), (header.root, header.parent));
    assert_eq!(orders.metadata("cart"), serde_json::json!([1, 2]));
    assert!(orders.metadata("other").is_null() && orders.metadata_in("other", "cart").is_null());
    assert_eq!(orders.document().user.as_deref(), Some("ann"));
    assert!(orders.is_segment() && !charge.is_segment() && callee.is_segment());
    assert!(!charge.is_independent() && callee.is_independent());
    assert_eq!(charge.parent_id(), Some(orders.id()));
    assert_eq!(callee.parent().unwrap().name(), "call");
    assert!(charge.is_fault() && !charge.is_error() && !charge.is_throttle() && !charge.is_cancelled());
    assert_eq!(charge.exceptions()[0].message.as_deref(), Some("invalid digit found in string"));
    assert!(orders.duration() >= charge.duration());
    assert_eq!(orders.children().map(Node::name).collect::<Vec<_>>(), ["charge", "call"]);
    assert!(trace.find("nothing").is_none());
    assert!(told(|| _ = trace.expect("nothing")).starts_with("`nothing` was recorded 0 times where once was expected\n\norders\n"));
}

#[test]
fn the_only_trace_is_the_only_one() {
    let recorder = orders();
    assert_eq!(recorder.trace().roots().count(), 1);
    recorder.run(|| segment("more").run(|| ()));
    let message = told(|| _ = recorder.trace());
    assert!(message.starts_with("2 traces were recorded") && message.contains("\nmore\n"), "{message}");
    assert!(told(|| _ = TestRecorder::new().trace()).starts_with("0 traces"));
    // Blank lines stand between traces for the eye only.
    recorder.assert_tree(&format!("{ORDERS}\n\n    more"));
}

#[test]
fn recorders_side_by_side_do_not_see_each_other() {
    const SIDES: usize = 8;
    let barrier = Barrier::new(SIDES);
    std::thread::scope(|scope| {
        for side in 0..SIDES {
            let barrier = &barrier;
            scope.spawn(move || {
                let recorder = TestRecorder::new();
                recorder.run(|| {
                    let _segment = segment(format!("side {side}")).begin();
                    barrier.wait();
                    subsegment("work").run(|| annotate("side", side));
                    barrier.wait();
                });
                recorder.assert_tree(&format!("side {side}\n  work {{side={side}}}"));
                assert_eq!((recorder.stats().segments, recorder.stats().subsegments), (1, 1));
            });
        }
    });
}

#[test]
fn a_future_is_run_and_woken_from_another_thread() {
    let recorder = TestRecorder::new();
    let (sender, receiver) = futures::channel::oneshot::channel();
    let thread = std::thread::spawn(move || sender.send(7).unwrap());
    let answer = recorder.block_on(segment("wait").trace(receiver)).unwrap();
    thread.join().unwrap();
    assert_eq!(answer, 7);
    recorder.assert_tree("wait");
}

proptest! {
    /// What is shown of a tree is accepted as that tree: texts from a failed test can be pasted into it.
    #[test]
    fn what_is_shown_is_what_is_expected(
        names in proptest::collection::vec("[a-zA-Z0-9_.:/%&#=+@-]( ?[a-zA-Z0-9_.:/%&#=+@-]){0,8}", 1..6),
        values in proptest::collection::vec("\\PC{0,12}|[0-9{},_=\"\\\\ ]{0,6}", 1..6),
        numbers in proptest::collection::vec(any::<i64>(), 1..4),
        message in "\\PC{0,20}|[\n\"'\\\\!.]{0,6}",
    ) {
        let recorder = TestRecorder::new();
        recorder.run(|| {
            segment("root").run(|| {
                for name in names {
                    let _open = subsegment(name).begin();
                    for (index, value) in values.iter().enumerate() {
                        annotate(format!("text{index}"), value.as_str());
                    }
                    for (index, number) in numbers.iter().enumerate() {
                        annotate(format!("number{index}"), number);
                    }
                    record_error(Failure::new("Odd", &message));
                }
            });
        });
        let shown = recorder.trace().to_string();
        recorder.assert_tree(&shown);
        recorder.assert_tree_in_any_order(&shown);
    }
}
