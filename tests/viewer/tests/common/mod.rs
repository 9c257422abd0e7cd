//! A collector with documents, and answers of its pages.
#![allow(dead_code, reason = "each test uses some of it")]

pub(crate) mod hostile;
pub(crate) mod sound;

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use xray_collector::{Local, ServeSettings, Settings};

pub(crate) struct Viewer {
    pub(crate) local: Local,
    client: UdpSocket,
    sent: u64,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// Seconds since 1970.
pub(crate) fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

impl Viewer {
    pub(crate) fn start(serve: ServeSettings) -> Self {
        let local = Local::start("127.0.0.1:0".parse().unwrap(), Settings::default(), serve).unwrap();
        let client = UdpSocket::bind("127.0.0.1:0").unwrap();
        client.connect(local.local_addr()).unwrap();
        Self { local, client, sent: 0 }
    }

    /// Sends documents, and waits until they are there.
    pub(crate) fn send<T: AsRef<str>>(&mut self, documents: impl IntoIterator<Item = T>) {
        for document in documents {
            self.client.send(format!("{{\"format\":\"json\",\"version\":1}}\n{}", document.as_ref()).as_bytes()).unwrap();
            self.sent += 1;
            // Not more at a time than a socket holds.
            if self.sent.is_multiple_of(64) {
                self.wait();
            }
        }
        self.wait();
    }

    fn wait(&self) {
        let sent = self.sent;
        assert!(self.local.collector().wait_for(Duration::from_secs(30), |progress| progress.documents + progress.rejected >= sent));
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.local.local_addr()))
    }

    pub(crate) fn post(&self, path: &str, json: &str) -> Answer {
        let (address, length) = (self.local.local_addr(), json.len());
        self.ask(&format!("POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{json}"))
    }

    pub(crate) fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.local.local_addr()).unwrap();
        // Of what is refused before it was read, the rest cannot be sent, and what was answered may be gone.
        let is_sent = stream.write_all(request.as_bytes()).is_ok();
        let mut answer = Vec::new();
        let is_read = stream.read_to_end(&mut answer).is_ok();
        if answer.is_empty() && !(is_sent && is_read) {
            return Answer { status: 0, head: String::new(), body: String::new() };
        }
        let answer = String::from_utf8(answer).expect("pages are UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = if head.contains("transfer-encoding: chunked") { unchunked(body) } else { body.to_owned() };
        Answer { status, head: head.to_owned(), body }
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        whole.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    whole
}
