//! Functions that do not end in time.
#![allow(missing_docs)]

use std::fs::File;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use autoxray_lambda_tests::{Event, ROOT, Start, sampled};
use serde_json::{Value, json};
use xray_collector::Collector;

const LONG: Duration = Duration::from_secs(60);

/// What is kept back is five seconds at most, so that this leaves one second until it is told.
const DEADLINE: Duration = Duration::from_secs(6);

fn start() -> Start {
    Start::new(env!("CARGO_BIN_EXE_value")).env("XRAY_TIMEOUT_MARGIN", "0.99")
}

/// Waits until something is so.
fn until_so(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < LONG, "it never is");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A file that is not there yet; a function waits for it.
fn signal(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    let _ = std::fs::remove_file(&path);
    path
}

fn event(what: &str, until: &PathBuf) -> Event {
    Event::new(json!({ "do": what, "until": until })).traced(sampled()).deadline(DEADLINE)
}

const OPEN: &str = "
    init [parent not seen]
    ## handle [fault, parent not seen] {timeout=true, ColdStart=true, function_name=orders}
      closed
      outer {timeout=true}
        inner {timeout=true}";

#[test]
fn what_is_open_is_told_before_the_deadline() {
    for what in ["wait", "block"] {
        let function = start().start();
        let begun = Instant::now();
        function.push(event(what, &signal("never")));
        let documents = function.wait_for_documents(2);
        assert!(begun.elapsed() < DEADLINE, "{what}");
        let trace = function.daemon().trace();
        function.daemon().assert_tree(OPEN);
        assert!(trace.expect("closed").annotation("timeout").is_null());
        assert_eq!(documents.len(), 2, "{documents:?}");
    }
}

#[test]
fn a_function_that_ends_after_all_has_the_last_word() {
    let collector = Collector::start("127.0.0.1:0").unwrap();
    for (what, root) in [("wait", ROOT), ("block", "1-5759e988-bd862e3fe1be46a994272794")] {
        let function = start().daemon(Some(collector.local_addr())).start();
        let until = signal(what);
        let event = event(what, &until);
        let id = function.push(match what {
            "wait" => event,
            _ => Event::new(json!({ "do": what, "until": &until })).traced(sampled().replace(ROOT, root)).deadline(DEADLINE),
        });
        let find = |name: &'static str| {
            let trace = collector.trace(root.parse().unwrap())?;
            trace.tree().iter().find(|node| node.value().segment.name == name).map(|node| node.value().segment.clone())
        };
        until_so(|| find("## handle").is_some());
        let early = ["## handle", "outer", "inner", "closed"].map(|name| find(name).unwrap());
        assert!(early[0].fault && early[0].annotations.contains_key("timeout") && early[2].annotations.contains_key("timeout"));
        File::create(&until).unwrap();
        assert_eq!(function.posted(&id).kind, "response");
        until_so(|| !find("## handle").unwrap().fault);
        let late = ["## handle", "outer", "inner", "closed"].map(|name| find(name).unwrap());
        for (early, late) in early.iter().zip(&late) {
            assert_eq!((early.id, &early.start_time), (late.id, &late.start_time), "{}", late.name);
            assert!(!late.fault && !late.annotations.contains_key("timeout"), "{late:?}");
            assert!(late.end_time >= early.end_time);
        }
    }
}

#[test]
fn it_can_be_switched_off() {
    let function = start().env("XRAY_TIMEOUT_MARGIN", "0").start();
    let until = signal("off");
    let id = function.push(event("wait", &until).deadline(Duration::from_millis(50)));
    std::thread::sleep(Duration::from_millis(100));
    assert!(!function.daemon().documents().iter().any(|document| document.contains("handle")));
    File::create(&until).unwrap();
    assert_eq!(function.posted(&id).documents_before, 2);
    let handler: Value = serde_json::from_str(&function.daemon().documents()[1]).unwrap();
    assert_eq!([&handler["annotations"]["timeout"], &handler["fault"]], [&Value::Null; 2]);
}

#[test]
fn who_is_in_time_is_not_told_of() {
    let function = start().start();
    for _ in 0..20 {
        function.invoke(Event::new("{}").traced(sampled()).deadline(DEADLINE));
    }
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(function.daemon().documents().len(), 21);
    assert!(function.daemon().documents().iter().all(|document| !document.contains("timeout")));
}
