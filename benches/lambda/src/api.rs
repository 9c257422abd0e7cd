//! Lambda's Runtime API: what a function asks for its next event, and gives its response to. HTTP/1.1 with kept connections, one function.
//!
//! It runs on the thread that measures and nowhere else, so that no other thread has to be woken between an event and its response.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::cases::State;

/// Long enough for a function that starts under valgrind on a busy machine.
const PATIENCE: Timespec = Timespec { tv_sec: 120, tv_nsec: 0 };

const EVENT: &str =
    r#"{"id":7,"customer":"c-1093","items":[{"sku":"A-1","count":2,"price":12.5},{"sku":"B-7","count":1,"price":80}],"paid":true}"#;

pub struct Api {
    listener: TcpListener,
    connections: Vec<Connection>,
    /// The connection on which the function waits for its next event.
    waiting: Option<usize>,
    invocations: u64,
}

/// How long the function took, from before the event was written.
#[derive(Clone, Copy)]
pub struct Invocation {
    /// Until its response was there.
    pub response: Duration,
    /// Until it asked for the next event, which is what Lambda bills.
    pub next: Duration,
}

struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    is_open: bool,
}

struct Request {
    connection: usize,
    /// Method and path.
    what: String,
    body: String,
}

impl Api {
    pub fn new() -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a TCP socket");
        Api { listener, connections: Vec::new(), waiting: None, invocations: 0 }
    }

    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("a bound socket")
    }

    /// Until the function asks for an event.
    pub fn wait(&mut self) {
        let request = self.request();
        assert_eq!(request.what, "GET /2018-06-01/runtime/invocation/next", "{}", request.body);
        self.waiting = Some(request.connection);
    }

    /// Gives the function an event; it must have asked for it.
    pub fn invoke(&mut self, state: State) -> Invocation {
        let waiting = self.waiting.take().expect("the function has asked");
        self.invocations += 1;
        let event = event(self.invocations, state);
        let start = Instant::now();
        self.answer(waiting, &event);
        let request = self.request();
        let response = start.elapsed();
        let good = request.what.starts_with("POST ") && request.what.ends_with("/response") && request.body == r#"{"sum":90}"#;
        assert!(good, "{}: {}", request.what, request.body);
        self.answer(request.connection, "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
        self.wait();
        Invocation { response, next: start.elapsed() }
    }

    fn answer(&mut self, connection: usize, text: &str) {
        self.connections[connection].stream.write_all(text.as_bytes()).expect("the function reads");
    }

    /// The next request on any connection.
    fn request(&mut self) -> Request {
        loop {
            let open = (0..self.connections.len()).filter(|n| self.connections[*n].is_open);
            let open: Vec<usize> = open.collect();
            let connections = open.iter().map(|n| PollFd::new(&self.connections[*n].stream, PollFlags::IN));
            let mut polled: Vec<PollFd<'_>> = connections.chain([PollFd::new(&self.listener, PollFlags::IN)]).collect();
            let ready = poll(&mut polled, Some(&PATIENCE)).expect("sockets can be polled");
            assert!(ready > 0, "the function does nothing");
            let ready: Vec<bool> = polled.iter().map(|polled| !polled.revents().is_empty()).collect();
            for (connection, _) in open.iter().zip(&ready).filter(|(_, is_ready)| **is_ready) {
                if let Some((what, body)) = self.connections[*connection].read() {
                    return Request { connection: *connection, what, body };
                }
            }
            if ready[open.len()] {
                self.accept();
            } else {
                assert!(self.connections.iter().any(|connection| connection.is_open), "the function has ended");
            }
        }
    }

    fn accept(&mut self) {
        let (stream, _) = self.listener.accept().expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        self.connections.push(Connection { stream, received: Vec::new(), is_open: true });
    }
}

impl Connection {
    /// Reads once: a request, if it is complete.
    fn read(&mut self) -> Option<(String, String)> {
        let mut buffer = [0; 4096];
        let length = self.stream.read(&mut buffer).unwrap_or(0);
        self.is_open = length > 0;
        self.received.extend_from_slice(&buffer[..length]);
        let text = std::str::from_utf8(&self.received).expect("requests are text");
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.lines();
        let what = lines.next()?.trim_end_matches(" HTTP/1.1").to_owned();
        let mut headers = lines.filter_map(|line| line.split_once(':'));
        let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        let length: usize = length.map_or(0, |(_, length)| length.trim().parse().expect("a length"));
        let body = body.get(..length)?.to_owned();
        self.received.clear();
        Some((what, body))
    }
}

/// An event as it goes over the wire, with a trace of its own.
fn event(number: u64, state: State) -> String {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let sampled = u8::from(state != State::Unsampled);
    let (seconds, deadline) = (now.as_secs(), now.as_millis() + 30_000);
    let length = EVENT.len();
    format!(
        "HTTP/1.1 200 OK\r\n\
         content-type: application/json\r\n\
         content-length: {length}\r\n\
         lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-{number:012x}\r\n\
         lambda-runtime-deadline-ms: {deadline}\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n\
         lambda-runtime-trace-id: Root=1-{seconds:08x}-bd862e3fe1be{number:012x};Parent=53995c3f{number:08x};Sampled={sampled}\r\n\
         \r\n\
         {EVENT}"
    )
}
