//! The main job: `cargo run -p orders` shows every call of a program that has nothing of ours but attributes.
#![allow(missing_docs)]

use std::process::Command;

use autoxray_clients_tests::moto;

fn orders(variables: &[(&str, &str)]) -> (bool, String, String) {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--quiet", "-p", "orders"]).current_dir(env!("CARGO_MANIFEST_DIR")).env_remove("AWS_ENDPOINT_URL");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().contains("XRAY_")) {
        cargo.env_remove(name);
    }
    let output = cargo.envs(variables.iter().copied()).output().expect("cargo runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn each_call_is_shown() {
    let (ended_well, shown, errors) = orders(&[("AWS_ENDPOINT_URL", moto::address())]);
    assert!(ended_well, "{errors}");
    assert_eq!(errors, "");
    for part in [
        "A-1  placed",
        "A-2  refused: HTTP status client error (402 Payment Required)",
        "A-3  refused: there is no unicorn",
        "DynamoDB GetItem",
        "aws · table stock · eu-west-1 → 200",
        "DynamoDB PutItem",
        "SQS SendMessage",
        "remote · POST http://localhost:",
        "/charges → 402",
    ] {
        assert!(shown.contains(part), "`{part}` is missing in\n{shown}");
    }
}

#[test]
fn switched_off_there_is_nothing_of_them() {
    let (ended_well, shown, errors) = orders(&[("AWS_ENDPOINT_URL", moto::address()), ("ENABLE_XRAY_AUTOPATCH", "false")]);
    assert!(ended_well, "{errors}");
    assert!(shown.contains("price") && !shown.contains("GetItem") && !shown.contains("remote · POST"), "{shown}");
}
