//! Documents of metrics to the CloudWatch agent.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::io::{self, ErrorKind, Write};
use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

use xray_model::limits::{AGENT_KEPT_BYTES_MAX, EMF_BYTES_MAX, UDP_PAYLOAD_BYTES_MAX};

use super::udp;
use super::{Endpoint, ParseAddressError, shown};
use crate::clock::{Moment, Stopwatch};
use crate::metrics::{Line, Sink};
use crate::stats::LossReason;

/// Where the CloudWatch agent listens for EMF, as `AWS_EMF_AGENT_ENDPOINT` has it: `tcp://host:port` or `udp://host:port`.
///
/// Source: AWS's libraries for the embedded metric format. The default is `tcp://127.0.0.1:25888`, where the agent listens; theirs is the
/// same with `0.0.0.0`.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::metrics::AgentAddress;
///
/// let address: AgentAddress = "udp://cwagent:25888".parse()?;
/// assert_eq!(address.to_string(), "udp://cwagent:25888");
/// assert_eq!(AgentAddress::default().to_string(), "tcp://127.0.0.1:25888");
/// # Ok::<(), autoxray::metrics::ParseAgentAddressError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentAddress {
    is_udp: bool,
    endpoint: Endpoint,
}

impl Default for AgentAddress {
    fn default() -> Self {
        Self { is_udp: false, endpoint: std::net::SocketAddr::from(([127, 0, 0, 1], 25888)).into() }
    }
}

impl fmt::Display for AgentAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_udp { "udp" } else { "tcp" }, self.endpoint)
    }
}

impl FromStr for AgentAddress {
    type Err = ParseAgentAddressError;

    fn from_str(text: &str) -> Result<Self, ParseAgentAddressError> {
        let error = |problem| ParseAgentAddressError { text: shown(text), problem };
        let (scheme, endpoint) = text.trim().split_once("://").ok_or_else(|| error("there is no protocol"))?;
        let is_udp = match scheme {
            "udp" => true,
            "tcp" => false,
            _ => return Err(error("the protocol is neither tcp nor udp")),
        };
        let endpoint = endpoint.strip_suffix('/').unwrap_or(endpoint);
        let endpoint = endpoint.parse().map_err(|problem: ParseAddressError| error(problem.problem()))?;
        Ok(Self { is_udp, endpoint })
    }
}

/// An address of the CloudWatch agent that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseAgentAddressError {
    text: String,
    problem: &'static str,
}

impl fmt::Display for ParseAgentAddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let remedy = "write tcp://host:port or udp://host:port, such as tcp://127.0.0.1:25888";
        write!(f, "`{}` is not an address of the CloudWatch agent: {}; {remedy}", self.text, self.problem)
    }
}

impl std::error::Error for ParseAgentAddressError {}

/// Sends documents of metrics to the CloudWatch agent, by TCP or UDP.
///
/// It never makes the program wait. TCP is connected, and a host's name looked up, by a thread that ends when that is done; what is written
/// in the meantime is kept, up to 1 MB, and so is what the agent does not take yet. It leaves with the next document or flush. What is over
/// that is lost, and counted. What the agent had not read when it broke the connection cannot be told from what it had, and is not counted.
///
/// ```
/// # use xray_runtime as autoxray;
/// use autoxray::metrics::{AgentSink, Metrics};
///
/// let metrics = Metrics::builder("Shop").sink(AgentSink::new("tcp://127.0.0.1:25888".parse()?)).build()?;
/// # drop(metrics);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct AgentSink(Arc<Shared>);

/// What the threads of one process share.
#[derive(Debug)]
struct Shared {
    address: AgentAddress,
    process: u32,
    state: Mutex<State>,
    changed: Condvar,
    /// For a forked child: there, nobody may ever give back the lock above, and two must not write to one stream.
    in_child: OnceLock<Arc<Shared>>,
}

