//! Tracing as a layer of the runtime, around the handler, and both.
#![allow(missing_docs)]

use autoxray_lambda_tests::{Event, Function, Start, sampled};

fn start(layers: &str) -> Function {
    Start::new(env!("CARGO_BIN_EXE_value")).env("LAYERS", layers).start()
}

#[test]
fn both_together_are_one_which_the_inner_one_ends() {
    let function = start("both");
    let nest = function.invoke(Event::new(r#"{"do":"nest"}"#).traced(sampled()));
    assert_eq!(nest.documents_before, 2, "the inner one ends it before Lambda has the answer");
    let fail = function.invoke(Event::new(r#"{"do":"fail"}"#).traced(sampled()));
    assert_eq!((fail.kind.as_str(), fail.documents_before), ("error", 3));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [parent not seen] {ColdStart=true, event_source=direct, function_name=orders}
           price
           ship
         ## handle [fault, parent not seen] {ColdStart=false} !Box<dyn Error + Send + Sync>: no stock <- invalid digit found in string",
    );
}

#[test]
fn a_panic_is_recorded_by_the_inner_one() {
    let function = start("both");
    let panic = function.invoke(Event::new(r#"{"do":"panic"}"#).traced(sampled()));
    assert_eq!((panic.kind.as_str(), panic.documents_before), ("error", 2));
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## handle [fault, parent not seen] {ColdStart=true} !panic: the shelf fell",
    );
}

#[test]
fn alone_around_the_runtime_it_sees_events_but_no_failures() {
    let function = start("runtime");
    function.invoke(Event::new(r#"{"do":"nest"}"#).traced(sampled()));
    function.invoke(Event::new(r#"{"do":"fail"}"#).traced(sampled()));
    // The runtime says so only after it has the answer.
    function.wait_for_documents(3);
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## runtime [parent not seen] {ColdStart=true, event_source=direct}
           price
           ship
         ## runtime [parent not seen] {ColdStart=false}",
    );
}

#[test]
fn what_does_not_deserialise_is_seen_by_the_outer_one() {
    let function = Start::new(env!("CARGO_BIN_EXE_typed_sqs")).env("LAYERS", "both").start();
    let posted = function.invoke(Event::new(r#"{"Records":5}"#).traced(sampled()));
    assert_eq!(posted.kind, "error");
    function.wait_for_documents(2);
    function.daemon().assert_tree(
        "
         init [parent not seen]
         ## runtime [parent not seen] {event_source=_}",
    );
}
