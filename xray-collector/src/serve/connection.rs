//! Connections: accepted, limited in number, and given up on when they are slow.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use super::patience::Patient;
use crate::settings::{CONNECTIONS_MAX, HEAD_BYTES_MAX, HEADER_TIME_MAX, PAUSE_AFTER_ERROR};

/// Serves until `stopped` says so; connections that are open then are closed.
pub(super) async fn accept(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) {
    // Made from a standard listener that is non-blocking; only a runtime without its drivers would refuse.
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = tokio::task::JoinSet::new();
    loop {
        // Those that have ended are forgotten.
        while connections.try_join_next().is_some() {}
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (Ok(place), accepted) = (tokio::select! {
            next = next => next,
            _ = stopped.changed() => return,
        }) else {
            return;
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, for example.
            tokio::time::sleep(PAUSE_AFTER_ERROR).await;
            continue;
        };
        let router = router.clone();
        connections.spawn(async move {
            serve(stream, router).await;
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADER_TIME_MAX).max_buf_size(HEAD_BYTES_MAX);
    // What goes wrong on a connection is the client's to notice.
    let _ = http.serve_connection(TokioIo::new(Patient::new(stream)), TowerToHyperService::new(router)).await;
}
