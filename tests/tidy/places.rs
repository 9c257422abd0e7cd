//! What may be touched in one place only.

use std::collections::BTreeSet;

use crate::source::{self, Source};
use crate::{none, text};

/// Something that has its place.
struct Rule {
    /// What it is, and why it has its place.
    what: &'static str,
    /// Where it may be; folders end with `/`.
    places: &'static [&'static str],
    /// Sequences of tokens that give it away.
    signs: &'static [&'static str],
}

/// The testkit's fake daemon is a daemon, and `cargo xray doctor` sends a document to try the way: they cannot do without a socket.
const SOCKETS: Rule = Rule {
    what: "sockets are for exporters and for the collector's ingest",
    places: &[
        "xray-runtime/src/export/",
        "xray-collector/src/ingest/",
        "xray-collector/src/forward/",
        "xray-collector/src/serve/",
        "xray-testkit/src/daemon.rs",
        "cargo-xray/src/doctor/probe.rs",
    ],
    signs: &["UdpSocket", "TcpStream", "TcpListener", "UnixDatagram", "UnixStream", "UnixListener", "Socket", "socket2", "SockRef"],
};

/// The macros run in the compiler, where there is no runtime to ask.
const ENVIRONMENT: Rule = Rule {
    what: "the environment is read once, in config/env.rs: take a setting from there",
    // The second has names that the first looks up.
    places: &[
        "xray-runtime/src/config/env.rs",
        "xray-runtime/src/config/metrics.rs",
        "xray-macros/src/calls/note.rs",
        "cargo-xray/src/environment.rs",
    ],
    signs: &[
        "env::var",
        "env::var_os",
        "env::vars",
        "env::vars_os",
        "env::set_var",
        "env::remove_var",
        "env::args",
        "env::args_os",
        "env::current_dir",
        "env::current_exe",
        "env::temp_dir",
        "env::home_dir",
        "env::*",
    ],
};

const CLOCKS: Rule = Rule {
    what: "time is read in the clock module only: take a `Tick` or a `Stopwatch`, or be handed the time",
    places: &["xray-runtime/src/clock.rs", "xray-sdk-patch/src/clock.rs", "xray-collector/src/clock.rs", "cargo-xray/src/clock.rs"],
    signs: &["Instant::now", "SystemTime", "UNIX_EPOCH", "sys::counter"],
};

const RANDOMNESS: Rule = Rule {
    what: "random numbers are drawn in ids.rs only, and for pauses between attempts",
    places: &["xray-runtime/src/ids.rs", "xray-collector/src/forward/worker.rs"],
    signs: &["RandomState", "DefaultHasher", "getrandom", "fastrand", "rand::"],
};

const UNSAFE: Rule = Rule {
    what: "unsafe code is for the processor's counter and for noticing a fork, and for nothing else",
    places: &["xray-runtime/src/sys.rs"],
    signs: &["unsafe_code", "unsafe {", "unsafe impl"],
};

/// Generated code reaches the runtime by one path, and one file spells it.
const GENERATED: Rule = Rule {
    what: "paths into the runtime are spelled in xray-macros/src/rt.rs only: add a function there",
    places: &["xray-macros/src/rt.rs"],
    signs: &["autoxray::"],
};

fn check(rule: &Rule, sources: &[Source]) {
    let outside = sources.iter().filter(|source| !source.is_below(rule.places));
    let problems = outside.flat_map(|source| {
        let found = rule.signs.iter().flat_map(move |sign| source.find(sign).into_iter().map(move |line| (sign, line)));
        found.map(move |(sign, line)| format!("{}: `{sign}`: {}", source.at(line), rule.what))
    });
    none(problems);
}

#[test]
fn sockets_are_opened_by_exporters_and_ingest_only() {
    check(&SOCKETS, &source::all());
}

#[test]
fn the_environment_is_read_in_one_file() {
    check(&ENVIRONMENT, &source::all());
}

