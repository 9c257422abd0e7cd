//! Trace headers in and out, and ids.
#![allow(missing_docs)]

use std::collections::HashSet;

use autoxray::{
    Context, Sampled, Sampling, TRACE_HEADER_NAME, TraceHeader, TraceId, response_header, segment, subsegment, trace_header, trace_id,
    traced,
};
use proptest::prelude::*;
use xray_testkit::TestRecorder;

const ROOT: &str = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT: &str = "53995c3f42cd8ad8";

/// A recorder that decides for or against every trace it is asked about.
fn deciding(sampled: bool) -> TestRecorder {
    TestRecorder::with(|settings| settings.sampling(if sampled { Sampling::Always } else { Sampling::Never }))
}

#[test]
fn a_segment_continues_the_trace_of_its_caller() {
    assert_eq!(TRACE_HEADER_NAME, "X-Amzn-Trace-Id");
    for header in [
        format!("Root={ROOT};Parent={PARENT};Sampled=1"),
        format!(" root = {ROOT}; PARENT={PARENT} ;;x;sampled=1"),
        format!("Self=1-67891234-12456789abcdef012345678;Root={ROOT};Parent={PARENT};Sampled=1"),
        format!("Sampled=1;Parent={PARENT};Root={}", ROOT.to_uppercase()),
    ] {
        let recorder = deciding(false);
        recorder.run(|| segment("s").header(TraceHeader::parse(&header)).run(|| assert_eq!(trace_id().unwrap().to_string(), ROOT)));
        let trace = recorder.trace();
        assert_eq!(trace.id().to_string(), ROOT, "{header}");
        assert_eq!(trace.expect("s").parent_id().unwrap().to_string(), PARENT, "{header}");
    }
}

#[test]
fn a_header_without_a_valid_root_begins_a_new_trace() {
    for header in [
        String::new(),
        "nonsense".to_owned(),
        format!("Root={};Parent={PARENT};Sampled=0", &ROOT[..34]),
        format!("Root=2{};Parent={PARENT};Sampled=0", &ROOT[1..]),
        format!("Parent={PARENT};Sampled=0"),
        format!("Root=;Root={ROOT};Parent={PARENT};Sampled=0"),
        "Root=1-5759e988-bd862e3fe1be46a99427279é;Sampled=0".to_owned(),
    ] {
        let recorder = deciding(true);
        recorder.run(|| segment("s").header(TraceHeader::parse(&header)).run(|| ()));
        // Its parent and its decision are about another trace, so they do not count.
        let trace = recorder.trace();
        assert_ne!(trace.id().to_string(), ROOT, "{header}");
        assert_eq!(trace.expect("s").parent_id(), None, "{header}");
    }
}

#[test]
fn a_bad_parent_is_left_out_and_the_trace_goes_on() {
    for parent in ["", "xyz", "0000000000000000", "53995c3f42cd8ad", "53995c3f42cd8ad80"] {
        let recorder = deciding(true);
        recorder.run(|| segment("s").header(TraceHeader::parse(&format!("Root={ROOT};Parent={parent}"))).run(|| ()));
        assert_eq!(recorder.trace().id().to_string(), ROOT);
        assert_eq!(recorder.trace().expect("s").parent_id(), None, "{parent}");
    }
}

#[test]
fn the_header_names_the_innermost_as_the_caller() {
    let recorder = deciding(true);
    let (outer, inner) = recorder.run(|| {
        let header = TraceHeader::parse(&format!("Root={ROOT};Parent={PARENT};Sampled=?;Lineage=25:a87bd80c:1;app=7"));
        segment("s").header(header).run(|| (trace_header().unwrap(), subsegment("call").run(|| trace_header().unwrap())))
    });
    let trace = recorder.trace();
    let ids = [trace.expect("s").id(), trace.expect("call").id()];
    for (header, id) in [(outer, ids[0]), (inner, ids[1])] {
        assert_eq!(header.to_string(), format!("Root={ROOT};Parent={id};Sampled=1;Lineage=25:a87bd80c:1;app=7"));
        let traceparent = header.to_traceparent().unwrap();
        assert_eq!(traceparent, format!("00-{}-{id}-01", ROOT[2..].replace('-', "")));
        let back = TraceHeader::from_traceparent(&traceparent).unwrap();
        assert_eq!((back.root, back.parent, back.sampled), (header.root, header.parent, Sampled::Yes));
    }
}

#[test]
fn two_services_make_one_trace() {
    let recorder = deciding(true);
    recorder.run(|| {
        segment("shop").run(|| {
            subsegment("call").run(|| {
                // What goes over the wire is text.
                let (xray, w3c) = (trace_header().unwrap().to_string(), trace_header().unwrap().to_traceparent().unwrap());
                segment("by x-ray").header(TraceHeader::parse(&xray)).run(|| ());
                segment("by w3c").header(TraceHeader::from_traceparent(&w3c).unwrap()).run(|| subsegment("work").run(|| ()));
            });
        });
    });
    recorder.assert_tree(
        "shop
           call
             by x-ray [segment]
             by w3c [segment]
               work",
    );
}

