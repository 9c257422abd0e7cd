//! The collector's HTTP side: X-Ray's API as the daemon's TCP port has it, OTLP, and the viewer, all on one port.
//!
//! Everything that comes from outside is limited here, before anything else sees it: who may ask ([`guard`]), how long, how much ([`body`]).

mod body;
mod connection;
mod guard;
mod patience;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::collector::Collector;
use crate::settings::{PORTS_TRIED, ServeSettings, Settings};
use crate::traces::Traces;
use crate::{api, otlp, pages};

/// A collector with an HTTP side: what `cargo xray view` runs.
///
/// UDP and HTTP are on the same port, as the X-Ray daemon has them. Dropping it ends both.
///
/// ```
/// use xray_collector::{Local, ServeSettings, Settings};
///
/// let local = Local::start("127.0.0.1:0".parse()?, Settings::default(), ServeSettings::default())?;
/// println!("The viewer is at http://{}/", local.local_addr());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Local {
    collector: Arc<Collector>,
    http: SocketAddr,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// What handlers of requests share.
#[derive(Clone)]
pub(crate) struct App {
    pub(crate) traces: Traces,
    pub(crate) collector: Arc<Collector>,
    pub(crate) settings: Arc<ServeSettings>,
    pub(crate) api: Arc<api::Kept>,
}

impl Local {
    /// Listens on an address, UDP and TCP. Port 0 takes any that is free for both.
    ///
    /// # Errors
    ///
    /// If the address cannot be bound, no thread started, or the folder for traces or the file of sampling rules cannot be used.
    pub fn start(address: SocketAddr, settings: Settings, serve: ServeSettings) -> io::Result<Self> {
        let (collector, listener) = bind(address, serve.tcp, &settings)?;
        // The collector has the folder now, if there is one.
        let api = Arc::new(api::Kept::new(&serve, settings.data.as_deref())?);
        listener.set_nonblocking(true)?;
        let collector = Arc::new(collector);
        let app = App { traces: collector.held().clone(), collector: Arc::clone(&collector), settings: Arc::new(serve.clone()), api };
        let http = listener.local_addr()?;
        let router = if settings.only_forward { daemon_routes() } else { routes() };
        let router = guarded(router, app, guard::Guard::new(&serve, http, settings.only_forward));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name("xray-serve").enable_all().build()?;
        let (stop, stopped) = watch::channel(false);
        let serve = move || runtime.block_on(connection::accept(listener, router, stopped));
        let thread = std::thread::Builder::new().name("xray-http".into()).spawn(serve)?;
        Ok(Self { collector, http, stop, thread: Some(thread) })
    }

    /// The address it listens on.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.collector.local_addr()
    }

    /// The address of the HTTP side: the same, unless [`ServeSettings::tcp`] says otherwise.
    #[must_use]
    pub fn http_addr(&self) -> SocketAddr {
        self.http
    }

    /// The collector behind it.
    #[must_use]
    pub fn collector(&self) -> &Collector {
        &self.collector
    }
}

impl Drop for Local {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn bind(address: SocketAddr, tcp: Option<SocketAddr>, settings: &Settings) -> io::Result<(Collector, TcpListener)> {
    if let Some(tcp) = tcp.filter(|tcp| *tcp != address) {
        return Ok((Collector::start_with(address, settings.clone())?, TcpListener::bind(tcp)?));
    }
    let tries = if address.port() == 0 { PORTS_TRIED } else { 1 };
    let mut last = None;
    for _ in 0..tries {
        let collector = Collector::start_with(address, settings.clone())?;
        match TcpListener::bind(collector.local_addr()) {
            Ok(listener) => return Ok((collector, listener)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}

fn routes() -> Router<App> {
    Router::new().merge(api::router()).merge(otlp::router()).merge(pages::router())
}

/// What has only to send on shows nothing.
fn daemon_routes() -> Router<App> {
    Router::new().merge(api::daemon_router()).merge(otlp::router())
}

fn guarded(router: Router<App>, app: App, guard: guard::Guard) -> Router {
    router
        .fallback(nothing_there)
        .method_not_allowed_fallback(not_this_way)
        .with_state(app)
        // Extractors have nothing to limit: `body` has.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(body::Limits::default(), body::read))
        // Outermost, so that nothing is read for those who may not ask, and its headers are on all answers.
        .layer(from_fn_with_state(guard, guard::check))
}

/// A page or OTLP, asked with a method that it has not. The methods it has stand in the header `Allow`.
async fn not_this_way(method: Method, uri: Uri) -> Response {
    let path: String = uri.path().chars().take(100).collect();
    (StatusCode::METHOD_NOT_ALLOWED, format!("{method} is not allowed at {path}\n")).into_response()
}

/// People get a line of text, programs an error of X-Ray.
async fn nothing_there(method: Method, uri: Uri) -> Response {
    match method {
        Method::GET | Method::HEAD => (StatusCode::NOT_FOUND, "There is nothing at this address. The viewer begins at /\n").into_response(),
        _ => api::unknown(&method, uri.path()).into_response(),
    }
}
