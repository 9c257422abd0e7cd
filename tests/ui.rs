//! Our own messages: one folder per kind of mistake. The compiler's messages are not recorded here; `hostile` compares those.
#![allow(missing_docs)]

#[test]
fn mistakes_are_explained_at_the_word() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/*/*.rs");
    #[cfg(all(feature = "lambda", feature = "rewrite"))]
    cases.compile_fail("tests/ui/lambda/*/*.rs");
}
