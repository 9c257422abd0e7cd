//! What `doctor` says of a variable is what the runtime does with it.

mod common;

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Set for the copy of this test that is the traced program.
const IS_PROGRAM: &str = "TEST_IS_THE_PROGRAM";

/// What the runtime says on standard error when it reads this variable.
fn runtime(name: &str, value: &str) -> String {
    let mut program = Command::new(std::env::current_exe().unwrap());
    program.args(["--exact", "values_are_taken_and_refused_as_the_runtime_does", "--nocapture"]);
    common::run(without_xray(&mut program).env(IS_PROGRAM, "1").env(name, value)).err
}

fn without_xray(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().contains("XRAY")) {
        command.env_remove(name);
    }
    command
}

/// The status of the check for this variable.
fn doctor(name: &str, value: &str) -> String {
    let mut doctor = Command::new(env!("CARGO_BIN_EXE_cargo-xray"));
    // Port 1 is nobody's.
    doctor.args(["xray", "doctor", "--json", "--address", "127.0.0.1:1"]).current_dir(Path::new(env!("CARGO_TARGET_TMPDIR")));
    let said = common::run(without_xray(&mut doctor).env(name, value));
    let said: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {said:?}"));
    let checks = said["checks"].as_array().unwrap();
    let about = checks.iter().find(|check| check["name"] == name || check["seen"].as_str().unwrap().contains(&format!("{name}=")));
    about.unwrap_or_else(|| panic!("no check for {name}"))["status"].as_str().unwrap().to_owned()
}

#[test]
fn values_are_taken_and_refused_as_the_runtime_does() {
    if std::env::var_os(IS_PROGRAM).is_some() {
        xray_runtime::Recorder::builder().install().unwrap();
        return;
    }
    for (name, values) in [
        (
            "AWS_XRAY_DAEMON_ADDRESS",
            &["a:1", "udp:a:1 tcp:b:2", "udp:a:1", "tcp:a:1", "a", "a:0", "[::1]:2000", "::1:2000", "a b", " a:1 "][..],
        ),
        ("AWS_XRAY_TRACING_NAME", &["orders", "<>", "a<b>", "Größe", "\u{7}", " ", "unnamed"]),
        ("AWS_XRAY_CONTEXT_MISSING", &["log_error", "IGNORE_ERROR", "RUNTIME_ERROR", "panic", "0"]),
        ("AWS_XRAY_SDK_ENABLED", &["true", "No", "2", "maybe"]),
        ("AWS_XRAY_SDK_DISABLED", &["on", "0", "ja"]),
        ("XRAY_SAMPLING_RATE", &["0", "1", "0.5", "1.1", "-0", ".5", "NaN", "1e-3", "5%", " 1 "]),
        ("XRAY_CAPTURE_HTTP", &["yes", "off", "x"]),
        ("ENABLE_XRAY_AUTOPATCH", &["0", "never"]),
        ("XRAY_METRICS", &["EMF", "off", "on"]),
        ("AWS_EMF_NAMESPACE", &["Shop", "AWS/Shop", "a\"b", ":x", " ", "größe", "_aws", "a b._#:/-"]),
        ("AWS_EMF_AGENT_ENDPOINT", &["tcp://a:1", "udp://a:1/", "a:1", "http://a:1", "tcp://a", "tcp://[::1]:1", " tcp://a:1"]),
        ("AWS_EMF_ENVIRONMENT", &["lambda", "ECS", "Moon"]),
        ("AWS_EMF_LOG_GROUP_NAME", &["/aws/x", "a b", "_aws"]),
        ("AWS_EMF_LOG_STREAM_NAME", &["a [$LATEST]", "a:b", "a*"]),
        ("XRAY_ENVIRONMENT", &["test", "<>"]),
        ("XRAY_TIMEOUT_MARGIN", &["0.1", "0", "2"]),
    ] {
        for value in values {
            let said = runtime(name, value);
            let expected = said.contains(&format!("{name}=")) && said.contains("cannot be used");
            assert_eq!(doctor(name, value) == "fail", expected, "{name}={value:?}; the runtime says: {said}");
        }
    }
}
