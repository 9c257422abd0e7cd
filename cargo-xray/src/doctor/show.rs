//! Checks as people and programs read them.

use serde_json::json;
use xray_collector::View;

use super::check::{Check, Verdict};

/// Columns of the mark in front of a name, and of the arrow in front of a remedy.
const MARK_COLUMNS: usize = 2;
/// Columns between a name and what is said of it.
const GAP: usize = 2;
/// Columns of names; what is said of longer ones begins below them.
const NAME_COLUMNS_MAX: usize = 24;

/// What `--json` prints.
pub(super) fn json(checks: &[Check], policy: &str) -> String {
    let policy: serde_json::Value = serde_json::from_str(policy).unwrap_or_default();
    let count = |verdict| checks.iter().filter(|check| check.status == verdict).count();
    let all = json!({
        "checks": checks,
        "ok": count(Verdict::Ok), "warn": count(Verdict::Warn), "fail": count(Verdict::Fail),
        "policy": policy,
    });
    format!("{all:#}\n")
}

/// Without what is as it always is, but for how much that is.
pub(super) fn shown(checks: Vec<Check>) -> Vec<Check> {
    let (folded, mut shown): (Vec<_>, Vec<_>) = checks.into_iter().partition(|check| check.is_default);
    if !folded.is_empty() {
        let names = folded.iter().map(|check| check.name.as_str()).collect::<Vec<_>>().join(", ");
        shown.push(Check::ok("not set", names).with("`--all` says what holds without them"));
    }
    shown
}

/// Two columns: what was looked at, and what was seen, with what to do below it.
pub(super) fn text(checks: &[Check], view: &View) -> String {
    let style = |code: &str, text: &str| if view.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let longest = checks.iter().map(|check| check.name.chars().count()).max().unwrap_or_default();
    let names = longest.min(NAME_COLUMNS_MAX);
    let indent = MARK_COLUMNS + names + GAP;
    let mut out = String::new();
    for check in checks {
        let (code, mark) = match check.status {
            Verdict::Ok => ("32", "✓"),
            Verdict::Warn => ("33", "!"),
            Verdict::Fail => ("31", "✗"),
        };
        let seen = wrap(&check.seen, view.width.saturating_sub(indent));
        let remedy = wrap(check.remedy.as_deref().unwrap_or_default(), view.width.saturating_sub(indent + MARK_COLUMNS));
        let remedy = remedy.into_iter().enumerate().map(|(index, line)| {
            let line = format!("{} {line}", if index == 0 { "→" } else { " " });
            style(if check.status == Verdict::Ok { "2" } else { "36" }, &line)
        });
        out += &format!("{} {}", style(code, mark), style("1", &format!("{:names$}", check.name)));
        for (index, line) in seen.into_iter().chain(remedy).enumerate() {
            let is_beside = index == 0 && check.name.chars().count() <= names;
            let before = if is_beside { GAP } else { indent };
            let end = if is_beside { "" } else { "\n" };
            out += &format!("{end}{:before$}{line}", "");
        }
        out += "\n";
    }
    let count = |verdict| checks.iter().filter(|check| check.status == verdict).count();
    let counted = |count: usize, what: &str| if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") };
    let (warnings, failures) = (counted(count(Verdict::Warn), "warning"), counted(count(Verdict::Fail), "failure"));
    out + &format!("\n{} ok, {warnings}, {failures}\n", count(Verdict::Ok))
}

/// Lines of at most so many letters, broken at blanks. A longer word stays whole: it may be there to be copied.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => *line += &format!(" {word}"),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
