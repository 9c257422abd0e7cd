//! What integrations build on: an open subsegment as a value, and the blocks of a call.
#![allow(missing_docs)]

use autoxray::{Capture, ErrorKind, Failure, Namespace, Recorder, Sampling, TraceHeader, capture, segment, subsegment, trace_header};
use std::time::Duration;

use serde_json::{Value, json};
use xray_model::document::{Http, HttpRequest, HttpResponse};
use xray_testkit::TestRecorder;

#[test]
fn it_says_how_it_ended() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            subsegment("closed").open().close();
            drop(subsegment("dropped").open());
            subsegment("taken back").open().discard();
            let failed = subsegment("failed").namespace(Namespace::Aws).open();
            failed.record_error(Failure::new("NoSuchTable", "orders").kind(ErrorKind::Error).remote());
            failed.close();
            let _ = std::panic::catch_unwind(|| {
                let _call = subsegment("panicked").open();
                panic!("on the way");
            });
            let parent = subsegment("current").open();
            parent.run(|| subsegment("below").run(|| ()));
            subsegment("beside").run(|| ());
            parent.close();
        });
    });
    recorder.assert_tree(
        "
        orders
          closed
          dropped [cancelled]
          failed [error, aws] !NoSuchTable: orders
          panicked [fault] !panic
          current
            below
          beside
        ",
    );
}

#[test]
fn taken_back_it_leaves_what_was_opened_in_it() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            let call = subsegment("call").open();
            call.run(|| subsegment("below").run(|| ()));
            call.discard();
        });
    });
    recorder.assert_tree("orders\n  call\n    below");
    assert_eq!(recorder.stats().losses, []);
}

#[test]
fn it_outlives_its_segment() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        let call = segment("orders").run(|| subsegment("body").open());
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let call: autoxray::OpenSubsegment = receiver.recv().unwrap();
            call.close();
        });
        sender.send(call).unwrap();
    });
    while recorder.stats().subsegments == 0 {
        std::thread::yield_now();
    }
    recorder.assert_tree("orders\n  body");
}

#[test]
fn a_call_has_its_blocks() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            let call = subsegment("DynamoDB").namespace(Namespace::Aws).open();
            call.attach(|values| {
                values.aws("operation", "GetItem");
                values.aws("retries", &1);
                let request = HttpRequest { method: Some("POST".into()), url: Some("é".repeat(300)), ..HttpRequest::default() };
                values.http(Http { request: Some(request), response: None });
            });
            call.attach(|values| {
                values.aws("retries", &2);
                values.aws("table_names", &["a", "b\n\""]);
                values.annotate("cold", true);
                values.http(Http { request: None, response: Some(HttpResponse { status: Some(429), content_length: Some(7) }) });
            });
            call.record_status(429);
            call.close();
        });
    });
    recorder.assert_tree("orders\n  DynamoDB {cold=true} [throttle, error, aws]");
    let document: Value = serde_json::from_str(&recorder.documents()[0]).unwrap();
    let call = &document["subsegments"][0];
    assert_eq!(call["aws"], json!({"operation": "GetItem", "retries": 2, "table_names": ["a", "b\n\""]}));
    let response = json!({"status": 429, "content_length": 7});
    assert_eq!(call["http"], json!({"request": {"method": "POST", "url": "é".repeat(250)}, "response": response}));
    assert!(call.get("cause").is_none(), "{call}");
}

#[test]
fn blocks_are_bounded() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            let call = subsegment("S3").open();
            call.attach(|values| (0..100).for_each(|key| values.aws(format!("key{key}"), &"x".repeat(2_000))));
            call.close();
        });
    });
    assert!(recorder.documents()[0].len() < 64_000);
    assert!(!recorder.stats().losses.is_empty());
    recorder.assert_tree("orders\n  S3");
}

#[test]
fn the_called_service_is_told_what_is_true() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            let call = subsegment("call").open();
            let (header, around) = (call.header().unwrap(), trace_header().unwrap());
            assert_eq!(header.root, around.root);
            assert_ne!(header.parent, around.parent, "it names the call");
            call.close();
        });
        let unsampled = TraceHeader::parse("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=1");
        segment("orders").header(unsampled).run(|| {
            let call = subsegment("call").open();
            let header = call.header().unwrap().to_string();
            assert!(header.contains("Sampled=0") && header.contains("Lineage=1"), "{header}");
            call.attach(|_| unreachable!("nothing is recorded"));
            call.record_error(ErrorKind::Fault);
            call.discard();
        });
        assert_eq!(subsegment("nowhere").open().header(), None);
    });
    assert_eq!(recorder.stats().subsegments, 1);
}

#[test]
fn a_panic_while_values_are_made_costs_only_them() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            let call = subsegment("call").open();
            call.attach(|values| {
                values.aws("operation", "GetItem");
                panic!("in our own code, even");
            });
            call.close();
        });
    });
    recorder.assert_tree("orders\n  call");
    assert_eq!(recorder.stats().losses.len(), 1);
}

#[test]
fn it_may_be_told_of_when_it_is_over() {
    let recorder = TestRecorder::new();
    recorder.run(|| {
        segment("orders").run(|| {
            std::thread::sleep(Duration::from_millis(30));
            let short = subsegment("short").open();
            short.began_before(Duration::from_millis(20));
            short.close();
            let long = subsegment("long").open();
            long.began_before(Duration::from_secs(3_600));
            long.close();
        });
    });
    let trace = recorder.trace();
    let (segment, short, long) = (trace.expect("orders"), trace.expect("short"), trace.expect("long"));
    assert!(short.duration() >= Duration::from_millis(20), "{:?}", short.duration());
    assert!(short.document().start_time > segment.document().start_time);
    assert_eq!(long.document().start_time, segment.document().start_time, "never before what it is in");
}

#[test]
fn settings_belong_to_the_recorder() {
    let recorder = TestRecorder::with(|settings| settings.capture(|capture| capture.aws = false).sampling(Sampling::Rate(1.0)));
    recorder.run(|| {
        assert!(!capture(|capture| capture.aws));
        segment("orders").run(|| assert!(capture(|capture| !capture.aws && capture.http)));
    });
    assert_eq!(Recorder::builder().build().run(|| capture(Capture::clone)), Capture::default());
}