#[test]
fn each_variable_is_documented() {
    let is_letter = |letter: char| letter.is_ascii_uppercase() || letter == '_';
    let names = |text: &str| -> BTreeSet<String> {
        text.split(|letter| !is_letter(letter)).filter(|word| word.contains("XRAY_") && !word.ends_with('_')).map(String::from).collect()
    };
    let page = names(&text("docs/environment.md"));
    let sources: Vec<Source> = source::all().into_iter().filter(|source| source.is_below(ENVIRONMENT.places)).collect();
    assert!(!sources.is_empty(), "the files that read the environment");
    let read = sources.iter().flat_map(|source| &source.tokens).flat_map(|token| names(&token.text)).collect();
    none(page.symmetric_difference(&read).map(|name| {
        let code = "the files that read the environment";
        let (there, missing) = if read.contains(name) { (code, "docs/environment.md") } else { ("docs/environment.md", code) };
        format!("`{name}` stands in {there}, but not in {missing}")
    }));
}

#[test]
fn clocks_are_read_in_one_module() {
    let sources = source::all();
    check(&CLOCKS, &sources);
    let elapsed = sources.iter().filter(|source| !source.is_below(CLOCKS.places) && !source.find("Instant").is_empty());
    none(elapsed.flat_map(|source| {
        source.find(".elapsed()").into_iter().map(|line| format!("{}: `elapsed` reads a clock: {}", source.at(line), CLOCKS.what))
    }));
}

#[test]
fn random_numbers_are_drawn_in_one_file() {
    check(&RANDOMNESS, &source::all());
}

#[test]
fn unsafe_code_is_in_one_file() {
    let sources = source::all();
    let is_lint = |source: &Source| source.tokens.iter().any(|token| token.text == "forbid");
    let without_lints: Vec<Source> =
        sources.into_iter().filter(|source| !(source.path.ends_with("src/lib.rs") && is_lint(source))).collect();
    // The macros have to name `unsafe` to carry it over from the user's function, but not to begin a block of it.
    check(&UNSAFE, &without_lints);
}

#[test]
fn generated_paths_are_spelled_in_one_file() {
    let macros: Vec<Source> = source::all().into_iter().filter(|source| source.path.starts_with("xray-macros/")).collect();
    assert!(!macros.is_empty(), "xray-macros was not found");
    check(&GENERATED, &macros);
}

#[test]
fn globals_are_listed_with_owner_and_reset() {
    let page = text("ARCHITECTURE.md");
    let rows: Vec<&str> = page.lines().filter(|line| line.starts_with("| `")).collect();
    let mut problems = Vec::new();
    let mut globals = Vec::new();
    for source in &source::all() {
        for window in source.tokens.windows(3) {
            let [before, word, name] = window else { continue };
            if word.text != "static" || before.text == "'" || !name.text.starts_with(|letter: char| letter.is_ascii_uppercase()) {
                continue;
            }
            globals.push(name.text.clone());
            let row =
                rows.iter().find(|row| row.starts_with(&format!("| `{}` |", name.text)) && row.contains(&format!("`{}`", source.path)));
            if row.is_none() {
                problems.push(format!(
                    "{}: `{}` is not in the table of globals: do without it, or add `| `{}` | `{}` | owner | reset |` to ARCHITECTURE.md",
                    source.at(name.line),
                    name.text,
                    name.text,
                    source.path
                ));
            }
        }
    }
    let table = page.split("## Globals").nth(1).expect("ARCHITECTURE.md has a chapter \"Globals\"");
    let table = table.split("\n## ").next().unwrap_or(table);
    for row in table.lines().filter_map(|line| line.strip_prefix("| `")) {
        let name = row.split('`').next().unwrap_or_default();
        if !globals.iter().any(|global| global == name) {
            problems.push(format!("ARCHITECTURE.md: the global `{name}` is gone: delete its row"));
        }
    }
    none(problems);
}
