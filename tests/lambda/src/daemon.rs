//! The X-Ray daemon, for tests that ask what has come at a certain moment.

use std::net::{SocketAddr, UdpSocket};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use xray_testkit::{FakeDaemon, Trace, assemble};

/// The first line of a datagram.
const HEADER: &str = r#"{"format":"json","version":1}"#;

/// Takes documents when it is asked, on the thread that asks.
///
/// On loopback a datagram is here when the call that sends it returns. So what was sent before something else arrived is never overlooked,
/// and nobody has to wait for it.
#[derive(Debug)]
pub struct Daemon {
    socket: UdpSocket,
    documents: Mutex<Vec<String>>,
}

impl Daemon {
    pub(crate) fn new() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a free port on 127.0.0.1");
        socket.set_nonblocking(true).expect("a socket that does not block");
        Self { socket, documents: Mutex::default() }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("a bound socket")
    }

    /// Takes all that has come; how many documents that are by now.
    pub(crate) fn count(&self) -> usize {
        self.take().len()
    }

    /// The documents that have come until now, as JSON.
    ///
    /// # Panics
    ///
    /// If something has come that is none.
    #[must_use]
    pub fn documents(&self) -> Vec<String> {
        self.take().clone()
    }

    /// The same as traces, in the order in which they began.
    ///
    /// # Panics
    ///
    /// If a document is not as X-Ray wants it.
    #[must_use]
    #[track_caller]
    pub fn traces(&self) -> Vec<Trace> {
        assemble(self.documents()).unwrap_or_else(|invalid| panic!("{invalid}"))
    }

    /// The only trace.
    ///
    /// # Panics
    ///
    /// If there is none, or more than one.
    #[must_use]
    #[track_caller]
    pub fn trace(&self) -> Trace {
        let mut traces = self.traces();
        assert_eq!(traces.len(), 1, "{traces:#?}");
        traces.remove(0)
    }

    /// Asserts that this has come, and nothing else, in the form that `xray_testkit` describes.
    ///
    /// # Panics
    ///
    /// If something else has come, with the difference.
    #[track_caller]
    pub fn assert_tree(&self, expected: &str) {
        let documents = self.documents();
        let fake = FakeDaemon::start();
        for document in &documents {
            let datagram = format!("{HEADER}\n{document}");
            self.socket.send_to(datagram.as_bytes(), fake.address()).expect("loopback takes datagrams");
        }
        fake.wait_for(documents.len(), Duration::from_secs(60));
        fake.assert_tree(expected);
    }

    fn take(&self) -> MutexGuard<'_, Vec<String>> {
        let mut documents = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = [0; 65_536];
        while let Ok(length) = self.socket.recv(&mut buffer) {
            let text = String::from_utf8(buffer[..length].to_vec()).expect("datagrams are text");
            let (_, json) = text.split_once('\n').expect("a header, and a document below it");
            documents.push(json.to_owned());
        }
        documents
    }
}
