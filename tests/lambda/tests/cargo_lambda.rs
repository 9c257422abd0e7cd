//! Under `cargo lambda`, the emulator that people use on their own machines.
#![allow(missing_docs)]

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use xray_collector::Collector;

const LONG: Duration = Duration::from_secs(60);

/// Killed when it is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `scripts/test` installs it below the target folder of the workspace, whatever the caller's is.
fn cargo_lambda() -> Command {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/python/bin/cargo-lambda");
    let path: PathBuf = std::env::var_os("CARGO_LAMBDA").map_or(workspace, PathBuf::from);
    assert!(path.exists(), "{} is missing: run ./scripts/test, which installs it", path.display());
    let mut command = Command::new(path);
    command.arg("lambda").current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null());
    command
}

#[test]
fn an_invocation_is_a_segment_of_our_own() {
    let collector = Collector::start("127.0.0.1:0").unwrap();
    // It takes no port 0. Nobody else is given this one so soon.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (host, port) = (address.ip().to_string(), address.port().to_string());
    let place = ["--invoke-address", &host, "--invoke-port", &port];
    let mut watch = cargo_lambda();
    watch.args(["watch", "--only-lambda-apis"]).args(place).stdout(Stdio::null()).stderr(Stdio::null());
    let _watch = Process(watch.spawn().unwrap());
    let begun = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(begun.elapsed() < LONG, "cargo lambda watch does not answer");
        std::thread::sleep(Duration::from_millis(20));
    }
    // What it says that has to be set.
    let mut function = Command::new(env!("CARGO_BIN_EXE_value"));
    function.env_clear().env("AWS_LAMBDA_RUNTIME_API", format!("http://{address}/.rt")).envs([
        ("AWS_LAMBDA_FUNCTION_NAME", "_"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "4096"),
        ("XRAY_SERVICE_NAME", "shop"),
        ("XRAY_SAMPLING_RATE", "1"),
    ]);
    function.env("AWS_XRAY_DAEMON_ADDRESS", collector.local_addr().to_string()).stdout(Stdio::null()).stderr(Stdio::null());
    let _function = Process(function.spawn().unwrap());
    let invoked = cargo_lambda().args(["invoke", "--data-ascii", r#"{"do":"nest"}"#]).args(place).output().unwrap();
    assert!(invoked.status.success(), "{}", String::from_utf8_lossy(&invoked.stderr));
    let answer = String::from_utf8_lossy(&invoked.stdout);
    assert!(answer.contains("Root=1-") && answer.contains("Sampled=1"), "{answer}");
    assert!(collector.wait_for_traces(1, LONG));
    let traces = collector.all_traces();
    let names: Vec<&str> = traces[0].tree().iter().map(|node| node.value().segment.name.as_str()).collect();
    assert_eq!(names, ["shop", "## handle", "price", "ship"]);
    assert!(answer.contains(&traces[0].id().to_string()), "{answer}");
}
