//! What is at the daemon when Lambda gets the answer, after which it may freeze the process.
#![allow(missing_docs)]

use autoxray_lambda_tests::{Event, Function, sampled};

#[test]
fn documents_are_there_before_the_answer() {
    let function = Function::start(env!("CARGO_BIN_EXE_value"));
    for (round, what) in (1..).zip(["nest", "fail", "panic", ""].repeat(50)) {
        let posted = function.invoke(Event::new(format!(r#"{{"do":"{what}"}}"#)).traced(sampled()));
        assert_eq!(posted.documents_before, round + 1, "{what}: {}", function.said());
    }
}