#[test]
fn an_unsampled_trace_still_tells_those_it_calls() {
    #[traced]
    fn call() -> TraceHeader {
        trace_header().unwrap()
    }
    for header in [format!("Root={ROOT};Parent={PARENT};Sampled=0;Lineage=25:a87bd80c:1"), String::new()] {
        let recorder = deciding(false);
        let parsed = TraceHeader::parse(&header);
        let sent = recorder.run(|| segment("s").header(parsed.clone()).run(call));
        assert_eq!(sent.sampled, Sampled::No, "{header}");
        assert!(sent.parent.is_some(), "{header}");
        assert_eq!(sent.extras(), parsed.extras(), "{header}");
        assert!(parsed.root.is_none() || sent.root == parsed.root, "{header}");
        // Who gets it keeps to it.
        recorder.run(|| segment("callee").header(sent).run(|| subsegment("work").run(|| ())));
        recorder.assert_tree("");
        assert_eq!((recorder.stats().unsampled, recorder.stats().losses.len()), (2, 0), "{header}");
    }
}

#[test]
fn a_guard_in_an_unsampled_trace_tells_those_it_calls_too() {
    let recorder = deciding(false);
    recorder.run(|| {
        let outer = segment("s").begin();
        let call = subsegment("call").begin();
        assert_eq!(outer.trace_header().unwrap().sampled, Sampled::No);
        assert_eq!(call.trace_header(), trace_header());
        assert_eq!(call.trace_header().map(|header| header.sampled), Some(Sampled::No));
    });
}

#[test]
fn one_unsampled_trace_has_one_id() {
    let recorder = deciding(false);
    let ids: HashSet<_> = recorder.run(|| {
        let one = || {
            segment("s").run(|| {
                let context = Context::current();
                let elsewhere = std::thread::spawn(move || context.run(|| (trace_id(), trace_header().unwrap().root))).join().unwrap();
                assert_eq!(elsewhere, (trace_id(), trace_id()));
                trace_id().unwrap()
            })
        };
        (0..50).map(|_| one()).collect()
    });
    assert_eq!(ids.len(), 50);
}

#[test]
fn the_answer_tells_the_decision_to_a_caller_who_asked() {
    for (sampled, asked, expected) in [
        (true, ";Sampled=?", ";Sampled=1"),
        (false, ";Sampled=?", ";Sampled=0"),
        (true, "", ""),
        (false, "", ""),
        (true, ";Sampled=1", ""),
        (false, ";Sampled=0;Lineage=25:a87bd80c:1", ""),
    ] {
        let header = TraceHeader::parse(&format!("Root={ROOT};Parent={PARENT}{asked}"));
        let answer = deciding(sampled).run(|| {
            assert_eq!(response_header(), None);
            segment("s").header(header).run(|| subsegment("work").run(|| response_header().unwrap()))
        });
        assert_eq!(answer.to_string(), format!("Root={ROOT}{expected}"), "{sampled} {asked}");
    }
}

#[test]
fn ids_differ_across_threads_and_traces() {
    let recorder = deciding(true);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                recorder.run(|| {
                    for _ in 0..200 {
                        segment("s").run(|| (0..10).for_each(|_| subsegment("work").run(|| ())));
                    }
                });
            });
        }
    });
    let traces = recorder.traces();
    assert_eq!(traces.len(), 8 * 200, "each trace has an id of its own");
    let segments: HashSet<_> = traces.iter().flat_map(|trace| trace.nodes().map(|node| node.id())).collect();
    assert_eq!(segments.len(), 8 * 200 * 11);
}

#[test]
fn a_trace_id_begins_with_the_time() {
    let before = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let recorder = deciding(true);
    recorder.run(|| segment("s").run(|| ()));
    let epoch = u64::from(recorder.trace().id().epoch_seconds());
    let after = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    assert!((before..=after).contains(&epoch), "{epoch}");
}

#[test]
fn two_segments_with_one_header_share_only_the_trace() {
    let recorder = deciding(true);
    let header = TraceHeader::parse(&format!("Root={ROOT};Parent={PARENT};Sampled=1"));
    recorder.run(|| (0..100).for_each(|_| segment("s").header(header.clone()).run(|| subsegment("work").run(|| ()))));
    // Assembling refuses an id that occurs twice.
    assert_eq!(recorder.trace().nodes().count(), 200);
}

proptest! {
    #[test]
    fn whatever_header_comes_in_the_segment_is_recorded_and_goes_on(text in "(?s).{0,200}|((Root|parent|Sampled|x)=[^;]{0,40};){0,6}") {
        let recorder = deciding(true);
        let header = TraceHeader::parse(&text);
        let sent = recorder.run(|| segment("s").header(header.clone()).run(|| trace_header().unwrap()));
        prop_assert_eq!(TraceHeader::parse(&sent.to_string()), sent.clone());
        if header.sampled != Sampled::No {
            let trace = recorder.trace();
            prop_assert_eq!(sent.root, Some(trace.id()));
            prop_assert_eq!(sent.parent, Some(trace.expect("s").id()));
        }
    }

    #[test]
    fn w3c_ids_survive_the_way_through_a_service(root in 1_u128.., parent in 1_u64..) {
        let traceparent = format!("00-{root:032x}-{parent:016x}-01");
        let recorder = deciding(false);
        let sent = recorder.run(|| {
            segment("s").header(TraceHeader::from_traceparent(&traceparent).unwrap()).run(|| trace_header().unwrap().to_traceparent().unwrap())
        });
        let trace = recorder.trace();
        prop_assert_eq!(trace.id(), TraceId::from_bits(root));
        prop_assert_eq!(trace.expect("s").parent_id().map(|id| id.to_bits()), Some(parent));
        prop_assert_eq!(&sent[..36], &traceparent[..36]);
    }
}
