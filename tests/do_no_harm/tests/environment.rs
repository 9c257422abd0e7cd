//! The environment, however it is filled, changes what is recorded and nothing else.

mod common;

use std::os::unix::ffi::OsStringExt;

use common::{Ended, bare, ended, os, program, recorded, settle, sorted, untraced, without_thread_ids};
use std::ffi::OsString;
use std::process::Command;
use xray_testkit::FakeDaemon;

/// What the program prints without a word of tracing in it.
fn plain() -> Ended {
    ended(&mut program(&["plain"]))
}

#[track_caller]
fn assert_same_work(one: &Ended, plain: &Ended) {
    assert_eq!(one.printed, plain.printed);
    assert_eq!(one.code, Some(0));
}

#[test]
fn a_traced_program_does_and_prints_what_it_does_untraced() {
    let plain = plain();
    assert!(plain.printed.contains("666: panicked") && plain.printed.lines().count() == 3 * 22);
    let (traced, daemon) = recorded(&["traced"], 3 * 22);
    assert_same_work(&traced, &plain);
    // Panics are told once each, and nothing else is.
    let told = |ended: &Ended| sorted(&without_thread_ids(&ended.complained)).into_iter().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(told(&traced), told(&plain));
    assert_eq!(daemon.traces().len(), 3 * 22);
    assert_eq!(untraced("traced").printed, plain.printed);
}

