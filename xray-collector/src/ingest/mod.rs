//! The daemon's UDP socket: takes datagrams as fast as the kernel hands them over, and passes them on to one reader.
//!
//! Two threads, because a burst must not wait in the kernel's small buffer until documents are read: one only empties the socket into a
//! bounded queue, the other works through it.

mod batch;
mod kernel;
mod queue;

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::{self, JoinHandle};

use socket2::SockRef;

use crate::settings::{PAUSE_AFTER_ERROR, STOP_ROUND, STOP_ROUNDS_MAX, Settings};
pub(crate) use batch::{Batch, Received};
use queue::Queue;

/// No UDP datagram is larger.
const DATAGRAM_BYTES_MAX: usize = 65_536;

/// A bound socket and the threads behind it. Stops and joins them when dropped.
pub(crate) struct Listener {
    local: SocketAddr,
    /// Bytes of the kernel's receive buffer, as it was granted.
    buffer: usize,
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    stop: AtomicBool,
    queue: Queue,
    errors: AtomicU64,
}

/// What was lost before it could be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Losses {
    pub(crate) kernel: Option<u64>,
    pub(crate) queue: u64,
    pub(crate) errors: u64,
}

impl Listener {
    /// Binds the address and calls `read` with the datagrams that arrived, in their order, on a thread of its own.
    pub(crate) fn start(
        address: impl ToSocketAddrs,
        settings: &Settings,
        mut read: impl FnMut(&Batch) + Send + 'static,
    ) -> io::Result<Self> {
        let socket = UdpSocket::bind(address)?;
        // Whatever the system grants is fine: what is lost is counted.
        let _ = SockRef::from(&socket).set_recv_buffer_size(settings.receive_buffer);
        let buffer = granted(&socket);
        let local = socket.local_addr()?;
        let shared = Arc::new(Shared { stop: AtomicBool::new(false), queue: Queue::new(settings.queue), errors: AtomicU64::new(0) });
        let mut listener = Self { local, buffer, shared: Arc::clone(&shared), threads: Vec::new() };
        let reader = Arc::clone(&shared);
        // Spawned one by one into `listener`, so that a failure of the second stops the first.
        listener.threads.push(thread::Builder::new().name("xray-read".into()).spawn(move || {
            let mut emptied = Batch::default();
            while let Some(batch) = reader.queue.take(emptied) {
                read(&batch);
                emptied = batch.emptied();
            }
        })?);
        listener.threads.push(thread::Builder::new().name("xray-receive".into()).spawn(move || {
            receive(&socket, &shared);
            shared.queue.close();
        })?);
        Ok(listener)
    }

    pub(crate) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// Bytes of the kernel's receive buffer, as it was granted.
    pub(crate) fn buffer(&self) -> usize {
        self.buffer
    }

    pub(crate) fn losses(&self) -> Losses {
        Losses { kernel: kernel::drops(self.local), queue: self.shared.queue.dropped(), errors: self.shared.errors.load(Ordering::Relaxed) }
    }

    /// Sends an empty datagram to the own socket, for the receiver waits for one.
    fn wake(&self) -> io::Result<()> {
        let (any, loopback) = match self.local {
            SocketAddr::V4(_) => (IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SocketAddr::V6(_) => (IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::LOCALHOST)),
        };
        let mut target = self.local;
        if target.ip().is_unspecified() {
            target.set_ip(loopback);
        }
        UdpSocket::bind((any, 0))?.send_to(&[], target).map(drop)
    }

    /// Makes the receiver see that it should stop. It waits for datagrams and for nothing else, so that it costs nothing while none come.
    fn stop_receiving(&self) {
        self.shared.stop.store(true, Ordering::Release);
        // One is enough, unless something between the two swallows it. Where the kernel's buffer is full, the receiver is not waiting.
        for _ in 0..STOP_ROUNDS_MAX {
            let _ = self.wake();
            thread::sleep(STOP_ROUND);
            if self.threads.iter().all(JoinHandle::is_finished) {
                return;
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if self.threads.len() < 2 {
            // There is no receiver to close it.
            self.shared.queue.close();
        }
        self.stop_receiving();
        for thread in self.threads.drain(..) {
            // A receiver that nothing gets through to is left behind: it holds a socket, but nobody waits for ever.
            if thread.is_finished() {
                let _ = thread.join();
            }
        }
    }
}

/// The receive buffer as the kernel says it; Linux says twice what datagrams may fill, to count what it needs for itself.
fn granted(socket: &UdpSocket) -> usize {
    let said = SockRef::from(socket).recv_buffer_size().unwrap_or_default();
    if cfg!(target_os = "linux") { said / 2 } else { said }
}

fn receive(socket: &UdpSocket, shared: &Shared) {
    let mut buffer = vec![0; DATAGRAM_BYTES_MAX];
    loop {
        let received = socket.recv_from(&mut buffer);
        if shared.stop.load(Ordering::Acquire) {
            return;
        }
        match received {
            Ok((length, from)) => shared.queue.push(&buffer[..length], from),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
            Err(_) => {
                shared.errors.fetch_add(1, Ordering::Relaxed);
                thread::sleep(PAUSE_AFTER_ERROR);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    #[test]
    fn datagrams_arrive_in_order_and_drop_does_not_hang() {
        for address in ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"] {
            let (sender, receiver) = mpsc::channel();
            let Ok(listener) = Listener::start(address, &Settings::default(), move |batch| {
                batch.iter().for_each(|received| sender.send((received.bytes.to_vec(), received.from)).unwrap())
            }) else {
                assert!(address.starts_with('['), "no IPv6 on this machine is all that may fail");
                continue;
            };
            let target = SocketAddr::new(
                if address.contains(':') && address.starts_with('[') { "::1" } else { "127.0.0.1" }.parse().unwrap(),
                listener.local_addr().port(),
            );
            let client = UdpSocket::bind(SocketAddr::new(target.ip(), 0)).unwrap();
            for index in 0..100u8 {
                client.send_to(&[index; 3], target).unwrap();
            }
            client.send_to(&[], target).unwrap();
            for index in 0..100u8 {
                let received = receiver.recv_timeout(Duration::from_secs(10)).unwrap();
                assert_eq!(received, (vec![index; 3], client.local_addr().unwrap()));
            }
            assert!(receiver.recv_timeout(Duration::from_secs(10)).unwrap().0.is_empty());
            let losses = listener.losses();
            assert_eq!((losses.queue, losses.errors, losses.kernel.unwrap_or(0)), (0, 0, 0));
            let begun = Instant::now();
            drop(listener);
            assert!(begun.elapsed() < Duration::from_secs(5));
            assert!(receiver.recv().is_err(), "the reader is gone");
        }
    }

    #[test]
    fn an_address_that_cannot_be_bound_is_an_error() {
        let first = Listener::start("127.0.0.1:0", &Settings::default(), |_| {}).unwrap();
        assert_eq!(Listener::start(first.local_addr(), &Settings::default(), |_| {}).err().unwrap().kind(), ErrorKind::AddrInUse);
    }
}
