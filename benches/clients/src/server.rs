//! The server that reqwest calls: a process of its own, so that its CPU time counts for nobody. HTTP/1.1 with kept connections, one answer.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::{env, io, thread};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 26\r\n\r\n{\"order\":1,\"total\":\"1200\"}";

/// The server as the parent sees it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    pub fn start() -> Server {
        let exe = env::current_exe().expect("this program");
        let mut child = Command::new(exe).arg("server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the server process");
        let mut address = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut address).expect("the server's address");
        Server { child, address: address.trim().parse().expect("an address") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The server process.
pub fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a TCP socket");
    println!("{}", listener.local_addr().expect("a bound socket"));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that has gone is no error.
            thread::spawn(move || answer(stream));
        }
    });
    // Until the parent is gone.
    let _ = io::stdin().read_to_end(&mut Vec::new());
}

/// Requests have no body, and the client waits for each answer.
fn answer(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = [0; 4096];
    let mut length = 0;
    loop {
        length += stream.read(&mut buffer[length..]).and_then(|n| if n > 0 { Ok(n) } else { Err(io::ErrorKind::UnexpectedEof.into()) })?;
        if buffer[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(ANSWER)?;
            length = 0;
        }
    }
}
