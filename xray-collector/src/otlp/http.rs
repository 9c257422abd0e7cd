//! The request and the response that a span is about, in the conventions' older and newer words.

use xray_model::document::{Http, HttpRequest, HttpResponse};

use super::attributes::Attributes;
use super::message::{Kind, Value};
use super::segment::Seen;

/// Where one of these is, there was a request.
const SIGNS: [&str; 16] = [
    "http.response.body.size",
    "http.method",
    "http.request.method",
    "http.status_code",
    "http.response.status_code",
    "http.url",
    "url.full",
    "http.target",
    "http.scheme",
    "http.host",
    "http.server_name",
    "http.user_agent",
    "http.client_ip",
    "http.route",
    "url.path",
    "user_agent.original",
];

/// What is said in the block, and need not be said again.
const SAID: [&str; 22] = [
    "http.method",
    "http.request.method",
    "http.status_code",
    "http.response.status_code",
    "http.url",
    "url.full",
    "http.target",
    "http.scheme",
    "url.scheme",
    "url.path",
    "url.query",
    "http.host",
    "http.server_name",
    "http.user_agent",
    "user_agent.original",
    "http.client_ip",
    "client.address",
    "net.peer.ip",
    "http.response_content_length",
    "http.response.body.size",
    "net.host.name",
    "net.host.port",
];

pub(super) fn http(seen: &Seen<'_>, attributes: &mut Attributes<'_>) -> Option<Http> {
    if !SIGNS.iter().any(|key| attributes.get(key).is_some()) {
        return None;
    }
    let own = attributes.any_text(&["http.client_ip", "client.address"]);
    let peer = attributes.any_text(&["net.peer.ip", "net.sock.peer.addr", "network.peer.address"]);
    // Only a server knows who asked; the peer of a client is who answers.
    let client_ip = own.or(peer.filter(|_| seen.kind == Kind::Server));
    let forwarded = flag(attributes, "aws.xray.x_forwarded_for");
    let request = HttpRequest {
        method: attributes.any_text(&["http.method", "http.request.method"]).map(String::from),
        url: url(seen.kind, attributes),
        user_agent: attributes.any_text(&["http.user_agent", "user_agent.original"]).map(String::from),
        client_ip: client_ip.map(String::from),
        x_forwarded_for: forwarded.or((own.is_some() && peer.is_none()).then_some(true)),
        traced: flag(attributes, "aws.xray.traced").filter(|_| seen.kind == Kind::Client),
    };
    let status = ["http.status_code", "http.response.status_code"].iter().find_map(|key| attributes.integer(key));
    let response = HttpResponse { status, content_length: content_length(seen, attributes) };
    attributes.used(&SAID);
    Some(Http {
        request: (request != HttpRequest::default()).then_some(request),
        response: (response != HttpResponse::default()).then_some(response),
    })
}

/// What was a field of a segment before.
fn flag(attributes: &mut Attributes<'_>, key: &str) -> Option<bool> {
    let said = match attributes.get(key)? {
        Value::Bool(said) => *said,
        _ => return None,
    };
    attributes.used(&[key]);
    Some(said)
}

/// The host that was called, as the newer conventions say it: by itself, or in the URL only.
pub(super) fn host(attributes: &Attributes<'_>) -> Option<String> {
    attributes.text("server.address").map(String::from).or_else(|| authority(attributes.any_text(&["url.full", "http.url"])?))
}

/// The host of a URL, without user, password and port.
pub(super) fn authority(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#', ';']).next().unwrap_or(rest);
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    (!name.is_empty()).then(|| name.to_owned())
}

fn content_length(seen: &Seen<'_>, attributes: &Attributes<'_>) -> Option<i64> {
    let said = ["http.response_content_length", "http.response.body.size"].iter().find_map(|key| attributes.integer(key));
    said.or_else(|| {
        let received = |attributes: &Attributes<'_>| {
            let is_received = attributes.text("message.type") == Some("RECEIVED");
            is_received.then(|| attributes.integer("messaging.message_payload_size_bytes")).flatten()
        };
        let events = seen.span.events.iter().map(|event| Attributes::new(&event.attributes));
        received(attributes).or_else(|| events.into_iter().find_map(|event| received(&event)))
    })
}

/// The address as a whole, or made of its parts; `None` where not even a host or a path is known.
fn url(kind: Kind, attributes: &Attributes<'_>) -> Option<String> {
    if let Some(url) = attributes.any_text(&["http.url", "url.full"]) {
        return Some(url.to_owned());
    }
    let is_server = kind == Kind::Server;
    let hosts: &[&str] = if is_server {
        &["http.host", "http.server_name", "net.host.name", "host.name", "server.address"]
    } else {
        &["http.host", "net.peer.name", "net.peer.ip", "server.address"]
    };
    let scheme = attributes.any_text(&["http.scheme", "url.scheme"]).unwrap_or("http");
    let host = attributes.any_text(hosts);
    let path = attributes.any_text(&["http.target", "url.path"]);
    let host = match (host, path) {
        (None, None) => return None,
        (host, _) => host.unwrap_or_default(),
    };
    let port = ["net.host.port", "net.peer.port", "server.port"].iter().find_map(|key| {
        let is_own = if is_server { *key != "net.peer.port" } else { *key != "net.host.port" };
        is_own.then(|| attributes.integer(key)).flatten()
    });
    // `http.host` may have it already.
    let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_default = matches!((scheme, port), ("http", Some(80)) | ("https", Some(443)) | (_, None));
    let mut url = format!("{scheme}://{host}");
    if let (false, false, Some(port)) = (has_port, is_default, port) {
        url += &format!(":{port}");
    }
    let path = path.unwrap_or("/");
    if !path.starts_with('/') {
        url.push('/');
    }
    url += path;
    if let (None, Some(query)) = (attributes.text("http.target"), attributes.text("url.query")) {
        url += &format!("?{query}");
    }
    Some(url)
}
