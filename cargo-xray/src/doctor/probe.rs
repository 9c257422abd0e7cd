//! Looks at this machine and at what answers: everything of `doctor` that is not a pure function.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use xray_model::datagram::HEADER;
use xray_model::{DaemonAddress, Endpoint};

use super::aws::Files;
use super::daemon::Sent;
use super::project::Project;
use crate::ask::{Answer, Client, Unreachable};
use crate::clock;
use crate::environment::Environment;

/// How long a test document may be under way.
const ARRIVAL_TIME_MAX: Duration = Duration::from_secs(3);
/// How often it is asked for.
const ARRIVAL_PAUSE: Duration = Duration::from_millis(20);

/// Asks what is there for its sampling rules, which collectors and daemons both have.
pub(super) fn ask(address: &DaemonAddress) -> Result<Answer, Unreachable> {
    Client::new(address.tcp()).ask("/GetSamplingRules", &json!({}))
}

/// Sends a segment to a local collector, and waits until that has it.
pub(super) fn send(address: &DaemonAddress) -> Sent {
    let now = clock::today();
    let (id, seconds) = (format!("{:016x}", now.as_nanos() as u64 ^ u64::from(std::process::id()) << 32), now.as_secs_f64());
    let trace = format!("1-{:08x}-{:08x}{id}", now.as_secs() as u32, std::process::id());
    let document = json!({
        "name": "cargo xray doctor", "id": id, "trace_id": trace, "start_time": seconds, "end_time": seconds,
        "annotations": {"doctor": true},
    });
    if let Err(error) = send_datagram(address.udp(), &format!("{HEADER}{document}")) {
        return Sent::Failed(error.to_string());
    }
    let client = Client::new(address.tcp());
    let begun = clock::now();
    loop {
        let answer: Result<Value, _> = client.call("/Traces", &json!({ "TraceIds": [trace] }));
        match answer {
            Ok(answer) if answer["Traces"].as_array().is_some_and(|traces| !traces.is_empty()) => return Sent::Arrived(trace),
            Ok(_) if clock::now().duration_since(begun) > ARRIVAL_TIME_MAX => return Sent::Lost,
            Ok(_) => std::thread::sleep(ARRIVAL_PAUSE),
            Err(error) => return Sent::Failed(error.to_string()),
        }
    }
}

fn send_datagram(to: &Endpoint, datagram: &str) -> io::Result<()> {
    let to = resolve(to)?;
    let from: SocketAddr = if to.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    UdpSocket::bind(from)?.send_to(datagram.as_bytes(), to).map(drop)
}

fn resolve(endpoint: &Endpoint) -> io::Result<SocketAddr> {
    if let Some(address) = endpoint.literal() {
        return Ok(address);
    }
    let unknown = || io::Error::new(io::ErrorKind::NotFound, format!("no address is known for {}", endpoint.host()));
    (endpoint.host(), endpoint.port()).to_socket_addrs()?.next().ok_or_else(unknown)
}

/// What Linux says of receive buffers: their limit, and the UDP sockets of this machine.
pub(super) fn sockets() -> (Option<String>, Vec<String>) {
    let limit = fs::read_to_string("/proc/sys/net/core/rmem_max").ok();
    (limit, ["/proc/net/udp", "/proc/net/udp6"].into_iter().filter_map(|path| fs::read_to_string(path).ok()).collect())
}

/// Files of the AWS CLI; where the environment says that they are elsewhere, those.
pub(super) fn files(environment: &Environment) -> Files {
    let read = |variable, name: &str| {
        let path = environment.get(variable).map(Into::into).or_else(|| Some(environment.home()?.join(".aws").join(name)));
        path.and_then(|path| fs::read_to_string(path).ok())
    };
    Files { config: read("AWS_CONFIG_FILE", "config"), credentials: read("AWS_SHARED_CREDENTIALS_FILE", "credentials") }
}

/// What cargo says of the workspace here. Nothing is downloaded or built for it.
pub(super) fn project(environment: &Environment, manifest: Option<&Path>) -> Project {
    if manifest.is_none()
        && !Path::new(".").canonicalize().is_ok_and(|here| here.ancestors().any(|folder| folder.join("Cargo.toml").is_file()))
    {
        return Project::None;
    }
    let mut cargo = Command::new(environment.get("CARGO").unwrap_or("cargo".as_ref()));
    cargo.args(["metadata", "--format-version", "1", "--offline"]);
    if let Some(manifest) = manifest {
        cargo.arg("--manifest-path").arg(manifest);
    }
    let output = match cargo.output() {
        Ok(output) => output,
        Err(error) => return Project::Unknown(format!("it cannot be run: {error}")),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let error = said.lines().find(|line| line.starts_with("error")).or_else(|| said.lines().next()).unwrap_or("it says nothing");
        return Project::Unknown(error.to_owned());
    }
    serde_json::from_slice(&output.stdout).map_or_else(|error| Project::Unknown(error.to_string()), Project::Metadata)
}
