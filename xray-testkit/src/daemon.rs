//! The receiving end: a socket that takes documents as the X-Ray daemon does.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use xray_model::{datagram, document};

use crate::{Trace, assemble, tree};

/// Listens on a free port of this machine and keeps the documents it is sent.
///
/// As with the daemon itself, what is sent faster than it is read is lost without a word: some 150 small documents at a stroke are safe.
///
/// ```
/// use std::time::Duration;
/// use xray_runtime::{Recorder, Sampling, segment};
/// use xray_testkit::FakeDaemon;
///
/// let daemon = FakeDaemon::start();
/// let recorder = Recorder::builder().daemon_address(daemon.address()).sampling(Sampling::Always).build();
/// recorder.run(|| segment("orders").run(|| ()));
///
/// daemon.wait_for(1, Duration::from_secs(10));
/// daemon.assert_tree("orders");
/// assert_eq!(daemon.bad_datagrams(), 0);
/// ```
#[derive(Debug)]
pub struct FakeDaemon {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    socket: UdpSocket,
    received: Mutex<Received>,
    more: Condvar,
}

#[derive(Debug, Default)]
struct Received {
    documents: Vec<String>,
    bad: usize,
    stop: bool,
}

/// More than a datagram can hold.
const BUFFER_BYTES: usize = 65_536;

impl FakeDaemon {
    /// Listens on a free port of `127.0.0.1`.
    ///
    /// # Panics
    ///
    /// If there is none, or no thread can be started.
    #[must_use]
    pub fn start() -> Self {
        Self::start_at(Ipv4Addr::LOCALHOST.into()).expect("a free port on 127.0.0.1")
    }

    /// Listens on a free port of `address`, for example `::1`.
    ///
    /// # Errors
    ///
    /// If there is none, or this machine has no such address, or no thread can be started.
    pub fn start_at(address: IpAddr) -> io::Result<Self> {
        let socket = UdpSocket::bind((address, 0))?;
        let address = socket.local_addr()?;
        let shared = Arc::new(Shared { socket, received: Mutex::default(), more: Condvar::new() });
        let receiver = Arc::clone(&shared);
        let thread = thread::Builder::new().name("fake-daemon".to_owned()).spawn(move || receiver.receive())?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where it listens, for `Builder::daemon_address` or, as text, for `AWS_XRAY_DAEMON_ADDRESS`.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The documents received so far, as JSON, in the order in which they came.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        self.shared.lock().documents.clone()
    }

    /// Waits until this many documents have come, and gives all that have.
    ///
    /// # Panics
    ///
    /// If they have not come after `timeout`, or one is not as X-Ray wants it.
    #[track_caller]
    pub fn wait_for(&self, documents: usize, timeout: Duration) -> Vec<String> {
        let received = self.shared.lock();
        let waited = self.shared.more.wait_timeout_while(received, timeout, |received| received.documents.len() < documents);
        let (received, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let (came, bad) = (received.documents.clone(), received.bad);
        drop(received);
        assert!(came.len() >= documents, "{} of {documents} documents came in {timeout:?}, and {bad} bad datagrams", came.len());
        for document in &came {
            let problems = document::check(document.as_bytes());
            assert!(problems.is_empty(), "invalid document: {problems:?}\n{document}");
        }
        came
    }

    /// Datagrams that the X-Ray daemon would not take: without its header line, or without a document behind it.
    #[must_use]
    pub fn bad_datagrams(&self) -> usize {
        self.shared.lock().bad
    }

    /// The traces received so far, in the order in which they began.
    ///
    /// # Panics
    ///
    /// If a document is not as X-Ray wants it.
    #[must_use]
    #[track_caller]
    pub fn traces(&self) -> Vec<Trace> {
        assemble(self.documents()).unwrap_or_else(|invalid| panic!("{invalid}"))
    }

    /// Asserts that this was received, and nothing else. The form of the text is described [here](crate#trees-as-text).
    ///
    /// # Panics
    ///
    /// If something else was received, with the difference.
    #[track_caller]
    pub fn assert_tree(&self, expected: &str) {
        let bad = self.bad_datagrams();
        let told = if bad > 0 { format!("bad datagrams: {bad}\n") } else { String::new() };
        tree::assert(&self.traces(), expected, tree::Order::Matters, &told);
    }
}

impl Drop for FakeDaemon {
    fn drop(&mut self) {
        self.shared.lock().stop = true;
        // Wakes the thread. Should there be no room for it, the thread is awake anyway.
        let _ = self.shared.socket.send_to(&[], self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive(&self) {
        let mut buffer = vec![0; BUFFER_BYTES];
        loop {
            // An error is about a single datagram, such as one that we sent and nobody took.
            let datagram = self.socket.recv(&mut buffer).map(|len| &buffer[..len]);
            let mut received = self.lock();
            if received.stop {
                return;
            }
            let Ok(datagram) = datagram else { continue };
            match datagram::split(datagram).ok().and_then(|json| std::str::from_utf8(json).ok()) {
                Some(json) => received.documents.push(json.to_owned()),
                None => received.bad += 1,
            }
            drop(received);
            self.more.notify_all();
        }
    }
}