#[derive(Debug, Default)]
struct State {
    socket: Option<Socket>,
    kept: VecDeque<Kept>,
    kept_bytes: usize,
    /// Bytes of the first that have been sent.
    written: usize,
    is_connecting: bool,
    /// When connecting failed.
    failed: Option<Stopwatch>,
    is_told: bool,
    untold: Option<String>,
    lost: BTreeMap<LossReason, u64>,
    /// Measurements in the datagram that was sent last.
    last: u64,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

#[derive(Debug)]
struct Kept {
    bytes: Box<[u8]>,
    measurements: u64,
}

/// How long a failure is taken for good, and how long a connection may take.
const FAILED_FOR: Duration = Duration::from_secs(1);
const CONNECT_MAX: Duration = Duration::from_secs(2);

impl AgentSink {
    /// To the agent at `address`.
    #[must_use]
    pub fn new(address: AgentAddress) -> Self {
        Self(Arc::new(Shared::new(address)))
    }
}

impl Sink for AgentSink {
    fn write(&self, line: Line<'_>) -> Result<(), LossReason> {
        let here = self.0.here();
        let mut state = here.lock();
        state.send();
        let is_full = state.kept_bytes + line.bytes().len() > AGENT_KEPT_BYTES_MAX;
        if !is_full {
            state.kept_bytes += line.bytes().len();
            state.kept.push_back(Kept { bytes: line.bytes().into(), measurements: line.measurements() });
        }
        here.connect(&mut state);
        state.send();
        let reason = if state.socket.is_some() { LossReason::BufferFull } else { LossReason::Refused };
        here.tell(state);
        if is_full { Err(reason) } else { Ok(()) }
    }

    fn line_bytes_max(&self) -> usize {
        if self.0.address.is_udp { UDP_PAYLOAD_BYTES_MAX } else { EMF_BYTES_MAX }
    }

