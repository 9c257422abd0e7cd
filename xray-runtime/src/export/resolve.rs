//! Host names looked up without making anybody wait.

use std::collections::{BTreeMap, VecDeque};
use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::address::Endpoint;
use super::udp;
use crate::clock::Stopwatch;
use crate::stats::LossReason;

/// Documents kept while the name is looked up, and their bytes.
const KEPT_MAX: usize = 256;
const KEPT_BYTES_MAX: usize = 1024 * 1024;

/// How long an answer, or the lack of one, is taken for good.
const FAILED_FOR: Duration = Duration::from_secs(5);
const RESOLVED_FOR: Duration = Duration::from_secs(60);

/// A socket to a host known by name.
#[derive(Clone, Debug)]
pub(super) struct Resolver(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    socket: OnceLock<UdpSocket>,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<Vec<u8>>,
    kept_bytes: usize,
    looking: bool,
    looked: Option<Stopwatch>,
    failed: bool,
    /// Documents that had been kept, and could not be sent when the name was known.
    lost: BTreeMap<LossReason, u64>,
    process: u32,
}

impl State {
    /// In a forked child nobody is looking, and what was kept is its parent's to send.
    fn after_fork(&mut self) {
        let process = std::process::id();
        if std::mem::replace(&mut self.process, process) != process {
            *self = Self { process, ..Self::default() };
        }
    }
}

impl Resolver {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Shared { endpoint, socket: OnceLock::new(), state: Mutex::default(), changed: Condvar::new() }))
    }

    pub(super) fn socket(&self) -> Option<&UdpSocket> {
        self.0.socket.get()
    }

    /// Keeps a document until the name is known.
    pub(super) fn keep(&self, datagram: &[u8]) -> Result<(), LossReason> {
        let mut state = self.0.lock();
        if let Some(socket) = self.socket() {
            return udp::send(socket, datagram);
        }
        let full = state.kept.len() >= KEPT_MAX || state.kept_bytes + datagram.len() > KEPT_BYTES_MAX;
        if !full {
            state.kept.push_back(datagram.to_vec());
            state.kept_bytes += datagram.len();
        }
        self.look(&mut state, FAILED_FOR);
        if full { Err(LossReason::Unresolved) } else { Ok(()) }
    }

    /// Nobody listens at the address any more: the name may stand for another one by now.
    pub(super) fn look_again(&self) {
        self.look(&mut self.0.lock(), RESOLVED_FOR);
    }

    /// Documents that were kept and lost, and those that wait although the name could not be looked up.
    pub(super) fn lost(&self) -> Vec<(LossReason, u64)> {
        let state = self.0.lock();
        let stranded = if state.failed { state.kept.len() as u64 } else { 0 };
        let lost = state.lost.iter().map(|(reason, count)| (*reason, *count));
        lost.chain([(LossReason::Unresolved, stranded)]).collect()
    }

    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let state = self.0.lock();
        let waited = self.0.changed.wait_timeout_while(state, timeout, |state| !state.kept.is_empty() && state.looking);
        waited.map_or_else(|poisoned| poisoned.into_inner().0.kept.is_empty(), |(state, _)| state.kept.is_empty())
    }

    fn look(&self, state: &mut State, not_before: Duration) {
        let recently = state.looked.is_some_and(|then| then.elapsed() < not_before);
        if state.looking || recently {
            return;
        }
        let resolver = self.clone();
        let thread = thread::Builder::new().name("autoxray-resolve".to_owned()).spawn(move || resolver.0.resolve());
        state.looking = thread.is_ok();
        state.failed |= thread.is_err();
        state.looked = Some(Stopwatch::start());
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.after_fork();
        state
    }

    fn resolve(&self) {
        let addresses = (self.endpoint.host(), self.endpoint.port()).to_socket_addrs().map_err(|error| error.to_string());
        let result = addresses.and_then(|addresses| self.use_first(&addresses.collect::<Vec<_>>()));
        let mut state = self.lock();
        state.looking = false;
        state.looked = Some(Stopwatch::start());
        match result {
            Ok(socket) => self.begin_with(socket, &mut state),
            Err(error) => {
                if !std::mem::replace(&mut state.failed, true) {
                    crate::diag::log(&format!(
                        "the daemon's address {} cannot be used: {error}; trying again from time to time",
                        self.endpoint
                    ));
                }
            }
        }
        drop(state);
        self.changed.notify_all();
    }

    /// A socket to the first usable address; none if the one there is could be pointed to it.
    fn use_first(&self, addresses: &[std::net::SocketAddr]) -> Result<Option<UdpSocket>, String> {
        if let Some(socket) = self.socket.get() {
            // The same socket is pointed elsewhere, so the family of addresses stays.
            let is_ipv4 = socket.local_addr().is_ok_and(|local| local.is_ipv4());
            let next = addresses.iter().find(|address| address.is_ipv4() == is_ipv4).ok_or("no address of the same family")?;
            return socket.connect(next).map(|()| None).map_err(|error| error.to_string());
        }
        // The daemon listens on IPv4 unless told otherwise.
        let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).ok_or("no address")?;
        udp::connect(*address).map(Some).map_err(|error| error.to_string())
    }

    /// Sends what was kept, and lets others use the socket from then on: under the lock, which keeps the order. Nothing here blocks.
    fn begin_with(&self, socket: Option<UdpSocket>, state: &mut State) {
        state.failed = false;
        let Some(socket) = socket else { return };
        for datagram in std::mem::take(&mut state.kept) {
            if let Err(reason) = udp::send(&socket, &datagram) {
                *state.lost.entry(reason).or_default() += 1;
            }
        }
        state.kept_bytes = 0;
        let _ = self.socket.set(socket);
    }
}
