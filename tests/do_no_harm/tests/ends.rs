//! Tracing where things end, and where a process becomes two.

mod common;

use std::collections::HashSet;

use common::{ended, program, recorded, sorted, untraced};
use xray_testkit::FakeDaemon;

/// Runs the program traced, untraced, unsampled and without a daemon: what it prints is the same. Gives the daemon of the first run.
#[track_caller]
fn assert_harmless(what: &str, documents: usize, code: i32) -> FakeDaemon {
    let (traced, daemon) = recorded(&[what], documents);
    let plain = untraced(what);
    assert_eq!((traced.printed.as_str(), traced.code), (plain.printed.as_str(), Some(code)), "{}", traced.complained);
    assert!(!plain.printed.is_empty());
    for (name, value) in [("XRAY_SAMPLING_RATE", "0"), ("XRAY_SAMPLING_RATE", "1"), ("AWS_XRAY_DAEMON_ADDRESS", "127.1:9")] {
        let other = ended(program(&[what]).env(name, value));
        assert_eq!((other.printed.as_str(), other.code), (plain.printed.as_str(), Some(code)), "{name}={value}: {}", other.complained);
    }
    daemon
}

/// How many segments of this name came.
fn count(daemon: &FakeDaemon, name: &str) -> usize {
    daemon
        .traces()
        .iter()
        .flat_map(|trace| trace.nodes().map(|node| node.name().to_owned()).collect::<Vec<_>>())
        .filter(|other| other == name)
        .count()
}

#[test]
fn destructors_may_be_traced() {
    let daemon = assert_harmless("drop", 5 * 3, 0);
    for (name, times) in
        [("segment dropped", 1), ("segment in a segment", 1), ("segment while a panic passes a segment", 1), ("segment in a list", 2)]
    {
        assert_eq!(count(&daemon, name), times, "{name}");
    }
}

#[test]
fn destructors_of_thread_locals_may_be_traced() {
    // In the segment that stays open for ever, two of three things are subsegments of that.
    let daemon = assert_harmless("thread-locals", 3 * 7 + 1, 0);
    for (name, times) in [("segment from before", 2), ("segment from after", 2), ("segment alone", 1), ("segment with an open segment", 1)]
    {
        assert_eq!(count(&daemon, name), times, "{name}");
    }
}

#[test]
fn what_runs_at_exit_may_be_traced() {
    let daemon = assert_harmless("at-exit", 3 * 2, 0);
    assert_eq!(count(&daemon, "segment at exit"), 1);
    // The segment that is never closed is current to the very end, so two of three things are subsegments of that.
    let daemon = assert_harmless("exit", 1, 7);
    assert_eq!((count(&daemon, "segment at exit"), count(&daemon, "never closed")), (1, 0));
}

#[test]
fn the_program_may_end_while_threads_trace() {
    for _ in 0..5 {
        let daemon = assert_harmless("busy", 100, 0);
        // Whatever was cut short, nothing left half.
        assert_eq!(daemon.bad_datagrams(), 0);
        assert!(daemon.traces().iter().all(|trace| trace.roots().all(|root| root.is_segment())));
    }
}

#[test]
fn a_panic_hook_may_be_traced() {
    let daemon = assert_harmless("hook", 2, 0);
    assert_eq!(count(&daemon, "in the hook"), 1);
    assert_eq!(count(&daemon, "of the hook"), 1);
}

/// Who sent which orders; all ids differ.
#[track_caller]
fn orders(daemon: &FakeDaemon) -> Vec<String> {
    let traces = daemon.traces();
    let mut ids = HashSet::new();
    let mut orders = Vec::new();
    for trace in &traces {
        for node in trace.nodes() {
            assert!(ids.insert(node.id()), "{} occurs twice", node.id());
        }
        for node in trace.nodes().filter(|node| node.name() == "order") {
            let price = node.children().next().unwrap();
            assert_eq!(price.annotation("id"), trace.id().to_string(), "the program and the document tell the same id");
            orders.push(format!("{} {}", node.annotation("who").as_str().unwrap(), node.annotation("n")));
        }
    }
    orders.sort();
    orders
}

#[test]
fn parent_and_children_of_a_fork_send_traces_of_their_own() {
    for (what, documents) in [("fork-first", 6), ("fork-later", 6 + 2 * 4)] {
        let (traced, daemon) = recorded(&[what], documents);
        assert_eq!(traced.code, Some(0), "{}", traced.complained);
        assert_eq!(traced.printed, untraced(what).printed);
        assert_eq!(daemon.traces().len(), documents, "{what}: a trace for each order");
        assert_eq!(orders(&daemon), sorted(&traced.printed), "{what}");
    }
}

#[test]
fn a_child_of_many_threads_traces_on() {
    // There is no telling what the threads have done by then, but that nobody waits for what a thread of the parent has.
    for (name, value) in [("AWS_XRAY_SDK_ENABLED", "false"), ("XRAY_SAMPLING_RATE", "1"), ("XRAY_SAMPLING_RATE", "0")] {
        let ended = ended(program(&["fork-busy"]).env(name, value));
        assert_eq!((ended.printed.as_str(), ended.code), ("done\n", Some(0)), "{name}={value}: {}", ended.complained);
    }
}

#[test]
fn a_child_looks_up_the_daemon_for_itself() {
    // A name, as far as we are concerned: so the first documents are kept until a thread has looked it up.
    let named = |what: &str| {
        let daemon = FakeDaemon::start();
        let mut command = program(&[what]);
        command.env("XRAY_SAMPLING_RATE", "1").env("AWS_XRAY_DAEMON_ADDRESS", format!("127.1:{}", daemon.address().port()));
        let ended = ended(&mut command);
        common::settle(&daemon);
        (ended.printed, daemon)
    };
    let (printed, daemon) = named("fork-first");
    assert_eq!(orders(&daemon), sorted(&printed));
    // Here the parent forks while its thread is at it. What that does to the C library's resolver in the child is not in our hands: it may
    // fail there, or never answer. But nobody waits for it, and nobody sends what another one keeps.
    let (printed, daemon) = named("fork-later");
    let (sent, expected) = (orders(&daemon), sorted(&printed));
    assert!(sent.iter().all(|order| expected.contains(&order.as_str())) && sent.len() <= expected.len(), "{sent:?}");
    assert_eq!(sent.iter().filter(|order| order.starts_with("parent")).count(), 6, "{sent:?}");
}

#[test]
fn a_fork_inside_of_a_segment_keeps_both_sides_in_its_trace() {
    let (traced, daemon) = recorded(&["fork-inside"], 4);
    assert_eq!(traced.printed, untraced("fork-inside").printed);
    let traces = daemon.traces();
    let parent = traces.iter().find(|trace| trace.find("parent").is_some()).unwrap();
    // The child sends what it did itself, naming the segment that its parent will send.
    assert_eq!(parent.to_string(), "parent\n  before\n  of the child\n  after\n");
    assert_eq!(orders(&daemon), ["child 0", "parent 0"]);
}
