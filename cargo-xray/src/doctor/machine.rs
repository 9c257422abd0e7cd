//! What the operating system grants those who receive documents.

use super::check::Check;

/// What a collector asks for.
const BUFFER_WANTED: u64 = 8 << 20;

/// Judges Linux's limit for receive buffers, and the datagrams that were dropped at a port of this machine.
///
/// `limit` is what `/proc/sys/net/core/rmem_max` says, `sockets` are `/proc/net/udp` and `udp6`; none of them is there on other systems.
pub(super) fn receive_buffer(limit: Option<&str>, sockets: &[String], port: u16) -> Check {
    let name = "receive buffer";
    let remedy = format!(
        "`sudo sysctl -w net.core.rmem_max={BUFFER_WANTED}` lets a collector have what it asks for; it has to be started again afterwards"
    );
    let Some(limit) = limit.and_then(|limit| limit.trim().parse::<u64>().ok()) else {
        return Check::ok(name, "its limit is not known on this system");
    };
    let dropped: u64 = sockets.iter().flat_map(|table| table.lines()).filter_map(|line| drops(line, port)).sum();
    let size = if limit >= 1 << 20 { format!("{} MB", limit >> 20) } else { format!("{} KB", limit >> 10) };
    match (dropped, limit < BUFFER_WANTED) {
        (0, false) => Check::ok(name, format!("at most {size}, and nothing was dropped at port {port}")),
        (0, true) => {
            let seen = format!("at most {size}, of 8 MB that a collector asks for; nothing was dropped at port {port}");
            Check::ok(name, seen).with(format!("if bursts get lost: {remedy}"))
        }
        (dropped, true) => Check::warn(name, format!("at most {size}: {dropped} datagrams were dropped at port {port}"), remedy),
        (dropped, false) => Check::warn(
            name,
            format!("at most {size}, and yet {dropped} datagrams were dropped at port {port}"),
            "what listens there is too slow, or has asked for less: look at its log, or start it again",
        ),
    }
}

/// Datagrams dropped at a socket, if a line of `/proc/net/udp` is about one at this port. Source: proc_net_udp(5).
fn drops(line: &str, port: u16) -> Option<u64> {
    let mut fields = line.split_whitespace().skip(1);
    let local = fields.next()?;
    let is_there = u16::from_str_radix(local.rsplit_once(':')?.1, 16) == Ok(port);
    is_there.then(|| fields.last()?.parse().ok())?
}
