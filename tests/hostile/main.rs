//! What the attribute generates, in crates that make it hard: every edition, every lint, no prelude, other things under the names of
//! the standard library, and programs that are wrong.
//!
//! The crates are built by a cargo of their own (in `target/tmp/hostile`, without network), because editions and clippy are settings of a crate.
#![allow(missing_docs)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The `.rs` files of a folder.
fn sources(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    files.sort();
    assert!(!files.is_empty(), "{folder}");
    files
}

fn stem(path: &Path) -> &str {
    path.file_stem().unwrap().to_str().unwrap()
}

/// The workspace with one package per edition, each with a program per case.
fn workspace() -> &'static Path {
    static MADE: OnceLock<PathBuf> = OnceLock::new();
    MADE.get_or_init(|| {
        let workspace = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile");
        let members: Vec<String> = EDITIONS.iter().map(|edition| format!("\"e{edition}\"")).collect();
        write(&workspace.join("Cargo.toml"), &format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", ")));
        fs::copy(root().join("Cargo.lock"), workspace.join("Cargo.lock")).unwrap();
        for edition in EDITIONS {
            write(&workspace.join(format!("e{edition}/Cargo.toml")), &manifest(edition));
        }
        write(&workspace.join("e2024/src/golden.rs"), &golden());
        workspace
    })
}

fn manifest(edition: &str) -> String {
    let mut text = format!(
        "[package]\nname = \"e{edition}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
         [features]\ntraced = []\nwrong = []\n\n\
         [dependencies]\nautoxray = {{ path = {:?}, features = [\"rewrite\"] }}\nasync-trait = \"0.1\"\nserde = {{ version = \"1\", features = [\"derive\"] }}\n",
        root()
    );
    let mut program = |path: &Path, name: &str, more: &str| {
        write!(text, "\n[[bin]]\nname = \"{name}-{edition}\"\npath = {path:?}\n{more}").unwrap();
    };
    for path in sources("tests/hostile/cases") {
        program(&path, stem(&path), "");
    }
    for path in sources("tests/hostile/wrong") {
        program(&path, stem(&path), "required-features = [\"wrong\"]\n");
    }
    if edition == "2024" {
        program(Path::new("src/golden.rs"), "golden", "");
    }
    text
}

/// A program of all recorded expansions.
fn golden() -> String {
    let mut text = String::from("#![allow(unused, clippy::all)]\nfn main() {}\n");
    for path in sources("xray-macros/golden") {
        if let Some(shape) = stem(&path).strip_suffix(".expanded") {
            writeln!(text, "mod {shape} {{ use autoxray::traced; include!({path:?}); }}").unwrap();
        }
    }
    text
}

/// Writes only what changed, so that cargo does not build again.
fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if fs::read_to_string(path).ok().as_deref() != Some(text) {
        fs::write(path, text).unwrap();
    }
}

fn cargo(args: &[&str]) -> Output {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(workspace()).args(args).args(["--offline", "--quiet", "--target-dir", "target"]);
    // What the outer cargo said to this test is not meant for the inner one.
    for name in
        ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_TARGET_DIR", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"]
    {
        cargo.env_remove(name);
    }
    cargo.output().unwrap()
}

fn assert_success(output: &Output) {
    assert!(output.status.success(), "{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

#[test]
fn no_lint_and_no_error_is_caused_by_generated_code() {
    assert_success(&cargo(&["clippy", "--workspace"]));
}

#[test]
fn the_order_of_drops_stays_in_every_edition() {
    for edition in EDITIONS {
        assert_success(&cargo(&["run", "--bin", &format!("drop_order-{edition}")]));
    }
}

#[test]
fn ordinary_code_stays_what_it_is_in_every_edition() {
    for edition in EDITIONS {
        assert_success(&cargo(&["run", "--bin", &format!("calls-{edition}")]));
    }
}

/// Other places or codes of the compiler's errors with the attribute: program, without, with.
const DIFFERENCES: [(&str, &str, &str); 4] = [
    // An argument that is assigned to is a captured variable.
    ("borrows", "error E0384 at 17:5", "error E0594 at 17:5"),
    // The type of an async block's result is compared where it is made.
    ("types", "error E0271 at 79:5", "error E0308 at 79:27"),
    // What a call is that was rewritten is said at the method's name.
    ("calls_types", "error E0308 at 82:22", "error E0308 at 82:28"),
    ("calls_borrows", "error E0515 at 66:5", "error E0515 at 66:10"),
];

#[test]
fn the_compiler_complains_at_the_same_places() {
    for path in sources("tests/hostile/wrong") {
        let name = stem(&path);
        let mut without = complaints(name, "wrong");
        let with = complaints(name, "wrong,traced");
        for (_, plain, traced) in DIFFERENCES.iter().filter(|(program, ..)| *program == name) {
            assert!(without.remove(*plain), "{name}: {plain} is gone");
            without.insert((*traced).to_owned());
        }
        assert!(without.len() > 2, "{name}");
        assert_eq!(with, without, "{name}");
    }
}

/// Level, code and place of the compiler's messages about a program.
fn complaints(program: &str, features: &str) -> BTreeSet<String> {
    let output =
        cargo(&["check", "--package", "e2021", "--bin", &format!("{program}-2021"), "--features", features, "--message-format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let messages = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let about = messages.filter(|message| message["target"]["name"].as_str().is_some_and(|name| name.starts_with(program)));
    let mut found = BTreeSet::new();
    for message in about {
        let message = &message["message"];
        let spans = message["spans"].as_array().into_iter().flatten();
        for span in spans.filter(|span| span["is_primary"] == true) {
            let code = message["code"]["code"].as_str().unwrap_or("?");
            found.insert(format!("{} {code} at {}:{}", message["level"].as_str().unwrap(), span["line_start"], span["column_start"]));
        }
    }
    found
}
