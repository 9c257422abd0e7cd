//! Requests as they stand on the wire, and what is answered.
#![allow(dead_code)]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use xray_collector::{Local, ServeSettings, Settings};

pub(crate) fn local() -> Local {
    listening("127.0.0.1:0")
}

/// On an address of this machine.
pub(crate) fn listening(address: &str) -> Local {
    let mut serve = ServeSettings::default();
    serve.hosts = vec!["xray.test".to_owned()];
    Local::start(address.parse().unwrap(), Settings::default(), serve).unwrap_or_else(|error| panic!("{address}: {error}"))
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}

pub(crate) fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Everything until the connection is closed.
pub(crate) fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    match stream.read_to_end(&mut bytes) {
        Ok(_) => {}
        // The rest of a request that is refused is not read.
        Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
        Err(error) => panic!("{error}: {}", String::from_utf8_lossy(&bytes)),
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends bytes as they are; `{host}` stands for the address. `None` if the connection was closed without an answer.
pub(crate) fn raw(address: SocketAddr, request: &str) -> Option<Answer> {
    let mut stream = connect(address);
    // It may be refused before it is sent to its end.
    let _ = stream.write_all(request.replace("{host}", &address.to_string()).as_bytes());
    let text = read_all(&mut stream);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().unwrap();
    Some(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub(crate) fn post(path: &str, headers: &str, body: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
}