/// All variables, with values that cannot be used.
fn malformed() -> Vec<(&'static str, OsString)> {
    let mut all: Vec<(&'static str, OsString)> = Vec::new();
    for (name, values) in [
        ("AWS_XRAY_DAEMON_ADDRESS", &["nowhere", "127.0.0.1:0", "::1:2000", "udp:", "a b", ":", "127.0.0.1:2000:tcp"][..]),
        ("XRAY_DAEMON_ADDRESS", &["http://127.0.0.1:2000", "-"]),
        ("AWS_XRAY_TRACING_NAME", &["<>", "\u{7}"]),
        ("XRAY_SERVICE_NAME", &["(!)"]),
        ("AWS_XRAY_CONTEXT_MISSING", &["PANIC", "RUNTIME ERROR"]),
        ("XRAY_CONTEXT_MISSING", &["1"]),
        ("AWS_XRAY_SDK_ENABLED", &["ja", "2"]),
        ("AWS_XRAY_SDK_DISABLED", &["perhaps"]),
        ("XRAY_ENABLED", &["~"]),
        ("XRAY_TRACING_ENABLED", &["on or off"]),
        ("XRAY_SAMPLING_RATE", &["5 %", "-1", "NaN", "1e999", "0,5"]),
    ] {
        all.extend(values.iter().map(|value| (name, os(value))));
        all.push((name, OsString::from_vec(vec![b'x', 0xff, 0xfe])));
        // A name that is too long can be cut, and anything else cannot be used.
        if !name.ends_with("NAME") {
            all.push((name, "x".repeat(100_000).into()));
        }
    }
    all
}

#[test]
fn a_value_that_cannot_be_used_is_told_once_and_changes_nothing() {
    let plain = plain();
    for (name, value) in malformed() {
        let mut command = program(&["traced"]);
        if name.ends_with("DAEMON_ADDRESS") {
            // The other one would do instead.
            command.env_remove("AWS_XRAY_DAEMON_ADDRESS");
        }
        let ended = ended(command.env(name, &value));
        assert_same_work(&ended, &plain);
        let told: Vec<_> = ended.complained.lines().filter(|line| line.starts_with("autoxray: ") && line.contains(name)).collect();
        let [line] = told.as_slice() else { panic!("{name}={value:?}: {told:?}") };
        assert!(line.contains("cannot be used") && line.contains("Taken instead:") && line.len() < 600, "{line}");
    }
}

#[test]
fn all_values_at_once_may_be_unusable() {
    let plain = plain();
    let mut command = program(&["traced"]);
    command.env_clear();
    let all = malformed();
    command.envs(all.iter().map(|(name, value)| (*name, value)));
    let ended = ended(&mut command);
    assert_same_work(&ended, &plain);
    let told = ended.complained.lines().filter(|line| line.contains("cannot be used")).count();
    assert_eq!(told, 11, "one line for each variable: {}", ended.complained);
}

#[test]
fn empty_values_count_as_not_set() {
    let plain = plain();
    let mut command = program(&["traced"]);
    for (name, _) in malformed().iter().filter(|(name, _)| !name.ends_with("ADDRESS")) {
        command.env(name, "");
    }
    let ended = ended(command.env("XRAY_DAEMON_ADDRESS", ""));
    assert_same_work(&ended, &plain);
    assert!(!ended.complained.contains("cannot be used"), "{}", ended.complained);
}

#[test]
fn each_switch_turns_it_off() {
    for (name, value) in [
        ("AWS_XRAY_SDK_ENABLED", "false"),
        ("AWS_XRAY_SDK_DISABLED", "TRUE"),
        ("XRAY_ENABLED", "0"),
        ("XRAY_TRACING_ENABLED", "off"),
        ("XRAY_SAMPLING_RATE", "0"),
    ] {
        let daemon = FakeDaemon::start();
        let mut command = program(&["traced"]);
        let ended = ended(command.env("AWS_XRAY_DAEMON_ADDRESS", daemon.address().to_string()).env(name, value));
        assert_same_work(&ended, &plain());
        settle(&daemon);
        assert_eq!(daemon.documents().len(), 1, "{name}: only what the test has sent itself");
    }
}

#[test]
fn a_missing_context_is_told_once_by_default() {
    let quiet = untraced("missing");
    assert_eq!(quiet.complained, "");
    let missing = |strategy: &str| ended(program(&["missing", "1000"]).env("AWS_XRAY_CONTEXT_MISSING", strategy));
    for (strategy, lines) in [("", 3), ("LOG_ERROR", 3), ("log_error", 3), ("IGNORE_ERROR", 0)] {
        let ended = missing(strategy);
        assert_eq!((ended.printed.as_str(), ended.code), ("499500\n", Some(0)), "{strategy}");
        // A subsegment, an annotation, a metadata value: the first of each kind.
        assert_eq!(ended.complained.lines().count(), lines, "{strategy}: {}", ended.complained);
    }
    // The one setting that changes the program, by the user's will.
    let ended = missing("RUNTIME_ERROR");
    assert_eq!(ended.code, Some(101));
    assert!(ended.complained.contains("AWS_XRAY_CONTEXT_MISSING is RUNTIME_ERROR"), "{}", ended.complained);
}

#[test]
fn the_environment_wins_over_code_which_is_taken_once() {
    let daemon = FakeDaemon::start();
    let mut command = program(&["install"]);
    command.env("AWS_XRAY_DAEMON_ADDRESS", daemon.address().to_string()).env("AWS_XRAY_TRACING_NAME", "from the environment");
    let ended = ended(&mut command);
    let exists = "the recorder of this process exists already: install it before anything is traced, and only once";
    assert_eq!(ended.printed, format!("Ok(())\n{exists}\ntrue\n{exists}\n"));
    daemon.wait_for(1, common::LONG);
    daemon.assert_tree("from the environment");
}

#[test]
fn without_a_daemon_the_program_goes_on() {
    let plain = plain();
    for address in ["127.0.0.1:9", "no..host:2000", "[::1]:9", "255.255.255.255:2000", "0.0.0.0:2000", "240.0.0.1:2000"] {
        let ended = ended(program(&["traced"]).env("AWS_XRAY_DAEMON_ADDRESS", address).env("XRAY_SAMPLING_RATE", "1"));
        assert_same_work(&ended, &plain);
        let told = ended.complained.lines().filter(|line| line.starts_with("autoxray: ")).count();
        assert!(told <= 3, "{address}: {}", ended.complained);
    }
}

#[test]
fn closed_streams_are_not_noticed() {
    let plain = plain();
    let shell = |redirected: &str| {
        let mut command = Command::new("sh");
        let line = format!("{} traced {redirected}", env!("CARGO_BIN_EXE_program"));
        bare(command.args(["-c", &line]));
        ended(command.env("XRAY_SAMPLING_RATE", "x").env("AWS_XRAY_DAEMON_ADDRESS", "x").env("XRAY_ENABLED", "x"))
    };
    let ended = shell("2>&-");
    assert_same_work(&ended, &plain);
    assert_eq!(ended.complained, "");
    // A reader that has gone away.
    assert_same_work(&shell("2>/dev/full"), &plain);
    assert_eq!(shell("0<&- >/dev/null 2>&-").code, Some(0));
}

#[test]
fn too_few_open_files_cost_only_the_documents_of_that_time() {
    let (ended, daemon) = recorded(&["few-files"], 1);
    assert_eq!((ended.printed.as_str(), ended.code), ("with none left\nwith some again\n", Some(0)), "{}", ended.complained);
    daemon.assert_tree("order {when=with some again}");
    assert_eq!(untraced("few-files").printed, ended.printed);
}

#[test]
fn documents_can_go_to_standard_output() {
    let ended = ended(&mut program(&["stdout"]));
    let trees: Vec<_> = xray_testkit::assemble(ended.printed.lines()).unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(trees, ["first\n  inner {text=\"a\\nb\"}\n", "second\n"]);
}

#[test]
fn unsampled_segments_know_their_header() {
    let ended = ended(program(&["unsampled"]).env("XRAY_SAMPLING_RATE", "0"));
    assert_eq!(ended.printed, "true\ntrue Lineage=25:a87bd80c:1\nNone 0 3 []\n", "{}", ended.complained);
}
