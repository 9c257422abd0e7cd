//! What answers where documents go: judged by what came back from it.

use std::time::Duration;

use xray_model::DaemonAddress;

use super::check::Check;
use crate::ask::Peer;

/// Difference of clocks that is worth a word.
const SKEW_MAX: Duration = Duration::from_secs(5 * 60);

/// Whether documents have somewhere to go.
pub(super) fn reached(peer: &Peer, address: &DaemonAddress, hint: &str) -> Check {
    let (name, tcp) = ("daemon", address.tcp());
    let start = format!("start one by `cargo xray view`, or set AWS_XRAY_DAEMON_ADDRESS to where one is{hint}");
    match peer {
        Peer::Nobody(why) => Check::fail(name, format!("nothing answers at {tcp}: {why}"), start),
        Peer::Collector(server) => Check::ok(name, format!("{server} answers at {tcp}; the viewer is at http://{tcp}/")),
        Peer::Daemon => Check::ok(name, format!("an X-Ray daemon answers at {tcp}, and AWS answers it")),
        Peer::Refused(why) => Check::fail(
            name,
            format!("an X-Ray daemon answers at {tcp}, but AWS refuses it: {why}"),
            "give the daemon's role what `cargo xray doctor --policy` prints, and look at its credentials, its region and its network",
        ),
        Peer::Other(server) => Check::ok(name, format!("something {server} answers at {tcp} as an X-Ray daemon does")),
        Peer::Stranger(what) => Check::fail(
            name,
            format!("{what} is at {tcp}, which is no X-Ray daemon"),
            format!("take another port for one of them; {start}"),
        ),
    }
}

/// What became of a document that was sent for a test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is none of ours, and would keep the document or be billed for it.
    Not,
    Failed(String),
    Lost,
    Arrived(String),
}

pub(super) fn documents(sent: &Sent, peer: &Peer, address: &DaemonAddress) -> Check {
    let (name, udp) = ("documents", address.udp());
    match sent {
        Sent::Not if matches!(peer, Peer::Nobody(_)) => Check::ok(name, format!("none was sent to {udp} for a test: nobody is there")),
        Sent::Not => Check::ok(name, format!("none was sent to {udp} for a test: that is for a local collector only")),
        Sent::Failed(why) => Check::fail(
            name,
            format!("a test document could not be sent to {udp} by UDP: {why}"),
            "look at the address, and at what filters packets on this machine",
        ),
        Sent::Lost => Check::fail(
            name,
            format!("a test document was sent to {udp} by UDP, and did not arrive"),
            "look at what filters packets between here and there; in a container, publish the port for UDP as well",
        ),
        Sent::Arrived(trace) => Check::ok(name, format!("a test document was sent to {udp} by UDP, and arrived: trace {trace}")),
    }
}

/// Compares the clock of this machine with that of the peer.
pub(super) fn clock(date: Option<&str>, here: Duration) -> Check {
    let name = "clock";
    let Some(there) = date.and_then(crate::clock::of_http) else {
        return Check::ok(name, "nobody answered with a date to compare it with");
    };
    let skew = here.abs_diff(there);
    let way = if here > there { "ahead of" } else { "behind" };
    match skew <= SKEW_MAX {
        true => Check::ok(name, "agrees with that of what answers, to 5 minutes"),
        false => Check::warn(
            name,
            format!("is {} minutes {way} that of what answers", skew.as_secs() / 60),
            "set it, by NTP for example: X-Ray sorts traces by their time, and shows what is far off nowhere",
        ),
    }
}