    fn flush(&self, timeout: Duration) -> bool {
        /// The agent does not say when it takes more.
        const RETRY: Duration = Duration::from_millis(5);
        let end = Moment::after(timeout);
        let here = self.0.here();
        let mut state = here.lock();
        loop {
            here.connect(&mut state);
            state.send();
            let wait = end.map_or(timeout, Moment::wait);
            // Where nobody listens there is nothing to wait for.
            if state.kept.is_empty() || wait.is_zero() || (state.failed.is_some() && !state.is_connecting) {
                let is_empty = state.kept.is_empty();
                here.tell(state);
                return is_empty;
            }
            state = here.changed.wait_timeout(state, wait.min(RETRY)).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lost_later(&self) -> Vec<(LossReason, u64)> {
        let mut state = self.0.here().lock();
        // The refusal of the last datagram is known only if somebody asks.
        if matches!(&state.socket, Some(Socket::Udp(socket)) if matches!(socket.take_error(), Ok(Some(_)))) {
            state.lose_last();
        }
        state.lost.iter().map(|(reason, count)| (*reason, *count)).collect()
    }
}

impl Drop for AgentSink {
    /// What is kept leaves if it can without waiting.
    fn drop(&mut self) {
        self.0.here().lock().send();
    }
}

impl Shared {
    fn new(address: AgentAddress) -> Self {
        let process = crate::sys::process_id();
        Self { address, process, state: Mutex::default(), changed: Condvar::new(), in_child: OnceLock::new() }
    }

    fn here(self: &Arc<Self>) -> &Arc<Self> {
        let process = crate::sys::process_id();
        let mut shared = self;
        while shared.process != process {
            shared = shared.in_child.get_or_init(|| Arc::new(Self::new(shared.address.clone())));
        }
        shared
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins to connect, unless that is done, under way, or has failed a moment ago.
    fn connect(self: &Arc<Self>, state: &mut State) {
        let recently = state.failed.is_some_and(|then| then.elapsed() < FAILED_FOR);
        if state.socket.is_some() || state.is_connecting || state.kept.is_empty() || recently {
            return;
        }
        if let (true, Some(address)) = (self.address.is_udp, self.address.endpoint.literal()) {
            return state.connected(udp::connect(address).map(Socket::Udp));
        }
        let shared = Arc::clone(self);
        let thread = thread::Builder::new().name("autoxray-agent".to_owned()).spawn(move || {
            let socket = open(&shared.address);
            shared.lock().connected(socket);
            shared.changed.notify_all();
        });
        match thread {
            Ok(_) => state.is_connecting = true,
            Err(error) => state.connected(Err(error)),
        }
    }

    /// Tells why it failed, once. The thread that finds out does not: in a child that is forked meanwhile, standard error would stay locked.
    fn tell(&self, mut state: MutexGuard<'_, State>) {
        let Some(problem) = state.untold.take() else { return };
        drop(state);
        crate::diag::log(&format!("the CloudWatch agent at {} cannot be reached: {problem}; trying again from time to time", self.address));
    }
}

/// A socket that does not block.
fn open(address: &AgentAddress) -> io::Result<Socket> {
    let endpoint = &address.endpoint;
    let addresses: Vec<_> = match endpoint.literal() {
        Some(literal) => vec![literal],
        None => (endpoint.host(), endpoint.port()).to_socket_addrs()?.collect(),
    };
    let mut error = io::Error::new(ErrorKind::NotFound, "no address");
    for to in addresses {
        let socket = if address.is_udp { udp::connect(to).map(Socket::Udp) } else { stream(to).map(Socket::Tcp) };
        match socket {
            Ok(socket) => return Ok(socket),
            Err(failed) => error = failed,
        }
    }
    Err(error)
}

fn stream(address: std::net::SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, CONNECT_MAX)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

impl State {
    fn connected(&mut self, socket: io::Result<Socket>) {
        self.is_connecting = false;
        match socket {
            Ok(socket) => {
                self.socket = Some(socket);
                self.failed = None;
                self.send();
            }
            Err(error) => {
                self.failed = Some(Stopwatch::start());
                if !std::mem::replace(&mut self.is_told, true) {
                    self.untold = Some(error.to_string());
                }
            }
        }
    }

    /// Sends what is kept, as far as the socket takes it.
    fn send(&mut self) {
        if let Some(Socket::Tcp(stream)) = &self.socket
            && !self.kept.is_empty()
            && matches!(stream.peek(&mut [0]), Ok(0))
        {
            // The agent has closed its end; a write would still succeed once.
            self.close();
        }
        while let (Some(socket), Some(first)) = (&self.socket, self.kept.front()) {
            let sent = match socket {
                Socket::Tcp(stream) => (&mut &*stream).write(&first.bytes[self.written..]),
                Socket::Udp(socket) => socket.send(&first.bytes),
            };
            match (sent, socket) {
                (Ok(count), _) if self.written + count < first.bytes.len() => self.written += count,
                (Ok(_), _) => self.last = self.drop_first(),
                (Err(error), _) if error.kind() == ErrorKind::Interrupted => {}
                (Err(error), _) if error.kind() == ErrorKind::WouldBlock => return,
                // This speaks of an earlier datagram, and the present one has not been sent: it is tried again.
                (Err(error), Socket::Udp(_)) if error.kind() == ErrorKind::ConnectionRefused => self.lose_last(),
                (Err(_), Socket::Udp(_)) => {
                    let measurements = self.drop_first();
                    *self.lost.entry(LossReason::Failed).or_default() += measurements;
                }
                (Err(_), Socket::Tcp(_)) => return self.close(),
            }
        }
    }

    /// Gives up the connection. What had been sent in part cannot be continued on another.
    fn close(&mut self) {
        self.socket = None;
        if self.written > 0 {
            let measurements = self.drop_first();
            *self.lost.entry(LossReason::Failed).or_default() += measurements;
        }
    }

    /// The measurements of the first, which is gone.
    fn drop_first(&mut self) -> u64 {
        self.written = 0;
        let Some(first) = self.kept.pop_front() else { return 0 };
        self.kept_bytes -= first.bytes.len();
        first.measurements
    }

    /// The datagram that was sent last met nobody.
    fn lose_last(&mut self) {
        *self.lost.entry(LossReason::Refused).or_default() += std::mem::take(&mut self.last);
    }
}
