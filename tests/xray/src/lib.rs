//! What the tests of the local X-Ray have in common: one that listens, and the Python and Node that `scripts/test` has set up.

use std::path::Path;
use std::process::Command;

use aws_sdk_xray::Client;
use aws_sdk_xray::config::retry::RetryConfig;
use aws_sdk_xray::config::{BehaviorVersion, Credentials, Region};
use xray_collector::{Local, ServeSettings, Settings};

/// The folder of the workspace.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const REMEDY: &str = "run scripts/test, which sets it up; by hand: `python3 -m venv target/python`, and then `target/python/bin/pip install \
                      --requirement tests/xray/requirements.txt`, for Node `npm ci --prefix target/node` with the files of tests/clients/peers";

/// A local X-Ray on a port that is free.
///
/// # Panics
///
/// If it cannot be started.
#[must_use]
pub fn local(settings: ServeSettings) -> Local {
    let any = "127.0.0.1:0".parse().expect("an address");
    Local::start(any, Settings::default(), settings).unwrap_or_else(|error| panic!("the collector cannot be started: {error}"))
}

/// The AWS SDK for Rust, asking a local X-Ray: any credentials and any region will do.
#[must_use]
pub fn client(local: &Local) -> Client {
    let config = aws_sdk_xray::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "tests"))
        .region(Region::new("eu-west-1"))
        .retry_config(RetryConfig::disabled())
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(format!("http://{}", local.local_addr()));
    Client::from_conf(config.build())
}

/// Runs a script of this package with the Python that was set up, and gives what it has written.
///
/// # Panics
///
/// If the script fails, or there is no such Python.
#[must_use]
pub fn python(script: &str, arguments: &[&str]) -> String {
    let program = format!("{ROOT}/target/python/bin/python");
    assert!(Path::new(&program).exists(), "there is no Python in target/python: {REMEDY}");
    run(Command::new(program).arg(format!("{ROOT}/tests/xray/{script}")).args(arguments))
}

/// Runs a text with the Python that was set up, and gives what it has written.
///
/// # Panics
///
/// If it fails, or there is no such Python.
#[must_use]
pub fn python_text(text: &str) -> String {
    let program = format!("{ROOT}/target/python/bin/python");
    assert!(Path::new(&program).exists(), "there is no Python in target/python: {REMEDY}");
    run(Command::new(program).args(["-c", text]))
}

/// Runs the AWS CLI that was set up.
///
/// # Panics
///
/// If it fails, or there is none.
#[must_use]
pub fn aws(arguments: &[&str]) -> String {
    let program = format!("{ROOT}/target/python/bin/aws");
    assert!(Path::new(&program).exists(), "there is no AWS CLI in target/python: {REMEDY}");
    run(Command::new(program).args(arguments))
}

/// Runs a script of this package with Node and the packages that were set up.
///
/// # Panics
///
/// If the script fails, or there is no Node.
#[must_use]
pub fn node(script: &str, arguments: &[&str]) -> String {
    let packages = format!("{ROOT}/target/node/node_modules");
    assert!(Path::new(&packages).exists(), "there are no packages in target/node: {REMEDY}");
    run(Command::new("node").arg(format!("{ROOT}/tests/xray/{script}")).args(arguments).env("NODE_PATH", packages))
}

/// Nothing that the user has set for AWS, for tracing or for a proxy reaches it.
fn run(command: &mut Command) -> String {
    let kept: Vec<_> = command.get_envs().filter_map(|(key, value)| Some((key.to_owned(), value?.to_owned()))).collect();
    command.env_clear().envs(std::env::var_os("PATH").map(|path| ("PATH", path))).envs(kept);
    command.env("AWS_CONFIG_FILE", "/dev/null").env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    command.env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE").env("AWS_SECRET_ACCESS_KEY", "secret").env("AWS_REGION", "eu-west-1");
    command.env("AWS_DEFAULT_REGION", "eu-west-1").env("AWS_PAGER", "").env("PYTHONDONTWRITEBYTECODE", "1");
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} cannot be run: {error}: {REMEDY}"));
    let said = String::from_utf8_lossy(&output.stderr);
    let remedy = if said.contains("ModuleNotFoundError") { REMEDY } else { "" };
    assert!(output.status.success(), "{command:?}: {}\n{said}\n{remedy}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Its example in Rust is compiled.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/local-api.md")]
struct LocalApi;
