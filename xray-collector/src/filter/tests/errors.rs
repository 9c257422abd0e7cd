//! What is said about expressions that are wrong. `errors.txt` has each with the column and the message; `UPDATE=1` writes it anew.

use std::fmt::Write;
use std::path::Path;

use crate::filter::{Error, Filter};

fn error(text: &str) -> Error {
    Filter::parse(text).expect_err(text)
}

#[test]
fn errors_point_at_the_place_and_say_what_was_expected() {
    let expected = include_str!("errors.txt");
    let mut actual = String::new();
    for entry in expected.split("\n\n") {
        let text = entry.lines().next().unwrap_or_default();
        let error = error(text);
        writeln!(actual, "{text}\n{}: {}\n", error.column(), error.message()).unwrap();
    }
    let actual = actual.trim_end().to_owned() + "\n";
    if std::env::var_os("UPDATE").is_some() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/filter/tests/errors.txt");
        std::fs::write(path, &actual).unwrap();
    }
    assert!(actual == expected, "{actual}");
}

#[test]
fn a_mark_stands_below_the_place() {
    let wide = error("user = \"日本\" AND 日本 = 1").to_string();
    assert!(wide.ends_with("\n  user = \"日本\" AND 日本 = 1\n                    ^"), "{wide}");
    let several_lines = error("ok AND\nfalt").to_string();
    assert_eq!(several_lines, "`falt` is no keyword; did you mean `fault`?\n  ok AND falt\n         ^");
    let hostile = error("\u{202e}\x1b[31m ok").to_string();
    assert!(!hostile.contains(['\u{202e}', '\x1b']), "{hostile}");
    let far = error(&format!("user = \"{}\" falt {}", "a".repeat(500), "ok ".repeat(500))).to_string();
    let lines: Vec<&str> = far.lines().collect();
    assert!(lines[1].starts_with("  …aaa") && lines[1].chars().count() < 110, "{far}");
    assert_eq!(lines[1].chars().skip(lines[2].chars().count() - 1).take(4).collect::<String>(), "falt");
}
