//! Host names looked up without making anybody wait.

use std::collections::{BTreeMap, VecDeque};
use std::net::{ToSocketAddrs, UdpSocket};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use super::Endpoint;
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

/// What the threads of one process share.
#[derive(Debug)]
struct Shared {
    endpoint: Endpoint,
    process: u32,
    socket: OnceLock<UdpSocket>,
    state: Mutex<State>,
    changed: Condvar,
    /// For a forked child: there, nobody may ever give back the lock above.
    in_child: OnceLock<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct State {
    kept: VecDeque<Vec<u8>>,
    kept_bytes: usize,
    looking: bool,
    looked: Option<Stopwatch>,
    failed: bool,
    /// Why it failed, if that has not been told yet.
    untold: Option<String>,
    /// Documents that had been kept, and could not be sent when the name was known.
    lost: BTreeMap<LossReason, u64>,
}

impl Resolver {
    pub(super) fn new(endpoint: Endpoint) -> Self {
        Self(Arc::new(Shared::new(endpoint, OnceLock::new())))
    }

    pub(super) fn socket(&self) -> Option<&UdpSocket> {
        self.0.socket.get().or_else(|| self.0.here().socket.get())
    }

    /// Keeps a document until the name is known.
    pub(super) fn keep(&self, datagram: &[u8]) -> Result<(), LossReason> {
        let here = self.0.here();
        let mut state = here.lock();
        if let Some(socket) = here.socket.get() {
            return udp::send(socket, datagram);
        }
        let full = state.kept.len() >= KEPT_MAX || state.kept_bytes + datagram.len() > KEPT_BYTES_MAX;
        if !full {
            state.kept.push_back(datagram.to_vec());
            state.kept_bytes += datagram.len();
        }
        here.look(&mut state, FAILED_FOR);
        here.tell(state);
        if full { Err(LossReason::Unresolved) } else { Ok(()) }
    }

    /// Nobody listens at the address any more: the name may stand for another one by now.
    pub(super) fn look_again(&self) {
        let here = self.0.here();
        here.look(&mut here.lock(), RESOLVED_FOR);
    }

    /// Documents that were kept and lost, and those that wait although the name could not be looked up.
    pub(super) fn lost(&self) -> Vec<(LossReason, u64)> {
        let state = self.0.here().lock();
        let stranded = if state.failed { state.kept.len() as u64 } else { 0 };
        let lost = state.lost.iter().map(|(reason, count)| (*reason, *count));
        lost.chain((stranded > 0).then_some((LossReason::Unresolved, stranded))).collect()
    }

    pub(super) fn flush(&self, timeout: Duration) -> bool {
        let here = self.0.here();
        let waited = here.changed.wait_timeout_while(here.lock(), timeout, |state| !state.kept.is_empty() && state.looking);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let is_empty = state.kept.is_empty();
        here.tell(state);
        is_empty
    }
}

impl Shared {
    fn new(endpoint: Endpoint, socket: OnceLock<UdpSocket>) -> Self {
        let process = crate::sys::process_id();
        Self { endpoint, process, socket, state: Mutex::default(), changed: Condvar::new(), in_child: OnceLock::new() }
    }

    /// What this process shares. A child of a fork begins anew: the thread that looks up the name exists in its parent only, as may who holds
    /// the lock; and what is kept there is the parent's to send.
    fn here(self: &Arc<Self>) -> &Arc<Self> {
        let process = crate::sys::process_id();
        let mut shared = self;
        while shared.process != process {
            shared = shared.in_child.get_or_init(|| {
                let inherited = shared.socket.get().and_then(|socket| socket.try_clone().ok());
                Arc::new(Self::new(shared.endpoint.clone(), inherited.map_or_else(OnceLock::new, OnceLock::from)))
            });
        }
        shared
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(self: &Arc<Self>, state: &mut State, not_before: Duration) {
        let recently = state.looked.is_some_and(|then| then.elapsed() < not_before);
        if state.looking || recently {
            return;
        }
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().name("autoxray-resolve".to_owned()).spawn(move || shared.resolve());
        state.looking = thread.is_ok();
        state.failed |= thread.is_err();
        state.looked = Some(Stopwatch::start());
    }

    /// Tells why it failed. Not the thread that finds out does: in a child that is forked meanwhile, standard error would stay locked for ever.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let Some(problem) = state.untold.take() else { return };
        drop(state);
        crate::diag::log(&format!("the daemon's address {} cannot be used: {problem}; trying again from time to time", self.endpoint));
    }

    fn resolve(&self) {
        let addresses = (self.endpoint.host(), self.endpoint.port()).to_socket_addrs().map_err(|error| error.to_string());
        let result = addresses.and_then(|addresses| self.use_first(&addresses.collect::<Vec<_>>()));
        let mut state = self.lock();
        state.looking = false;
        state.looked = Some(Stopwatch::start());
        match result {
            Ok(socket) => self.begin_with(socket, &mut state),
            Err(problem) => {
                if !std::mem::replace(&mut state.failed, true) {
                    state.untold = Some(problem);
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
