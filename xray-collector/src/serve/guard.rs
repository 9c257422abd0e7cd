//! Who may ask, and what answers may do in a browser.
//!
//! A page of any site can make a browser send requests to `127.0.0.1`, and a name of its own can be made to point there. So the `Host` must
//! be one that people type for this collector, and a request that a page of another origin caused is refused.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::settings::ServeSettings;

/// Nothing is loaded from elsewhere, no script or style stands in a page, and no page of others may frame ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 5] = [
    // By which `cargo xray` knows whom it talks to.
    (header::SERVER, concat!("xray-collector/", env!("CARGO_PKG_VERSION"))),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// The names under which the collector may be asked.
#[derive(Clone)]
pub(super) struct Guard {
    hosts: Arc<[String]>,
}

impl Guard {
    pub(super) fn new(settings: &ServeSettings, address: SocketAddr) -> Self {
        let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(String::from).into();
        hosts.push(match address {
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        });
        hosts.extend(settings.hosts.iter().map(|host| host.to_ascii_lowercase()));
        Self { hosts: hosts.into() }
    }

    /// Whether a host, with or without a port, is the collector's.
    fn knows(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Why a request is refused.
    fn refusal(&self, headers: &HeaderMap) -> Option<String> {
        let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?").to_owned());
        let Some(host) = text(header::HOST) else {
            return Some("The request has no Host header.".to_owned());
        };
        if !self.knows(&host) {
            return Some(format!("The Host {host:?} is not this collector's: use 127.0.0.1, or name it with --host."));
        }
        // Browsers send one with each request that could change something; other clients send none.
        let origin = text(header::ORIGIN)?;
        let same = origin.split_once("://").is_some_and(|(_, origin)| origin.eq_ignore_ascii_case(&host));
        (!same).then(|| format!("A page of {origin:?} may not ask this collector."))
    }
}

pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.refusal(request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
