//! Datagrams to the daemon.

use std::fmt;
use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use super::resolve::Resolver;
use super::{DaemonAddress, Document, Exporter};
use crate::stats::LossReason;

/// Sends each document as one datagram to the X-Ray daemon; the default.
///
/// The socket never blocks. A document that finds its buffer full is lost, and counted. An address costs nothing to use; a host name is
/// looked up on a thread of its own, and what is sent in the meantime is kept, within bounds.
pub struct UdpExporter {
    target: Target,
    /// Losses that came to light after the document had been taken.
    late: AtomicU64,
}

enum Target {
    Literal(SocketAddr, OnceLock<UdpSocket>),
    Named(Resolver),
}

impl UdpExporter {
    /// To the daemon at `address`.
    #[must_use]
    pub fn new(address: &DaemonAddress) -> Self {
        let endpoint = address.udp();
        let target = match endpoint.literal() {
            Some(literal) => Target::Literal(literal, OnceLock::new()),
            None => Target::Named(Resolver::new(endpoint.clone())),
        };
        Self { target, late: AtomicU64::new(0) }
    }

    fn socket(&self) -> Option<&UdpSocket> {
        match &self.target {
            // What stands in the way may pass, such as too many open files, so it is tried again with each document.
            Target::Literal(address, socket) => socket.get().or_else(|| connect(*address).ok().map(|made| socket.get_or_init(|| made))),
            Target::Named(resolver) => resolver.socket(),
        }
    }
}

impl fmt::Debug for UdpExporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpExporter").finish_non_exhaustive()
    }
}

impl Exporter for UdpExporter {
    fn export(&self, document: Document<'_>) -> Result<(), LossReason> {
        let datagram = document.datagram();
        match (self.socket(), &self.target) {
            (Some(socket), target) => {
                let sent = send(socket, datagram);
                if let (Err(LossReason::Refused), Target::Named(resolver)) = (sent, target) {
                    resolver.look_again();
                }
                sent
            }
            (None, Target::Named(resolver)) => resolver.keep(datagram),
            (None, Target::Literal(..)) => Err(LossReason::Failed),
        }
    }

    fn flush(&self, timeout: Duration) -> bool {
        match &self.target {
            Target::Literal(..) => true,
            Target::Named(resolver) => resolver.flush(timeout),
        }
    }

    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        // The refusal of the last datagram is known only if somebody asks.
        if self.socket().is_some_and(|socket| matches!(socket.take_error(), Ok(Some(_)))) {
            self.late.fetch_add(1, Relaxed);
        }
        let mut lost = match &self.target {
            Target::Literal(..) => Vec::new(),
            Target::Named(resolver) => resolver.lost(),
        };
        let refused = self.late.load(Relaxed);
        if refused > 0 {
            // An empty list is not allocated.
            lost.push((LossReason::Refused, refused));
        }
        lost
    }
}

/// A socket that sends to `address` and never blocks. Connected, so that the kernel reports when nobody listens there.
pub(super) fn connect(address: SocketAddr) -> io::Result<UdpSocket> {
    let any: SocketAddr = if address.is_ipv4() { (Ipv4Addr::UNSPECIFIED, 0).into() } else { (Ipv6Addr::UNSPECIFIED, 0).into() };
    let socket = UdpSocket::bind(any)?;
    socket.set_nonblocking(true)?;
    socket.connect(address)?;
    Ok(socket)
}

pub(super) fn send(socket: &UdpSocket, datagram: &[u8]) -> Result<(), LossReason> {
    let Err(error) = socket.send(datagram) else { return Ok(()) };
    if error.kind() == ErrorKind::ConnectionRefused {
        // This speaks of an earlier datagram, and the present one has not been sent. Counting one loss and sending again is right for both.
        let _ = socket.send(datagram);
    }
    Err(reason(&error))
}

fn reason(error: &io::Error) -> LossReason {
    match error.kind() {
        ErrorKind::ConnectionRefused => LossReason::Refused,
        ErrorKind::WouldBlock => LossReason::BufferFull,
        // ENOBUFS: the buffers of the network card are full.
        _ if error.raw_os_error() == Some(105) && cfg!(target_os = "linux") => LossReason::BufferFull,
        _ => LossReason::Failed,
    }
}
