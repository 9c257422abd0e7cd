//! The rules of ARCHITECTURE.md that a machine can check. Each message names the place and the remedy.

mod manifests;
mod places;
mod shape;
mod source;
mod words;

use std::fmt::Display;
use std::path::Path;

/// Fails with all problems, if there are any.
#[track_caller]
fn none(problems: impl IntoIterator<Item = impl Display>) {
    let problems: Vec<String> = problems.into_iter().map(|problem| problem.to_string()).collect();
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// The folder of the workspace.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file in the workspace.
#[track_caller]
fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
