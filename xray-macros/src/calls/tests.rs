use proc_macro2::{TokenStream, TokenTree};

use crate::golden;

#[test]
fn expansions_are_as_recorded() {
    golden::compare("golden_calls");
}

#[test]
fn a_body_without_such_calls_is_not_touched() {
    for body in ["{ a.b(); }", "{ let let = ; x.send() }", "{ x.send( ) y }"] {
        let group: TokenStream = body.parse().unwrap();
        let Some(TokenTree::Group(group)) = group.into_iter().next() else { unreachable!() };
        assert_eq!(super::rewritten(group.clone()).to_string(), group.to_string());
    }
}
