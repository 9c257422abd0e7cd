//! Datagrams that the kernel dropped because a socket's receive buffer was full.
//!
//! Linux tells in `/proc/net/udp`; elsewhere there is no such file, and the answer is that nobody knows.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;

pub(super) fn drops(local: SocketAddr) -> Option<u64> {
    let table = fs::read_to_string(if local.is_ipv4() { "/proc/net/udp" } else { "/proc/net/udp6" }).ok()?;
    drops_in(&table, local)
}

fn drops_in(table: &str, local: SocketAddr) -> Option<u64> {
    let local = address(local);
    let rows = table.lines().skip(1).map(|line| line.split_ascii_whitespace().collect::<Vec<_>>());
    let mut own = rows.filter(|columns| columns.get(1) == Some(&local.as_str())).filter_map(|columns| columns.last()?.parse::<u64>().ok());
    let first = own.next()?;
    Some(first + own.sum::<u64>())
}

/// An address in the table's form: each four bytes as a number of the machine's byte order, in hex.
fn address(local: SocketAddr) -> String {
    let octets = match local {
        SocketAddr::V4(local) => local.ip().octets().to_vec(),
        SocketAddr::V6(local) => local.ip().octets().to_vec(),
    };
    let mut text = String::new();
    for word in octets.chunks_exact(4) {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(word);
        let _ = write!(text, "{:08X}", u32::from_ne_bytes(bytes));
    }
    let _ = write!(text, ":{:04X}", local.port());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn the_table_is_understood() {
        let table = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  113: 0100007F:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 37261 2 0000000000000000 42
  114: 00000000:07D0 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 37262 2 0000000000000000 7
  broken";
        assert_eq!(drops_in(table, "127.0.0.1:2000".parse().unwrap()), Some(42));
        assert_eq!(drops_in(table, "0.0.0.0:2000".parse().unwrap()), Some(7));
        assert_eq!(drops_in(table, "127.0.0.1:2001".parse().unwrap()), None);
        assert_eq!(address("[::1]:2000".parse().unwrap()), "00000000000000000000000001000000:07D0");
    }
}
