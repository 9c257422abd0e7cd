//! Servers on loopback: one that keeps what went over the wire, and one of hyper's.

use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpSocket;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Answers by what the path says, and keeps every request as it came.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::at("127.0.0.1:0").expect("loopback has ports")
    }

    pub(crate) fn at(address: &str) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        let server = Self { address: listener.local_addr()?, requests: Arc::default() };
        let requests = server.requests.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let requests = requests.clone();
                thread::spawn(move || serve(stream, &requests));
            }
        });
        Ok(server)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The requests since this was asked last.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.requests.lock().unwrap())
    }
}

/// A port that nobody listens at, for as long as this is kept.
pub(crate) struct Nobody(TcpSocket);

pub(crate) fn nobody() -> Nobody {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("loopback has ports");
    Nobody(socket)
}

impl Nobody {
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.0.local_addr().expect("it is bound"))
    }
}

fn serve(stream: TcpStream, requests: &Mutex<Vec<String>>) {
    let Ok(mut out) = stream.try_clone() else { return };
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream) {
        requests.lock().unwrap().push(request.clone());
        let mut words = request.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        if answer(&mut out, &mut stream, method, path, query).is_none() {
            return;
        }
    }
}

/// `None` ends the connection.
fn answer(out: &mut TcpStream, rest: &mut BufReader<TcpStream>, method: &str, path: &str, query: &str) -> Option<()> {
    let (head, body): (String, &str) = match path.split('/').nth(1)? {
        "ok" => ("200 OK\r\nX-Own: a\r\nX-Own: b\r\nContent-Length: 5".into(), "hello"),
        "json" => ("200 OK\r\nContent-Type: application/json\r\nContent-Length: 7".into(), "{\"a\":1}"),
        "empty" => ("204 No Content".into(), ""),
        "zero" => ("200 OK\r\nContent-Length: 0".into(), ""),
        "status" => (format!("{} Reason\r\nContent-Length: 4", path.rsplit('/').next()?), "told"),
        "redirect" => (format!("302 Found\r\nLocation: {}\r\nContent-Length: 0", query.strip_prefix("to=")?), ""),
        "chunked" => ("200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked".into(), "2\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n"),
        "until-close" => {
            write!(out, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello").ok()?;
            return None;
        }
        "pieces" => {
            write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").ok()?;
            thread::sleep(Duration::from_millis(30));
            write!(out, "world").ok()?;
            return Some(());
        }
        "stall" => {
            write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").ok()?;
            let _ = rest.fill_buf();
            return None;
        }
        "cut" => {
            write!(out, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello").ok()?;
            return None;
        }
        "silent" => {
            let _ = rest.fill_buf();
            return None;
        }
        "hang-up" => return None,
        "upgrade" => {
            write!(out, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n").ok()?;
            let mut said = [0; 4];
            rest.read_exact(&mut said).ok()?;
            out.write_all(&said).ok()?;
            return None;
        }
        _ => ("404 Not Found\r\nContent-Length: 0".into(), ""),
    };
    let body = if method == "HEAD" { "" } else { body };
    write!(out, "HTTP/1.1 {head}\r\n\r\n{body}").ok()
}

/// Head and body.
fn read_request(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut request = String::new();
    let mut length = 0;
    let mut is_chunked = false;
    loop {
        let from = request.len();
        if stream.read_line(&mut request).ok()? == 0 {
            return None;
        }
        let line = request[from..].to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        is_chunked |= line.starts_with("transfer-encoding: chunked");
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    request.push_str(&String::from_utf8_lossy(&body));
    while is_chunked && !request.ends_with("\r\n0\r\n\r\n") {
        stream.read_line(&mut request).ok()?;
    }
    Some(request)
}

/// A certificate for `localhost` by itself, and its key.
pub(crate) fn certificate() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    (made.cert.der().clone(), PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into()))
}

/// A server of hyper's for HTTP/2, with TLS if it is given a certificate; it answers with the version and the trace header it saw. The path
/// `/empty` is answered with 204.
pub(crate) async fn http2(tls: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>) -> SocketAddr {
    let acceptor = tls.map(|(certificate, key)| {
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let versions = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().expect("versions");
        let mut config = versions.with_no_client_auth().with_single_cert(vec![certificate], key).expect("a pair");
        config.alpn_protocols = vec![b"h2".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    });
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("loopback has ports");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                    let header = request.headers().get("x-amzn-trace-id").map(|value| value.to_str().unwrap_or_default());
                    let text = format!("{:?} {}", request.version(), header.unwrap_or("none"));
                    let is_empty = request.uri().path() == "/empty";
                    let body = Full::new(if is_empty { Bytes::new() } else { Bytes::from(text) });
                    Ok::<_, Infallible>(hyper::Response::builder().status(if is_empty { 204 } else { 200 }).body(body).expect("a response"))
                });
                match acceptor {
                    Some(acceptor) => match acceptor.accept(stream).await {
                        Ok(stream) => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                        Err(error) => eprintln!("{error}"),
                    },
                    None => drop(builder.serve_connection(TokioIo::new(stream), service).await),
                }
            });
        }
    });
    address
}
