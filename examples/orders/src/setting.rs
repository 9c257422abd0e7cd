//! What the shop needs around it: AWS on this machine, and a service that takes payments.

use std::error::Error;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What to do on a machine without moto.
pub const HOW_TO_GET_MOTO: &str = "\
This example talks to AWS's services as moto plays them, and moto_server was not found.
Get it with one of these, and run the example again:

    python3 -m venv target/python && target/python/bin/pip install 'moto[server]'
    pipx install 'moto[server]'

Or name something that is there already: AWS_ENDPOINT_URL=http://127.0.0.1:4566 for LocalStack, for example.";

/// AWS's services on this machine.
#[derive(Debug)]
pub struct Aws {
    pub endpoint: String,
    /// moto, if it is this program that has started it.
    server: Option<Child>,
}

impl Drop for Aws {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

impl Aws {
    /// What `AWS_ENDPOINT_URL` names, or a moto server of our own; `None` if there is neither.
    pub fn find() -> Result<Option<Self>, Box<dyn Error>> {
        if let Ok(endpoint) = std::env::var("AWS_ENDPOINT_URL") {
            return Ok(Some(Self { endpoint, server: None }));
        }
        let Some(moto) = moto() else { return Ok(None) };
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new(moto);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let aws = Self { endpoint: format!("http://127.0.0.1:{port}"), server: Some(command.spawn()?) };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err("moto_server did not start within a minute".into());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(Some(aws))
    }
}

/// `moto_server`, in `target/python` or where programs are looked for.
fn moto() -> Option<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/python/bin");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(own).chain(std::env::split_paths(&path));
    folders.map(|folder| folder.join("moto_server")).find(|program| program.is_file())
}

/// Starts the service that takes payments: whoever is called Eve is refused. Gives its address.
pub fn payments() -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://localhost:{}", listener.local_addr()?.port());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

/// One request a connection.
fn serve(mut stream: TcpStream) {
    let mut request = [0; 4096];
    let Ok(length) = stream.read(&mut request) else { return };
    thread::sleep(Duration::from_millis(5));
    let refused = String::from_utf8_lossy(&request[..length]).contains("customer=eve");
    let status = if refused { "402 Payment Required" } else { "200 OK" };
    let body = if refused { "no" } else { "paid" };
    let _ = write!(stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
}
