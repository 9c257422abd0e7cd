use proc_macro2::TokenStream;
use quote::quote;

use crate::{expand, golden};

#[test]
fn expansions_are_as_recorded() {
    golden::compare("golden_lambda");
}

#[test]
fn a_half_typed_body_still_expands() {
    for body in ["run(service_fn(x.", "run(service_fn(h)) y", "let let = ; run(h)"] {
        let Ok(body) = body.parse::<TokenStream>() else { continue };
        let main = expand::traced_lambda(TokenStream::new(), &quote!(fn main() { #body })).unwrap().to_string();
        assert!(main.contains("start") && !main.contains("Wrap"), "{main}");
        let handler = expand::traced_lambda(TokenStream::new(), &quote!(async fn f(event: E) { #body })).unwrap().to_string();
        assert!(handler.contains("Look"), "{handler}");
    }
}
