//! Lambda's Runtime API: what a function asks for its next event, and gives its answers to. HTTP/1.1, a thread for each connection.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::Daemon;

/// An event for a function.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id.
    pub id: String,
    payload: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    deadline: Duration,
}

impl Event {
    /// An event without a trace.
    pub fn new(payload: impl ToString) -> Self {
        let headers =
            vec![("lambda-runtime-invoked-function-arn".to_owned(), b"arn:aws:lambda:eu-west-1:123456789012:function:orders".to_vec())];
        Self { id: String::new(), payload: payload.to_string().into_bytes(), headers, deadline: Duration::from_secs(60) }
    }

    /// With this trace header. It may be anything.
    #[must_use]
    pub fn traced(self, header: impl AsRef<[u8]>) -> Self {
        self.header("lambda-runtime-trace-id", header)
    }

    /// With one header more.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Lambda ends it after this time, a minute if nothing is said.
    #[must_use]
    pub fn deadline(mut self, after: Duration) -> Self {
        self.deadline = after;
        self
    }

    fn response(&self) -> Vec<u8> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        let (id, deadline, length) = (&self.id, (now + self.deadline).as_millis(), self.payload.len());
        let mut response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\
             lambda-runtime-aws-request-id: {id}\r\nlambda-runtime-deadline-ms: {deadline}\r\n"
        )
        .into_bytes();
        for (name, value) in &self.headers {
            response.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        response.extend(b"\r\n");
        response.extend(&self.payload);
        response
    }
}

/// What a function has given.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Posted {
    /// The id of the event.
    pub id: String,
    /// `response` or `error`.
    pub kind: String,
    /// By name, in lower case.
    pub headers: Vec<(String, String)>,
    /// What came in the body.
    pub body: String,
    /// Documents that were at the daemon when the headers came.
    pub documents_before: usize,
    /// Documents that were at the daemon when the body had ended.
    pub documents: usize,
    /// Bytes that the function had printed when the headers came.
    pub printed_before: u64,
}

impl Posted {
    /// The body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// The Runtime API of one function.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    daemon: Arc<Daemon>,
    /// The function's standard output.
    printed: PathBuf,
}

#[derive(Debug, Default)]
struct State {
    events: VecDeque<Event>,
    posted: Vec<Posted>,
    polls: usize,
    closed: bool,
}

impl Api {
    pub(crate) fn new(daemon: Arc<Daemon>, printed: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on 127.0.0.1");
        let address = listener.local_addr().expect("a bound socket");
        let shared = Arc::new(Shared { state: Mutex::default(), changed: Condvar::new(), daemon, printed });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                if shared.lock().closed {
                    return;
                }
                // It ends with its connection.
                thread::spawn(move || shared.serve(stream));
            }
        });
        Self { address, shared }
    }

    pub(crate) fn push(&self, event: Event) {
        self.shared.lock().events.push_back(event);
        self.shared.changed.notify_all();
    }

    /// Looks until something is there.
    pub(crate) fn wait<T>(&self, patience: Duration, mut look: impl FnMut(&[Posted], usize) -> Option<T>) -> Option<T> {
        let mut found = None;
        let state = self.shared.lock();
        let waited = self.shared.changed.wait_timeout_while(state, patience, |state| {
            found = look(&state.posted, state.polls);
            found.is_none()
        });
        drop(waited);
        found
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Until the function closes the connection.
    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let mut writer = stream.try_clone()?;
        let mut reader = BufReader::new(stream);
        loop {
            let mut what = String::new();
            if reader.read_line(&mut what)? == 0 {
                return Ok(());
            }
            let headers = headers(&mut reader)?;
            let path = what.split(' ').nth(1).unwrap_or_default();
            let parts: Vec<&str> = path.split('/').collect();
            match parts.as_slice() {
                [.., "invocation", "next"] => match self.next() {
                    Some(event) => writer.write_all(&event.response())?,
                    None => return Ok(()),
                },
                [.., id, kind] => {
                    let documents_before = self.daemon.count();
                    let printed_before = std::fs::metadata(&self.printed).map_or(0, |file| file.len());
                    let body = String::from_utf8_lossy(&body(&mut reader, &headers)?).into_owned();
                    let documents = self.daemon.count();
                    let (id, kind) = ((*id).to_owned(), (*kind).to_owned());
                    let posted = Posted { id, kind, headers, body, documents_before, documents, printed_before };
                    self.lock().posted.push(posted);
                    self.changed.notify_all();
                    writer.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn next(&self) -> Option<Event> {
        let mut state = self.lock();
        state.polls += 1;
        self.changed.notify_all();
        loop {
            if state.closed {
                return None;
            }
            if let Some(event) = state.events.pop_front() {
                return Some(event);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn headers(reader: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim().split_once(':') {
            Some((name, value)) => headers.push((name.to_lowercase(), value.trim().to_owned())),
            None => return Ok(headers),
        }
    }
}

fn body(reader: &mut impl BufRead, headers: &[(String, String)]) -> io::Result<Vec<u8>> {
    let header = |name: &str| headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str());
    let mut body = Vec::new();
    if header("transfer-encoding") != Some("chunked") {
        let length = header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        reader.take(length).read_to_end(&mut body)?;
        return Ok(body);
    }
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let length = u64::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        reader.take(length).read_to_end(&mut body)?;
        reader.read_line(&mut line)?;
        if length == 0 {
            return Ok(body);
        }
    }
}
