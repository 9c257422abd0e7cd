//! Why a collector cannot listen where it should, and what to do.

use std::io;
use std::net::SocketAddr;

use serde_json::json;

use crate::Error;
use crate::ask::{Client, Peer};

pub(super) fn not_loopback(address: SocketAddr) -> Error {
    Error::new(format!(
        "other machines can reach {address}, and whoever does sees all traces: there is no password. If that is meant, say `--public`, and \
         `--host NAME` for each name under which the viewer is opened"
    ))
}

pub(super) fn not_started(address: SocketAddr, error: &io::Error) -> Error {
    let why = match error.kind() {
        // A setting, not the address.
        io::ErrorKind::InvalidInput => return Error::new(error.to_string()),
        io::ErrorKind::AddrInUse => return in_use(address, &there(address)),
        io::ErrorKind::AddrNotAvailable => "this machine does not have that address: take 127.0.0.1, or what `ip address` lists",
        io::ErrorKind::PermissionDenied => "it is not allowed: take a port above 1023",
        _ => "take another address by `--address`",
    };
    Error::new(format!("{address} cannot be listened on ({error}): {why}"))
}

pub(super) fn daemon_not_started(udp: SocketAddr, tcp: SocketAddr, error: &io::Error) -> Error {
    if error.kind() == io::ErrorKind::AddrInUse {
        return Error::new(format!(
            "udp:{udp} or tcp:{tcp} is in use, perhaps by an X-Ray daemon, a CloudWatch agent or `cargo xray view`: end that, or take others by \
             `--bind` and `--bind-tcp`"
        ));
    }
    Error::new(format!("udp:{udp} and tcp:{tcp} cannot be listened on ({error}): take others by `--bind` and `--bind-tcp`"))
}

/// Who is there already.
fn there(address: SocketAddr) -> Peer {
    // An address of digits is always one that a daemon can have.
    let Ok(endpoint) = super::reachable(address).to_string().parse() else { return Peer::Nobody(String::new()) };
    Peer::of(&Client::new(&endpoint).ask("/GetSamplingRules", &json!({})))
}

fn in_use(address: SocketAddr, there: &Peer) -> Error {
    let at = super::reachable(address);
    let other = SocketAddr::new(address.ip(), if address.port() == 2001 { 2002 } else { 2001 });
    let elsewhere = format!("take another port by `--address {other}`, and set AWS_XRAY_DAEMON_ADDRESS={other} for programs");
    let port = address.port();
    Error::new(match there {
        Peer::Collector(_) => {
            format!("{address} is in use by a collector that runs already: its viewer is at http://{at}/. Or {elsewhere}")
        }
        Peer::Daemon | Peer::Refused(_) => format!("{address} is in use by an X-Ray daemon. End that, or {elsewhere}"),
        Peer::Other(_) => {
            format!("{address} is in use by what speaks X-Ray's protocol, such as the CloudWatch agent. End that, or {elsewhere}")
        }
        Peer::Nobody(_) | Peer::Stranger(_) => format!(
            "{address} is in use: `ss -lptun 'sport = :{port}'` (Linux) or `lsof -nP -i :{port}` (macOS) says by what. It may be an X-Ray \
             daemon, a CloudWatch agent, or a container that publishes the port. End that, or {elsewhere}"
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_there_and_what_to_do() {
        let address: SocketAddr = ([127, 0, 0, 1], 2000).into();
        for (peer, who) in [
            (Peer::Collector("xray-collector/0.1.0".into()), "its viewer is at http://127.0.0.1:2000/"),
            (Peer::Daemon, "by an X-Ray daemon"),
            (Peer::Refused("403".into()), "by an X-Ray daemon"),
            (Peer::Other(String::new()), "CloudWatch agent"),
            (Peer::Nobody("refused".into()), "sport = :2000"),
            (Peer::Stranger("nginx".into()), "lsof -nP -i :2000"),
        ] {
            let message = in_use(address, &peer).to_string();
            assert!(message.contains(who) && message.contains("AWS_XRAY_DAEMON_ADDRESS=127.0.0.1:2001"), "{message}");
        }
        for (kind, remedy) in [
            (io::ErrorKind::AddrNotAvailable, "does not have that address"),
            (io::ErrorKind::PermissionDenied, "above 1023"),
            (io::ErrorKind::OutOfMemory, "--address"),
        ] {
            let message = not_started(address, &kind.into()).to_string();
            assert!(message.starts_with("127.0.0.1:2000 cannot be listened on") && message.contains(remedy), "{message}");
        }
    }
}
