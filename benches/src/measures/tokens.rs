//! Tokens that each attribute adds to a function, counted in what the compiler sees after all macros are expanded.
//!
//! `fixtures/expansions` has a module per attribute and shape with the same function in it. The compiler prints the
//! expanded crate (an unstable option, unlocked with `RUSTC_BOOTSTRAP` for that one crate and for nothing else here); the
//! module's tokens minus those of the module without attribute are what was added.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};

use super::{cargo, output, target};
use crate::Settings;
use crate::cases::Peer;
use crate::report::{Findings, Row, Value};

const MACROS: [(Peer, &str); 3] = [(Peer::Autoxray, "autoxray"), (Peer::Fastrace, "fastrace"), (Peer::TracingOtel, "tracing")];

pub fn measure(_: &Settings) -> Findings {
    let mut command = cargo();
    command.args(["rustc", "--quiet", "--locked", "--package", "expansions", "--lib"]).arg("--target-dir").arg(target("expansions"));
    let expanded = output(command.args(["--", "-Zunpretty=expanded"]).env("RUSTC_BOOTSTRAP", "expansions"));
    let tokens = modules(expanded.parse().expect("Rust tokens"));
    let added = |name: &str, shape: &str| {
        let bare = tokens[if shape == "sync" { "bare_sync" } else { "bare_async" }];
        tokens[&format!("{name}_{shape}")] as f64 - bare as f64
    };

    let mut sync = Row::new("tokens added to a sync fn").bar(90.0);
    let mut future = Row::new("tokens added to an async fn").bar(140.0);
    let mut value = Row::new("tokens added by a second value").bar(25.0);
    for (peer, name) in MACROS {
        sync = sync.cell(peer, Value::Number(added(name, "sync")));
        future = future.cell(peer, Value::Number(added(name, "async")));
        value = value.cell(peer, Value::Number(added(name, "async_2_values") - added(name, "async_1_value")));
    }
    let notes = vec!["Tokens are those of `proc_macro2`, a pair of brackets as two, after all macros are expanded.".to_owned()];
    Findings { rows: vec![sync, future, value], notes }
}

/// Tokens inside each `mod name { … }` at the top level.
fn modules(file: TokenStream) -> HashMap<String, usize> {
    let tokens: Vec<TokenTree> = file.into_iter().collect();
    let mut modules = HashMap::new();
    for window in tokens.windows(3) {
        if let [TokenTree::Ident(keyword), TokenTree::Ident(name), TokenTree::Group(body)] = window
            && keyword == "mod"
        {
            modules.insert(name.to_string(), count(body.stream()));
        }
    }
    modules
}

fn count(tokens: TokenStream) -> usize {
    let one = |token| match token {
        TokenTree::Group(group) => 2 + count(group.stream()),
        _ => 1,
    };
    tokens.into_iter().map(one).sum()
}
