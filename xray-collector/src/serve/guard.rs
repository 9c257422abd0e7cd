//! Who may ask, and what answers may do in a browser.
//!
//! A page of any site can make a browser send requests to `127.0.0.1`, and a name of its own can be made to point there. So the `Host` must
//! be one that people type for this collector, and a request that a page of another origin caused is refused.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::body;
use crate::api::Error;
use crate::settings::ServeSettings;

/// Nothing is loaded from elsewhere, no script or style stands in a page, and no page of others may frame ours.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    // By which `cargo xray` knows whom it talks to.
    (header::SERVER, concat!("xray-collector/", env!("CARGO_PKG_VERSION"))),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // With `no-referrer`, browsers send `Origin: null` with forms, also with our own.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The names under which the collector may be asked.
#[derive(Clone)]
pub(super) struct Guard {
    hosts: Arc<[String]>,
    /// Others than this machine may ask. They use any address of it, which no page of others can have for its own.
    any_address: bool,
    /// There is nothing to see. A daemon is asked under names that only its network knows, but not by pages.
    any_name: bool,
}

impl Guard {
    pub(super) fn new(settings: &ServeSettings, address: SocketAddr, any_name: bool) -> Self {
        let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "[::1]"].map(String::from).into();
        hosts.push(match address {
            SocketAddr::V4(address) => address.ip().to_string(),
            SocketAddr::V6(address) => format!("[{}]", address.ip()),
        });
        hosts.extend(settings.hosts.iter().map(|host| host.to_ascii_lowercase()));
        // `::ffff:127.0.0.1` is this machine as well.
        Self { hosts: hosts.into(), any_address: !address.ip().to_canonical().is_loopback(), any_name }
    }

    /// Whether a host, with or without a port, is the collector's.
    fn knows(&self, host: &str) -> bool {
        let name = match host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
            _ => host,
        };
        let is_address = || {
            let inside = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
            inside.map_or_else(|| name.parse::<Ipv4Addr>().is_ok(), |name| name.parse::<Ipv6Addr>().is_ok())
        };
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(name)) || self.any_address && is_address()
    }

    /// Why a request is refused.
    fn refusal(&self, request: &Request) -> Result<(), String> {
        let headers = request.headers();
        let host = the_one(headers, &header::HOST)?.ok_or("The request has no Host header: name this collector in it.")?;
        let is_page = [header::ORIGIN, HeaderName::from_static("sec-fetch-site")].iter().any(|name| headers.contains_key(name));
        // Where the target is a whole URL, that names the host, too.
        for name in [Some(host), request.uri().authority().map(Authority::as_str)].into_iter().flatten() {
            if !self.knows(name) && (is_page || !self.any_name) {
                return Err(format!("The Host {name:?} is not this collector's: use 127.0.0.1, or name it with --host."));
            }
        }
        // Browsers send one with each request that could change something; other clients send none.
        if let Some(origin) = the_one(headers, &header::ORIGIN)? {
            // Behind a proxy that ends TLS, pages are of `https`.
            let origin_host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            let same = origin_host.is_some_and(|origin| origin.eq_ignore_ascii_case(host));
            return if same { Ok(()) } else { Err(format!("A page of {origin:?} may not ask this collector.")) };
        }
        // And this with those, too, that only read. A link from elsewhere may be followed: who made it sees nothing of the answer.
        let site = the_one(headers, &HeaderName::from_static("sec-fetch-site"))?;
        let mode = the_one(headers, &HeaderName::from_static("sec-fetch-mode"))?;
        let is_followed = mode == Some("navigate") && request.method() == Method::GET;
        match site {
            None | Some("same-origin" | "none") => Ok(()),
            Some(_) if is_followed => Ok(()),
            Some(site) => Err(format!("A page of another origin ({site:?}) may not ask this collector.")),
        }
    }
}

/// The value of a header that may be there once.
fn the_one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, String> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    if second.is_some() {
        return Err(format!("The request has several headers {name}: send one."));
    }
    first.map(|value| value.to_str().map_err(|_| format!("The header {name} is no ASCII text."))).transpose()
}

pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.refusal(&request) {
        Err(why) => refused(StatusCode::FORBIDDEN, "AccessDeniedException", why),
        // Those two would be for proxies.
        Ok(()) if matches!(*request.method(), Method::TRACE | Method::CONNECT) => {
            let why = format!("{} is not allowed: use GET for pages and POST for X-Ray's operations", request.method());
            refused(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowedException", why)
        }
        Ok(()) => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What follows on the connection is not looked at.
fn refused(status: StatusCode, kind: &'static str, why: String) -> Response {
    let mut response = Error::new(status, kind, why).into_response();
    body::close(&mut response);
    response
}
